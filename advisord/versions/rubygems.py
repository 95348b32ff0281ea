"""RubyGems (`Gem::Version`): numbers and words; words come before numbers, and the end counts as endless zeros.

That a version goes on with zeros for ever (`1.a` < `1` = `1.0` < `1.0.1`) is why the zeros are run-length coded: at each
position comes a word, then zeros before a word (the fewer the lower), the end, zeros before a number (the fewer the
higher), a number.
"""

import re

from advisord.versions.encoding import NUMBERS, invalid, number, text
from advisord.versions.interface import Scheme

_VERSION = re.compile(r"[0-9][0-9a-zA-Z]*(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?").fullmatch
_SEGMENTS = re.compile(r"[0-9]+|[A-Za-z]+").findall

_WORD = b"\x01"
_ZEROS_WORD = b"\x02"
_END = b"\x10"
_ZEROS_NUMBER = b"\x11"


def key(version: str) -> bytes:
    """Segments without the zeros that end the numbers before the first word, and those at the very end."""
    if _VERSION(version) is None:
        raise invalid(version, "numbers and words joined by dots, starting with a number, such as 1.2.0.rc1")
    codes: list[bytes] = []
    zeros = 0
    words = False
    for segment in _SEGMENTS(version.replace("-", ".pre.")):
        if segment[0] <= "9":
            digits = segment.lstrip("0")
            if not digits:
                zeros += 1
                continue
            if zeros:
                codes.append(_ZEROS_NUMBER + bytes((0xFF - zeros,)))  # at most 128 zeros fit into a version
            codes.append(NUMBERS[digits])
        else:
            if zeros and words:
                codes.append(_ZEROS_WORD + number(zeros))
            else:
                codes.append(_WORD)
            codes.append(text(segment))
            words = True
        zeros = 0
    codes.append(_END)
    return b"".join(codes)


def is_prerelease(version: str) -> bool:
    """Whether the version holds a letter (`Gem::Version#prerelease?`)."""
    key(version)
    return "-" in version or any(character.isalpha() for character in version)


SCHEME = Scheme(key, is_prerelease)
