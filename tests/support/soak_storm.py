"""What happens in the soak's world: work, people, and everything that can break, by chance."""

import contextlib
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from disturbing import People, tracker_faults
from github_fake import Fault
from soak_daemon import Supervised
from soak_servers import Feeds, GitServer, Hub
from soak_truth import Truth

_TROUBLES = ("truncated", "html", "429", "503", "slow", "empty", "half")
_MOST = 40
"""So many vulnerabilities at a time: then one is withdrawn for each new one."""
_ALL = 80
"""So many in all: a tracker takes a hundred new issues in an hour."""


class Storm:
    """Everything that happens. `deadly` says whether the daemon may be killed now; `met` counts what happened."""

    def __init__(
        self,
        chance: random.Random,
        truth: Truth,
        feeds: Feeds,
        git: GitServer,
        hub: Hub,
        daemon: Supervised,
        folder: Path,
    ) -> None:
        self.met: Counter[str] = Counter()
        self.deadly = True
        self.people = People(hub, chance, deleting=False)
        self._chance = chance
        self._truth, self._feeds, self._git, self._hub, self._daemon = truth, feeds, git, hub, daemon
        self._folder = folder
        self._good = (folder / "advisord.toml").read_text(encoding="utf-8")
        self._undo: list[tuple[float, Callable[[], None]]] = []
        self._work: tuple[tuple[int, Callable[[], str]], ...] = (
            (4, self._published), (6, self._changed_advisory), (6, self._withdrawn), (14, self._lockfile),
            (10, self._people),
        )  # fmt: skip
        self._faults: tuple[tuple[int, Callable[[], str]], ...] = (
            (8, self._bad_feed), (4, self._no_network), (3, self._no_git), (3, self._history), (2, self._branch),
            (8, self._bad_tracker), (3, self._locked), (2, self._configuration), (3, self._clock),
        )  # fmt: skip
        self._deaths: tuple[tuple[int, Callable[[], str]], ...] = ((8, self._kill), (2, self._term), (8, self._full))

    def blow(self) -> None:
        """One event; what lasts is ended when its time is over."""
        self.end(time.monotonic())
        choices = [*self._work, *self._faults, *(self._deaths if self.deadly else ())]
        (happen,) = self._chance.choices([act for _, act in choices], [weight for weight, _ in choices])
        with self._hub.mutex:
            self.met[happen()] += 1

    def end(self, now: float = float("inf")) -> None:
        """End what has lasted long enough; without a moment, everything."""
        due = [undo for at, undo in self._undo if at <= now]
        self._undo = [(at, undo) for at, undo in self._undo if at > now]
        for undo in due:
            undo()

    def _lasting(self, seconds: float, undo: Callable[[], None]) -> None:
        self._undo.append((time.monotonic() + seconds, undo))

    def _published(self) -> str:
        return self.new_advisory() if len(self._truth.vulnerabilities) < _ALL else self._changed_advisory()

    def new_advisory(self) -> str:
        """A new one, everywhere at once."""
        with self._truth.lock:
            self._truth.add()
            self._truth.settle()
            self._git.advise()
            live = [one for one in self._truth.vulnerabilities.values() if not one.now.withdrawn]
            if len(live) > _MOST:
                self._say(self._chance.choice(live).number, withdrawn=True)
        return "new advisories"

    def _changed_advisory(self) -> str:
        one = self._chance.choice(list(self._truth.vulnerabilities.values()))
        self._say(one.number, fixed=self._chance.randint(2, 10), withdrawn=one.now.withdrawn)
        return "changed advisories"

    def _withdrawn(self) -> str:
        one = self._chance.choice(list(self._truth.vulnerabilities.values()))
        self._say(one.number, withdrawn=not one.now.withdrawn)
        return "withdrawn or reinstated advisories"

    def _say(self, number: int, *, withdrawn: bool, fixed: int | None = None) -> None:
        with self._truth.lock:
            one = self._truth.vulnerabilities[number]
            one.change(one.now.fixed if fixed is None else fixed, withdrawn=withdrawn)
            self._truth.settle()
            self._git.advise()

    def _lockfile(self) -> str:
        with self._truth.lock:
            name = self._chance.choice(list(self._truth.locks))
            ref = self._chance.choice(list(self._truth.locks[name]))
            for package in self._chance.sample(self._truth.packages, 3):
                self._truth.locks[name][ref][package] = self._chance.choice((0, 3, 5, 8, 10, 10))
            if self._git.has(name, ref):
                self._git.publish(name, ref)
            self._truth.settle()
        return "updated lockfiles"

    def _people(self) -> str:
        closed = sum(
            issue["state"] == "closed" and issue["closed_by"]["login"] == "mona" for issue in self._hub.issues.values()
        )
        if closed > len(self._hub.issues) // 4:  # else nothing would be left to look at
            for number, issue in self._hub.issues.items():
                if issue["state"] == "closed" and issue["closed_by"]["login"] == "mona":
                    self._hub.person(number, state="open")
                    break
        self.people.act()
        return "human actions"

    def _bad_feed(self) -> str:
        self._feeds.trouble = self._chance.choice(_TROUBLES)

        def well() -> None:
            self._feeds.trouble = ""

        self._lasting(self._chance.uniform(2, 10), well)
        return f"feed: {self._feeds.trouble}"

    def _no_network(self) -> str:
        doors = self._chance.choice(([self._feeds.door], [self._hub.door], [self._feeds.door, self._hub.door]))
        for door in doors:
            door.shut()
            self._lasting(self._chance.uniform(3, 40), door.open)
        return "network refused"

    def _no_git(self) -> str:
        hang = self._chance.random() < 0.5
        (self._git.hang if hang else self._git.shut)()
        self._lasting(self._chance.uniform(3, 15), self._git.open)
        return "git server hangs" if hang else "git server down"

    def _history(self) -> str:
        name = self._chance.choice(list(self._truth.locks))
        self._git.publish(name, "main", rewritten=True)
        return "history rewritten"

    def _branch(self) -> str:
        name = self._chance.choice(list(self._truth.locks))
        if self._git.has(name, "v1"):
            self._git.delete(name, "v1")
            self._lasting(self._chance.uniform(3, 15), lambda: self._git.publish(name, "v1"))
        return "branch deleted"

    def _bad_tracker(self) -> str:
        faults = tracker_faults(self._chance)
        if self._chance.random() < 0.3:
            faults = [fault._replace(status=0, after=True) for fault in faults]
        self._hub.faults += [*faults, *([Fault("GET", "/issues", 502)] if self._chance.random() < 0.2 else [])]
        self._lasting(self._chance.uniform(3, 15), self._hub.faults.clear)
        return "tracker: answers lost" if faults[0].after else "tracker: refusals"

    def _locked(self) -> str:
        seconds = 33.0 if self.deadly and self._chance.random() < 0.15 else self._chance.uniform(1, 6)
        threading.Thread(target=_hold, args=(self._folder / "state/advisord.db", seconds), daemon=True).start()
        return "database locked for over 30 s" if seconds > 30 else "database locked"

    def _configuration(self) -> str:
        config = self._folder / "advisord.toml"
        _write(config, self._good + "\nnonsense")
        self._lasting(4, lambda: _write(config, self._good))
        return "bad configuration"

    def _clock(self) -> str:
        _write(self._folder / "clock", str(self._chance.choice((-7200, -600, 600, 7200))))
        self._lasting(self._chance.uniform(5, 20), lambda: _write(self._folder / "clock", "0"))
        return "clock jumps"

    def _kill(self) -> str:
        self._daemon.signal(signal.SIGKILL)
        return "kill -9"

    def _term(self) -> str:
        self._daemon.signal(signal.SIGTERM)
        return "restarts"

    def _full(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            self._daemon.fill_the_disk()
        self._lasting(self._chance.uniform(3, 10), self._daemon.empty_the_disk)
        return "disk full"


def _write(file: Path, text: str) -> None:
    """Replace a file whole."""
    (file.parent / f"{file.name}.new").write_text(text, encoding="utf-8")
    (file.parent / f"{file.name}.new").replace(file)


def _hold(database: Path, seconds: float) -> None:
    """Hold the database's lock, as another process of ours or somebody's SQLite shell does."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA busy_timeout = 2000")
        db.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        db.execute("ROLLBACK")
