"""The daemon's lines."""

import json
import logging
from datetime import UTC, datetime

import pytest

from advisord.daemon.log import Log


def clock() -> datetime:
    """A moment."""
    return datetime(2026, 5, 1, tzinfo=UTC)


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Sentences as they are; errors on standard error; always one line."""
    log = Log("text", clock)
    log.say("osv: 3 new")
    log.say("error: shop: gone")
    log("reload", "two\nlines", level="note")
    assert capsys.readouterr() == ("osv: 3 new\nnote: two lines\n", "error: shop: gone\n")
    log.say("error: shop main \x1b[2J\u202eCargo.lock: is no lockfile")
    assert capsys.readouterr().err == "error: shop main  [2J Cargo.lock: is no lockfile\n"


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object per line, with the action and the source of the step under way."""
    log = Log("json", clock)
    beats: list[int] = []
    log.beat = lambda: beats.append(1)
    log.during("poll-feed", "osv")
    log.say("error: osv: it \u2028 failed\nbadly")
    log("start", "7 steps")
    out, err = capsys.readouterr()
    assert [json.loads(line) for line in out.split("\n")[:-1]] == [
        {
            "at": "2026-05-01T00:00:00Z",
            "level": "error",
            "action": "poll-feed",
            "source": "osv",
            "message": "osv: it \u2028 failed\nbadly",
        },
        {"at": "2026-05-01T00:00:00Z", "level": "info", "action": "start", "message": "7 steps"},
    ]
    assert (err, beats) == ("", [1])


def test_what_libraries_report(capsys: pytest.CaptureFixture[str]) -> None:
    """In our form, with an action, one line each; what is no warning is left out."""
    log = Log("json", clock)
    library = logging.getLogger("somelib.part")
    with log.listening():
        library.info("hello")
        library.warning("odd:\n%s", "this")
        try:
            int("inner")
        except ValueError:
            library.exception("it failed")
        logging.getLogger("advisord.web").error("GET / failed", extra={"action": "web-failed"})
    library.error("after")
    lines = [json.loads(line) for line in capsys.readouterr().out.split("\n")[:-1]]
    assert [(line["level"], line["action"], line["source"], line["message"]) for line in lines] == [
        ("note", "library", "somelib.part", "odd:\nthis"),
        ("error", "library", "somelib.part", "it failed: ValueError: invalid literal for int() with base 10: 'inner'"),
        ("error", "web-failed", "advisord.web", "GET / failed"),
    ]
