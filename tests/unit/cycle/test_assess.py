"""What a repository's lockfiles mean: matched and decided from what is stored, and whatever is not settled is told."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from store_parts import advisory, affects, lock, span

from advisord.cycle.assess import NEVER_READ, Assessment, assess
from advisord.errors import RepositoryError
from advisord.model.decision import Scope
from advisord.model.problem import Problem
from advisord.net.git import Entry, Git
from advisord.policies import parse
from advisord.scope.compiled import DEFAULT_POLICY, CompiledPolicy
from advisord.store import feeds, lockfiles
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.store.lockfiles import RefReading
from advisord.times import stamp

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
AT = stamp(NOW)
LOCK = (
    'version = 3\n[[package]]\nname = "shop"\nversion = "1.0.0"\ndependencies = ["h2"]\n'
    '[[package]]\nname = "h2"\nversion = "{}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n'
)
MANIFEST = b'[package]\nname = "shop"\nversion = "1.0.0"\n[dependencies]\nh2 = "*"\n'
OUT = '[[rules]]\nid = "never-mind"\nreason = "We do not care."\nthen = "out"\n'
SERVER = "[repository]\nmay_exclude = true\n"


class Files:
    """Git with trees in memory; it counts which files it was asked for."""

    def __init__(self, head: str = "main") -> None:
        self.trees: dict[str, dict[str, bytes]] = {}
        self.read: list[str] = []
        self._head = head

    def head(self) -> str:
        """The default branch, if there is one."""
        if not self._head:
            raise RepositoryError("HEAD is no branch")
        return self._head

    def list_tree(self, commit: str, folder: str = "") -> list[Entry]:
        """The files of a commit."""
        assert not folder
        if commit not in self.trees:
            raise RepositoryError("there is no such commit")
        return [Entry(path, "100644", f"{commit}:{path}") for path in self.trees[commit]]

    def read_blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Their contents."""
        for oid in oids:
            commit, _, path = oid.partition(":")
            self.read.append(oid)
            yield oid, self.trees[commit][path]


class World:
    """A repository whose refs lock versions of h2, and a feed that knows of h2 before 2.0.0."""

    def __init__(self, db: sqlite3.Connection, head: str = "main") -> None:
        self.db = db
        self.git = Files(head)
        self.number = lockfiles.repository_id(db, "shop")
        feeds.attempt(db, "osv", "x", AT)
        record = advisory("RUSTSEC-1", affects("h2", span("0", "2.0.0"), ecosystem="crates.io"))
        write_page(db, "osv", AT, advisories=[record], ecosystems=["crates.io"])
        feeds.succeeded(db, "osv", AT)

    def refs(self, **versions: str) -> None:
        """What is locked at each ref (`_` in its name is `-`); each ref's commit is called like it."""
        readings = []
        for name, version in versions.items():
            text = LOCK.format(version)
            oid = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            lock(self.db, oid, ("crates.io", "h2", version), format_="cargo")
            self.git.trees.setdefault(name, {}).update({"Cargo.lock": text.encode(), "Cargo.toml": MANIFEST})
            readings.append(RefReading(name.replace("_", "-"), name, [("Cargo.lock", oid, "cargo")]))
        assert lockfiles.set_places(self.db, self.number, AT, readings)

    def assess(self, policy: CompiledPolicy = DEFAULT_POLICY, *lines: str, now: datetime = NOW) -> Assessment:
        """What all this means."""
        wanted = dict.fromkeys(lines or ("main",), "")
        return assess(self.db, "shop", cast(Git, self.git), policy, now, 86400.0, wanted)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A database in memory."""
    with closing(open_writer(":memory:")) as connection:
        yield connection


@pytest.fixture
def world(db: sqlite3.Connection) -> World:
    """With nothing locked yet."""
    return World(db)


def _policy(text: str) -> CompiledPolicy:
    return parse(text.encode(), "policy")


def test_one_finding_for_all_refs(world: World) -> None:
    """With every place, its evidence read from git; a lockfile without a hit is not touched."""
    world.refs(main="1.5.0", old="1.0.0", new="2.1.0")
    found = world.assess()
    (one,) = found.judged
    places = {(place.ref, place.version, place.commit, place.line) for place in one.finding.places}
    assert places == {("main", "1.5.0", "main", 6), ("old", "1.0.0", "old", 6)}
    assert (one.finding.repository, one.finding.id, one.finding.first_seen) == ("shop", "RUSTSEC-1", AT)
    assert one.decision.scope is Scope.IN
    assert (found.problems, found.unread, found.never_read) == ((), (), False)
    assert {oid for oid in world.git.read if oid.endswith(".lock")} == {"main:Cargo.lock", "old:Cargo.lock"}


def test_a_finding_keeps_its_first_day(world: World) -> None:
    """However often it is looked at, and on how many more refs it comes to stand."""
    world.refs(main="1.5.0")
    world.assess()
    world.refs(main="1.5.0", other="1.5.0")
    (one,) = world.assess(now=NOW + timedelta(hours=3)).judged
    assert (one.finding.first_seen, len(one.finding.places)) == (AT, 2)


def test_nothing_found_reads_nothing(world: World) -> None:
    """Then git is not asked at all."""
    world.refs(main="2.1.0")
    world.git.trees.clear()
    found = world.assess()
    assert (found.judged, found.problems, found.unread, world.git.read) == ((), (), (), [])


def test_a_repository_that_was_never_read(world: World) -> None:
    """No findings, and a problem that says why."""
    found = world.assess()
    assert (found.never_read, [one.code for one in found.problems]) == (True, [NEVER_READ])
    assert found.problems[0].blocking


def test_what_can_not_be_read_any_more(world: World) -> None:
    """The last good reading counts, and how old it is is told; without the commit nothing is said at all."""
    world.refs(main="1.5.0")
    lockfiles.mark_failed(world.db, world.number, AT, "connection", "the server is away")
    found = world.assess()
    assert len(found.judged) == 1
    assert found.problems == (Problem("connection", "shop", f"the server is away (last read completely: {AT})"),)
    world.git.trees.clear()
    with pytest.raises(RepositoryError, match="no such commit"):
        world.assess()


def test_a_lockfile_that_can_not_be_read_is_a_problem_of_its_own(world: World) -> None:
    """One for each of which not all is known, however much is wrong with it; notes are none."""
    world.refs(main="1.5.0")
    wrong = [Problem("a", "x", "one"), Problem("b", "", "two"), Problem("c", "y", "a note", blocking=False)]
    lockfiles.add_blob(world.db, "bad", "npm", error="it is no JSON")
    lockfiles.add_blob(world.db, "half", "npm", problems=wrong)
    lockfiles.add_blob(world.db, "noted", "npm", problems=wrong[2:])
    places = [(f"{name}/package-lock.json", name, "npm") for name in ("bad", "half", "noted")]
    lockfiles.set_places(world.db, world.number, AT, [RefReading("main", "main", places)])
    found = world.assess()
    assert [(one.code, one.subject) for one in found.unread] == [
        ("unreadable-lockfile", "shop main bad/package-lock.json"),
        ("a", "shop main half/package-lock.json x"),
    ]
    assert len(found.problems) == 5


@pytest.mark.parametrize(("age", "code"), [(86401, "stale-data"), (-3600, "clock")])
def test_data_of_the_wrong_age(world: World, age: int, code: str) -> None:
    """What they say is shown, with the doubt."""
    world.refs(main="1.5.0")
    found = world.assess(now=NOW + timedelta(seconds=age))
    assert [one.code for one in found.problems] == [code]
    assert len(found.judged) == 1


@pytest.mark.parametrize(
    ("head", "lines", "leads"),
    [
        ("main", ("a", "main"), "main"),
        ("main", ("main",), "main"),
        ("gone", ("main", "a"), "main"),
        ("gone", ("a", "main"), "a"),
        ("", ("main", "a"), "main"),
        ("b", ("a", "main"), "b"),
    ],
)
def test_one_branch_has_the_say(head: str, lines: tuple[str, ...], leads: str) -> None:
    """The default branch if it is read, else the first that was asked for: no other one silences what is found in it."""
    for silent in ("a", "b", "main"):
        with closing(open_writer(":memory:")) as db:
            world = World(db, head)
            world.refs(a="1.0.0", b="1.0.0", main="1.5.0")
            world.git.trees[silent]["advisord-policy.toml"] = OUT.encode()
            (one,) = world.assess(_policy(SERVER), *lines).judged
            assert (one.decision.scope is Scope.OUT) == (silent == leads), silent


def test_who_has_the_say_does_not_depend_on_what_is_found(world: World) -> None:
    """The policy of the default branch counts when only another branch has something, and when that is gone too."""
    world.refs(a="1.0.0", main="2.1.0")
    world.git.trees["main"]["advisord-policy.toml"] = OUT.encode()
    (one,) = world.assess(_policy(SERVER), "a", "main").judged
    assert one.decision.scope is Scope.OUT


def test_without_leave_a_repository_only_makes_it_stricter(world: World) -> None:
    """What does not count is told; a broken policy of its own counts as none."""
    world.refs(main="1.5.0")
    world.git.trees["main"]["advisord-policy.toml"] = OUT.encode()
    found = world.assess()
    assert found.judged[0].decision.scope is Scope.IN
    assert [(one.code, one.blocking) for one in found.problems] == [("repository-policy", False)]
    world.git.trees["main"]["advisord-policy.toml"] = b"= 1"
    found = world.assess(_policy(SERVER))
    assert found.judged[0].decision.scope is Scope.IN
    assert "is not used" in found.problems[0].message
