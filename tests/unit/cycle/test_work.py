"""What a step holds on to."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from advisord import policies
from advisord.cycle import fetching
from advisord.cycle import work as work_module
from advisord.cycle.fetching import Fetched, Question
from advisord.cycle.plugs import Plugs
from advisord.cycle.refs import Refs
from advisord.cycle.work import Work
from advisord.model.problem import Problem
from advisord.scope.compiled import CompiledPolicy
from advisord.settings import Settings
from advisord.source_settings import RepositorySettings
from advisord.store.database import open_writer

POLICY = '[[rules]]\nid = "{id}"\nreason = "x"\nthen = "in"\n'


def test_a_policy_is_read_once_in_a_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is decided by half of an old policy and half of a new one; the next step sees the new one."""
    path = tmp_path / "policy.toml"
    path.write_text(POLICY.format(id="old"))
    read: list[str] = []
    real = policies.read

    def counting(name: str) -> CompiledPolicy:
        read.append(name)
        return real(name)

    monkeypatch.setattr(policies, "read", counting)

    def clock() -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    db: sqlite3.Connection = open_writer(str(tmp_path / "advisord.db"))
    repository = RepositorySettings(name="shop", git=str(tmp_path / "gone"), tracker="t", policy=str(path))
    with Plugs(str(tmp_path), clock) as plugs:
        work = Work(Settings(), db, plugs, clock=clock, sleep=lambda _: None, say=lambda _: None)
        assert [work.policy(repository).rules[0].id for _ in range(3)] == ["old"] * 3
        path.write_text(POLICY.format(id="new"))
        assert work.policy(repository).rules[0].id == "old"
        assert len(read) == 1
        work.repository(repository)
        assert work.policy(repository).rules[0].id == "new"
        assert len(read) == 2
    db.close()


def test_what_stays_so_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lockfile without its manifest, in every cycle of a daemon; another one is told, and an error every time."""
    found = [Problem("no-manifest", "shop a", "no manifest", blocking=False), Problem("connection", "shop", "down")]
    monkeypatch.setattr(Work, "collect", lambda *_: [])
    monkeypatch.setattr(Work, "track", lambda *_: found)
    said: list[str] = []

    def clock() -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    repository = RepositorySettings(name="shop", git=str(tmp_path / "gone"), tracker="t")
    with closing(open_writer(str(tmp_path / "advisord.db"))) as db, Plugs(str(tmp_path), clock) as plugs:
        work = Work(Settings(), db, plugs, clock=clock, sleep=lambda _: None, say=said.append)
        assert work.repository(repository) == work.repository(repository) == found
        found.append(found[0]._replace(subject="shop b"))
        work.repository(repository)
    assert said.count("note: shop a: no manifest") == said.count("note: shop b: no manifest") == 1
    assert said.count("error: shop: down") == 3


def test_the_first_start_waits_for_nobody_who_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are read, so that their ecosystems are fetched; who has not answered for a while is asked on."""
    go, read = Event(), list[str]()

    def fetched(question: Question) -> Fetched:
        if "hangs" in question.mirror.url:
            go.wait(30)
        return Fetched(question.asked, refs=Refs({}), commits={})

    def clock() -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(fetching, "fetch", fetched)
    monkeypatch.setattr(work_module, "_PATIENCE", 0.3)
    names = ["hangs", *(f"r{number}" for number in range(2 * fetching.ABREAST))]
    ones = tuple(RepositorySettings(name=name, git=str(tmp_path / name), tracker="t") for name in names)
    settings = Settings().model_copy(update={"repositories": ones})
    with (
        closing(open_writer(str(tmp_path / "advisord.db"))) as db,
        Plugs(str(tmp_path), clock) as plugs,
        closing(Work(settings, db, plugs, clock=clock, sleep=lambda _: None, say=read.append)) as work,
    ):
        work.begin()
        assert sorted(line.split(":")[0] for line in read) == sorted(names[1:])
        assert not work.ready(ones[0])
        go.set()
        work.collect(ones[0])
    assert read[-1].startswith("hangs: ")
