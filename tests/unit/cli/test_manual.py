"""The manual is there, and every file that a message names is in it."""

import re
from pathlib import Path

import pytest

import advisord
from advisord.cli import main

SOURCES = Path(advisord.__file__).parent


def test_the_list_and_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Each page has a line that says what it is; the example configuration comes out as it stands in the file."""
    assert main(["manual"]) == 0
    listed = capsys.readouterr().out
    assert all(len(line.split(maxsplit=1)) == 2 for line in listed.splitlines())
    assert main(["manual", "advisord.toml"]) == 0
    assert capsys.readouterr().out == (SOURCES.parent / "config/advisord.toml").read_text(encoding="utf-8")


def test_a_mistyped_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, and what was meant."""
    assert main(["manual", "polcy"]) == 2
    assert "did you mean policy?" in capsys.readouterr().err


def test_messages_name_pages_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """Every `advisord manual PAGE` in a message prints something."""
    named = {
        page
        for path in SOURCES.rglob("*.py")
        for page in re.findall(r"`advisord manual ([\w.]+)", path.read_text("utf-8"))
    }
    assert {"policy", "advisord.toml"} <= named
    assert [page for page in sorted(named) if main(["manual", page]) != 0] == []
    assert capsys.readouterr().err == ""
