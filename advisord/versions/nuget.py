"""NuGet (`NuGetVersion`): one to four numbers, then a pre-release as in semantic versions but without letters' case.

An identifier counts as a number only while it fits into 32 bits: NuGet compares longer ones (time stamps) as words.
"""

import re

from advisord.versions.encoding import NUMBERS, invalid, text
from advisord.versions.interface import Scheme

_VERSION = re.compile(
    r"[vV]?([0-9]++)(?:\.([0-9]++))?(?:\.([0-9]++))?(?:\.([0-9]++))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+.*)?"
).fullmatch
_RELEASE = b"\xfe"
_WORD = b"\xf0"
_MAX_INT = 2**31 - 1


def _parse(version: str) -> tuple[bytes, str | None]:
    match = _VERSION(version)
    if match is None:
        raise invalid(version, "up to four numbers and a pre-release, such as 1.2.3 or 1.2.3.4-beta.1")
    major, minor, patch, revision, pre = match.groups()
    return NUMBERS[major] + NUMBERS[minor or "0"] + NUMBERS[patch or "0"] + NUMBERS[revision or "0"], pre


def key(version: str) -> bytes:
    """Four numbers, then a byte above everything for a release, or the pre-release's identifiers."""
    core, pre = _parse(version)
    if pre is None:
        return core + _RELEASE
    return core + b"".join(
        NUMBERS[part] if part.isdigit() and int(part) <= _MAX_INT else _WORD + text(part)
        for part in pre.lower().split(".")
    )


def is_prerelease(version: str) -> bool:
    """Whether the version has a pre-release part."""
    return _parse(version)[1] is not None


SCHEME = Scheme(key, is_prerelease)
