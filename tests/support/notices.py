"""Findings to be told of, notices, a channel and a clock that only the test moves."""

from collections.abc import Callable, Sequence
from typing import Any

from advisord.errors import AdvisordError
from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Decision, Fact, Scope
from advisord.model.finding import Finding, Place, Verdict
from advisord.model.notice import Event, Notice, Parcel, Told, Word, identifier
from advisord.notifying import news

AT = "2026-03-01T12:00:00Z"
SURE = news.Evidence(sure=True, why="no affected version is locked any more.")
UNSURE = news.Evidence(sure=False)


def finding(name: str = "GHSA-1", *, package: str = "hyper", **changed: Any) -> Finding:
    """A finding in one place."""
    fixed = changed.pop("fixed", ("2.0.0",))
    severity = changed.pop("severity", Severity.HIGH)
    place = Place("main", "Cargo.lock", "cargo", 1, "1.0.0", Verdict.AFFECTED, fixed=fixed)
    values: dict[str, Any] = {
        "repository": "shop",
        "ecosystem": "crates.io",
        "package": package,
        "id": name,
        "ids": (name,),
        "kind": Kind.VULNERABILITY,
        "rating": Rating(severity, 7.5),
        "summary": "Memory is used without bound",
        "witnesses": (),
        "places": (place,),
        "vulnerability": name,
    }
    return Finding(**(values | changed))


def decision(scope: Scope = Scope.IN, *facts: Fact) -> Decision:
    """What a policy says of it."""
    return Decision(scope, "shipped", "We act on what we ship.", facts)


def seen(scope: Scope = Scope.IN, dates: Sequence[news.Date] = (), **changed: Any) -> news.Seen:
    """A finding as it is now."""
    channels = changed.pop("channels", None)
    facts = changed.pop("facts", ())
    return news.Seen(finding(changed.pop("name", "GHSA-1"), **changed), decision(scope, *facts), tuple(dates), channels)


class Teller:
    """Remembers what was told of a repository, as the store does."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}
        self.issues: Callable[[Finding], Sequence[str]] = lambda _finding: ()

    def __call__(self, *now: news.Seen, evidence: news.Evidence = UNSURE, at: str = AT) -> list[news.Item]:
        """The news, remembered by their JSON form."""
        found = news.findings("shop", list(self.told.values()), now, lambda _told: evidence, self.issues, at)
        self.told |= {subject: news.remembered(told._asdict()) for subject, told in found.told.items()}
        return list(found.items)

    def events(self, *now: news.Seen, evidence: news.Evidence = UNSURE) -> list[Event]:
        """What happened."""
        return [item.notice.event for item in self(*now, evidence=evidence)]


def notice(number: int = 1, *, severity: str = "high", event: Event = Event.OPENED, **data: Any) -> Notice:
    """A notice of its own id."""
    words = (Word("shop", "code"), Word(f": number {number} "), Word("is said", "said"))
    return Notice(identifier(str(number)), event, AT, words, "shop", severity, data)


class Recorder:
    """A channel that takes what it is sent, unless it is told what to say first."""

    def __init__(self, most: int = 1) -> None:
        self.most = most
        self.taken: list[Parcel] = []
        self.tried: list[str] = []
        self.faults: list[AdvisordError] = []

    def send(self, parcel: Parcel) -> str:
        """Take it, or fail as told."""
        self.tried.append(parcel.id)
        if self.faults:
            raise self.faults.pop(0)
        self.taken.append(parcel)
        return ""

    def check(self) -> str:
        """It is there."""
        return "there"
