"""Our reader of archives finds what the standard library finds, and whatever is broken in one ends in a FeedError."""

import zipfile
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from advisord.errors import FeedError
from advisord.feeds.zips import Archive

_NAMES = st.text(alphabet="ABC-0123456789é/", min_size=1, max_size=8)
_FILES = st.dictionaries(_NAMES, st.binary(max_size=300), max_size=6)
_CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6)


def _made(files: dict[str, bytes], comment: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, (name, content) in enumerate(files.items()):
            archive.writestr(f"{name}.json", content, zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED)
        archive.comment = comment
    return file.getvalue()


def _all(_: str) -> bool:
    return True


@given(_FILES, st.binary(max_size=100))
def test_agreement(files: dict[str, bytes], comment: bytes) -> None:
    """The same names, whatever folder they are in, with the same contents."""
    found = Archive(BytesIO(_made(files, comment.replace(b"PK", b""))), "s")
    records = [(name.rpartition("/")[2], content) for name, content in files.items()]
    assert list(found.read(_all)) == [(record, content) for record, content in records if record]
    assert found.damaged == []


@given(_FILES, _CHANGES, st.integers(0, 10_000))
def test_damage(files: dict[str, bytes], changes: list[tuple[int, int]], kept: int) -> None:
    """Changed and cut archives give true records, or say what is damaged, or are refused."""
    content = bytearray(_made(files, b""))
    for place, value in changes:
        content[place % len(content)] = value
    if kept < len(content):
        del content[kept:]
    try:
        found = dict(Archive(BytesIO(bytes(content)), "s").read(_all))
    except FeedError:
        return
    assert all(record in files.values() for record in found.values())
