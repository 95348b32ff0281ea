"""Progress is for a person who watches."""

import io
import sys

import pytest

from advisord.cli.progress import Watch


class Terminal(io.StringIO):
    """A terminal that keeps what it is shown."""

    def isatty(self) -> bool:
        """It says that it is one."""
        return True


def test_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the output is no terminal nothing is shown, so that logs stay plain lines."""
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    watch = Watch()
    watch("osv", 2000)
    watch.pause()
    assert shown.getvalue() == ""


def test_a_counter_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `rich` the number is written over itself, and makes room for a sentence."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    watch = Watch()
    watch("osv", 2000)
    watch("osv", 4000)
    watch.pause()
    watch.pause()
    assert shown.getvalue() == "\rosv: 2,000 records\rosv: 4,000 records\r\033[K"


def test_a_moving_line_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """With it the line moves by itself until a sentence comes."""
    pytest.importorskip("rich", reason="needs the extra `ui`")
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    watch = Watch()
    watch("osv", 2000)
    watch.pause()
    assert "osv: 2,000 records" in shown.getvalue()
