"""Records as their feeds sent them. Large ones are packed; for a small one that would cost more time than it saves space."""

import zlib

_LARGE = 4096  # a page of the database
_PACKED = b"\x78"  # how zlib's format begins (RFC 1950, section 2.2), and no JSON object


def packed(document: bytes) -> bytes:
    """What to store."""
    return zlib.compress(document, 1) if len(document) > _LARGE else document


def unpacked(body: bytes) -> bytes:
    """The document that was stored."""
    return zlib.decompress(body) if body[:1] == _PACKED else body
