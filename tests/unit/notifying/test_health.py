"""When a feed or a repository fails for long, and when it is well again."""

import pytest

from advisord.model.notice import Event
from advisord.notifying.health import Standing, news

WELL = Standing("feed", "osv", "ok", "2026-03-01T00:00:00Z")
STALE = WELL._replace(state="stale", error="no\nconnection")


def test_only_changes_are_told() -> None:
    """What was always well is not, and what stays bad is told once."""
    assert news({}, [WELL], "now") == ({}, [])
    told, (item,) = news({}, [STALE], "now")
    assert item.notice.event is Event.FEED_FAILING
    assert item.notice.data == {"feed": "osv", "state": "stale", "since": WELL.since, "error": "no connection"}
    assert news(told, [STALE], "later") == ({}, [])
    told, (item,) = news(told, [WELL], "later")
    assert item.notice.event is Event.FEED_RECOVERED
    assert news(told, [WELL], "later") == ({}, [])


def test_bad_again_is_another_notice() -> None:
    """A second failure has an id of its own."""
    told, (first,) = news({}, [STALE], "now")
    told = told | news(told, [WELL], "now")[0]
    _, (second,) = news(told, [STALE], "now")
    assert first.notice.id != second.notice.id


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("unjudged", "has not been judged since 2026-03-01, or not completely: no such scope."),
        ("untracked", "has issues that could not be kept since 2026-03-01: no such scope."),
        ("unread", "has not been read completely since 2026-03-01: nothing is closed by it: no such scope."),
    ],
)
def test_what_stands_in_the_way_of_a_repository(state: str, sentence: str) -> None:
    """Since when, and why."""
    _, (item,) = news({}, [Standing("repository", "shop", state, "2026-03-01", "no such scope")], "now")
    assert "".join(word.text for word in item.notice.words).endswith(sentence)
    assert item.notice.data["state"] == state


def test_a_repository_is_filtered_by_its_name() -> None:
    """Its notices name it as their repository."""
    _, (item,) = news({}, [Standing("repository", "shop", "unreadable", "", "it is gone")], "now")
    assert item.notice.repository == "shop"
    assert item.notice.event is Event.REPOSITORY_FAILING
    assert "could not be read at all" in "".join(word.text for word in item.notice.words)
