"""Untrusted archives."""

import zipfile
from io import BytesIO

import pytest

from advisord.errors import FeedError
from advisord.feeds.zips import Archive


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> BytesIO:
    """A zip of these files."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return file


def _all(_: str) -> bool:
    return True


def test_records() -> None:
    """The records, in folders too, and nothing else that lies in the archive."""
    files = {"A.json": b"1", "x/B.json": b"2", "../C.JSON": b"3", "README": b"", "D.json": b"4", "x/": b""}
    found = Archive(archive({**files, ".json": b"5", "__MACOSX/x/._B.json": b"6"}), "s")
    assert dict(found.read(_all)) == {"A": b"1", "B": b"2", "C": b"3", "D": b"4"}
    assert dict(found.read({"D", "E"}.__contains__)) == {"D": b"4"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body>Sign in</body></html>", "an HTML page came where a zip was expected"),
        (b"", "nothing came where a zip was expected"),
        (archive({"A.json": b"x" * 1000}).getvalue()[:-10], "a damaged or cut file came"),
        (b"PK\x05\x06" + b"\xff" * 18, "a damaged or cut file came"),
    ],
)
def test_no_archive(content: bytes, words: str) -> None:
    """What is no zip, or was cut, is an error in words."""
    with pytest.raises(FeedError, match=words) as caught:
        Archive(BytesIO(content), "s")
    assert caught.value.code == "bad-archive"


def test_bomb() -> None:
    """A small file that would unpack to very much is refused before anything is unpacked."""
    with pytest.raises(FeedError, match="would unpack to 70,000,000 bytes in 1 entries: refused"):
        list(Archive(archive({"A.json": bytes(70_000_000)}), "s").read(_all))


def test_one_damaged_record() -> None:
    """A record that does not fit its checksum is put down, and the others are read."""
    file = archive({"A.json": b"a" * 50, "B.json": b"b" * 50, "C.json": b"c" * 50}, zipfile.ZIP_STORED)
    content = bytearray(file.getvalue())
    content[content.index(b"b" * 50)] ^= 1
    found = Archive(BytesIO(bytes(content)), "s")
    assert [name for name, _ in found.read(_all)] == ["A", "C"]
    assert found.damaged == ["B"]


def test_a_lying_entry() -> None:
    """An entry that says to be huge is not unpacked."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("A.json", bytes(40 << 20))
        made.writestr("B.json", b"b")
    found = Archive(file, "s")
    assert [name for name, _ in found.read(_all)] == ["B"]
    assert found.damaged == ["A"]


@pytest.mark.parametrize("limit", ["ZIP_FILECOUNT_LIMIT", "ZIP64_LIMIT"])
def test_many_and_large(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives with more entries, or with larger sizes and offsets, than the first version of the format has room for."""
    monkeypatch.setattr(zipfile, limit, 1)
    files = {f"A-{number}.json": b"content %d" % number * 20 for number in range(9)}
    found = Archive(archive(files), "s")
    assert dict(found.read(_all)) == {name.removesuffix(".json"): content for name, content in files.items()}
    assert found.damaged == []


def test_what_can_not_be_unpacked() -> None:
    """An encrypted entry, one by another method, one whose data are elsewhere."""
    plain = archive({"A.json": b"a" * 99, "B.json": b"b", "C.json": b"c", "D.json": b"d" * 99}).getvalue()
    start = plain.index(b"PK\x01\x02")
    first, second, third, _ = (start + number * (46 + len("A.json")) for number in range(4))
    broken = bytearray(plain)
    broken[first + 8] |= 1
    broken[second + 10] = 12
    broken[third + 42 : third + 46] = len(plain).to_bytes(4, "little")
    found = Archive(BytesIO(bytes(broken)), "s")
    assert [name for name, _ in found.read(_all)] == ["D"]
    assert found.damaged == ["A", "B", "C"]


def test_a_local_header_of_another_size() -> None:
    """The extra field in front of the data may be longer than the directory says."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        entry = zipfile.ZipInfo("A.json")
        entry.extra = b"UT" + (200).to_bytes(2, "little") + bytes(200)
        made.writestr(entry, b"content")
    content = file.getvalue()
    directory = content.index(b"PK\x01\x02")
    name_end = directory + 46 + len("A.json")
    shorter = bytearray(content[:name_end] + content[name_end + 204 :])
    shorter[directory + 30 : directory + 32] = (0).to_bytes(2, "little")
    end = shorter.rindex(b"PK\x05\x06")
    shorter[end + 12 : end + 16] = (int.from_bytes(shorter[end + 12 : end + 16], "little") - 204).to_bytes(4, "little")
    assert dict(Archive(BytesIO(bytes(shorter)), "s").read(_all)) == {"A": b"content"}
