"""Packagist: versions as Composer normalises them (`composer/semver`, VersionParser), in PHP's `version_compare` order.

Composer pads to four numbers before it compares; PHP alone would say `6.6` < `6.6.0-beta`. What Composer can't
normalise is taken apart as PHP does. A branch (`dev-main`) has no place among versions. PHP lets a literal `#` equal
every number, which is no order: here it says nothing.
"""

import re

from advisord.versions.encoding import NUMBERS, invalid, number
from advisord.versions.interface import Scheme

_UNKNOWN = b"\x01"
_DEV = b"\x02"
_ALPHA = b"\x03"
_BETA = b"\x04"
_RC = b"\x05"
_END = b"\x10"
_PATCH = b"\xf0"
_STABILITY = {"alpha": _ALPHA, "a": _ALPHA, "beta": _BETA, "b": _BETA, "rc": _RC}
_STABILITY |= {"patch": _PATCH, "pl": _PATCH, "p": _PATCH}
# PHP takes the first of these that the word starts with.
_PHP_WORDS = (("dev", _DEV), ("a", _ALPHA), ("b", _BETA), ("RC", _RC), ("rc", _RC), ("p", _PATCH))

# ASCII, lest a long s passes for an s.
_FLAGS = re.IGNORECASE | re.ASCII
_MODIFIER = r"[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?[0-9]+)*+)?)?([.-]?dev)?"
_PLAIN = re.compile(
    r"v?([0-9]{1,5})(?:\.([0-9]++))?(?:\.([0-9]++))?(?:\.([0-9]++))?" + _MODIFIER, re.IGNORECASE
).fullmatch
_DATE = re.compile(r"v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})" + _MODIFIER, _FLAGS).fullmatch
_BRANCH = re.compile(r"v?([0-9]++)" + r"(?:\.([0-9]++|[x*]))?" * 3 + r"[.-]?dev", _FLAGS).fullmatch
_NUMBERED = re.compile(r"[vV]?[0-9]").match
_NUMBER = re.compile(r"[0-9]+").findall
_PIECES = re.compile(r"[0-9]+|[A-Za-z]+").findall
_OPEN = number(9999999)  # Composer's number for an `x`


def _codes(version: str) -> list[bytes]:
    """One code per part, without the end."""
    version = version.partition("+")[0]
    plain = _PLAIN(version)
    if plain is not None:
        major, minor, patch, fourth, stability, count, dev = plain.groups()
        codes = [NUMBERS[major], NUMBERS[minor or "0"], NUMBERS[patch or "0"], NUMBERS[fourth or "0"]]
        return codes + _modifiers(stability, count, dev) if stability or dev else codes
    date = _DATE(version)
    if date is not None:
        return [NUMBERS[digits] for digits in _NUMBER(date[1])] + _modifiers(date[2], date[3], date[4])
    branch = _BRANCH(version)
    if branch is not None:
        return [_OPEN if part is None or part in "xX*" else NUMBERS[part] for part in branch.groups()] + [_DEV]
    if _NUMBERED(version) is None:
        raise invalid(version, "a version that starts with a number (a branch has no place among versions)")
    pieces = _PIECES(version.lstrip("vV"))
    codes = [NUMBERS[piece] if piece.isdigit() else _php_word(piece) for piece in pieces]
    numbers = next((index for index, code in enumerate(codes) if not _is_number(code)), len(codes))
    codes[numbers:numbers] = [NUMBERS["0"]] * (4 - numbers)
    return codes


def _is_number(code: bytes) -> bool:
    return _END < code < _PATCH


def _modifiers(stability: str | None, count: str | None, dev: str | None) -> list[bytes]:
    codes: list[bytes] = []
    if stability and stability.lower() != "stable":
        codes = [_STABILITY[stability.lower()], *(NUMBERS[digits] for digits in _NUMBER(count or ""))]
    return [*codes, _DEV] if dev and (codes or not stability) else codes


def _php_word(word: str) -> bytes:
    return next((code for start, code in _PHP_WORDS if word.startswith(start)), _UNKNOWN)


def key(version: str) -> bytes:
    """The parts, numbers above the end and the end above every word but `patch`."""
    return b"".join(_codes(version)) + _END


def is_prerelease(version: str) -> bool:
    """Whether Composer's stability of the version is below `stable`."""
    return any(code < _END for code in _codes(version))


SCHEME = Scheme(key, is_prerelease)
