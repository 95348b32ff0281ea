"""One request's look at the database: a read-only connection of its own, one state of the data, a limit of time."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any, NamedTuple

from advisord.settings import Settings
from advisord.store.database import open_reader, reading

_SECONDS = 10.0
_STEPS = 20_000


class Refused(Exception):  # noqa: N818  (an answer, not a defect)
    """What was asked can't be answered: the HTTP status, and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Look(NamedTuple):
    """What answering needs: the data, the moment, the configuration, the query string and the path's parameters.

    `number` is that of the finding or repository, `record` the id of an advisory.
    """

    db: Connection
    now: datetime
    settings: Settings
    query: Mapping[str, str] = {}
    number: int = 0
    record: str = ""


@contextlib.contextmanager
def look(settings: Settings, query: Mapping[str, str], path: Mapping[str, Any]) -> Iterator[Look]:
    """Open the database for one answer. Raises StoreError, and sqlite3's error when the answer takes too long."""
    end = time.monotonic() + _SECONDS
    with contextlib.closing(open_reader(settings.store.path)) as db:
        db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        with reading(db):
            yield Look(db, datetime.now(UTC), settings, query, path.get("number", 0), path.get("record", ""))
