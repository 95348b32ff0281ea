"""Organisations: which repositories their servers listed, by the server's own ids, which stay when names change.

Only a whole listing changes anything here, and a repository is gone only when two of them in a row lack it: pages shift
while they are read, and a token that sees less looks the same.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from advisord.store import audit
from advisord.store.database import transaction

_LOSS = 0.1
_FEW = 2


class Member(NamedTuple):
    """A repository of an organisation.

    `number` is the server's id, `path` its whole name there, `name` the name below the organisation, `unusable` why
    nothing can be read of it; `formerly` are names below the organisation that it had before.
    """

    number: str
    path: str
    name: str
    https: str
    ssh: str
    private: bool
    archived: bool = False
    fork: bool = False
    unusable: str = ""
    formerly: tuple[str, ...] = ()


class State(NamedTuple):
    """How an organisation is: when it was last listed completely ("": never), and what went wrong since."""

    name: str
    listed_at: str
    error_code: str
    error: str
    members: int


class Change(NamedTuple):
    """What a listing changed: names that came, went, or are new (former name, name); `missed` may go next time."""

    came: Sequence[str] = ()
    went: Sequence[str] = ()
    renamed: Sequence[tuple[str, str]] = ()
    missed: Sequence[str] = ()


class _Row(NamedTuple):
    member: Member
    missed: str
    gone: str


def members(db: sqlite3.Connection, organisation: str) -> list[Member]:
    """Its repositories by their names, as they were last listed."""
    rows = (row.member for row in _rows(db, organisation).values() if not row.gone)
    return sorted(rows, key=lambda member: (member.name.casefold(), member.number))


def states(db: sqlite3.Connection) -> list[State]:
    """Every organisation that was ever listed, or tried to be."""
    return [
        State(*row)
        for row in db.execute(
            "SELECT name, listed_at, error_code, error, (SELECT count(*) FROM member m"
            " WHERE m.organisation = o.name AND m.gone = '') FROM organisation o ORDER BY name"
        )
    ]


def attempted(db: sqlite3.Connection) -> dict[str, str]:
    """When listing each organisation was last tried, by name."""
    return dict(db.execute("SELECT name, attempted FROM organisation"))


def attempt(db: sqlite3.Connection, organisation: str, now: str) -> None:
    """Note that a listing begins."""
    with transaction(db):
        db.execute(
            "INSERT INTO organisation (name, attempted) VALUES (?, ?) ON CONFLICT DO UPDATE SET"
            " attempted = excluded.attempted",
            (organisation, now),
        )


def failed(db: sqlite3.Connection, organisation: str, now: str, code: str, message: str) -> None:
    """Note why a listing failed; the repositories stay those of the one before."""
    with transaction(db):
        _audit(db, organisation, now, code, message)
        db.execute("UPDATE organisation SET error_code = ?, error = ? WHERE name = ?", (code, message, organisation))


def lost(db: sqlite3.Connection, organisation: str, source: str, listed: Iterable[Member]) -> int:
    """How many repositories a listing lacks, if they are too many to be believed (more than two, and than a tenth).

    `source` is the server and what it calls the organisation: of another one everything is new.
    """
    if not _same(db, organisation, source):
        return 0
    known = {number for number, row in _rows(db, organisation).items() if not row.gone}
    missing = known - {member.number for member in listed}
    suspicious = len(missing) > max(_FEW, len(known) * _LOSS) or (known and missing == known)
    return len(missing) if suspicious else 0


def keep(db: sqlite3.Connection, organisation: str, source: str, listed: Sequence[Member], now: str) -> Change:
    """Take over a whole listing. Names that changed are changed with all that is known of the repository.

    Of another `source` than before nothing is carried over: ids mean other repositories there.
    """
    known = _rows(db, organisation) if _same(db, organisation, source) else {}
    came, renamed = [], []
    with transaction(db):
        if not known:
            db.execute("DELETE FROM member WHERE organisation = ?", (organisation,))
        for member in listed:
            row = known.get(member.number)
            if row is None:
                came.append(member.name)
            else:
                before = row.member
                former = dict.fromkeys((*before.formerly, before.name))
                former.pop(member.name, None)
                member = member._replace(formerly=tuple(former))  # noqa: PLW2901  (the same one, with its past)
                if row.gone:
                    came.append(member.name)
                if before.name != member.name:
                    renamed.append((before.name, member.name))
            _put(db, organisation, _Row(member, "", ""))
        there = {member.number for member in listed}
        absent = {number: row for number, row in known.items() if number not in there and not row.gone}
        went = [row for row in absent.values() if row.missed]
        for row in absent.values():
            _put(db, organisation, row._replace(gone=now) if row.missed else row._replace(missed=now))
        taken = {member.name for member in listed}
        aside = [
            (row.member.name, f"{row.member.name} ({number})")
            for number, row in known.items()
            if number not in there and row.member.name in taken
        ]
        _rename(db, [(f"{organisation}/{old}", f"{organisation}/{new}") for old, new in (*renamed, *aside)])
        _audit(db, organisation, now, "", "")
        change = Change(
            came,
            [row.member.name for row in went],
            renamed,
            [row.member.name for row in absent.values() if not row.missed],
        )
        detail = {
            "came": ", ".join(change.came),
            "went": ", ".join(change.went),
            "renamed": ", ".join(f"{old} → {new}" for old, new in change.renamed),
        }
        if any(detail.values()):
            said = {name: text for name, text in detail.items() if text}
            audit.append(db, now, [audit.Entry("organisation", organisation, said)])
        db.execute(
            "UPDATE organisation SET source = ?, listed_at = ?, error_code = '', error = '' WHERE name = ?",
            (source, now, organisation),
        )
    return change


def _same(db: sqlite3.Connection, organisation: str, source: str) -> bool:
    row = db.execute("SELECT source FROM organisation WHERE name = ?", (organisation,)).fetchone()
    return row is not None and str(row[0]) == source


def _rows(db: sqlite3.Connection, organisation: str) -> Mapping[str, _Row]:
    found = {}
    for fields, missed, gone in db.execute(
        "SELECT fields, missed, gone FROM member WHERE organisation = ? ORDER BY number", (organisation,)
    ):
        member = Member(**json.loads(fields))
        found[member.number] = _Row(member._replace(formerly=tuple(member.formerly)), missed, gone)
    return found


def _put(db: sqlite3.Connection, organisation: str, row: _Row) -> None:
    db.execute(
        "INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?)",
        (organisation, row.member.number, json.dumps(row.member._asdict()), row.missed, row.gone),
    )


def _rename(db: sqlite3.Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """Rename repositories and their own trackers, all at once: two may have changed places.

    A name that a repository of the configuration has already is left to that one.
    """
    there = {name for (name,) in db.execute("SELECT name FROM repository")}
    leaving = {old for old, _ in pairs}
    moves = [(old, new) for old, new in pairs if old in there and (new not in there or new in leaving)]
    for table, column in (
        ("repository", "name"),
        ("issue", "tracker"),
        ("intent", "tracker"),
        ("proposal", "tracker"),
    ):
        for old, _ in moves:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (f"\0{old}", old))
        for old, new in moves:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, f"\0{old}"))


def _audit(db: sqlite3.Connection, organisation: str, now: str, code: str, message: str) -> None:
    """Record that an organisation can't be listed, or can be again: the change, not every attempt."""
    row = db.execute("SELECT error_code FROM organisation WHERE name = ?", (organisation,)).fetchone()
    if row and row[0] != code:
        audit.append(
            db, now, [audit.Entry("organisation", organisation, {"from": row[0], "to": code, "message": message})]
        )
