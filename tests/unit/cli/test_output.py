"""Where reports go."""

import os
from pathlib import Path

import pytest

from advisord.cli.output import destinations, write
from advisord.errors import UsageError

FORMATS = ("text", "json", "sarif")


def test_several_at_once() -> None:
    """FORMAT=FILE goes beside the terminal's report."""
    assert destinations(["sarif=a.sarif", "json=b=c"], "text", FORMATS) == (
        [("sarif", "a.sarif"), ("json", "b=c")],
        True,
    )
    assert destinations(["./x=y"], "json", FORMATS) == ([("json", "./x=y")], False)
    assert destinations([], "json", FORMATS) == ([], True)


def test_an_ending_names_a_format() -> None:
    """A plain file's ending counts where no format was chosen: no text in a file that is called SARIF."""
    assert destinations(["a.sarif"], "text", FORMATS) == ([("sarif", "a.sarif")], False)
    assert destinations(["a.sarif"], "json", FORMATS) == ([("json", "a.sarif")], False)
    assert destinations(["a.txt"], "text", FORMATS) == ([("text", "a.txt")], False)


def test_a_mistyped_format_is_no_file() -> None:
    """`sariff=out` is told, with what was meant, and makes no file of that name."""
    with pytest.raises(UsageError, match="no format is called 'sariff'") as caught:
        destinations(["sariff=out.sarif"], "text", FORMATS)
    assert "sarif=out.sarif" in caught.value.hint


@pytest.mark.parametrize("outputs", [["a", "b"], ["json="], [""], ["-"], ["json=-"], ["a", "json=a"]])
def test_mistakes(outputs: list[str]) -> None:
    """Two plain files, one file for two reports, none named, or the terminal."""
    with pytest.raises(UsageError):
        destinations(outputs, "text", FORMATS)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """The old file is there until the new one is whole; a link stays a link; nothing is left beside it."""
    real = tmp_path / "real.json"
    real.write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(real)
    write(str(link), "new \udc80\n")
    assert real.read_bytes() == b"new \\udc80\n"
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "real.json"]


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    """A pipe (or a terminal's device) is not replaced."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(str(pipe), "text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    reader, writer = os.pipe()
    write(f"/dev/fd/{writer}", "text")  # what /dev/stdout is in a pipeline
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    os.close(writer)


def test_unwritable(tmp_path: Path) -> None:
    """A folder that is not there, or a folder in the file's place: one sentence, nothing left behind."""
    for path in (tmp_path / "no" / "where.json", tmp_path):
        with pytest.raises(UsageError, match="can't be written"):
            write(str(path), "text")
    assert list(tmp_path.iterdir()) == []
