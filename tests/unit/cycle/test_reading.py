"""Reading repositories while git is asked about the next ones."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advisord import policies
from advisord.cycle.plugs import Plugs
from advisord.cycle.reading import Reading
from advisord.net import gitrun
from advisord.scope.compiled import DEFAULT_POLICY, CompiledPolicy
from advisord.source_settings import RepositorySettings
from advisord.store import lockfiles as store
from advisord.store.database import open_writer

LINES = '[lines]\nsupported = ["release/1"]\n[[rules]]\nid = "all"\nreason = "x"\nthen = "in"\n'


class World:
    """A repository with two branches, and how it is read."""

    def __init__(self, folder: Path, db: sqlite3.Connection, plugs: Plugs) -> None:
        self.db = db
        self.said: list[str] = []
        self.clock = datetime(2026, 5, 1, tzinfo=UTC)
        self.reading = Reading(db, plugs, lambda: self.clock, self.said.append)
        self.shop = RepositorySettings(name="shop", git=str(folder / "shop"), tracker="t")
        (folder / "shop").mkdir()
        (folder / "shop" / "Cargo.lock").write_text("version = 3\n")
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "x")
        self.git("branch", "release/1")

    def git(self, *arguments: str) -> None:
        """Run git in the repository."""
        who = ("-c", "user.name=T", "-c", "user.email=t@mail.example", "-c", "commit.gpgSign=false")
        subprocess.run(["git", "-C", self.shop.git, *who, *arguments], check=True, capture_output=True)

    def wait(self, policy: CompiledPolicy = DEFAULT_POLICY) -> None:
        """Until git has answered."""
        end = time.monotonic() + 30
        while not self.reading.ready(self.shop, policy, lambda: None):
            assert time.monotonic() < end
            time.sleep(0.01)

    def refs(self) -> list[str]:
        """What was read."""
        return sorted(store.commits(self.db, store.repository_id(self.db, "shop")))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Ready to be read."""
    with (
        closing(open_writer(str(tmp_path / "x.db"))) as db,
        Plugs(str(tmp_path), lambda: datetime(2026, 5, 1, tzinfo=UTC)) as plugs,
    ):
        one = World(tmp_path, db, plugs)
        with closing(one.reading):
            yield one


def test_what_git_answered_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once; and the repository was read at the moment when it was asked."""
    world.wait()
    assert world.reading.is_asking("shop")
    world.clock = datetime(2026, 5, 2, tzinfo=UTC)
    started: list[Sequence[str]] = []
    real = gitrun.start

    def start(arguments: Sequence[str], **options: object) -> object:
        started.append(arguments)
        return real(arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(gitrun, "start", start)
    assert world.reading.collect(world.shop, DEFAULT_POLICY) == []
    assert not world.reading.is_asking("shop")
    assert [word for words in started for word in words if word in {"for-each-ref", "fetch", "ls-remote"}] == []
    assert world.refs() == ["HEAD"]
    (read,) = world.db.execute("SELECT read_at FROM repository").fetchone()
    assert read == "2026-05-01T00:00:00Z"
    assert world.said == ["shop: read, 1 new lockfile content parsed"]


def test_what_is_near_and_known_is_asked_in_its_own_step(world: World) -> None:
    """It has most likely not changed, and answers sooner than another thread would; it is still read anew."""
    world.wait()
    world.reading.collect(world.shop, DEFAULT_POLICY)
    assert world.reading.ready(world.shop, DEFAULT_POLICY, lambda: None)
    assert not world.reading.is_asking("shop")
    world.git("commit", "-q", "--allow-empty", "-m", "y")
    world.reading.collect(world.shop, DEFAULT_POLICY)
    assert world.said[-1] == "shop: read, 0 new lockfile contents parsed"


def test_a_policy_that_changed_meanwhile(world: World) -> None:
    """Nothing is decided by half of an old policy and half of a new one: git is asked again, for its lines."""
    world.wait()
    assert world.reading.collect(world.shop, policies.parse(LINES.encode(), "policy.toml")) == []
    assert world.refs() == ["release/1"]


def test_who_can_not_be_read(world: World) -> None:
    """The problem is the same whether somebody waited for git or not."""
    world.git("branch", "-m", "main", "other")
    gone = world.shop.model_copy(update={"refs": ("main",)})
    (problem,) = world.reading.collect(gone, DEFAULT_POLICY)
    while not world.reading.ready(gone, DEFAULT_POLICY, lambda: None):
        time.sleep(0.01)
    assert world.reading.collect(gone, DEFAULT_POLICY) == [problem]
    assert (problem.code, problem.blocking) == ("ref-not-found", True)


def test_other_folders_are_left_out(world: World, tmp_path: Path) -> None:
    """What the configuration leaves out counts at once and after a restart, without a new commit."""
    (tmp_path / "shop" / "vendor").mkdir()
    (tmp_path / "shop" / "vendor" / "Cargo.lock").write_text("version = 3\n")
    world.git("add", ".")
    world.git("commit", "-q", "-m", "y")

    def read(*exclude: str) -> list[str]:
        shop = world.shop.model_copy(update={"exclude": exclude})
        assert world.reading.collect(shop, DEFAULT_POLICY) == []
        return [path for (path,) in world.db.execute("SELECT path FROM place ORDER BY path")]

    assert read() == read() == ["Cargo.lock", "vendor/Cargo.lock"]
    assert world.said[-1] == "shop: unchanged"
    assert read("vendor") == ["Cargo.lock"]
    with Plugs(str(tmp_path), lambda: world.clock) as plugs:
        world.reading = Reading(world.db, plugs, lambda: world.clock, world.said.append)
        assert read() == ["Cargo.lock", "vendor/Cargo.lock"]
    assert world.said[-1] == "shop: read, 0 new lockfile contents parsed"
