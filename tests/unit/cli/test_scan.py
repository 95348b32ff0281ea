"""How wide the report for people is."""

import pytest

from advisord.cli import scan


@pytest.mark.parametrize(
    ("columns", "expected"), [("120", 120), ("10", 60), ("5000", 160), ("0", 100), ("wide", 100), ("", 100)]
)
def test_width(monkeypatch: pytest.MonkeyPatch, columns: str, expected: int) -> None:
    """COLUMNS counts within bounds; without it, and without a terminal, there are 100."""
    monkeypatch.setenv("COLUMNS", columns)
    assert scan._width() == expected


def test_the_terminals_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the terminal says counts where COLUMNS says nothing."""
    import os

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.stdout.fileno", lambda: 1)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((132, 40)))
    assert scan._width() == 132
