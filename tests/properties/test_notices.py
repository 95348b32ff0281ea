"""Laws of telling: the same events by the same ids, nothing twice, nothing lost, wherever a process dies.

Whatever happens to findings, and however often the process is killed in between: every notice reaches its receiver at
least once, always by the same id, and not again after the receiver's answer was written down.
"""

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from notices import SURE, Teller, seen

from advisord.errors import TransportError
from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.model.notice import REFUSED, Event, Notice, Parcel
from advisord.notifying import news
from advisord.notifying.deliver import Pace, deliver
from advisord.notifying.routes import Filter, addressed
from advisord.store import notices as store
from advisord.store.database import open_writer, transaction

findings = st.builds(
    lambda number, scope, severity, fixed: seen(scope, name=f"GHSA-{number}", severity=severity, fixed=fixed),
    st.integers(0, 3),
    st.sampled_from([Scope.IN, Scope.REGULAR, Scope.ACCEPTED, Scope.OUT]),
    st.sampled_from([Severity.UNKNOWN, Severity.HIGH, Severity.CRITICAL]),
    st.sampled_from([(), ("2.0.0",)]),
)
looks = st.lists(findings, max_size=4, unique_by=lambda one: one.finding.id)
histories = st.lists(looks, min_size=1, max_size=6)


@given(histories)
def test_the_same_history_has_the_same_ids(history: list[list[news.Seen]]) -> None:
    """On another machine, a year later; and no two notices of it share one."""
    one, other = Teller(), Teller()
    first = [item.notice.id for look in history for item in one(*look, evidence=SURE)]
    second = [item.notice.id for look in history for item in other(*look, evidence=SURE, at="2027-03-01T00:00:00Z")]
    assert first == second
    assert len(set(first)) == len(first)


@given(histories)
def test_what_was_told_is_no_news(history: list[list[news.Seen]]) -> None:
    """The same look again tells nothing, with or without evidence; and without evidence nothing is gone."""
    tell = Teller()
    for look in history:
        tell(*look, evidence=SURE)
        assert tell(*look, evidence=SURE) == []
        assert tell(*look) == []
        assert all(item.notice.event not in {Event.CLOSED, Event.WITHDRAWN} for item in tell())


class Killed(BaseException):
    """The process is gone."""


class Receiver:
    """Takes what it is sent, or fails, or sees the process die before or after it took it, as it is told."""

    def __init__(self, most: int, fates: list[str]) -> None:
        self.most = most
        self.fates = fates
        self.taken: list[Parcel] = []
        self.refused: set[str] = set()

    def send(self, parcel: Parcel) -> str:
        """One attempt."""
        fate = self.fates.pop(0) if self.fates else "take"
        if fate == "die before":
            raise Killed
        if fate == "fail":
            raise TransportError("503", retryable=True)
        if fate == "refuse":
            self.refused.add(parcel.id)
            raise TransportError("400", code=REFUSED)
        self.taken.append(parcel)
        if fate == "die after":
            raise Killed
        return ""

    def check(self) -> str:
        """It is there."""
        return ""


def tell(db: sqlite3.Connection, look: list[news.Seen], die: bool) -> None:
    """One look, in one transaction as the daemon does it; it may die in it."""
    with suppress(Killed), transaction(db):
        before = map(news.remembered, store.told(db, "shop").values())
        found = news.findings("shop", before, look, lambda _told: SURE, lambda _finding: (), "2026-03-01T00:00:00Z")
        wanted = [store.Addressed(name, one) for name, one in addressed(found.items, {"chat": Filter()})]
        store.tell(db, "shop", {key: told._asdict() for key, told in found.told.items()}, wanted, "now")
        if die:
            raise Killed


@given(
    st.lists(st.tuples(looks, st.booleans()), min_size=1, max_size=5),
    st.lists(st.sampled_from(["take", "fail", "die before", "die after", "refuse"]), max_size=12),
    st.sampled_from([1, 2, 100]),
)
def test_everything_arrives_wherever_it_is_cut(
    history: list[tuple[list[news.Seen], bool]], fates: list[str], most: int
) -> None:
    """What one undisturbed run would have sent, each notice in one parcel, and no parcel again after its answer."""
    undisturbed = Teller()
    expected = [item.notice for look, _ in history for item in undisturbed(*look, evidence=SURE)]
    receiver = Receiver(most, fates)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with closing(open_writer(":memory:")) as db:
        steps = [(look, die) for look, dies in history for die in ((True, False) if dies else (False,))]
        for look, die in steps:
            tell(db, look, die)
            now = run(db, receiver, now)
        while store.Queue(db, "chat").line().waiting:
            now = run(db, receiver, now)
        line = store.Queue(db, "chat").line()
        rows = db.execute("SELECT id, parcel, outcome FROM notice").fetchall()
    assert {name for name, _, _ in rows} == {one.id for one in expected}
    arrived: dict[str, Notice] = {one.id: one for parcel in receiver.taken for one in parcel.notices}
    assert all(arrived[one.id].words == one.words for one in expected if one.id in arrived)
    assert all(
        name in arrived if outcome == "delivered" else parcel in receiver.refused for name, parcel, outcome in rows
    )
    assert line.delivered == sum(outcome == "delivered" for _, _, outcome in rows)
    parcels = {parcel.id: {one.id for one in parcel.notices} for parcel in receiver.taken}
    assert all({one.id for one in parcel.notices} == parcels[parcel.id] for parcel in receiver.taken)
    assert sum(map(len, parcels.values())) == len(arrived)


def run(db: sqlite3.Connection, receiver: Receiver, now: datetime) -> datetime:
    """One run of the sending step, which may die in it; and then time passes."""
    deaths = receiver.fates.count("die after")
    before = len(receiver.taken)
    with suppress(Killed):
        deliver(receiver, store.Queue(db, "chat"), lambda: now, lambda _seconds: None, Pace(0.0))
    fresh = [parcel.id for parcel in receiver.taken[before:]]
    known = [parcel.id for parcel in receiver.taken[:before]]
    # Only one whose answer was lost with the process comes again, and it is the last that was taken.
    again = [name for name in fresh if name in known]
    assert len(again) <= 1
    assert not again or again[0] == known[-1] or deaths
    return now + timedelta(hours=2)
