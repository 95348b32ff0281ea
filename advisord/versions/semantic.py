"""Reading and encoding of semantic versions, shared by the schemes that build on them.

Lenient where the ecosystems' tools or their registries are: a leading `v` or `=`, missing parts (read as 0), leading
zeros, a pre-release without its hyphen (`1.2.3rc1`, node-semver's loose form). Parts after the third count as build
metadata.
"""

import re
from typing import NamedTuple

from advisord.versions.encoding import NUMBERS, invalid, text

RELEASE = b"\xfe"
_WORD = b"\xf0"

_IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = re.compile(
    # The numbers are possessive: `1.22-` must not become 1.2 with the pre-release `2-`.
    r"[vV=\s]*([0-9]++)(?:\.([0-9]++)(?:\.([0-9]++))?+)?+"
    rf"(?:(?:-|(?=[A-Za-z]))({_IDENTIFIERS}))?"
    r"(?:\+(.*)|\.([0-9]+(?:\.[0-9]+)*(?:[-+.].*)?))?"
).fullmatch


class Parts(NamedTuple):
    """A semantic version taken apart. `core` is the code of the three numbers; `pre` and `build` are None if absent."""

    core: bytes
    pre: str | None
    build: str | None


def parse(version: str) -> Parts:
    """Take a semantic version apart; raises InvalidVersion."""
    match = _VERSION(version)
    if match is None:
        raise invalid(version, "a semantic version such as 1.2.3 or 1.2.3-rc.1")
    major, minor, patch, pre, build, more = match.groups()
    return Parts(NUMBERS[major] + NUMBERS[minor or "0"] + NUMBERS[patch or "0"], pre, build or more)


def identifiers(dotted: str) -> bytes:
    """The code of dot-separated identifiers: numbers below words (semver.org 2.0.0, item 11).

    A list that is the beginning of another is lower as long as nothing but END or the key's end follows.
    """
    return b"".join(NUMBERS[part] if part.isdecimal() else _WORD + text(part) for part in dotted.split("."))
