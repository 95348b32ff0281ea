"""`advisord db` and `advisord status`; scans with a database from elsewhere."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback
from running import Advisord

from advisord.store.database import open_writer


@pytest.fixture
def synced(advisord: Advisord, world: Path) -> Path:
    """The world after one cycle."""
    assert advisord("run", "--once").status == 0
    return world


def findings(advisord: Advisord, database: object, *more: object) -> list[dict[str, Any]]:
    """What a scan finds with that database."""
    ran = advisord("scan", "shop", "--db", database, "--format", "json", *more)
    assert ran.status in {0, 1}, ran.out
    report: dict[str, Any] = json.loads(ran.out)
    return list(report["findings"])


def test_an_export_finds_the_same(advisord: Advisord, synced: Path) -> None:
    """Byte for byte the same findings, from a smaller file that nobody need be able to write."""
    ran = advisord("db", "export", "ci.db")
    assert ran.status == 0
    assert findings(advisord, "ci.db") == findings(advisord, "advisord.db") != []
    assert (synced / "ci.db").stat().st_size <= (synced / "advisord.db").stat().st_size
    assert not (synced / "ci.db-wal").exists()
    (synced / "ci.db").chmod(0o444)
    assert findings(advisord, "ci.db") != []
    sums = subprocess.run(["sha256sum", "-c", "ci.db.sha256"], cwd=synced, capture_output=True, text=True, check=False)
    assert sums.returncode == 0
    with closing(sqlite3.connect(synced / "ci.db")) as db:
        assert db.execute("SELECT count(*) FROM document").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM issue").fetchone() == (0,)


def test_a_database_from_a_url(advisord: Advisord, synced: Path, server: Loopback) -> None:
    """It is fetched once, checked, kept, and used when the server is away; a changed one is fetched anew."""
    advisord("db", "export", "ci.db")
    url = f"{server.url}/ci.db"
    for name in ("ci.db", "ci.db.sha256"):
        server.put(f"/{name}", (synced / name).read_bytes())
    assert findings(advisord, url) != []
    assert findings(advisord, url) != []
    assert server.asked().count("/ci.db") == 1
    assert findings(advisord, url, "--offline") != []
    server.put("/ci.db.sha256", b"0" * 64)
    ran = advisord("scan", "shop", "--db", url)
    assert ran.status == 3
    assert "does not have its checksum" in ran.out
    for name in ("ci.db", "ci.db.sha256"):
        server.remove(f"/{name}")
    ran = advisord("scan", "shop", "--db", url)
    assert ran.status == 1
    assert "the copy of an earlier time is used" in ran.out


def test_a_database_that_can_not_be_had(advisord: Advisord, world: Path, server: Loopback) -> None:
    """No data is no clean bill; without https nothing is fetched."""
    assert advisord("scan", "shop", "--db", f"{server.url}/ci.db").status == 3
    assert advisord("scan", "shop", "--db", f"{server.url}/ci.db", "--offline").status == 3
    refused = advisord("scan", "shop", "--db", "http://advisories.example/ci.db")
    assert refused.status == 2
    assert "https only" in refused.err
    server.put("/ci.db.sha256", b"<html>")
    assert "no SHA-256 came" in advisord("scan", "shop", "--db", f"{server.url}/ci.db").out


def test_a_url_that_is_here_is_not_slow(advisord: Advisord, synced: Path) -> None:
    """A local database needs no HTTP, whatever the options know of URLs."""
    script = (
        "import sys; from advisord.cli import main; main(['scan', 'shop', '--db', 'advisord.db', '--output', 'o']);"
    )
    script += "print(sorted({'httpx', 'tempfile', 'hashlib'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=synced, capture_output=True, text=True, check=True)
    assert "httpx" not in ran.stdout


def test_backup(advisord: Advisord, synced: Path) -> None:
    """A whole copy: a cycle goes on from it without doing anything."""
    assert advisord("db", "backup", "copy.db").status == 0
    for path in synced.glob("advisord.db*"):
        path.unlink()
    (synced / "copy.db").rename(synced / "advisord.db")
    ran = advisord("run", "--once")
    assert ran.status == 0
    assert "0 actions on the tracker" in ran.out
    assert ran.out.count("nothing new") == 3


def test_stats(advisord: Advisord, synced: Path) -> None:
    """Rows, and records by feed and ecosystem."""
    found = json.loads(advisord("db", "stats", "--format", "json").out)
    assert found["schema"] == "advisord.stats/1"
    assert found["rows"]["advisory"] == 13
    assert {"feed": "rustsec", "ecosystem": "crates.io", "records": 4} in found["records"]
    assert found["feeds"]["rustsec"] == {"records": 4, "evaluated": 4, "aside": {}, "unreadable": 0}
    out = advisord("db", "stats").out
    assert "records of advisories" in out
    assert "interval" not in out, "the tables' own names are for programs"
    assert "rustsec: of 4 records 4 evaluated\n" in out


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE advisory SET vulnerability = 'X' WHERE record LIKE 'RUSTSEC%'", "alias group"),
        ("DELETE FROM hit", "16 are missing"),
        ("INSERT INTO interval VALUES (999, x'00', 1, x'ff', '')", "name no package"),
        ("UPDATE feed SET records = 7 WHERE name = 'osv'", "counts 7 records and has 6"),
        ("UPDATE document SET body = x'7800'", "can't be unpacked"),
    ],
)
def test_verify(advisord: Advisord, synced: Path, damage: str, said: str) -> None:
    """What is derived is checked against what it is derived from."""
    assert advisord("db", "verify").out.endswith("advisord.db: sound\n")
    with closing(open_writer(str(synced / "advisord.db"))) as db:
        db.execute(damage)
    ran = advisord("db", "verify")
    assert ran.status == 3
    assert said in ran.out


def test_prune(advisord: Advisord, synced: Path) -> None:
    """What stands nowhere any more is forgotten; nothing else changes, and nothing more the second time."""
    before = findings(advisord, "advisord.db")
    with closing(open_writer(str(synced / "advisord.db"))) as db:
        db.execute("DELETE FROM place WHERE ref = 'release-1.0'")
    assert "1 lockfile content, " in advisord("db", "prune").out
    assert advisord("db", "verify").status == 0
    assert findings(advisord, "advisord.db") == before
    assert "0 lockfile contents, 0 versions and 0 events forgotten" in advisord("db", "prune").out


def test_usage(advisord: Advisord, world: Path) -> None:
    """A file where one is needed, and only there; no database is no database, and is not made."""
    assert advisord("db", "export").status == 2
    assert advisord("db", "stats", "x").status == 2
    assert advisord("db", "prune").status == 3
    assert advisord("status").status == 3
    assert not (world / "advisord.db").exists()


def test_status(advisord: Advisord, synced: Path) -> None:
    """Each feed and repository with its state; JSON and text."""
    ran = advisord("status", "--format", "json")
    assert ran.status == 0
    document = json.loads(ran.out)
    assert document["schema"] == "advisord.status/1"
    assert {feed["name"]: (feed["state"], feed["records"]) for feed in document["feeds"]} == {
        "github": ("ok", 3),
        "osv": ("ok", 6),
        "rustsec": ("ok", 4),
    }
    assert document["repositories"][0]["lockfiles"] == 4
    assert document["repositories"][0]["findings"] == 6
    assert "rustsec    ok" in advisord("status").out


def test_status_of_what_is_wrong(advisord: Advisord, synced: Path) -> None:
    """Stale, suspect, failed, quarantined: each is shown, and ends with 3."""
    (synced / "feeds/osv/crates.io/modified_id.csv").write_text("")
    records = json.loads((synced / "feeds/github/advisories.json").read_text())
    records[0]["ghsa_id"] = None
    (synced / "feeds/github/advisories.json").write_text(json.dumps(records))
    advisord("sync")
    ran = advisord("status", "--verbose")
    assert ran.status == 3
    assert "osv        suspect" in ran.out
    assert "[suspect-feed]" in ran.out
    with closing(open_writer(str(synced / "advisord.db"))) as db:
        db.execute("UPDATE feed SET as_of = '2020-01-01T00:00:00Z' WHERE name = 'rustsec'")
    assert "rustsec    stale" in advisord("status").out


def test_operands_between_options(advisord: Advisord, synced: Path) -> None:
    """As people write them."""
    assert advisord("db", "export", "--db", "advisord.db", "out.db").status == 0
    assert (synced / "out.db").exists()
    assert advisord("sync", "osv", "--db", "other.db", "rustsec", "--config", "advisord.toml").status == 0
    assert advisord("db", "--db", "advisord.db", "stats").status == 0
    ran = advisord("db", "export", "--db", "advisord.db")
    assert (ran.status, "take a FILE" in ran.err) == (2, True)
