"""Folders and zips as sources."""

import json
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from advisord.errors import FeedError
from advisord.feeds.source import FolderSource, Source, ZipSource


@pytest.fixture(params=["folder", "zip"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """One object `npm/x` with the content `abc`."""
    if request.param == "folder":
        (tmp_path / "npm").mkdir()
        (tmp_path / "npm" / "x").write_bytes(b"abc")
        return FolderSource(str(tmp_path))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("npm/x", "abc")
    return ZipSource(str(tmp_path / "x.zip"))


def test_an_object(source: Source) -> None:
    """Its bytes, its size, a tag that stays."""
    assert source.read("npm/x", 3) == b"abc"
    file = source.open("npm/x", None, 3)
    assert file is not None
    with file:
        file.seek(1)
        assert file.read() == b"bc"
    stat = source.stat("npm/x")
    assert stat is not None
    assert stat[0]
    assert stat[1] == 3
    assert source.stat("npm/x") == stat
    assert source.folders() == ("npm",) if isinstance(source, ZipSource) else ["npm"]


def test_no_object(source: Source) -> None:
    """What is not there, and what is a folder, is no object."""
    for name in ("npm/y", "npm/x/y", "y/x"):
        assert source.stat(name) is None
        assert source.read(name, 3) is None
        assert source.open(name, None, 3) is None
    assert source.read("npm", 3) is None


def test_too_large(source: Source) -> None:
    """An object beyond the limit is an error."""
    calls: list[Callable[[], object]] = [
        lambda: source.read("npm/x", 2),
        lambda: source.open("npm/x", None, 2),
    ]
    for call in calls:
        with pytest.raises(FeedError, match="larger than 2 bytes"):
            call()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_file(tmp_path: Path) -> None:
    """A file that may not be read is an error, not an absence."""
    (tmp_path / "x").touch(mode=0)
    with pytest.raises(FeedError, match="x can't be read"):
        FolderSource(str(tmp_path)).read("x", 10)


def test_a_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there can't be listed."""
    with pytest.raises(FeedError, match="the folder can't be read"):
        FolderSource(str(tmp_path / "no")).folders()


def test_no_zip(tmp_path: Path) -> None:
    """A file that is no zip is an error at once."""
    (tmp_path / "x.zip").write_bytes(b"<html>")
    with pytest.raises(FeedError, match="not a zip that can be read"):
        ZipSource(str(tmp_path / "x.zip"))


def test_a_flat_zip_of_several_ecosystems(tmp_path: Path) -> None:
    """A flat archive whose records have no ecosystem in common can't be placed."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as made:
        for ecosystem in ("npm", "PyPI"):
            entry = {"package": {"ecosystem": ecosystem, "name": "p"}}
            made.writestr(f"{ecosystem}.json", json.dumps({"id": ecosystem, "affected": [entry]}))
    with pytest.raises(FeedError, match="not of one ecosystem"):
        ZipSource(str(tmp_path / "all.zip"))


def test_a_damaged_entry(tmp_path: Path) -> None:
    """An entry that does not fit its checksum is an error."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("npm/x", "abcdefgh")
    path.write_bytes(path.read_bytes().replace(b"abcdefgh", b"abcdefgX"))
    calls: list[Callable[[ZipSource], object]] = [
        lambda source: source.read("npm/x", 10),
        lambda source: source.open("npm/x", None, 10),
    ]
    for call in calls:
        with pytest.raises(FeedError, match="npm/x in it is damaged"):
            call(ZipSource(str(path)))


def test_a_damaged_record_of_a_flat_zip(tmp_path: Path) -> None:
    """The others still say which ecosystem it is of; the damaged one is for the reader of archives to tell."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(3):
            entry = {"package": {"ecosystem": "npm", "name": "p" * 100}}
            made.writestr(f"{number}.json", json.dumps({"id": str(number), "affected": [entry]}))
    content = bytearray(path.read_bytes())
    content[30 + len("0.json")] = 0xFF
    path.write_bytes(content)
    assert ZipSource(str(path)).folders() == ("npm",)


def test_any_damage_is_an_error_in_words(tmp_path: Path) -> None:
    """Whatever byte of a zip is another one."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("npm/modified_id.csv", "2026-01-01T00:00:00Z,A-1\n" * 9)
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        with suppress(FeedError):
            source = ZipSource(str(path))
            source.stat("npm/modified_id.csv")
            source.read("npm/modified_id.csv", 1000)
            file = source.open("npm/modified_id.csv", None, 1000)
            if file:
                file.close()
