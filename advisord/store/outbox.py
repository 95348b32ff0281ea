"""What carrying out a plan remembers: issues that we know, intents written before actions, one writer at a time."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from advisord.model.plan import Action, Intent, Known, State, Verb, action_from
from advisord.store import audit, latency
from advisord.store.database import transaction
from advisord.store.lease import Lease


class Outbox:
    """The outbox of one repository in one tracker (`advisord.tracking.interface.Outbox`)."""

    def __init__(self, db: sqlite3.Connection, repository: int, tracker: str) -> None:
        self._db = db
        self._mine = (repository, tracker)
        self._lease = Lease(db, f"{repository}:{tracker}")

    def claim(self, seconds: float) -> bool:
        """Take the lease, or extend it when it is ours; False when another process holds it."""
        return self._lease.claim(seconds)

    def release(self) -> None:
        """Give the lease back."""
        self._lease.release()

    def known(self) -> Mapping[str, Known]:
        """The issues that we know of, by key."""
        rows = self._db.execute(
            "SELECT key, number, ecosystem, package, ids, block, state, url FROM issue"
            " WHERE repository_id = ? AND tracker = ? ORDER BY key",
            self._mine,
        )
        return {
            key: Known(key, number, ecosystem, package, tuple(json.loads(ids)), block, State(state), url)
            for key, number, ecosystem, package, ids, block, state, url in rows
        }

    def begin(self, action: Action, at: str) -> int:
        """Record that `action` is about to be carried out; the id of the intent."""
        with transaction(self._db):
            row = self._db.execute(
                "INSERT INTO intent (repository_id, tracker, verb, action, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
                (*self._mine, action.verb.value, json.dumps(action._asdict()), at),
            ).fetchone()
        return int(row[0])

    def finish(self, intent: int, outcome: str, at: str, known: Known | None = None) -> None:
        """Record how an intent ended, in the audit log too, and with it what we know of the issue now."""
        with transaction(self._db):
            self._db.execute("UPDATE intent SET outcome = ?, finished = ? WHERE id = ?", (outcome, at, intent))
            audit.append(self._db, at, [self._entry(intent, outcome, known)])
            if known:
                self._remember(known)
                if outcome == "done" and self._verb(intent) is Verb.OPEN:
                    latency.measure(self._db, self._mine[0], intent, known.ids, at)

    def _verb(self, intent: int) -> Verb:
        return Verb(self._db.execute("SELECT verb FROM intent WHERE id = ?", (intent,)).fetchone()[0])

    def pending(self) -> Sequence[Intent]:
        """The intents without an outcome, oldest first."""
        rows = self._db.execute(
            "SELECT id, action, at FROM intent WHERE repository_id = ? AND tracker = ? AND outcome = '' ORDER BY id",
            self._mine,
        )
        return [Intent(intent, action_from(json.loads(action)), at) for intent, action, at in rows]

    def remember(self, known: Known) -> None:
        """Put down what is known of an issue that was found in the tracker."""
        with transaction(self._db):
            self._remember(known)

    def created_since(self, moment: str) -> int:
        """How many `open` intents began at or after `moment` and did not fail, in this tracker."""
        row = self._db.execute(
            "SELECT count(*) FROM intent WHERE tracker = ? AND verb = ? AND at >= ? AND outcome NOT LIKE 'failed%'",
            (self._mine[1], Verb.OPEN.value, moment),
        ).fetchone()
        return int(row[0])

    def _entry(self, intent: int, outcome: str, known: Known | None) -> audit.Entry:
        name, text, began = self._db.execute(
            "SELECT r.name, i.action, i.at FROM intent i JOIN repository r ON r.id = i.repository_id WHERE i.id = ?",
            (intent,),
        ).fetchone()
        action = action_from(json.loads(text))
        number = action.number or (known.number if known else "")
        detail = {
            "tracker": self._mine[1],
            "verb": action.verb.value,
            "number": number,
            "title": action.title,
            "reason": action.reason,
            "outcome": outcome,
            "began": began,
        }
        return audit.Entry("action", f"#{number}" if number else action.key, detail, name)

    def _remember(self, known: Known) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *self._mine,
                known.key,
                known.number,
                known.ecosystem,
                known.package,
                json.dumps(known.ids),
                known.block,
                known.state.value,
                known.url,
            ),
        )


def trackers_of(db: sqlite3.Connection, repository: int) -> list[str]:
    """The trackers that hold, or held, issues of a repository."""
    rows = db.execute("SELECT DISTINCT tracker FROM issue WHERE repository_id = ? ORDER BY tracker", (repository,))
    return [tracker for (tracker,) in rows]
