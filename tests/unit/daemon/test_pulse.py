"""The side thread: sign of life only with progress, and the lease on the store."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisord.daemon.pulse import LEASE, Pulse
from advisord.errors import StoreError
from advisord.store.database import open_writer
from advisord.store.lease import Lease


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty store."""
    with contextlib.closing(open_writer(str(tmp_path / "x.db"))) as connection:
        yield connection


class Watch:
    """A clock that is set by hand, and what the pulse said."""

    def __init__(self, lease: Lease) -> None:
        self.now = 1000.0
        self.signs = 0
        self.alarmed = threading.Event()
        self.pulse = Pulse(lease, self._alive, self.alarmed.set, watchdog=0.03, limit=600.0, monotonic=lambda: self.now)

    def _alive(self) -> None:
        self.signs += 1


def test_a_sign_of_life_needs_progress(db: sqlite3.Connection) -> None:
    """In a step for as long as the limit, between steps for a minute; a hanging step is named."""
    watch = Watch(Lease(db, "daemon"))
    watch.pulse.step("feed osv")
    watch.now += 599
    watch.pulse.check()
    watch.pulse.beat()
    watch.now += 599
    watch.pulse.check()
    assert watch.signs == 2
    watch.now += 2
    with pytest.raises(StoreError, match="feed osv has made no progress for 601 s"):
        watch.pulse.check()
    watch.pulse.step("")
    watch.now += 61
    with pytest.raises(StoreError, match="own loop"):
        watch.pulse.check()
    assert watch.signs == 2


def test_the_lease_is_renewed_and_its_loss_is_told(db: sqlite3.Connection) -> None:
    """While we hold it nobody else gets it; once another has it we must not go on."""
    lease = Lease(db, "daemon")
    assert lease.claim(LEASE)
    watch = Watch(lease)
    other = Lease(db, "daemon")
    watch.now += 31
    watch.pulse.check()
    assert not other.claim(LEASE)
    db.execute("DELETE FROM lease")
    assert other.claim(LEASE)
    watch.now += 31
    with pytest.raises(StoreError, match="taken over") as caught:
        watch.pulse.check()
    assert caught.value.code == "store-held"


def test_a_dead_thread_rings(db: sqlite3.Connection) -> None:
    """Whatever the thread dies of is kept, and the alarm is rung."""
    watch = Watch(Lease(db, "daemon"))
    watch.pulse.start()
    assert Lease(db, "daemon").claim(LEASE)
    watch.now += 31
    assert watch.alarmed.wait(5)
    watch.pulse.stop()
    assert isinstance(watch.pulse.failure, StoreError)
    assert not watch.pulse._thread.is_alive()


def test_a_process_that_was_stopped(db: sqlite3.Connection) -> None:
    """A machine that was paused, with everything in it, is no step that hangs."""
    watch = Watch(Lease(db, "daemon"))
    watch.pulse.step("feed osv")
    watch.pulse.start()
    watch.now += 10_000
    assert not watch.alarmed.wait(0.2)
    watch.pulse.stop()
    assert watch.pulse.failure is None
