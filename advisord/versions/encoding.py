"""The primitives that every scheme's key is made of: codes whose order as bytes is the order of what they stand for.

A number's code starts with a byte from 0x20 to 0xE0, so a scheme has the bytes below and above for its own tags: one
byte of a key then tells a number from a tag and ranks the two. Every code is prefix-free; therefore codes can be joined
and the joined keys still compare position by position.

The empty key stands for "before every version" and the single byte 0xFF for "after every version": no key is empty and
none starts with 0xFF.
"""

from advisord.errors import InvalidVersion

MAX_LENGTH = 256
"""Characters of a version. Longer texts are no versions but an attack on whoever compares them."""

LOWEST = b""
HIGHEST = b"\xff"

_FIRST = 0x20
_ONE_BYTE = 0xB0  # numbers below this one take a single byte
_SHORT = 16  # bytes of a number whose length fits into its first byte


def number(value: int) -> bytes:
    """The code of a number from 0 to what `MAX_LENGTH` digits can say."""
    if value < _ONE_BYTE:
        return bytes((_FIRST + value,))
    size = (value.bit_length() + 7) // 8
    body = value.to_bytes(size, "big")
    if size <= _SHORT:
        return bytes((_FIRST + _ONE_BYTE + size - 1,)) + body
    return bytes((_FIRST + _ONE_BYTE + _SHORT, size)) + body


class _Numbers(dict[str, bytes]):
    """Decimal digits → code: the small numbers ready made, every other one computed and not kept."""

    def __missing__(self, digits: str) -> bytes:
        return number(int(digits))


NUMBERS = _Numbers((str(value), number(value)) for value in range(_ONE_BYTE))


def text(value: str) -> bytes:
    """The code of a text, ordered by code point; the text holds no NUL (`printable` sees to that)."""
    return value.encode() + b"\0"


def printable(version: str) -> str:
    """The version without the white space around it; raises InvalidVersion for what can't be a version anywhere."""
    version = version.strip()
    if not version:
        raise InvalidVersion("An empty text is not a version.")
    if len(version) > MAX_LENGTH:
        raise InvalidVersion(
            f"A text of {len(version)} characters is not a version: at most {MAX_LENGTH} are allowed.",
            subject=version[:40] + "…",
        )
    if not version.isprintable():
        raise InvalidVersion(f"{version!a} is not a version: it holds control characters.", subject=ascii(version))
    return version


def invalid(version: str, expected: str) -> InvalidVersion:
    """The error for a text that a scheme can't read."""
    shown = version if len(version) <= 60 else version[:60] + "…"
    return InvalidVersion(f"'{shown}' is not a version here: expected {expected}.", subject=shown)
