"""What happens to real repositories over the years: branches go, history is rewritten, tags move, nothing is there yet."""

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from git_server import GitServer

from advisord.cycle.collect import Collected, collect
from advisord.cycle.fetching import Question, fetch
from advisord.cycle.refs import Refs
from advisord.cycle.tree import Tree
from advisord.net import gitrun
from advisord.net.mirror import Mirror
from advisord.store import lockfiles as store
from advisord.store import upkeep
from advisord.store.database import open_writer

NOW = "2026-05-01T00:00:00Z"
LOCK = '[[package]]\nname = "h2"\nversion = "{}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n'


def read(db: sqlite3.Connection, mirror: Mirror, *refs: str, exclude: Sequence[str] = ()) -> Collected:
    """Fetch and collect these refs of a repository."""
    before = store.commits(db, store.repository_id(db, "shop"))
    wanted = Refs(dict.fromkeys(refs or ("HEAD",), ""))
    return collect(db, "shop", mirror, fetch(Question(mirror, lambda _: wanted, exclude, None, before, NOW)), exclude)


class World:
    """A repository, its mirror, and the store."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self.db = db
        self.origin = folder / "origin"
        self.mirror = Mirror(str(self.origin), str(folder / "mirror"))
        self.git("init", "-q", "-b", "main", str(self.origin), at=False)

    def git(self, *arguments: str, at: bool = True) -> str:
        """Run git in the original."""
        who = ("-c", "user.name=T", "-c", "user.email=t@mail.example", "-c", "commit.gpgSign=false")
        command = ["git", *(("-C", str(self.origin)) if at else ()), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, version: str, *options: str) -> str:
        """Lock another version."""
        (self.origin / "Cargo.lock").write_text(LOCK.format(version))
        self.git("add", ".")
        self.git("commit", "-q", "-m", version, *options)
        return self.git("rev-parse", "HEAD")

    def collect(self, *refs: str) -> Collected:
        """Read these refs."""
        return read(self.db, self.mirror, *refs)

    def locked(self) -> list[tuple[str, str]]:
        """Which version is locked at which ref."""
        seen = store.sightings(self.db, store.repository_id(self.db, "shop"), "crates.io", "h2")
        return sorted((ref, version) for ref, _, version in seen)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A repository without a commit."""
    with contextlib.closing(open_writer(str(tmp_path / "x.db"))) as db:
        yield World(tmp_path, db)


def test_an_empty_repository(world: World) -> None:
    """It is a problem, not a clean bill; the first commit ends it."""
    empty = world.collect()
    assert empty.problem
    assert "lists no branches" in empty.problem.message
    world.commit("0.3.1")
    assert world.collect().problem is None
    assert world.locked() == [("HEAD", "0.3.1")]


def test_unchanged(world: World) -> None:
    """Nothing is read twice."""
    world.commit("0.3.1")
    assert world.collect().parsed == 1
    again = world.collect()
    assert (again.changed, again.parsed, again.problem) == (False, 0, None)


def test_unchanged_refs_cost_one_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose refs stand where they stood is asked for them once, and for nothing else."""
    world.commit("0.3.1")
    world.collect()
    asked: list[str] = []
    real = gitrun.start

    def start(arguments: list[str], **options: object) -> object:
        asked.append(next(word for word in arguments[2:] if not word.startswith("-")))
        return real(arguments, **options)  # type: ignore[arg-type]

    # What a server gets to see; a local repository is fetched from anew, which costs no more there than the question.
    monkeypatch.setattr(world.mirror, "_protocols", "https:file")
    monkeypatch.setattr(gitrun, "start", start)
    assert world.collect().changed is False
    assert asked.count("ls-remote") == 1
    assert "fetch" not in asked


def test_rewritten_history(world: World) -> None:
    """A forced push is what there is now; the commit before it counts no more."""
    world.commit("0.3.1")
    world.commit("0.3.2")
    world.collect("main")
    world.git("reset", "-q", "--hard", "HEAD~1")
    world.commit("0.2.9", "--amend")
    assert world.collect("main").changed
    assert world.locked() == [("main", "0.2.9")]


def test_a_deleted_branch(world: World) -> None:
    """A configured branch that is gone is a problem, and what was known stays: silence closes nothing."""
    world.commit("0.3.1")
    world.git("branch", "release")
    world.collect("main", "release")
    world.git("branch", "-D", "release")
    gone = world.collect("main", "release")
    assert gone.problem
    assert gone.problem.code == "ref-not-found"
    assert world.locked() == [("main", "0.3.1"), ("release", "0.3.1")]
    assert world.collect("main").changed
    assert world.locked() == [("main", "0.3.1")]


def test_a_renamed_default_branch(world: World) -> None:
    """HEAD is the default branch of today."""
    world.commit("0.3.1")
    world.collect()
    world.git("branch", "-m", "main", "trunk")
    world.commit("0.3.2")
    assert world.collect().changed
    assert world.locked() == [("HEAD", "0.3.2")]


def test_a_moved_tag(world: World) -> None:
    """A tag that was moved, from a plain to an annotated one too, is read where it is."""
    world.commit("0.3.1")
    world.git("tag", "v1")
    world.collect("v1")
    world.commit("0.3.2")
    world.git("tag", "-f", "-a", "-m", "moved", "v1")
    assert world.collect("v1").changed
    assert world.locked() == [("v1", "0.3.2")]


def test_a_branch_where_a_folder_of_branches_was(world: World) -> None:
    """`release/1` gives way to `release`: names that exclude each other."""
    world.commit("0.3.1")
    world.git("branch", "release/1")
    world.collect("release/1")
    world.git("branch", "-D", "release/1")
    world.git("branch", "release")
    assert world.collect("release").problem is None
    assert world.locked() == [("release", "0.3.1")]


def test_a_mirror_that_is_lost(tmp_path: Path) -> None:
    """It is fetched anew with all files that may be read, in one request, although nothing has changed."""
    (tmp_path / "served").mkdir()
    files = {f"c{n}/Cargo.{kind}": f"{kind}{n}" for n in range(5) for kind in ("lock", "toml")}
    with (
        contextlib.closing(GitServer(tmp_path / "served")) as git,
        contextlib.closing(open_writer(str(tmp_path / "x.db"))) as db,
    ):
        git.make("shop.git", {**files, "vendor/Cargo.toml": "x", "src/main.rs": "x"})
        costs = []
        for folder in ("first", "second"):
            mirror = Mirror(f"{git.url}/shop.git", str(tmp_path / folder), partial=True)
            collected = read(db, mirror, exclude=("vendor",))
            assert (collected.changed, collected.parsed) == ((True, 5) if folder == "first" else (False, 0))
            oids = [entry.oid for entry in mirror.list_tree(mirror.resolve("HEAD")) if entry.path.startswith("c")]
            assert all(data is not None for _, data in mirror.read_blobs(oids))
            costs.append(len(git.asked()))
        assert costs == [2 + 3 + 2, 2 + 3 + 2]


def test_a_path_that_is_no_text(world: World) -> None:
    """Its lockfile counts like any other, under a name that can be stored and shown."""
    folder = os.fsencode(world.origin) + b"/caf\xe9"
    os.mkdir(folder)
    with open(folder + b"/Cargo.lock", "w") as file:
        file.write(LOCK.format("0.3.1"))
    commit = world.commit("0.3.2")
    assert world.collect().problem is None
    assert world.locked() == [("HEAD", "0.3.1"), ("HEAD", "0.3.2")]
    (name, _) = sorted(Tree(world.mirror, commit).paths())[::-1]
    assert name == "caf\\udce9/Cargo.lock"
    assert Tree(world.mirror, commit).read(name) == LOCK.format("0.3.1").encode()
    assert Tree(world.mirror, commit).read("nowhere") is None


def test_a_content_that_is_pruned_while_it_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contents stand nowhere until all are read: whoever prunes just then costs time, not a lockfile."""
    world.commit("0.3.1")
    place = store.set_places

    def interrupted(*arguments: Any) -> bool:
        monkeypatch.setattr(store, "set_places", place)
        assert upkeep.prune(world.db, NOW).lockfiles == 1
        return place(*arguments)

    monkeypatch.setattr(store, "set_places", interrupted)
    assert world.collect().parsed == 2
    assert world.locked() == [("HEAD", "0.3.1")]


PARENT = """<project><groupId>g</groupId><artifactId>top</artifactId><version>1</version>
<properties><json>{}</json></properties></project>"""
CHILD = """<project><parent><groupId>g</groupId><artifactId>top</artifactId><version>1</version></parent>
<artifactId>app</artifactId><dependencies><dependency><groupId>g</groupId><artifactId>json</artifactId>
<version>${json}</version></dependency></dependencies></project>"""


def test_versions_that_a_parent_in_the_repository_holds(world: World) -> None:
    """A project's file is the same on two lines, its parent's is not: each line has its own version; so has the next commit."""

    def commit(version: str) -> None:
        (world.origin / "app").mkdir(exist_ok=True)
        (world.origin / "pom.xml").write_text(PARENT.format(version))
        (world.origin / "app/pom.xml").write_text(CHILD)
        world.commit("0.3.1")

    def locked() -> list[tuple[str, str, str]]:
        return store.sightings(world.db, store.repository_id(world.db, "shop"), "Maven", "g:json")

    commit("2.9.1")
    world.git("branch", "old")
    commit("2.9.2")
    world.collect("main", "old")
    assert locked() == [("main", "app/pom.xml", "2.9.2"), ("old", "app/pom.xml", "2.9.1")]
    commit("2.9.3")
    world.collect("main", "old")
    assert locked() == [("main", "app/pom.xml", "2.9.3"), ("old", "app/pom.xml", "2.9.1")]
    (world.origin / "pom.xml").unlink()
    world.commit("0.3.2")
    world.collect("main")
    repository = store.repository_id(world.db, "shop")
    assert (locked(), list(store.unpinned(world.db, repository))) == ([], [("Maven", "g:json")])
