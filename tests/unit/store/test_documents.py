"""Documents come back as they were."""

import pytest

from advisord.store.documents import packed, unpacked


@pytest.mark.parametrize(
    "document", [b"", b"{}", b'{"id": "GHSA-1"}', b"\xef\xbb\xbf{}", b'{"a": "' + b"x" * 10_000 + b'"}']
)
def test_there_and_back(document: bytes) -> None:
    """Whatever their size; the large ones take less space."""
    assert unpacked(packed(document)) == document
    assert len(packed(document)) <= max(len(document), 4096)
