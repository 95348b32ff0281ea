"""What people are told through channels: a chat, a webhook, a digest by e-mail."""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b
from typing import Any, NamedTuple

REFUSED = "notice-refused"
"""The code of a TransportError that is about what was sent, not about the channel: the same will never be taken."""


class Event(StrEnum):
    """What a notice is about. The names are those of the Standard Webhooks specification ("Event types")."""

    OPENED = "finding.opened"
    """It is tracked now: in scope, or a regular matter."""
    SCOPE = "finding.scope_changed"
    SEVERITY = "finding.severity_changed"
    EXPLOITED = "finding.exploited"
    FIX = "finding.fix_appeared"
    DUE_SOON = "finding.due_soon"
    OVERDUE = "finding.overdue"
    ACCEPTED = "finding.accepted"
    ACCEPTANCE_ENDED = "finding.acceptance_ended"
    EXCLUDED = "finding.excluded"
    """A rule says now that it is out of scope."""
    CLOSED = "finding.closed"
    """It is gone, with evidence."""
    WITHDRAWN = "finding.withdrawn"
    """It is gone: everyone who had published the advisory took it back."""
    FEED_FAILING = "feed.failing"
    FEED_RECOVERED = "feed.recovered"
    REPOSITORY_FAILING = "repository.failing"
    REPOSITORY_RECOVERED = "repository.recovered"
    GATHERED = "findings.gathered"
    """Many of one kind at once, such as at the first look at a repository."""
    DROPPED = "notices.dropped"
    """A channel did not take anything for so long that what came later was only counted."""
    TEST = "notices.test"


class Word(NamedTuple):
    """A part of a sentence. `style` is "" for our own words, `code` for a name, `said` for what others wrote."""

    text: str
    style: str = ""


class Notice(NamedTuple):
    """One thing that is worth telling. `id` is made from what it says: the same event never makes two.

    `at` is RFC 3339 in UTC. `severity` is "" where there is none; `words` are one sentence, `data` what a program reads
    of it (plain JSON values).
    """

    id: str
    event: Event
    at: str
    words: tuple[Word, ...]
    repository: str = ""
    severity: str = ""
    data: Mapping[str, Any] = {}


def identifier(*parts: str) -> str:
    """An id made from what it stands for. It holds no full stop, as the scheme of a webhook's signature asks."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return f"msg_{blake2b(text, digest_size=16, person=b'advisord.notice').hexdigest()}"


class Told(NamedTuple):
    """A finding as it was last told. `key` is the id that it was first told by, `rev` counts what was told of it.

    `scope` is "" once it was told to be gone. `dates` are the deadlines of which it was said that they are near or past.
    `channels` are those that the policy names for it (None: it names none, each channel decides for itself).
    """

    ecosystem: str
    package: str
    key: str
    ids: tuple[str, ...]
    rev: int
    scope: str
    severity: str
    fixed: str
    exploited: bool
    dates: tuple[str, ...] = ()
    channels: tuple[str, ...] | None = None


class Parcel(NamedTuple):
    """What is sent at once; `id` stays the same however often it is tried. `made` is RFC 3339 in UTC."""

    id: str
    made: str
    notices: tuple[Notice, ...]


class Line(NamedTuple):
    """How a channel's queue is. `since` is when the oldest waiting notice came, `error` why the last attempt failed."""

    channel: str
    waiting: int = 0
    refused: int = 0
    delivered: int = 0
    delivered_at: str = ""
    since: str = ""
    failures: int = 0
    not_before: str = ""
    code: str = ""
    error: str = ""
    dropped: int = 0
