"""What may be said of a tracked finding that is gone, and when nothing may be said."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advisord.cycle.evidence import About, Sight
from advisord.model.advisory import Advisory, Affected, Event, Kind, Range, Rating
from advisord.model.finding import Finding, Place, Verdict
from advisord.model.problem import Problem
from advisord.store import feeds, findings, lockfiles
from advisord.store.advisories import write_page
from advisord.store.database import open_writer, transaction
from advisord.store.lockfiles import LockedVersion, RefReading
from advisord.tracking.inputs import Cause
from advisord.versions import key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAMP = "2026-03-01T11:00:00Z"
ABOUT = About("crates.io", "hyper", ("RUSTSEC-1", "CVE-1"))
DAY = 86400.0


def advisory(withdrawn: str = "") -> Advisory:
    """One record about hyper before 2."""
    affected = Affected("crates.io", "hyper", (Range("SEMVER", (Event("introduced", "0"), Event("fixed", "2.0.0"))),))
    return Advisory(
        "osv",
        "RUSTSEC-1",
        ("CVE-1",),
        Kind.VULNERABILITY,
        Rating(),
        "",
        "",
        STAMP + withdrawn,
        withdrawn,
        (affected,),
        b"",
    )


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A fresh feed, and a repository that was read, whose finding was in `main` with hyper 1.0.0."""
    connection = open_writer(str(tmp_path / "a.db"))
    feeds.attempt(connection, "osv", "x", STAMP)
    write_page(connection, "osv", STAMP, advisories=[advisory()], ecosystems=["crates.io"])
    feeds.succeeded(connection, "osv", STAMP)
    read(connection, {"main": "1.0.0"})
    with transaction(connection):
        connection.execute(
            "INSERT INTO finding VALUES (1, 'crates.io', 'hyper', 'RUSTSEC-1', ?, ?)",
            (STAMP, '[["main", "Cargo.lock", "1.0.0"]]'),
        )
    assert findings.recall(connection, 1, "crates.io", "hyper", ["RUSTSEC-1"])
    yield connection
    connection.close()


def read(
    db: sqlite3.Connection, versions: dict[str, str], path: str = "Cargo.lock", left_out: tuple[Problem, ...] = ()
) -> None:
    """Read the repository: hyper's version on each branch ("": not there, "git": there without a version, "-": no lockfile)."""
    repository = lockfiles.repository_id(db, "shop")
    readings = []
    for ref, version in versions.items():
        if version == "-":
            readings.append(RefReading(ref, "commit without", [], left_out))
            continue
        oid = f"blob of {version}"
        pinned = version not in {"", "git"}
        locked = [LockedVersion("crates.io", "hyper", version, key("crates.io", version), "")] if pinned else []
        unpinned = [("crates.io", "hyper")] if version == "git" else []
        lockfiles.add_blob(db, oid, "cargo", versions=locked, unpinned=unpinned)
        readings.append(RefReading(ref, f"commit of {version}", [(path, oid, "cargo")], left_out))
    lockfiles.set_places(db, repository, STAMP, readings)


def cause(db: sqlite3.Connection) -> Cause | None:
    """Why the finding is gone, when that may be said."""
    answer = Sight(db, 1, NOW, DAY).evidence(ABOUT)
    assert (answer.closable, answer.why_not) == (True, "")
    return answer.cause


def test_fixed(db: sqlite3.Connection) -> None:
    """Another version is locked: fixed, with the lockfile and the commit that was read."""
    read(db, {"main": "2.0.0"})
    assert cause(db) is Cause.FIXED
    assert Sight(db, 1, NOW, DAY).evidence(ABOUT).now == (("main", "Cargo.lock", ("2.0.0",), "commit of 2.0.0", ""),)


def test_removed(db: sqlite3.Connection) -> None:
    """The lockfile holds the package no more."""
    read(db, {"main": ""})
    assert cause(db) is Cause.REMOVED


def test_corrected(db: sqlite3.Connection) -> None:
    """The same version is still locked, so it was the record that changed."""
    assert cause(db) is Cause.CORRECTED


def test_withdrawn(db: sqlite3.Connection) -> None:
    """Every record of these ids was taken back."""
    write_page(db, "osv", STAMP, advisories=[advisory(STAMP)])
    assert cause(db) is Cause.WITHDRAWN


def test_untracked(db: sqlite3.Connection) -> None:
    """The branch is not read any more: that is no fix."""
    read(db, {"other": "1.0.0"})
    assert cause(db) is Cause.UNTRACKED


def test_nothing_is_remembered(db: sqlite3.Connection) -> None:
    """After a lost database a version that is not affected explains nothing by itself."""
    db.execute("DELETE FROM finding")
    read(db, {"main": "2.0.0"})
    assert cause(db) is None


@pytest.mark.parametrize("versions", [{"main": "git"}, {"main": "git", "next": "2.0.0"}, {"next": "git"}])
def test_named_without_a_version(db: sqlite3.Connection, versions: dict[str, str]) -> None:
    """Where the finding was, or anywhere when nothing is pinned: nobody can say which version is used."""
    if "main" not in versions:
        db.execute("DELETE FROM finding")  # else the branch is not tracked any more
    read(db, versions)
    answer = Sight(db, 1, NOW, DAY).evidence(ABOUT)
    assert (answer.closable, answer.cause) == (True, None)
    ref = next(ref for ref, version in versions.items() if version == "git")
    assert answer.unpinned == ((ref, "Cargo.lock", (), "commit of git", ""),)


def test_why_it_is_not_pinned(db: sqlite3.Connection) -> None:
    """What the reader said of that package goes with it."""
    read(db, {"main": "git"})
    said = [
        ("not-pinned", "", f"line {n}: {name} is not pinned: no version", False)
        for n, name in ((3, "hyper-util"), (7, "hyper"))
    ]
    db.execute("UPDATE blob SET problems = ?", (json.dumps(said),))
    (sighting,) = Sight(db, 1, NOW, DAY).evidence(ABOUT).unpinned
    assert sighting.why == "line 7: hyper is not pinned: no version"


def test_named_in_a_lockfile_of_another_name(db: sqlite3.Connection) -> None:
    """The lockfile that pinned it is gone: the one that names it may be the same."""
    read(db, {"main": "git", "next": "2.0.0"}, "web/Cargo.lock")
    assert cause(db) is None


def test_named_elsewhere_all_the_time(db: sqlite3.Connection) -> None:
    """A lockfile that never pinned it says nothing of a finding in another one, which tells what it holds."""
    read(db, {"main": "2.0.0", "next": "git"})
    assert cause(db) is Cause.FIXED


def bare(path: str) -> Problem:
    """A manifest that no lockfile covers."""
    return Problem("not-covered", path, "is not covered", blocking=False)


@pytest.mark.parametrize("manifest", ["Cargo.toml", "crates/a/Cargo.toml"])
def test_only_the_lockfile_is_gone(db: sqlite3.Connection, manifest: str) -> None:
    """What it locked is still there, so nobody knows which version is used now."""
    read(db, {"main": "-"}, left_out=(bare(manifest),))
    answer = Sight(db, 1, NOW, DAY).evidence(ABOUT)
    assert (answer.closable, answer.cause, answer.unlocked) == (True, None, (("main", "Cargo.lock", manifest),))


@pytest.mark.parametrize("manifest", ["", "package.json", "docs/conf.py"])
def test_the_lockfile_is_gone_with_what_it_locked(db: sqlite3.Connection, manifest: str) -> None:
    """Or what is left is none of its own: the package is not there any more."""
    read(db, {"main": "-"}, left_out=(bare(manifest),) if manifest else ())
    assert cause(db) is Cause.REMOVED


def test_another_folder_s_manifest(db: sqlite3.Connection) -> None:
    """A manifest above the lockfile, or beside it, never was its own."""
    db.execute('UPDATE finding SET places = \'[["main", "tool/Cargo.lock", "1.0.0"]]\'')
    read(db, {"main": "-"}, left_out=(bare("Cargo.toml"), bare("web/Cargo.toml")))
    assert cause(db) is Cause.REMOVED


def test_another_lockfile_took_its_place(db: sqlite3.Connection) -> None:
    """The manifest is covered again, whatever the lockfile is called: it says what is there."""
    read(db, {"main": "2.0.0"}, "sub/Cargo.lock", left_out=(bare("web/package.json"),))
    assert cause(db) is Cause.FIXED


def test_one_of_two_lockfiles_is_gone(db: sqlite3.Connection) -> None:
    """That the other one is fixed says nothing of it."""
    db.execute('UPDATE finding SET places = \'[["main", "Cargo.lock", "1.0.0"], ["next", "Cargo.lock", "1.0.0"]]\'')
    read(db, {"main": "2.0.0", "next": "-"}, left_out=(bare("Cargo.toml"),))
    answer = Sight(db, 1, NOW, DAY).evidence(ABOUT)
    assert (answer.cause, answer.unlocked) == (None, (("next", "Cargo.lock", "Cargo.toml"),))


def test_only_the_lockfile_is_gone_and_nothing_is_remembered(db: sqlite3.Connection) -> None:
    """After a lost database any manifest of the ecosystem without a lockfile may be the one."""
    db.execute("DELETE FROM finding")
    read(db, {"main": "-"}, left_out=(bare("Cargo.toml"),))
    assert cause(db) is None
    read(db, {"main": "-"}, left_out=(bare("package.json"),))
    assert cause(db) is Cause.REMOVED


def test_only_the_lockfile_is_gone_and_the_record_too(db: sqlite3.Connection) -> None:
    """What no record affirms any more needs no lockfile."""
    read(db, {"main": "-"}, left_out=(bare("Cargo.toml"),))
    write_page(db, "osv", STAMP, advisories=[advisory(STAMP)])
    assert cause(db) is Cause.WITHDRAWN


def test_a_lockfile_that_the_configuration_leaves_out(db: sqlite3.Connection) -> None:
    """It is not read any more: that is no fix."""
    read(db, {"main": "-"}, left_out=(Problem("excluded", "Cargo.lock", "is not read", blocking=False),))
    assert cause(db) is Cause.UNTRACKED


def test_what_only_lost_its_lockfile_is_remembered(db: sqlite3.Connection) -> None:
    """While the finding is still elsewhere its places are written anew: this one is not forgotten."""
    db.execute('UPDATE finding SET places = \'[["main", "Cargo.lock", "1.0.0"], ["main", "old/Cargo.lock", "1.0.0"]]\'')
    read(db, {"main": "1.0.0"}, left_out=(bare("old/Cargo.toml"),))
    there = Place("main", "Cargo.lock", "cargo", 1, "1.0.0", Verdict.AFFECTED)
    found = Finding(
        "shop", "crates.io", "hyper", "RUSTSEC-1", ("RUSTSEC-1",), Kind.VULNERABILITY, Rating(), "", (), (there,),
        vulnerability="RUSTSEC-1",
    )  # fmt: skip
    findings.remember(db, 1, [found], STAMP)
    read(db, {"main": "2.0.0"}, left_out=(bare("old/Cargo.toml"),))
    assert cause(db) is None
    findings.remember(db, 1, [found], STAMP)
    read(db, {"main": "2.0.0"})
    assert cause(db) is Cause.FIXED


def test_named_and_withdrawn(db: sqlite3.Connection) -> None:
    """What no record affirms any more needs no version."""
    read(db, {"main": "git"})
    write_page(db, "osv", STAMP, advisories=[advisory(STAMP)])
    assert cause(db) is Cause.WITHDRAWN


def test_known_by_another_name(db: sqlite3.Connection) -> None:
    """An issue whose canonical record was taken back for a while names it no more: it is the same vulnerability."""
    read(db, {"main": "2.0.0"})
    assert Sight(db, 1, NOW, DAY).evidence(ABOUT._replace(ids=("CVE-1",))).cause is Cause.FIXED


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE coverage SET as_of = '2026-02-20T00:00:00Z'", "osv: was last read at 2026-02-20T00:00:00Z"),
        ("UPDATE feed SET error_code = 'suspect-feed'", "osv: its last answer lost too many records"),
        ("DELETE FROM coverage", "crates.io: no feed in the database covers this ecosystem"),
        ("UPDATE repository SET error_code = 'x', error = 'the host is gone'", "could not be read: the host is gone"),
        ("UPDATE repository SET read_at = '2026-02-20T00:00:00Z'", "the repository was last read at 2026-02-20"),
        (
            'UPDATE blob SET problems = \'[["unreadable-entry", "", "line 3: has no name", true]]\'',
            "Cargo.lock at main can't be read completely: line 3: has no name",
        ),
        ("UPDATE blob SET error = 'is not TOML'", "Cargo.lock at main can't be read: is not TOML"),
    ],
)
def test_silence_closes_nothing(db: sqlite3.Connection, statement: str, said: str) -> None:
    """Law 6: with a stale, doubtful or missing feed, repository or lockfile nothing is closable, and it is said why."""
    read(db, {"main": "2.0.0"})
    db.execute(statement)
    answer = Sight(db, 1, NOW, DAY).evidence(ABOUT)
    assert not answer.closable
    assert said in answer.why_not
    whole = Sight(db, 1, NOW, DAY).whole()
    assert not whole.closable
    assert said in whole.why_not


def test_the_whole_of_a_repository(db: sqlite3.Connection) -> None:
    """What was found once counts, when nothing of it is locked any more; an ecosystem without a finding never did."""
    assert Sight(db, 1, NOW, DAY).whole() == (True, "", None, (), (), ())
    db.execute("DELETE FROM place")
    lockfiles.add_blob(db, "x", "npm", versions=[LockedVersion("npm", "x", "1.0.0", key("npm", "1.0.0"), "")])
    lockfiles.set_places(db, 1, STAMP, [RefReading("main", "c", [("package-lock.json", "x", "npm")])])
    assert Sight(db, 1, NOW, DAY).whole().closable
    db.execute("UPDATE coverage SET as_of = '2026-02-20T00:00:00Z'")
    assert not Sight(db, 1, NOW, DAY).whole().closable
    db.execute("UPDATE coverage SET as_of = ''")
    db.execute("DELETE FROM finding")
    assert "npm: no feed in the database covers this ecosystem" in Sight(db, 1, NOW, DAY).whole().why_not
