"""A daemon's idle round costs next to nothing; a change wakes those whom it concerns, and nobody else."""

import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_parts import dump

from advisord import scan
from advisord.cycle.plugs import Plugs
from advisord.cycle.work import Work
from advisord.daemon.steps import steps
from advisord.demo import repository
from advisord.net import gitrun
from advisord.settings import load
from advisord.store import changes, health
from advisord.store.database import open_writer
from advisord.times import stamp

OTHER = """
[[repositories]]
name = "other"
git = "other"
refs = ["main"]
tracker = "issues"
"""


class World:
    """A daemon's steps on a clock that stands, and what they did."""

    def __init__(self, folder: Path, db: sqlite3.Connection, plugs: Plugs) -> None:
        self.folder = folder
        self.db = db
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.said: list[str] = []
        settings = load(str(folder / "advisord.toml"))
        self.work = Work(settings, db, plugs, clock=lambda: self.now, sleep=lambda _: None, say=self.said.append)
        self._steps = {step.name: step for step in steps(self.work)}

    def round(self) -> list[str]:
        """Every step once; what was said of repositories' findings."""
        self.now += timedelta(minutes=5)
        return self._tracked(step.act for step in self._steps.values())

    def poll(self) -> None:
        """Every feed once."""
        self._tracked(step.act for step in self._steps.values() if step.action == "poll-feed")

    def repositories(self) -> list[str]:
        """Every repository's step once; what was said of their findings."""
        return self._tracked(step.act for step in self._steps.values() if step.action == "track-repository")

    def wake(self, name: str) -> list[str]:
        """What a feed's change makes due of one repository."""
        act = self._steps[f"repository {name}"].wake
        return self._tracked([act] if act else [])

    def _tracked(self, acts: Iterable[Callable[[], object]]) -> list[str]:
        self.said.clear()
        for act in acts:
            act()
        return [line.partition(":")[0] for line in self.said if " on the tracker" in line]


@pytest.fixture
def make(world: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The demonstration's world with a second repository that holds nothing of interest."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(world / "cache"))
    config = world / "advisord.toml"
    config.write_text(config.read_text() + OTHER)
    lock = 'version = 3\n\n[[package]]\nname = "quiet"\nversion = "1.0.0"\n'
    lock += 'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
    repository.Workshop(str(world / "other")).commit("main", {"Cargo.lock": lock}, "Begin")
    with (
        closing(open_writer(str(world / "advisord.db"))) as db,
        Plugs(str(world), lambda: datetime.now(UTC)) as plugs,
    ):
        yield World(world, db, plugs)


def change(world: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change hyper's record in OSV's crates.io archive and listing."""
    folder = world / "feeds/osv/crates.io"
    with zipfile.ZipFile(folder / "all.zip") as archive:
        records = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    record = records["RUSTSEC-2021-0079.json"]
    record["modified"] = "2026-10-01T00:00:00Z"
    edit(record)
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name, value in records.items():
            archive.writestr(name, json.dumps(value))
    (folder / "modified_id.csv").write_text("".join(f"{r['modified']},{r['id']}\n" for r in records.values()))


def test_an_idle_round(make: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No parsing, no matching, and no writes but each step's own record of when it was done."""
    assert make.round() == ["shop", "other"]
    make.round()
    monkeypatch.setattr(scan, "read_one", None)
    monkeypatch.setattr(scan, "match", None)
    before, written = dump(make.db), make.db.total_changes
    assert make.round() == []
    assert dump(make.db) == before
    # One row of each feed, one of each repository.
    assert make.db.total_changes - written == 3 + 2


def test_an_idle_repository_is_one_git(make: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lists its branches and tags, and that is all that is asked."""
    make.round()
    make.round()
    started: list[Sequence[str]] = []
    start = gitrun.start

    def counted(arguments: Sequence[str], **more: Any) -> Any:
        started.append(arguments)
        return start(arguments, **more)

    monkeypatch.setattr(gitrun, "start", counted)
    assert make.repositories() == []
    assert ["for-each-ref" in words for words in started] == [True, True]


def test_a_change_is_seen_to_without_asking_git(make: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll names the repositories that it concerns; each is seen to once, whichever of its steps comes first."""
    make.round()
    assert make.work.woken() == []  # the step after the poll has seen to it
    change(make.folder, lambda record: record.update(withdrawn="2026-10-01T00:00:00Z"))
    make.poll()
    assert make.work.woken() == ["shop"]
    assert make.work.woken() == []
    with monkeypatch.context() as patched:
        patched.setattr("advisord.cycle.reading.collect", None)
        assert make.wake("shop") == ["shop"]
        assert make.wake("shop") == []
    assert make.round() == []


def test_whom_a_change_concerns_is_found_out_once(make: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for each repository that it does not concern, and not again in each round."""
    make.round()
    change(make.folder, lambda record: record.update(withdrawn="2026-10-01T00:00:00Z"))
    make.poll()
    asked: list[int] = []
    woken = changes.woken

    def counted(db: sqlite3.Connection, event: int) -> list[str]:
        asked.append(event)
        return woken(db, event)

    monkeypatch.setattr(changes, "woken", counted)
    assert make.repositories() == ["shop"]
    assert make.repositories() == []
    assert len(asked) == 1


def test_a_change_wakes_whom_it_concerns(make: World) -> None:
    """A severity that changes is a reason to look again; a new date of change is not."""
    make.round()
    change(make.folder, dict.copy)
    assert make.round() == []
    change(make.folder, lambda record: record.update(withdrawn="2026-10-01T00:00:00Z", modified="2026-10-02T00:00:00Z"))
    assert make.round() == ["shop"]
    assert make.db.execute("SELECT DISTINCT feed, record, change FROM event ORDER BY id DESC").fetchone() == (
        "osv",
        "RUSTSEC-2021-0079",
        "withdrawn",
    )
    assert make.round() == []


def test_a_commit_and_the_clock_wake(make: World) -> None:
    """What is locked, and what only time brings."""
    make.round()
    repository.fix(repository.Workshop(str(make.folder / "shop")))
    assert make.round() == ["shop"]
    assert make.round() == []
    make.now += timedelta(hours=1)
    assert make.round() == ["shop", "other"]


def test_a_policy_wakes(make: World) -> None:
    """A policy that was edited is carried out at the next round."""
    make.round()
    policy = make.folder / "shop/advisord-policy.toml"
    policy.write_text(policy.read_text().replace('then = "out"', 'then = "in"'))
    assert make.round() == ["shop"]


def test_a_policy_that_breaks_is_seen_until_it_is_mended(make: World) -> None:
    """Under a daemon too, and since when; the other repositories are not concerned."""
    make.round()
    policy = make.folder / "shop/advisord-policy.toml"
    text = policy.read_text()
    policy.write_text(text.replace('then = "out"', 'then = "outt"'))
    for _ in range(2):
        assert make.round() == []
        states = {one.name: one.state for one in health.repositories(make.db)}
        assert states == {"shop": "unjudged", "other": ""}
    (since,) = make.db.execute("SELECT since FROM trouble").fetchone()
    assert since < stamp(make.now)
    policy.write_text(text)
    assert make.round() == ["shop"]
    assert [one.state for one in health.repositories(make.db)] == ["", ""]
