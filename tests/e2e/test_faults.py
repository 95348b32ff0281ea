"""What befalls a daemon on a server over the years: each thing is told in a sentence, closes nothing, and passes."""

import contextlib
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import loopback
import pytest
import soak_clock
from loopback import Loopback
from planted import processes
from running import Advisord, cramped
from soak_servers import Door

from advisord.demo import repository
from advisord.store.database import SCHEMA_VERSION

ENDLESS = b"2026-01-01T00:00:00Z,GHSA-xxxx-xxxx-xxxx\n" * 4096


def opened(world: Path) -> int:
    """How many issues are open."""
    return sum("\nstate: open\n" in path.read_text(encoding="utf-8") for path in (world / "issues").glob("*.md"))


def source(world: Path, address: str) -> None:
    """Let OSV be the only feed, and be there."""
    config = world / "advisord.toml"
    text = config.read_text(encoding="utf-8").replace('source = "feeds/osv"', f'source = "{address}"')
    for name in ("rustsec", "github"):
        text = text.replace(f"[feeds.{name}]\n", f"[feeds.{name}]\nenabled = false\n")
    config.write_text(text, encoding="utf-8")


def test_a_full_disk(advisord: Advisord, world: Path) -> None:
    """One sentence and exit 3; with room again the cycle ends as if nothing had been."""
    ran = cramped(world, 100_000, "run", "--once")
    assert ran.status == 3, ran
    assert "no space left for the database" in ran.err
    assert "defect" not in ran.err
    assert advisord("run", "--once").status == 0
    assert advisord("db", "verify").status == 0
    assert opened(world) == 5
    assert "0 actions on the tracker" in advisord("run", "--once").out


def test_a_locked_database(advisord: Advisord, world: Path) -> None:
    """Whoever holds it for some seconds is waited for."""
    assert advisord("run", "--once").status == 0
    with contextlib.closing(
        sqlite3.connect(world / "advisord.db", isolation_level=None, check_same_thread=False)
    ) as db:
        db.execute("BEGIN IMMEDIATE")
        waiting = threading.Timer(3, lambda: db.execute("ROLLBACK"))
        waiting.start()
        begun = time.monotonic()
        assert advisord("run", "--once").status == 0
        assert time.monotonic() - begun > 2
        waiting.join()


def test_a_newer_schema(advisord: Advisord, world: Path) -> None:
    """A database of a later release is refused by every command, and is as it was."""
    assert advisord("run", "--once").status == 0
    with contextlib.closing(sqlite3.connect(world / "advisord.db")) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = (world / "advisord.db").read_bytes()
    for command in (("run",), ("run", "--once"), ("sync",), ("status",), ("db", "verify"), ("db", "prune"), ("plan",)):
        ran = advisord(*command)
        assert ran.status == 3, command
        assert "newer than this release knows" in ran.err
    assert (world / "advisord.db").read_bytes() == before


@pytest.fixture
def feed(world: Path, server: Loopback) -> Iterator[Door]:
    """The door of a web server that has the world's OSV."""
    for path in (world / "feeds/osv").rglob("*"):
        if path.is_file():
            server.put(f"/{path.relative_to(world / 'feeds/osv')}", path.read_bytes())
    door = Door(loopback._handler(server))
    source(world, f"http://127.0.0.1:{door.port}")
    yield door
    door.shut()


def test_a_day_without_network(advisord: Advisord, world: Path, feed: Door) -> None:
    """What is older than `max_age` closes nothing, though a lockfile was fixed; it is shown; nobody need do anything."""
    assert advisord("run", "--once").status == 0
    before = opened(world)
    repository.fix(repository.Workshop(str(world / "shop")))
    feed.shut()
    (world / "clock").write_text(str(25 * 3600))

    def tomorrow(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, soak_clock.__file__, *arguments],
            cwd=world,
            env={soak_clock.OFFSET: "clock", "HOME": str(world / "home"), "PATH": "/usr/local/bin:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    status, said = tomorrow("run", "--once")
    assert status == 3
    assert "can't be reached" in said
    assert opened(world) == before
    status, said = tomorrow("status")
    assert status == 3
    assert "osv        failed" in said or "osv        stale" in said
    feed.open()
    status, said = tomorrow("run", "--once")
    assert status == 0, said
    assert opened(world) < before
    assert tomorrow("status")[0] == 0


def test_a_repository_that_hangs(advisord: Advisord, world: Path) -> None:
    """The end does not wait for it, and no git is left."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        config = world / "advisord.toml"
        text = config.read_text(encoding="utf-8").replace("[feeds.osv]", '[feeds.osv]\necosystems = ["crates.io"]')
        text = text.replace('git = "shop"', f'git = "git://127.0.0.1:{port}/shop"')
        config.write_text(f'{text}[run]\ndrain = "1s"\n', encoding="utf-8")
        address = f"127.0.0.1:{port}/".encode()
        with (world / "log").open("wb") as log:
            daemon = subprocess.Popen([sys.executable, "-m", "advisord", "run"], cwd=world, stdout=log, stderr=log)
        try:
            silent.settimeout(30)
            connection, _ = silent.accept()
            with connection:
                daemon.send_signal(signal.SIGTERM)
                assert daemon.wait(20) == 0
        finally:
            daemon.kill()
            daemon.wait()
    said = (world / "log").read_text()
    assert "stopped; nothing was under way any more" in said
    assert "Traceback" not in said
    assert address not in processes()


class _Endless(BaseHTTPRequestHandler):
    """Sends a listing of 5 GB, and does not say how much there is to come."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if self.command == "HEAD":
            return
        self.close_connection = True
        with contextlib.suppress(OSError):
            for _ in range(5_000_000_000 // len(ENDLESS)):
                self.wfile.write(f"{len(ENDLESS):x}\r\n".encode() + ENDLESS + b"\r\n")
                _Endless.sent += len(ENDLESS)

    do_HEAD = do_GET  # noqa: N815  (a name of http.server)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_feed_that_sends_5_gb(advisord: Advisord, world: Path) -> None:
    """It is broken off at a limit that memory holds, and closes nothing."""
    assert advisord("run", "--once").status == 0
    before = opened(world)
    door = Door(_Endless)
    source(world, f"http://127.0.0.1:{door.port}")
    script = "import resource; from advisord.cli import main; status = main(['sync', '--config', 'advisord.toml']);"
    script += "print(status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    try:
        ran = subprocess.run([sys.executable, "-c", script], cwd=world, capture_output=True, text=True, check=True)
    finally:
        door.shut()
    status, kilobytes = map(int, ran.stdout.split()[-2:])
    assert status == 3
    assert "which is the limit" in ran.stderr
    assert _Endless.sent < 1_000_000_000
    assert kilobytes < 500_000
    advisord("run", "--once")
    assert opened(world) == before
