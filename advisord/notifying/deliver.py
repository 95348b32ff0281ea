"""Delivering what waits: at least once, slowly where the receiver asks for it, and from where it stopped.

What is sent at once is fixed in the queue before it is sent and leaves it after the receiver's answer. A process may die
anywhere: the next run sends the same by the same id.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from advisord.errors import AdvisordError, TransportError
from advisord.model.notice import REFUSED
from advisord.notifying.interface import Channel, Queue
from advisord.times import parse, stamp

_FIRST = 30.0
_LONGEST = 3600.0
_PATIENCE = 86400.0
"""Seconds that a receiver may ask to wait; more is taken for a mistake of its own."""
_ALWAYS = "9999"
"""Later than any moment: every digest was made before it."""


class Pace(NamedTuple):
    """How fast: `pause` seconds between two parcels, `most` of them in one run, a digest every `digest_every` seconds."""

    pause: float = 1.0
    most: int = 50
    digest_every: float = 0.0


class Delivered(NamedTuple):
    """What one run did: parcels and notices that were taken, and a sentence for each thing that was not."""

    parcels: int = 0
    notices: int = 0
    problems: tuple[str, ...] = ()
    waits: bool = False


def deliver(
    channel: Channel,
    queue: Queue,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
    pace: Pace,
    jitter: Callable[[], float] = lambda: random.uniform(0.75, 1.0),  # noqa: S311  (not a secret)
) -> Delivered:
    """Send what is due to one channel. After a failure the channel is left alone for a while, longer each time.

    Raises no error of the channel: what was not taken is in the answer, and stays in the queue.
    """
    line = queue.line()
    before = parse(line.not_before)
    if before and 0 < (before - clock()).total_seconds() <= 2 * _PATIENCE:  # beyond that the clock was wrong
        return Delivered(waits=True)
    failures, parcels, notices = line.failures, 0, 0
    problems: list[str] = []
    while parcels + len(problems) < pace.most:
        if parcels + len(problems):
            sleep(pace.pause)
        now = clock()
        since = stamp(now - timedelta(seconds=pace.digest_every)) if pace.digest_every else _ALWAYS
        parcel = queue.take(stamp(now), channel.most, since)
        if parcel is None:
            break
        try:
            note = channel.send(parcel)
        except AdvisordError as exc:
            why = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
            problems.append(why)
            if exc.code == REFUSED:
                queue.refused(parcel.id, stamp(clock()), why)
                continue
            wait = _wait(exc, failures) * jitter()
            queue.failed(parcel.id, stamp(clock() + timedelta(seconds=wait)), exc.code, why)
            return Delivered(parcels, notices, tuple(problems), waits=True)
        queue.delivered(parcel.id, stamp(clock()), note)
        failures = 0
        parcels += 1
        notices += len(parcel.notices)
        problems += [note] if note else []
    return Delivered(parcels, notices, tuple(problems))


def _wait(exc: AdvisordError, failures: int) -> float:
    asked = exc.retry_after if isinstance(exc, TransportError) else None
    if asked is not None:
        # What the receiver asks for is kept whole: the jitter only makes it longer.
        return min(max(asked, 1.0), _PATIENCE) * 4 / 3
    return min(_FIRST * 2.0 ** min(failures, 20), _LONGEST) if exc.retryable else _LONGEST
