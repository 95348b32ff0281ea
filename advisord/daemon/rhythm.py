"""When a step is due again: after its interval, later and later while it fails."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger

_LONGEST = 4.0
"""A step that keeps failing is tried once in so many of its intervals."""
_FIRST = 0.25
"""The first new attempt comes after this part of an interval: most failures are short."""
_SHORTEST = 1.0


def _now() -> datetime:
    return datetime.now(UTC)


class Rhythm(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """One step's trigger. Times count from the end of an attempt, so that no step overlaps itself or piles up.

    The jitter only shortens: what a feed publishes is looked at within one interval.
    """

    def __init__(
        self,
        every: float,
        clock: Callable[[], datetime] = _now,
        jitter: Callable[[], float] = lambda: random.uniform(0.9, 1.0),  # noqa: S311  (not a secret)
    ) -> None:
        self.every = every
        self.failures = 0
        self.waits = 0.0
        """Seconds that were chosen when it was last asked for the next time."""
        self._clock = clock
        self._jitter = jitter
        self._postponed = False

    def ended(self, *, well: bool) -> None:
        """The step was carried out."""
        self.failures = 0 if well else self.failures + 1

    def postpone(self) -> None:
        """The step gave way to something more urgent: it stays due since it was."""
        self._postponed = True

    def delay(self) -> float:
        """Seconds until the next attempt."""
        part = min(_FIRST * 2 ** min(self.failures - 1, 10), _LONGEST) if self.failures else 1.0
        return max(self.every * part * self._jitter(), _SHORTEST)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """APScheduler asks this before the step (again and again, until the answer lies behind `now`) and after it.

        The clock may have been set back since `now`: then everything of this round goes by `now`, and moves together.
        """
        if self._postponed:
            self._postponed = False
            return previous_fire_time
        self.waits = self.delay()
        return max(self._clock(), now) + timedelta(seconds=self.waits)
