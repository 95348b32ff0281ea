"""The side thread of the daemon: it keeps the lease and tells the watchdog that steps make progress."""

import sqlite3
import time
from collections.abc import Callable
from threading import Event, Thread

from advisord.errors import StoreError
from advisord.store.database import store_error
from advisord.store.lease import Lease

LEASE = 120.0
"""Seconds that the lease on a store lasts without being renewed."""
_RENEW = 30.0
_IDLE = 60.0
"""The main loop turns every few seconds when no step is under way: longer than this, and it hangs."""
_PAUSED = 5.0


class Pulse:
    """Progress of the daemon, and the thread that reports it.

    A sign of life is given only while there was progress lately: within a minute between steps, within `limit` seconds
    in a step. `alarm` is called once when the thread ends for another reason than `stop`; `failure` is then why.
    """

    def __init__(
        self,
        lease: Lease,
        alive: Callable[[], None],
        alarm: Callable[[], None],
        *,
        watchdog: float,
        limit: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.failure: BaseException | None = None
        self.limit = limit
        self._lease = lease
        self._alive = alive
        self._alarm = alarm
        self._monotonic = monotonic
        self._every = min(watchdog / 3, 10.0) if watchdog else 10.0
        self._step = ""
        self._at = self._renewed = monotonic()
        self._end = Event()
        self._thread = Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin; the lease is held already."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._end.set()
        self._thread.join()

    def beat(self) -> None:
        """There is progress."""
        self._at = self._monotonic()

    def step(self, name: str) -> None:
        """A step begins ("": the step under way has ended)."""
        self._step = name
        self.beat()

    def check(self) -> None:
        """One round: the lease, then the sign of life. Raises StoreError when the lease is lost or a step hangs."""
        now = self._monotonic()
        if now - self._renewed >= _RENEW:
            self._renew(now)
        step = self._step
        silent = now - self._at
        if silent > (self.limit if step else _IDLE):
            what = step or "the daemon's own loop"
            message = f"{what} has made no progress for {silent:.0f} s"
            raise StoreError(message, hint="[run] step_limit says how long that may be", code="stalled")
        self._alive()

    def _renew(self, now: float) -> None:
        try:
            mine = self._lease.claim(LEASE)
        except sqlite3.Error as exc:
            error = store_error(exc)
            if error.retryable and now - self._renewed < LEASE:
                return
            raise error from exc
        if not mine:
            raise StoreError(f"the store was taken over: {self._lease.holder()} works on it now", code="store-held")
        self._renewed = now

    def _run(self) -> None:
        try:
            self.check()
            before = self._monotonic()
            while not self._end.wait(self._every):
                now = self._monotonic()
                if now - before > self._every + _PAUSED:
                    # The whole process was stopped for a while: its steps could not make progress either.
                    self.beat()
                before = now
                self.check()
        except BaseException as exc:  # noqa: BLE001  (a dead side thread must end the daemon, whatever it died of)
            self.failure = exc
            self._alarm()
