"""What stands in the way of a repository since its last step: one state each, and nothing for one that is well."""

import sqlite3
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from advisord.store.database import transaction
from advisord.times import seconds_between


class State(StrEnum):
    """What could not be done: nothing (or not all) was judged, the issues are not kept, not every lockfile was read."""

    UNJUDGED = "unjudged"
    UNTRACKED = "untracked"
    UNREAD = "unread"


FAILED = "failed"
"""The state of a repository that could not be read at all the last time."""

# For queries of `repository r`: a repository that can't be read is that in the first place.
JOIN = "LEFT JOIN trouble ON trouble.repository_id = r.id"
STATE = f"iif(r.error_code <> '', '{FAILED}', coalesce(trouble.state, ''))"
CODE = "iif(r.error_code <> '', r.error_code, coalesce(trouble.code, ''))"
MESSAGE = "iif(r.error_code <> '', r.error, coalesce(trouble.message, ''))"


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
    return "stale" if seconds_between(read_at, now) > oldest else "ok"
