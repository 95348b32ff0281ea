"""What stands in the way of a repository since its last step: one state each, and nothing for one that is well."""

import sqlite3
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from advisord.store.database import transaction
from advisord.times import fresh


class State(StrEnum):
    """What could not be done: nothing (or not all) was judged, the issues are not kept, not every lockfile was read."""

    UNJUDGED = "unjudged"
    UNTRACKED = "untracked"
    UNREAD = "unread"


FAILED = "failed"
"""The state of a repository that could not be read at all the last time."""
OK = "ok"
"""What a repository is that is read, judged and tracked."""

# For queries of `repository r`: a repository that can't be read is that in the first place. One that was read and never
# judged has no findings either, which is no good news.
JOIN = (
    "LEFT JOIN trouble ON trouble.repository_id = r.id LEFT JOIN snapshot_state judged ON judged.repository_id = r.id"
)


def _first(failed: str, stored: str, waits: str) -> str:
    waiting = f"iif(r.read_at <> '' AND judged.repository_id IS NULL, '{waits}', '')"
    return f"iif(r.error_code <> '', {failed}, coalesce({stored}, {waiting}))"


STATE = _first(f"'{FAILED}'", "trouble.state", State.UNJUDGED.value)
CODE = _first("r.error_code", "trouble.code", "not-judged-yet")
MESSAGE = _first("r.error", "trouble.message", "it was read, and will be judged at its next step")


class Trouble(NamedTuple):
    """A state, the code and the sentence of its cause, and since when it has been so."""

    state: State
    code: str
    message: str
    since: str = ""


def settle(db: sqlite3.Connection, repository: int, found: Trouble | None, now: str) -> None:
    """Put down how a step ended, None when nothing is wrong. Writes nothing when that is known."""
    row = db.execute(
        "SELECT state, code, message, since FROM trouble WHERE repository_id = ?", (repository,)
    ).fetchone()
    before = Trouble(State(row[0]), *row[1:]) if row else None
    if found:
        same = before is not None and before.state == found.state
        found = found._replace(since=before.since if before and same else now)
    if found == before:
        return
    with transaction(db):
        db.execute("DELETE FROM trouble WHERE repository_id = ?", (repository,))
        if found:
            db.execute("INSERT INTO trouble VALUES (?, ?, ?, ?, ?)", (repository, *found))


def word(state: str, read_at: str, now: datetime, oldest: float) -> str:
    """How a repository is in one word: its state ("": nothing is wrong), `never` read, `stale`, `ok`."""
    if state or not read_at:
        return state or "never"
    return OK if fresh(read_at, now, oldest) else "stale"
