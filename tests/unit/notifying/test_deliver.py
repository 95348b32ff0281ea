"""Delivering: what is due, slower after each failure, as late as the receiver asks, and never past what it can't take."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from notices import AT, Recorder, notice
from tracking import Clock

from advisord.errors import SettingsError, TransportError
from advisord.model.notice import REFUSED
from advisord.notifying.deliver import Delivered, Pace, deliver
from advisord.store import notices as store
from advisord.store.database import open_writer, transaction


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """An empty store."""
    with closing(open_writer(":memory:")) as connection:
        yield connection


class Post:
    """A channel, its queue and a clock."""

    def __init__(self, db: sqlite3.Connection, most: int = 1, digest_every: float = 0.0) -> None:
        self.clock = Clock()
        self.channel = Recorder(most)
        self.pauses: list[float] = []
        self._db = db
        self._pace = Pace(2.0, 50, digest_every)

    def put(self, *numbers: int) -> None:
        """Queue notices."""
        with transaction(self._db):
            store.tell(self._db, "shop", {}, [store.Addressed("chat", notice(number)) for number in numbers], AT)

    def __call__(self) -> Delivered:
        """One run."""
        queue = store.Queue(self._db, "chat")
        return deliver(self.channel, queue, self.clock, self.pauses.append, self._pace, lambda: 1.0)


def later(**more: float) -> TransportError:
    """A failure that passes."""
    return TransportError("503", retryable=True, retry_after=more.get("retry_after"))


def test_what_waits_is_sent_in_order(db: sqlite3.Connection) -> None:
    """One after the other, with a pause between two."""
    post = Post(db)
    post.put(1, 2, 3)
    assert post() == Delivered(3, 3)
    assert [parcel.id for parcel in post.channel.taken] == [notice(number).id for number in (1, 2, 3)]
    assert post.pauses == [2.0, 2.0, 2.0]
    assert post() == Delivered()


def test_after_a_failure_the_channel_is_left_alone(db: sqlite3.Connection) -> None:
    """For 30 s, then twice as long each time, up to an hour; the same is sent by the same id."""
    post = Post(db)
    post.put(1, 2)
    post.channel.faults = [later(), later()]
    assert post().problems == ("503",)
    post.clock.pass_by(seconds=29)
    assert post() == Delivered(waits=True)
    post.clock.pass_by(seconds=2)
    assert post().problems == ("503",)
    post.clock.pass_by(seconds=31)
    assert post() == Delivered(waits=True)
    post.clock.pass_by(seconds=30)
    assert post() == Delivered(2, 2)
    assert post.channel.tried == [notice(1).id] * 3 + [notice(2).id]


def test_the_receivers_wish_is_honoured(db: sqlite3.Connection) -> None:
    """It is never asked sooner than it said; a wish beyond a day is taken for a mistake."""
    post = Post(db)
    post.put(1)
    post.channel.faults = [later(retry_after=600.0), later(retry_after=1e9)]
    post()
    post.clock.pass_by(seconds=599)
    assert post().waits
    post.clock.pass_by(seconds=202)
    assert post().problems
    post.clock.pass_by(days=1, hours=9)
    assert post().parcels == 1


def test_what_will_never_be_taken_blocks_nothing(db: sqlite3.Connection) -> None:
    """It is refused, kept and told, and the next one is sent."""
    post = Post(db)
    post.put(1, 2)
    post.channel.faults = [TransportError("400: too odd", code=REFUSED)]
    assert post() == Delivered(1, 1, ("400: too odd",))
    assert store.Queue(db, "chat").line().refused == 1


@pytest.mark.parametrize("fault", [TransportError("404", code="forbidden"), SettingsError("there is no secret")])
def test_a_wrong_address_loses_nothing(db: sqlite3.Connection, fault: Exception) -> None:
    """What is wrong with the channel itself is tried again once an hour."""
    post = Post(db)
    post.put(1, 2)
    post.channel.faults = [fault]  # type: ignore[list-item]
    assert post().parcels == 0
    post.clock.pass_by(minutes=59)
    assert post().waits
    post.clock.pass_by(minutes=2)
    assert post() == Delivered(2, 2)


def test_success_forgets_failures(db: sqlite3.Connection) -> None:
    """The next failure begins with the shortest wait."""
    post = Post(db)
    post.put(1)
    post.channel.faults = [later()]
    post()
    post.clock.pass_by(minutes=1)
    post()
    post.put(2)
    post.channel.faults = [later()]
    post()
    post.clock.pass_by(seconds=31)
    assert post().parcels == 1


def test_a_digest_is_one_parcel(db: sqlite3.Connection) -> None:
    """All that came since the last one, once its time has come."""
    post = Post(db, most=10, digest_every=3600.0)
    post.put(1, 2)
    assert post() == Delivered(1, 2)
    post.put(3)
    post.clock.pass_by(minutes=59)
    assert post() == Delivered()
    post.put(4)
    post.clock.pass_by(minutes=2)
    assert post() == Delivered(1, 2)


def test_a_clock_that_was_wrong_silences_nobody(db: sqlite3.Connection) -> None:
    """A failure or a digest of the far future does not count once the clock is right again."""
    post = Post(db, most=10, digest_every=3600.0)
    post.clock.pass_by(days=2000)
    post.put(1)
    post.channel.faults = [later()]
    post()
    post.clock.pass_by(days=-2000)
    assert post().parcels == 1
    post.put(2)
    assert post().parcels == 1
    post.put(3)
    assert post() == Delivered()


def test_one_run_has_an_end(db: sqlite3.Connection) -> None:
    """However much waits, the daemon's other steps have their turn."""
    post = Post(db)
    post.put(*range(70))
    assert post().parcels == 50
    assert post().parcels == 20
