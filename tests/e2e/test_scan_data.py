"""`advisord scan`: where its data come from when nobody says, and that it says so."""

import json
from pathlib import Path

import pytest
from running import Advisord

from advisord.store.database import open_writer


@pytest.fixture
def local(advisord: Advisord) -> Path:
    """The local database's file: not there yet."""
    return advisord.home / "cache/advisord/advisord.db"


def age(database: Path) -> None:
    """Make a database two years old."""
    with open_writer(str(database)) as db:
        for table in ("feed", "coverage"):
            db.execute(f"UPDATE {table} SET as_of = '2024-01-01T00:00:00Z' WHERE as_of > ''")


def covered(database: Path) -> set[tuple[str, str]]:
    """(feed, ecosystem) that a database answers for."""
    with open_writer(str(database)) as db:
        return set(db.execute("SELECT feed, ecosystem FROM coverage"))


def test_the_first_scan_of_all(advisord: Advisord, world: Path, local: Path) -> None:
    """Without a database just the ecosystems that are locked are fetched; the next scan fetches nothing."""
    mirror = {"ADVISORD_OSV": str(world / "feeds/osv")}
    ran = advisord("scan", "shop/Cargo.lock", env=mirror)
    assert (ran.status, ran.err) == (1, "")
    assert "hyper 0.14.9" in ran.out
    assert f"from {local} (brought up to date by this scan)" in ran.out
    assert covered(local) == {("osv", "crates.io")}
    ran = advisord("scan", "shop/Cargo.lock")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.endswith(f"from {local}\n")
    assert advisord("scan", "shop", "--format", "json", env=mirror).status == 1, "another ecosystem is added"
    assert covered(local) == {("osv", "crates.io"), ("osv", "npm")}


def test_an_old_database(advisord: Advisord, world: Path, local: Path) -> None:
    """Every feed that is too old is asked where it came from before; --offline asks nobody."""
    for feed in ("osv", "rustsec"):
        source = next(path for path in (world / "feeds").iterdir() if path.name.startswith(feed))
        assert advisord("sync", feed, "--from", source, "--db", local).status == 0
    age(local)
    assert advisord("scan", "shop", "--offline").status == 3
    ran = advisord("scan", "shop", "--format", "json")
    assert ran.status == 1
    assert {data["as_of"][:4] for data in json.loads(ran.out)["data"].values()}.isdisjoint({"2024"})


def test_a_mirror_beside_the_repository_is_not_taken_from_within_it(
    advisord: Advisord, world: Path, local: Path
) -> None:
    """A feed's relative folder meant another place: the files of whoever is scanned say nothing about advisories."""
    assert advisord("sync", "osv", "--from", "feeds/osv", "--db", local).status == 0
    age(local)
    ran = advisord("scan", "shop")
    assert ran.status == 3
    assert "longer ago than --max-age allows" in ran.out


def test_no_way_to_the_feeds(advisord: Advisord, world: Path, local: Path) -> None:
    """A quick sync that fails makes nothing green, and old data no younger; what they say is shown all the same."""
    ran = advisord("scan", "shop", env={"ADVISORD_OSV": str(world / "nowhere")})
    assert ran.status == 3
    assert "the quick sync failed: " in ran.out
    assert "advisord sync" in ran.out
    assert "no known vulnerability" not in ran.out
    mirror = {"ADVISORD_OSV": str(world / "feeds/osv")}
    assert advisord("scan", "shop", env=mirror).status == 1, "what failed once is tried anew, from another place"
    assert advisord("sync", "osv", "--from", world / "feeds/osv", "--db", local).status == 0
    age(local)
    (world / "feeds/osv").rename(world / "gone")
    ran = advisord("scan", "shop")
    assert ran.status == 3
    assert "hyper 0.14.9" in ran.out
    assert "the quick sync failed" in ran.out
    assert "brought up to date" not in ran.out


def test_a_named_database_stays_as_it_is(advisord: Advisord, synced: Path, local: Path) -> None:
    """--db is a decision: nothing is fetched for it, nor put beside it."""
    age(synced / "advisord.db")
    ran = advisord("scan", "shop", "--db", "advisord.db", env={"ADVISORD_OSV": str(synced / "feeds/osv")})
    assert ran.status == 3
    assert ran.out.endswith("from advisord.db\n")
    assert not local.exists()


def test_nothing_to_ask_about(advisord: Advisord, tmp_path: Path, local: Path) -> None:
    """A lockfile without any package of a registry needs no data: nothing is fetched, and it is clean."""
    (tmp_path / "Cargo.lock").write_text('version = 4\n\n[[package]]\nname = "own"\nversion = "0.1.0"\n')
    ran = advisord("scan", "Cargo.lock", env={"ADVISORD_OSV": "/nowhere"})
    assert (ran.status, ran.err) == (0, "")
    assert "1 package in 1 lockfile: no known vulnerability" in ran.out


def test_a_database_that_is_damaged_inside(advisord: Advisord, synced: Path) -> None:
    """It opens, and fails when it is asked: a blocking problem in every report, not the end of them."""
    with open_writer(str(synced / "advisord.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET rootpage = 100000 WHERE name = 'interval'")
    ran = advisord("scan", "shop", "--db", "advisord.db", "--output", "json=out.json")
    assert ran.status == 3
    (problem,) = json.loads((synced / "out.json").read_text(encoding="utf-8"))["problems"]
    assert (problem["code"], problem["subject"]) == ("store-damaged", "advisord.db")
    assert "the answer can't be trusted" in ran.out


def test_what_is_no_database(advisord: Advisord, synced: Path) -> None:
    """A folder, a server that is not there, an empty name: each has its sentence; no password is in one."""
    assert "error: shop: this is a folder; name" in advisord("scan", "shop", "--db", "shop").out
    url = "http://me:secret@127.0.0.1:9/advisories.db"
    ran = advisord("scan", "shop", "--db", url)
    assert ran.status == 3
    assert "error: the database: http://127.0.0.1:9/advisories.db.sha256 can't be reached" in ran.out
    assert "; [" not in ran.out
    assert "secret" not in ran.out + ran.err
    for name in ("--db", "--base", "--policy"):
        ran = advisord("scan", "shop", name, "")
        assert (ran.status, ran.err) == (2, f"advisord: {name} names nothing\n")
