"""When a feed or a repository fails for so long that somebody should look, and when it is well again. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from advisord.defuse import plain
from advisord.model.notice import Event, Notice, Word, identifier
from advisord.notifying import words
from advisord.notifying.news import Item

WELL = "ok"
_EVENTS = {
    "feed": (Event.FEED_FAILING, Event.FEED_RECOVERED),
    "repository": (Event.REPOSITORY_FAILING, Event.REPOSITORY_RECOVERED),
}


class Standing(NamedTuple):
    """How a feed or a repository is (`kind` says which).

    `state` is `ok`, `stale`, `suspect` or `unreadable`; of a repository also `unjudged`, `untracked` or `unread`.
    `since` is when it was last well ("": never), `error` what went wrong last.
    """

    kind: str
    name: str
    state: str
    since: str = ""
    error: str = ""

    @property
    def subject(self) -> str:
        """What it is remembered by."""
        return f"{self.kind} {self.name}"


def news(before: Mapping[str, Any], now: Iterable[Standing], at: str) -> tuple[dict[str, Any], list[Item]]:
    """What is remembered from now on, by subject, and what tells it. What was always well is not worth telling."""
    told: dict[str, Any] = {}
    items = []
    for one in now:
        old = before.get(one.subject, {"state": WELL, "rev": 0})
        if one.state == old["state"]:
            continue
        failing, recovered = _EVENTS[one.kind]
        event = recovered if one.state == WELL else failing
        rev = old["rev"] + 1
        told[one.subject] = {"state": one.state, "rev": rev}
        repository = one.name if one.kind == "repository" else ""
        data = {one.kind: one.name, "state": one.state, "since": one.since or None, "error": plain(one.error, 300)}
        name = identifier(event, one.subject, one.state, str(rev))
        items.append(Item(Notice(name, event, at, _sentence(one), repository, "", data), ""))
    return told, items


def _sentence(one: Standing) -> tuple[Word, ...]:
    about = (Word(f"The {one.kind} "), words.name(one.name))
    if one.state == WELL:
        return (*about, Word(" is well again."))
    what = {
        "stale": f"has not been read since {one.since}: nothing is closed by it",
        "suspect": "has lost so many records that it is not believed: nothing is closed by it",
        "unreadable": "could not be read at all",
        "unread": f"has not been read completely since {one.since}: nothing is closed by it",
        "unjudged": f"has not been judged since {one.since}, or not completely",
        "untracked": f"has issues that could not be kept since {one.since}",
    }[one.state]
    error = (Word(": "), words.said(one.error)) if one.error else ()
    return (*about, Word(f" {what}"), *error, Word("."))
