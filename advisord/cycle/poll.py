"""Step one: bring a feed up to date."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from sqlite3 import Connection
from typing import NamedTuple

from advisord.errors import AdvisordError
from advisord.feeds.interface import Feed
from advisord.model.problem import Problem
from advisord.store import advisories, feeds
from advisord.store.database import in_bulk
from advisord.store.entries import Entries


class Polled(NamedTuple):
    """What a poll changed; `problem` says why it did not come to its end (what was stored before that stays)."""

    feed: str
    new: int
    changed: int
    gone: int
    rejected: int
    problem: Problem | None


def poll(
    db: Connection, feed: Feed, source: str, now: str, progress: Callable[[str, int], None] | None = None
) -> Polled:
    """Fetch everything since the feed's cursor; each page is committed with its cursor.

    `source` says where the feed comes from: a cursor of another source is not used. `progress` is told the feed's name
    and how many records have come so far. Raises only what the database raises.
    """
    cursor = feeds.cursor(db, feed.name, source)
    if not cursor:
        feeds.attempt(db, feed.name, source, now)
    entries = Entries(db, feed.name)
    new = changed = gone = rejected = seen = 0
    try:
        with _seldom_collected(), in_bulk(db):
            for page in feed.poll(cursor, entries.of):
                written = advisories.write_page(db, feed.name, now, entries=entries, **page._asdict())
                new += len(written.new)
                changed += len(written.changed)
                gone += len(written.gone)
                rejected += len(page.rejected)
                seen += len(page.advisories)
                if progress:
                    progress(feed.name, seen)
    except AdvisordError as exc:
        feeds.attempt(db, feed.name, source, now)
        feeds.failed(db, feed.name, exc.code, exc.message, feed.complete)
        message = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
        problem = Problem(exc.code, exc.subject or feed.name, message)
        return Polled(feed.name, new, changed, gone, rejected, problem)
    feeds.succeeded(db, feed.name, now, feed.complete)
    return Polled(feed.name, new, changed, gone, rejected, None)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """A page is many values, none of them in a cycle: looking for cycles as often as usual costs a fifth of a load."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
