"""What was told and what waits: in one transaction, once by each id, fixed before it is sent, bounded."""

import sqlite3

import pytest
from notices import AT, notice

from advisord.model.notice import Event, Notice
from advisord.store import notices
from advisord.store.database import transaction
from advisord.store.notices import LIMIT, Addressed, Queue

ALWAYS = "9999"


def put(db: sqlite3.Connection, *numbers: int, channel: str = "chat", urgent: bool = False) -> int:
    """Queue notices of these numbers."""
    with transaction(db):
        wanted = [Addressed(channel, notice(number), urgent) for number in numbers]
        return notices.tell(db, "shop", {}, wanted, AT)


def taken(queue: Queue, most: int = 1, digest_before: str = ALWAYS) -> list[Notice]:
    """What is to be sent next."""
    parcel = queue.take(AT, most, digest_before)
    return list(parcel.notices) if parcel else []


def test_told_is_remembered(db: sqlite3.Connection) -> None:
    """By what it is about, and its subject; the last word counts."""
    with transaction(db):
        notices.tell(db, "shop", {"a": {"rev": 1}, "b": {"rev": 1}}, [], AT)
        notices.tell(db, "shop", {"a": {"rev": 2}}, [], AT)
    assert notices.told(db, "shop") == {"a": {"rev": 2}, "b": {"rev": 1}}
    assert notices.told(db, "bank") == {}


def test_telling_is_one_transaction(db: sqlite3.Connection) -> None:
    """What is remembered and what is queued come together, or not at all."""
    with pytest.raises(AssertionError):
        notices.tell(db, "shop", {"a": {}}, [], AT)
    broken = [Addressed("chat", notice()), Addressed("chat", notice(2, odd=object()))]
    with pytest.raises(TypeError), transaction(db):
        notices.tell(db, "shop", {"a": {}}, broken, AT)
    assert notices.told(db, "shop") == {}
    assert taken(Queue(db, "chat")) == []


def test_twice_the_same_is_once(db: sqlite3.Connection) -> None:
    """By its id: while it waits, and after it was delivered."""
    queue = Queue(db, "chat")
    assert put(db, 1, 1) == 1
    assert put(db, 1) == 0
    assert put(db, 1, channel="mail") == 1
    assert taken(queue) == [notice(1)]
    queue.delivered(notice(1).id, AT)
    assert put(db, 1) == 0
    assert taken(queue) == []
    assert queue.line().delivered == 1


def test_what_is_sent_at_once_is_fixed(db: sqlite3.Connection) -> None:
    """What comes later is not in it, however often it is tried; its id is not that of one of them."""
    put(db, 1, 2)
    queue = Queue(db, "chat")
    first = queue.take(AT, 10, ALWAYS)
    assert first is not None
    assert first.notices == (notice(1), notice(2))
    put(db, 3)
    queue.failed(first.id, "", "connection", "no answer")
    assert queue.take("later", 10, ALWAYS) == first
    queue.delivered(first.id, AT)
    assert taken(queue, 10) == [notice(3)]


def test_one_that_fails_does_not_block_the_others(db: sqlite3.Connection) -> None:
    """The least often tried comes first."""
    put(db, 1)
    queue = Queue(db, "chat")
    assert taken(queue) == [notice(1)]
    queue.failed(notice(1).id, "", "transport", "500")
    put(db, 2)
    assert taken(queue) == [notice(1)]  # it is the only one that is fixed
    queue.failed(notice(1).id, "", "transport", "500")
    line = queue.line()
    assert (line.waiting, line.failures, line.error) == (2, 2, "500")


def test_a_digest_waits_for_its_time(db: sqlite3.Connection) -> None:
    """The first comes at once, the next after the last one; what is urgent comes alone and at once."""
    put(db, 1)
    queue = Queue(db, "mail")
    put(db, 1, channel="mail")
    assert taken(queue, 10, "2026-03-01T00:00:00Z") == [notice(1)]
    queue.delivered(notice(1).id, AT)
    put(db, 2, channel="mail")
    put(db, 3, channel="mail", urgent=True)
    assert taken(queue, 10, "2026-03-01T00:00:00Z") == [notice(3)]
    queue.delivered(notice(3).id, AT)
    assert taken(queue, 10, "2026-03-01T00:00:00Z") == []
    assert taken(queue, 10, AT) == [notice(2)]


def test_what_is_refused_is_kept(db: sqlite3.Connection) -> None:
    """It is shown, leaves the way to the others, and can be tried again."""
    put(db, 1, 2)
    queue = Queue(db, "chat")
    taken(queue)
    queue.refused(notice(1).id, AT, "400: bad")
    assert taken(queue) == [notice(2)]
    assert queue.line().refused == 1
    assert queue.again() == 1
    assert (queue.line().refused, queue.line().waiting) == (0, 2)


def test_a_channel_that_is_down_does_not_grow_without_bound(db: sqlite3.Connection) -> None:
    """Above the limit notices are counted; the count is told once there is room again."""
    assert put(db, *range(LIMIT + 7)) == LIMIT
    queue = Queue(db, "chat")
    assert queue.line().dropped == 7
    assert [one.event for one in taken(queue)] == [Event.OPENED]
    queue.delivered(notice(0).id, AT)
    put(db, LIMIT + 8)
    assert queue.line().dropped == 7
    queue.take(AT, 1, ALWAYS)
    queue.delivered(notice(1).id, AT)
    (dropped,) = taken(queue)
    assert dropped.event is Event.DROPPED
    assert dropped.data["count"] == 7
    assert queue.line().dropped == 0


def test_old_ones_are_forgotten(db: sqlite3.Connection) -> None:
    """Those that ended; what waits stays."""
    put(db, 1, 2)
    queue = Queue(db, "chat")
    taken(queue)
    queue.delivered(notice(1).id, AT)
    with transaction(db):
        assert notices.forget(db, AT) == 0
        assert notices.forget(db, ALWAYS) == 1
    assert queue.line().waiting == 1


def test_surrogates_can_be_stored(db: sqlite3.Connection) -> None:
    """A package's name may hold what no UTF-8 can."""
    odd = notice(1, package="a\ud800b")
    with transaction(db):
        notices.tell(
            db,
            "shop\ud800".encode("utf-8", "replace").decode(),
            {"\\ud800": {"x": "\ud800"}},
            [Addressed("c", odd)],
            AT,
        )
    assert taken(Queue(db, "c")) == [odd]
