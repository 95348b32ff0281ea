"""What was told of, and what channels still have to be told: at least once, each notice by one id.

A notice is put down in the transaction that remembers what was told, and is delivered when its receiver said so. What
is sent at once is fixed before it is sent: a process that dies in between sends the same again, by the same id.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from advisord.model.notice import Event, Line, Notice, Parcel, Word, identifier
from advisord.store.database import transaction

LIMIT = 10_000
"""Notices that wait for one channel; what comes later is counted, and the count is told."""
_WAITS = "channel = ? AND outcome = ''"


class Addressed(NamedTuple):
    """A notice for one channel; an `urgent` one does not wait for the channel's digest."""

    channel: str
    notice: Notice
    urgent: bool = False


def told(db: sqlite3.Connection, about: str) -> dict[str, Any]:
    """What was last told about a repository ("": about feeds and repositories themselves), by subject."""
    rows = db.execute("SELECT subject, state FROM told WHERE about = ?", (about,))
    return {subject: json.loads(state) for subject, state in rows}


def tell(db: sqlite3.Connection, about: str, states: Mapping[str, Any], notices: Iterable[Addressed], now: str) -> int:
    """Remember what is told now, and queue the notices that tell it; how many are new.

    To be called within the transaction in which `told` was asked. One that a channel has, or had, changes nothing.
    """
    assert db.in_transaction  # noqa: S101  (else the same could be told twice)
    db.executemany(
        "INSERT OR REPLACE INTO told VALUES (?, ?, ?)",
        [(about, subject, json.dumps(state)) for subject, state in states.items()],
    )
    room: dict[str, int] = {}
    queued = 0
    for channel, notice, urgent in notices:
        if channel not in room:
            room[channel] = LIMIT - _waiting(db, channel)
        if room[channel] <= 0:
            _drop(db, channel, now)
            continue
        added = _put(db, channel, notice, urgent=urgent)
        room[channel] -= added
        queued += added
    return queued


def _waiting(db: sqlite3.Connection, channel: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM notice WHERE {_WAITS}", (channel,)).fetchone()[0])


def _put(db: sqlite3.Connection, channel: str, notice: Notice, *, urgent: bool) -> int:
    body = json.dumps(notice._asdict())
    return db.execute(
        "INSERT INTO notice (channel, id, at, urgent, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (channel, notice.id, notice.at, urgent, body),
    ).rowcount


def _drop(db: sqlite3.Connection, channel: str, now: str) -> None:
    db.execute(
        "INSERT INTO channel (name, dropped, dropped_from, dropped_until) VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE SET"
        " dropped_from = CASE dropped WHEN 0 THEN excluded.dropped_from ELSE dropped_from END,"
        " dropped = dropped + 1, dropped_until = excluded.dropped_until",
        (channel, now, now),
    )


class Queue:
    """What waits for one channel (`advisord.notifying.interface.Queue`)."""

    def __init__(self, db: sqlite3.Connection, channel: str) -> None:
        self._db = db
        self._channel = channel

    def line(self) -> Line:
        """How it is."""
        return next((line for line in lines(self._db) if line.channel == self._channel), Line(self._channel))

    def take(self, now: str, most: int, digest_before: str) -> Parcel | None:
        """What is to be sent next, of at most so many notices; None when nothing is.

        What was fixed and not delivered comes first, the least often tried; then what is urgent; then all that waits,
        when the last digest was made at or before `digest_before`.
        """
        with transaction(self._db):
            self._say_what_was_dropped(now)
            row = self._db.execute(
                f"SELECT parcel FROM notice WHERE {_WAITS} AND parcel <> '' ORDER BY attempts, seq LIMIT 1",
                (self._channel,),
            ).fetchone()
            parcel = row[0] if row else self._fixed(now, most, digest_before)
            return self._read(parcel) if parcel else None

    def _fixed(self, now: str, most: int, digest_before: str) -> str:
        """The id of a new parcel, "" when there is nothing for one."""
        loose = f"SELECT seq, id FROM notice WHERE {_WAITS} AND parcel = ''"
        rows = self._db.execute(f"{loose} AND urgent ORDER BY seq LIMIT ?", (self._channel, most)).fetchall()
        last = self._digest_at()
        if not rows and (last <= digest_before or last > now):  # one of the future is of a clock that was wrong
            rows = self._db.execute(f"{loose} ORDER BY seq LIMIT ?", (self._channel, most)).fetchall()
            if 0 < len(rows) < most:
                self._set(digest_at=now)
        if not rows:
            return ""
        names = [name for _, name in rows]
        parcel = names[0] if len(names) == 1 else identifier(*names)
        self._db.executemany(
            "UPDATE notice SET parcel = ?, made = ? WHERE seq = ?", [(parcel, now, number) for number, _ in rows]
        )
        return parcel

    def _digest_at(self) -> str:
        row = self._db.execute("SELECT digest_at FROM channel WHERE name = ?", (self._channel,)).fetchone()
        return str(row[0]) if row else ""

    def _say_what_was_dropped(self, now: str) -> None:
        row = self._db.execute(
            "SELECT dropped, dropped_from, dropped_until FROM channel WHERE name = ? AND dropped", (self._channel,)
        ).fetchone()
        if not row or _waiting(self._db, self._channel) >= LIMIT:
            return
        count, since, until = row
        words = (
            Word(f"{count} more notices from {since} to {until} were not kept, because this channel took none: "),
            Word("what they said stands in the issues and on the pages."),
        )
        data = {"count": count, "from": since, "until": until}
        notice = Notice(identifier(Event.DROPPED, self._channel, *map(str, row)), Event.DROPPED, now, words, data=data)
        _put(self._db, self._channel, notice, urgent=True)
        self._set(dropped=0)

    def _read(self, parcel: str) -> Parcel:
        rows = self._db.execute(
            f"SELECT body, made FROM notice WHERE {_WAITS} AND parcel = ? ORDER BY seq", (self._channel, parcel)
        ).fetchall()
        return Parcel(parcel, rows[0][1], tuple(_notice(json.loads(body)) for body, _ in rows))

    def delivered(self, parcel: str, now: str, note: str = "") -> None:
        """The receiver has taken it. `note` is what it said against a part of it."""
        with transaction(self._db):
            count = self._end(parcel, "delivered", now, "")
            self._db.execute("UPDATE notice SET body = '' WHERE channel = ? AND parcel = ?", (self._channel, parcel))
            self._set(failures=0, not_before="", code="partly-refused" if note else "", error=note, delivered_at=now)
            self._db.execute("UPDATE channel SET delivered = delivered + ? WHERE name = ?", (count, self._channel))

    def refused(self, parcel: str, now: str, why: str) -> None:
        """The receiver will never take it as it is: it is kept, and shown."""
        with transaction(self._db):
            self._end(parcel, "refused", now, why)

    def failed(self, parcel: str, not_before: str, code: str, why: str) -> None:
        """It was not taken now; nothing is sent to the channel before that moment."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE notice SET attempts = attempts + 1 WHERE channel = ? AND parcel = ?", (self._channel, parcel)
            )
            self._set(not_before=not_before, code=code, error=why)
            self._db.execute("UPDATE channel SET failures = failures + 1 WHERE name = ?", (self._channel,))

    def again(self) -> int:
        """Try at once what was refused, and what waits for a failure to pass; how many were refused."""
        with transaction(self._db):
            count = self._db.execute(
                "UPDATE notice SET outcome = '', ended = '', error = '' WHERE channel = ? AND outcome = 'refused'",
                (self._channel,),
            ).rowcount
            self._set(not_before="")
        return count

    def _end(self, parcel: str, outcome: str, now: str, why: str) -> int:
        return self._db.execute(
            f"UPDATE notice SET outcome = ?, ended = ?, error = ? WHERE {_WAITS} AND parcel = ?",
            (outcome, now, why, self._channel, parcel),
        ).rowcount

    def _set(self, **values: str | int) -> None:
        self._db.execute("INSERT INTO channel (name) VALUES (?) ON CONFLICT DO NOTHING", (self._channel,))
        columns = ", ".join(f"{column} = ?" for column in values)
        self._db.execute(f"UPDATE channel SET {columns} WHERE name = ?", (*values.values(), self._channel))


def lines(db: sqlite3.Connection) -> list[Line]:
    """Every channel that ever was to be told something, by name."""
    rows = db.execute(
        "SELECT n.name, coalesce(w.waiting, 0), coalesce(w.refused, 0), coalesce(c.delivered, 0),"
        " coalesce(c.delivered_at, ''), coalesce(w.since, ''), coalesce(c.failures, 0), coalesce(c.not_before, ''),"
        " coalesce(c.code, ''), coalesce(c.error, ''), coalesce(c.dropped, 0)"
        " FROM (SELECT name FROM channel UNION SELECT channel FROM notice) n LEFT JOIN channel c ON c.name = n.name"
        " LEFT JOIN (SELECT channel, sum(outcome = '') AS waiting, sum(outcome = 'refused') AS refused,"
        " min(CASE outcome WHEN '' THEN at END) AS since FROM notice GROUP BY channel) w ON w.channel = n.name"
        " ORDER BY n.name"
    )
    return [Line(*row) for row in rows]


def forget(db: sqlite3.Connection, before: str) -> int:
    """Forget notices that were delivered or refused before a moment. To be called within a transaction."""
    return db.execute("DELETE FROM notice WHERE outcome <> '' AND ended < ?", (before,)).rowcount


def _notice(fields: Mapping[str, Any]) -> Notice:
    words = tuple(Word(text, style) for text, style in fields["words"])
    return Notice(**{**fields, "event": Event(fields["event"]), "words": words})
