"""The sentences of notices. What others wrote stays marked, so that each channel can make it harmless. Pure."""

from collections.abc import Sequence

from advisord.defuse import plain
from advisord.model.finding import Finding
from advisord.model.notice import Event, Told, Word

_NAME = 120
_SUMMARY = 300
_FEW = 5


def name(text: str) -> Word:
    """A name: of a repository, a package, a version, a rule."""
    return Word(plain(text, _NAME), "code")


def said(text: str, limit: int = _SUMMARY) -> Word:
    """What others wrote."""
    return Word(plain(text, limit), "said")


def text(words: Sequence[Word]) -> str:
    """A sentence as plain text."""
    return "".join(word.text for word in words)


def finding(repository: str, event: Event, seen: Finding, told: Told, change: tuple[Word, ...]) -> tuple[Word, ...]:
    """What happened to a finding that is there."""
    versions = listed(tuple(dict.fromkeys(place.version for place in seen.places)))
    what = (
        *_about(repository, seen.id, told.severity),
        Word(" in "),
        name(seen.package),
        *((Word(" "), *versions) if versions else ()),
        Word(": "),
    )
    if event is not Event.OPENED:
        return (*what, *change)
    fixed = told.fixed.split()
    update = (Word(" Update to "), *listed(fixed), Word(".")) if fixed else (Word(" No fixed version is known."),)
    summary = (
        (said(seen.summary.rstrip().removesuffix(".")), Word(".")) if seen.summary else (Word("no summary is given."),)
    )
    return (*what, *change, *summary, *update)


def gone(repository: str, told: Told, why: str) -> tuple[Word, ...]:
    """A finding is not there any more."""
    about = _about(repository, told.ids[0] if told.ids else told.key, told.severity)
    return (*about, Word(" in "), name(told.package), Word(f": {why}"))


def gathered(repository: str, event: Event, count: int, severities: Sequence[tuple[str, int]]) -> tuple[Word, ...]:
    """Many findings of one repository to which the same happened."""
    levels = ", ".join(f"{number} {level}" for level, number in severities)
    what = {
        Event.OPENED: "findings are tracked now",
        Event.CLOSED: "findings are gone, with evidence",
        Event.WITHDRAWN: "findings were withdrawn by everyone who had published them",
        Event.OVERDUE: "deadlines are past",
        Event.DUE_SOON: "deadlines are near",
        Event.FIX: "findings have a fixed version now",
    }.get(event, f"findings: {event.value.partition('.')[2].replace('_', ' ')}")
    return (name(repository), Word(f": {count} {what} ({levels})."))


def listed(names: Sequence[str]) -> tuple[Word, ...]:
    """Names, a few of them."""
    found: list[Word] = []
    for one in names[:_FEW]:
        found += [Word(", "), name(one)] if found else [name(one)]
    if len(names) > _FEW:
        found.append(Word(f" and {len(names) - _FEW} more"))
    return tuple(found)


def _about(repository: str, identifier: str, severity: str) -> tuple[Word, ...]:
    return (name(repository), Word(": "), name(identifier), Word(f" ({severity} severity)"))
