"""What doctor looks at: each thing by itself, with what to do, and nothing that is wrong ends the look."""

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from loopback import Loopback
from store_parts import damage

from advisord.cycle import checkup as module
from advisord.cycle.checkup import Check, Level, checkup
from advisord.cycle.plugs import Plugs
from advisord.errors import RepositoryError
from advisord.net import gitrun
from advisord.net.http import Http
from advisord.settings import Settings
from advisord.store.database import open_writer

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class _Usage(NamedTuple):
    """What `shutil.disk_usage` says."""

    total: int
    used: int
    free: int


@pytest.fixture
def look(tmp_path: Path, make_http: Callable[..., Http]) -> Iterator[Callable[..., dict[str, list[Check]]]]:
    """Looks at a configuration with a store in the test's folder and no feeds; the checks by their subject."""
    with Plugs(str(tmp_path), lambda: NOW) as plugs:

        def looked(**tables: Any) -> dict[str, list[Check]]:
            raw = {"store": {"path": str(tmp_path / "a.db")}, "feeds": {"osv": {"enabled": False}}, **tables}
            found: dict[str, list[Check]] = {}
            for check in checkup(Settings.model_validate(raw), plugs, make_http(attempts=1), lambda: NOW):
                found.setdefault(check.subject, []).append(check)
            return found

        yield looked


def test_a_store_that_is_not_there_yet(look: Callable[..., dict[str, list[Check]]], tmp_path: Path) -> None:
    """It will be made; nothing is left behind by looking, not even its folder."""
    found = look(store={"path": str(tmp_path / "new" / "folder" / "a.db")})
    (store,) = found["store"]
    assert (store.level, "there is no database" in store.message) == (Level.WARN, True)
    assert found["disk"][0].message.endswith(f"free at {tmp_path}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("table", ["", "finding", "advisory", "lease"])
def test_a_store(look: Callable[..., dict[str, list[Check]]], tmp_path: Path, table: str) -> None:
    """Sound, or damaged with what to do: whichever table it is, also where SQLite's own check breaks off."""
    path = tmp_path / "a.db"
    open_writer(str(path)).close()
    if table:
        damage(path, table)
    (store,) = look()["store"]
    assert store.level is (Level.ERROR if table else Level.OK)
    assert ("advisord db restore" in store.todo) == bool(table)


def test_a_store_of_a_newer_release(look: Callable[..., dict[str, list[Check]]], tmp_path: Path) -> None:
    """One sentence; the rest is looked at."""
    with sqlite3.connect(tmp_path / "a.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    found = look()
    assert (found["store"][0].level, "newer than this release" in found["store"][0].message) == (Level.ERROR, True)
    assert "git" in found


@pytest.mark.parametrize(
    ("free", "level"), [(100 << 20, Level.ERROR), (1 << 30, Level.WARN), (3 << 30, Level.OK)], ids=str
)
def test_the_disk(
    look: Callable[..., dict[str, list[Check]]], monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    """Full, tight, or with room."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(1 << 40, 0, free))
    (disk,) = look()["disk"]
    assert (disk.level, disk.todo) == (level, "" if level is Level.OK else "make room")


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("git version 2.31.0", Level.OK),
        ("git version 3.0", Level.OK),
        ("git version 2.39.5 (Apple Git-154)", Level.OK),
        ("git version 2.30.9", Level.ERROR),
        ("git version 1.99", Level.ERROR),
        ("no version", Level.ERROR),
    ],
)
def test_git(
    look: Callable[..., dict[str, list[Check]]], monkeypatch: pytest.MonkeyPatch, said: str, level: Level
) -> None:
    """Older ones would show tokens to everybody who lists processes."""
    monkeypatch.setattr(gitrun, "run", lambda *_, **__: said.encode())
    assert look()["git"][0].level is level


def test_without_git(look: Callable[..., dict[str, list[Check]]], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error like others."""

    def gone(*_: object, **__: object) -> bytes:
        raise RepositoryError("git is not installed", hint="install it")

    monkeypatch.setattr(gitrun, "run", gone)
    found = look()
    assert found["git"] == [Check(Level.ERROR, "git", "git is not installed", "install it")]
    assert "disk" in found


@pytest.mark.parametrize(
    ("off", "level"),
    [(0, Level.OK), (-29, Level.OK), (31, Level.WARN), (-299, Level.WARN), (301, Level.ERROR), (-86400, Level.ERROR)],
)
def test_the_clock(look: Callable[..., dict[str, list[Check]]], server: Loopback, off: int, level: Level) -> None:
    """Beside a server's, whichever of them is ahead."""
    server.put("/", b"", headers={"date": format_datetime(NOW + timedelta(seconds=off), usegmt=True)})
    found = look(feeds={"osv": {"source": f"{server.url}/"}})
    (clock,) = found["clock"]
    assert (clock.level, clock.message) == (level, f"{abs(off)} s away from the feed's")


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jan 2001 00:00:00 GMT"])
def test_a_clock_that_is_not_told(date: str) -> None:
    """Says nothing."""
    assert list(module._clock(date, NOW)) == []


def test_a_feed(look: Callable[..., dict[str, list[Check]]], server: Loopback, tmp_path: Path) -> None:
    """A folder that is there or not, a server that answers, is broken or away; its token; disabled ones are left alone."""
    server.put("/broken", b"", status=503)
    feeds = {
        "osv": {"source": str(tmp_path)},
        "rustsec": {"source": str(tmp_path / "gone")},
        "github": {"source": f"{server.url}/broken", "token_env": "ADVISORD_NO_SUCH"},
    }
    found = look(feeds=feeds)
    assert [one.level for one in found["feed osv"]] == [Level.OK]
    assert [one.level for one in found["feed rustsec"]] == [Level.ERROR]
    assert [one.level for one in found["feed github"]] == [Level.WARN, Level.ERROR]
    assert "ADVISORD_NO_SUCH" in found["feed github"][1].message + found["feed github"][1].todo
    assert look(feeds={"osv": {"enabled": False, "source": "http://127.0.0.1:9/"}}).keys() == {"git", "store", "disk"}


def test_token_files(look: Callable[..., dict[str, list[Check]]], tmp_path: Path) -> None:
    """One that others can read; its content is in no line."""
    for name, mode in (("closed", 0o600), ("open", 0o644)):
        (tmp_path / name).write_text("pl4nted")
        os.chmod(tmp_path / name, mode)
    notes = {"kind": "local", "folder": str(tmp_path / "issues"), "token_file": str(tmp_path / "open")}
    other = {**notes, "token_file": str(tmp_path / "closed")}
    found = look(trackers={"notes": notes, "other": other})
    (token,) = found["token"]
    assert (token.level, token.todo) == (Level.WARN, f"chmod 600 {tmp_path / 'open'}")
    assert "pl4nted" not in repr(found)


def test_a_local_tracker(look: Callable[..., dict[str, list[Check]]], tmp_path: Path) -> None:
    """Its folder can be written, will be made, or is gone with issues that the database knows."""
    folder = tmp_path / "issues"
    tables = {"trackers": {"notes": {"kind": "local", "folder": str(folder)}}}
    assert look(**tables)["tracker notes"][0].message == f"{tmp_path} can be written"
    assert not folder.exists()
    db = open_writer(str(tmp_path / "a.db"))
    row = (1, "notes", "k", "5", "npm", "p", "[]", "", "open", "")
    db.execute("INSERT INTO repository (id, name) VALUES (1, 'shop')")
    db.execute("INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    db.close()
    (gone,) = look(**tables)["tracker notes"]
    assert (gone.level, gone.message) == (Level.ERROR, f"{folder} is gone, with 1 issue in it")
    folder.mkdir()
    (there,) = look(**tables)["tracker notes"]
    assert (there.level, list(folder.iterdir())) == (Level.OK, [])


def test_pages(look: Callable[..., dict[str, list[Check]]], server: Loopback) -> None:
    """They can listen, they already do, or another program does."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert f"the pages can listen on 127.0.0.1:{port}" in look(web={"listen": f"127.0.0.1:{port}"})["web"][0].message
    address = server.url.removeprefix("http://")
    other = look(web={"listen": address})["web"]
    assert (other[0].level, "another program listens there" in other[0].message) == (Level.ERROR, True)
    server.put("/healthz", b"ok\n")
    assert look(web={"listen": address})["web"][0] == Check(Level.OK, "web", f"pages answer on {address}")


def test_one_that_fails_stops_no_other(look: Callable[..., dict[str, list[Check]]], tmp_path: Path) -> None:
    """Everything is told, in the order of the configuration, although it is looked at all at once."""
    repositories = [
        {"name": f"r{number}", "git": str(tmp_path / "nowhere"), "tracker": "notes"} for number in range(20)
    ]
    trackers = {"notes": {"kind": "local", "folder": str(tmp_path)}}
    found = look(trackers=trackers, repositories=repositories)
    assert [subject for subject in found if subject.startswith("repository")] == [f"repository r{n}" for n in range(20)]
    assert all(found[f"repository r{number}"][0].level is Level.ERROR for number in range(20))
