"""The daemon's lines."""

import json
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
