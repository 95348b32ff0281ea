"""Which repositories need no new look: nothing that their issues depend on has changed since the last one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from advisord import scan
from advisord.model.problem import Problem
from advisord.scope.compiled import CompiledPolicy
from advisord.store import changes
from advisord.store import lockfiles as store
from advisord.times import seconds_between


class Look(NamedTuple):
    """What a repository's issues depend on, as it was at one moment; `event` is the last change of a feed until then."""

    at: datetime
    event: int
    commits: Mapping[str, str]
    policy: CompiledPolicy
    doubts: Sequence[Problem]
    settings: object


def look(db: Connection, name: str, policy: CompiledPolicy, settings: object, now: datetime, max_age: float) -> Look:
    """How things stand now; what is not in it (the tracker, what the clock brings) changes with time."""
    repository = store.repository_id(db, name)
    doubts, _ = scan.trust(db, store.ecosystems(db, repository), lambda moment: seconds_between(moment, now), max_age)
    return Look(now, changes.last(db), store.commits(db, repository), policy, doubts, settings)


class Concerned:
    """Whom the feeds' changes concern: found out once for all repositories that ask about the same changes."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._between = (0, 0)
        self._names: Collection[str] = ()

    def __call__(self, name: str, before: Look, now: Look) -> bool:
        """Whether any change between two looks concerns a repository."""
        if before.event == now.event:
            return False
        if self._between != (before.event, now.event):
            self._between = before.event, now.event
            self._names = frozenset(changes.woken(self._db, before.event))
        return name in self._names


def same(name: str, before: Look, now: Look, every: float, concerned: Concerned) -> bool:
    """Whether nothing has changed between two looks that are less than `every` seconds apart."""
    if (now.at - before.at).total_seconds() >= every or now[2:] != before[2:]:
        return False
    return not concerned(name, before, now)
