"""Which channel hears of what: what its own filter lets through, of that what the policy sends to it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from advisord.model.advisory import Severity
from advisord.model.notice import Event, Notice, identifier
from advisord.notifying import words
from advisord.notifying.news import Item
from advisord.scope.globs import name_glob

MANY = 20
"""More notices of one event from one look at a repository are told as one."""
_WORST = 20
_SEVERITIES = tuple(severity.value for severity in Severity)


class Filter(NamedTuple):
    """What a channel wants to hear: names of repositories with `*` and `?`; no `events` or `scopes` mean all.

    What is about a feed is about every repository. An unknown severity is as high as any. A notice of at least the
    severity `urgent_from` does not wait for a digest ("": all wait).
    """

    repositories: tuple[str, ...] = ("*",)
    events: tuple[Event, ...] = ()
    scopes: tuple[str, ...] = ()
    severity_from: str = ""
    urgent_from: str = ""

    def passes(self, notice: Notice, scope: str) -> bool:
        """Whether the channel wants it."""
        return (
            (not self.events or notice.event in self.events)
            and (not self.scopes or not scope or scope in self.scopes)
            and (not notice.repository or any(name_glob(one)(notice.repository) for one in self.repositories))
            and (not notice.severity or _at_least(notice.severity, self.severity_from))
        )

    def urgent(self, notice: Notice) -> bool:
        """Whether it does not wait for a digest."""
        return bool(self.urgent_from and notice.severity) and _at_least(notice.severity, self.urgent_from)


def _at_least(severity: str, bound: str) -> bool:
    if not bound or severity == Severity.UNKNOWN.value:
        return True
    return _SEVERITIES.index(severity) >= _SEVERITIES.index(bound)


def addressed(items: Sequence[Item], channels: Mapping[str, Filter]) -> list[tuple[str, Notice]]:
    """Every notice with the channel that hears of it; many of one kind about one repository come as one."""
    found = []
    for channel, wants in channels.items():
        mine = [
            item.notice
            for item in items
            if (item.channels is None or channel in item.channels) and wants.passes(item.notice, item.scope)
        ]
        found += [(channel, notice) for notice in gathered(mine)]
    return found


def gathered(notices: Sequence[Notice]) -> Iterable[Notice]:
    """The notices, in order, with one in the place of many of the same event about one repository."""
    counts = Counter((notice.event, notice.repository) for notice in notices)
    done = set()
    for notice in notices:
        kind = (notice.event, notice.repository)
        if not notice.repository or counts[kind] <= MANY:
            yield notice
        elif kind not in done:
            done.add(kind)
            yield _one([other for other in notices if (other.event, other.repository) == kind])


def _one(notices: Sequence[Notice]) -> Notice:
    """One notice that stands for many."""
    first = notices[0]
    worst = sorted(notices, key=lambda notice: -_weight(notice.severity))
    levels = sorted(Counter(notice.severity for notice in notices).items(), key=lambda pair: -_weight(pair[0]))
    sentence = words.gathered(first.repository, first.event, len(notices), levels)
    data = {
        "repository": first.repository,
        "of": first.event.value,
        "count": len(notices),
        "severities": dict(levels),
        "worst": [{"text": words.text(notice.words), **_short(notice)} for notice in worst[:_WORST]],
    }
    name = identifier(Event.GATHERED, *sorted(notice.id for notice in notices))
    return Notice(name, Event.GATHERED, first.at, sentence, first.repository, worst[0].severity, data)


def _short(notice: Notice) -> dict[str, object]:
    kept = ("ecosystem", "package", "id", "severity", "scope", "fixed", "issues")
    return {name: notice.data[name] for name in kept if name in notice.data}


def _weight(severity: str) -> int:
    """Orders by severity; an unknown one comes after high."""
    if severity == Severity.UNKNOWN.value:
        return _SEVERITIES.index(Severity.HIGH)
    return _SEVERITIES.index(severity) + 1 if severity in _SEVERITIES else 0
