"""What is worth telling: what was last told beside what is so now. Pure.

Whoever remembers `Told` in the transaction that queues the notices tells everything, and nothing twice.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from advisord.defuse import plain
from advisord.model.decision import ENDED, Decision, Scope
from advisord.model.finding import Finding
from advisord.model.notice import Event, Notice, Told, Word, identifier
from advisord.notifying import words

WANTED = (Scope.IN.value, Scope.REGULAR.value)
"""The scopes that people are told of."""
_SHOWN = 20
_LONGEST = 300


class Date(NamedTuple):
    """A deadline that is near or past; `due` is its arithmetic for people."""

    label: str
    due: str
    over: bool

    @property
    def code(self) -> str:
        """What is remembered of having told it."""
        return f"{'over' if self.over else 'soon'} {self.label} {self.due}"[:_LONGEST]


class Seen(NamedTuple):
    """A finding as it is now, with the deadlines that are near or past; `channels` is as in `Told`."""

    finding: Finding
    decision: Decision
    dates: tuple[Date, ...] = ()
    channels: tuple[str, ...] | None = None


class Evidence(NamedTuple):
    """What is known of something that was told: whether everything that could affirm it was read and is fresh (law 6).

    `why` says why it is gone ("" when nothing explains it), `withdrawn` that all who had published it took it back.
    """

    sure: bool
    why: str = ""
    withdrawn: bool = False


class Item(NamedTuple):
    """A notice, and what decides who hears of it besides its own values."""

    notice: Notice
    scope: str
    channels: tuple[str, ...] | None = None


class News(NamedTuple):
    """What is remembered as told from now on, by subject, and what tells it."""

    told: Mapping[str, Told]
    items: Sequence[Item]


def findings(
    repository: str,
    before: Iterable[Told],
    now: Sequence[Seen],
    evidence: Callable[[Told], Evidence],
    issues: Callable[[Finding], Sequence[str]],
    at: str,
) -> News:
    """The news of one repository. Without evidence nothing is told to be gone, and what was told stays so.

    `issues` gives the addresses of a finding's open issues.
    """
    told: dict[str, Told] = {}
    items: list[Item] = []
    paired, left = _paired(before, now)
    for seen, old in paired:
        new = _told(seen, old)
        wanted = new.scope in WANTED
        if old and old.scope in WANTED and not wanted and not evidence(old).sure:
            continue
        events = _events(old, new, seen)
        where = issues(seen.finding) if events else ()
        channels = _both(old.channels if old else None, new.channels)
        scope = new.scope if wanted or old is None else old.scope
        for event, change in events:
            new = new._replace(rev=new.rev + 1)
            items.append(Item(_notice(repository, event, seen, new, change, where, at), scope, channels))
        if new != old and (old or new.scope != Scope.OUT.value):
            told[subject(new)] = new
    for old in left:
        known = evidence(old) if old.scope in WANTED else Evidence(sure=False)
        if known.sure and known.why:
            new = old._replace(rev=old.rev + 1, scope="", dates=())
            items.append(Item(_gone(repository, new, known, at), old.scope, old.channels))
            told[subject(new)] = new
    return News(told, items)


def subject(told: Told) -> str:
    """What it is remembered by."""
    return json.dumps(told[:3])


def remembered(fields: Mapping[str, Any]) -> Told:
    """A value from its JSON form."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    return Told(**values)


def _paired(before: Iterable[Told], now: Sequence[Seen]) -> tuple[list[tuple[Seen, Told | None]], list[Told]]:
    """Each finding with what was told of it, and what was told of none that is there.

    A finding is known by every id of its group. One that has come to the group of another is not gone.
    """
    by_package: dict[tuple[str, str], list[Told]] = {}
    for old in before:
        by_package.setdefault((old.ecosystem, old.package), []).append(old)
    taken: set[tuple[str, ...]] = set()
    there: set[tuple[str, ...]] = set()
    pairs: list[tuple[Seen, Told | None]] = []
    for seen in now:
        finding = seen.finding
        names = {finding.id, finding.vulnerability, *finding.ids, *finding.elsewhere}
        candidates = [
            old
            for old in by_package.get((finding.ecosystem, finding.package), ())
            if old.key in names or not names.isdisjoint(old.ids)
        ]
        there.update(old[:3] for old in candidates)
        # What was told to be there goes before what was told to be gone.
        free = [old for old in candidates if old[:3] not in taken]
        chosen = min(free, key=lambda old: (not old.scope, old.key), default=None)
        if chosen:
            taken.add(chosen[:3])
        pairs.append((seen, chosen))
    left = [old for olds in by_package.values() for old in olds if old[:3] not in there]
    return pairs, left


def _told(seen: Seen, old: Told | None) -> Told:
    finding = seen.finding
    fixed = dict.fromkeys(place.to for place in finding.places if place.to)
    return Told(
        ecosystem=finding.ecosystem,
        package=finding.package,
        key=old.key if old else finding.id,
        ids=finding.ids[:_SHOWN],
        rev=old.rev if old else 0,
        scope=seen.decision.scope.value,
        severity=finding.rating.severity.value,
        fixed=" ".join(fixed)[:_LONGEST],
        exploited=finding.known_exploited is True,
        dates=tuple(date.code for date in seen.dates),
        channels=seen.channels,
    )


def _events(old: Told | None, new: Told, seen: Seen) -> list[tuple[Event, tuple[Word, ...]]]:
    """What happened, each with the words for it."""
    if old == new:
        return []  # as nearly always: no words are made
    decision = seen.decision
    rule = (Word("by rule "), words.name(decision.rule), Word(": "), words.said(decision.reason))
    before = old.scope if old else ""
    if new.scope not in WANTED:
        if before not in WANTED:
            return []
        if new.scope == Scope.ACCEPTED.value:
            by = (Word("by "), words.said(decision.by), Word(": "), words.said(decision.reason))
            return [(Event.ACCEPTED, (Word("the risk is accepted, "), *(by if decision.acceptance else rule)))]
        return [(Event.EXCLUDED, (Word("it is out of scope now, "), *rule))]
    if before == Scope.ACCEPTED.value:
        ended = next((fact.value for fact in decision.facts if fact.name == ENDED and fact.value), "")
        why = (Word(" ("), words.said(ended), Word(")")) if ended else ()
        return [(Event.ACCEPTANCE_ENDED, (Word("the risk is not accepted any more"), *why, Word(".")))]
    if old is None or before not in WANTED:
        regular = new.scope == Scope.REGULAR.value
        return [(Event.OPENED, (Word("a regular matter. "),) if regular else ())]
    happened: list[tuple[Event, tuple[Word, ...]]] = []
    if new.scope != before:
        to = "in scope" if new.scope == Scope.IN.value else "a regular matter"
        happened.append((Event.SCOPE, (Word(f"it is {to} now, "), *rule)))
    if new.severity != old.severity:
        happened.append((Event.SEVERITY, (Word(f"its severity is {new.severity} now; it was {old.severity}."),)))
    if new.exploited and not old.exploited:
        happened.append((Event.EXPLOITED, (Word("it is now known to be exploited."),)))
    if new.fixed and not old.fixed:
        fixed = words.listed(new.fixed.split())
        happened.append((Event.FIX, (Word("there is a fixed version now: "), *fixed, Word("."))))
    for date in seen.dates:
        if date.code not in old.dates:
            verb = "was" if date.over else "is"
            sentence = (Word("the date for "), words.said(date.label), Word(f" {verb} "), words.said(date.due))
            happened.append((Event.OVERDUE if date.over else Event.DUE_SOON, sentence))
    return happened


def _notice(
    repository: str, event: Event, seen: Seen, told: Told, change: tuple[Word, ...], issues: Sequence[str], at: str
) -> Notice:
    finding, decision = seen.finding, seen.decision
    sentence = words.finding(repository, event, finding, told, change)
    data = {
        **_identity(repository, told, finding.id),
        "kind": finding.kind.value,
        "severity": told.severity,
        "score": finding.rating.score,
        "exploited": told.exploited,
        "verdict": finding.verdict.value,
        "summary": plain(finding.summary, _LONGEST),
        "scope": decision.scope.value,
        "rule": plain(decision.rule, _LONGEST),
        "reason": plain(decision.reason, _LONGEST),
        "first_seen": finding.first_seen or None,
        "fixed": told.fixed.split(),
        "places": [
            {
                "ref": plain(place.ref, _LONGEST),
                "lockfile": plain(place.lockfile, _LONGEST),
                "version": place.version[:100],
            }
            for place in finding.places[:_SHOWN]
        ],
        "places_total": len(finding.places),
        "deadlines": [date._asdict() for date in seen.dates],
        "issues": list(issues[:_SHOWN]),
    }
    return Notice(
        _id(repository, event, told, words.text(change)), event, at, sentence, repository, told.severity, data
    )


def _gone(repository: str, told: Told, known: Evidence, at: str) -> Notice:
    event = Event.WITHDRAWN if known.withdrawn else Event.CLOSED
    identifier_ = told.ids[0] if told.ids else told.key
    data = {**_identity(repository, told, identifier_), "severity": told.severity, "reason": known.why}
    sentence = words.gone(repository, told, known.why)
    return Notice(_id(repository, event, told, ""), event, at, sentence, repository, told.severity, data)


def _identity(repository: str, told: Told, name: str) -> dict[str, Any]:
    return {
        "repository": repository,
        "ecosystem": told.ecosystem,
        "package": told.package,
        "id": name,
        "ids": list(told.ids),
    }


def _id(repository: str, event: Event, told: Told, change: str) -> str:
    return identifier(event, repository, told.ecosystem, told.package, told.key, str(told.rev), change)


def _both(old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Who heard of it before is told how it went on, also where the policy does not name them for it any more."""
    return None if new is None else tuple(dict.fromkeys((*(old or ()), *new)))
