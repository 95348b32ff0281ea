"""`advisord run` as a process: told ready, alone on its store, reloaded, drained."""

import contextlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback
from running import Advisord

from advisord.demo import repository
from advisord.times import stamp


class Running:
    """A daemon in a folder, and the service manager that it talks to."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(str(folder / "notify"))
        self._messages: queue.Queue[str] = queue.Queue()
        self._manager.settimeout(0.2)
        environment = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "600000"}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "advisord", "run", "--config", "advisord.toml"],
                cwd=folder,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def told(self, beginning: str) -> str:
        """Wait until the manager is told something that begins so."""
        while True:
            message = self._messages.get(timeout=30)
            if message.startswith(beginning):
                return message

    def _listen(self) -> None:
        while self.process.poll() is None:
            with contextlib.suppress(TimeoutError):
                self._messages.put(self._manager.recv(4096).decode())

    def lines(self) -> list[dict[str, Any]]:
        """The log."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def logged(self, action: str, text: str = "") -> dict[str, Any]:
        """Wait for a line of the log."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for line in self.lines():
                if line["action"] == action and text in line["message"]:
                    return line
            time.sleep(0.05)
        raise AssertionError((action, text, self.log.read_text()))

    def close(self) -> None:
        """End it, whatever state it is in."""
        self.process.kill()
        self.process.wait()
        self._listener.join()
        self._manager.close()


@pytest.fixture
def running(world: Path) -> Iterator[Running]:
    """The small world's daemon, which logs JSON."""
    config = world / "advisord.toml"
    config.write_text(config.read_text() + '[run]\nlog = "json"\n')
    with contextlib.closing(Running(world)) as daemon:
        daemon.told("READY=1")
        yield daemon


def test_a_life(running: Running, world: Path, advisord: Advisord) -> None:
    """From ready to drained, with a second one that is refused and a configuration that is read again."""
    assert running.logged("track-repository", "actions on the tracker")["source"] == "shop"
    lines = running.lines()
    read, polled = (
        next(n for n, line in enumerate(lines) if text in line["message"]) for text in ("shop: read", "osv: ")
    )
    assert read < polled  # only the lockfiles' ecosystems of OSV are fetched
    assert "new" in lines[polled]["message"]
    assert len(list((world / "issues").iterdir())) > 2
    running.told("WATCHDOG=1")

    second = advisord("run", "--config", "advisord.toml")
    assert second.status == 3
    why = f"another advisord works on this store: process {running.process.pid} on"
    assert why in second.err
    last = json.loads(second.out.splitlines()[-1])
    assert (last["action"], last["level"], why in last["message"]) == ("failed", "error", True)

    config = world / "advisord.toml"
    good = config.read_text()
    config.write_text(good.replace('log = "json"', 'log = "xml"'))
    refused = running.logged("reload-refused")
    assert refused["level"] == "error"
    assert "run.log: line" in refused["message"]
    running.told("STATUS=the configuration was refused, the one before it stays; ")
    config.write_text(good.replace('name = "shop"', 'name = "store"'))
    running.logged("reload", "2 changed")
    running.logged("track-repository", "store: ")

    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert running.lines()[-1]["action"] == "stop"
    assert not [line for line in running.lines() if not re.fullmatch(r"[a-z]+(-[a-z]+)*", line["action"])]


def test_killed(running: Running, world: Path, advisord: Advisord) -> None:
    """After kill -9 nobody waits for the lease: the next one starts at once."""
    running.process.kill()
    running.process.wait()
    (world / "notify").rename(world / "notify-before")
    with contextlib.closing(Running(world)) as after:
        after.told("READY=1")
        after.process.send_signal(signal.SIGTERM)
        assert after.process.wait(30) == 0


def _get(url: str, token: str = "") -> int:
    """The status of an answer, 0 when nobody listens."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def _address(running: Running, after: int) -> tuple[str, int]:
    """Where the pages are said to be by a line after so many, and how many lines there were then."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        lines = running.lines()
        for line in lines[after:]:
            if line["action"] == "serve" and "listening on " in line["message"]:
                return line["message"].removeprefix("listening on "), len(lines)
        time.sleep(0.05)
    raise AssertionError(running.log.read_text())


def test_the_pages_follow_the_configuration(running: Running, world: Path) -> None:
    """They come, move, get a token, stay when the change can't be, and go, without a restart."""
    config = world / "advisord.toml"
    good = config.read_text()
    running.logged("track-repository", "actions on the tracker")

    config.write_text(f'{good}[web]\nlisten = "127.0.0.1:0"\n')
    first, seen = _address(running, 0)
    assert _get(first) == 200

    (world / "token").write_text("s3cret-and-longer")
    config.write_text(f'{good}[web]\nlisten = "127.0.0.1:0"\ntoken_file = "token"\n')
    while _get(first) == 200:
        time.sleep(0.05)
    assert (_get(first), _get(first, "s3cret-and-longer")) == (401, 200)

    (world / "token").write_text("an0ther-and-longer")
    running.process.send_signal(signal.SIGHUP)
    while _get(first, "an0ther-and-longer") != 200:
        time.sleep(0.05)
    assert _get(first, "s3cret-and-longer") == 401

    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        config.write_text(f'{good}[web]\nlisten = "{listen}"\n'.replace('name = "shop"', 'name = "store"'))
        refused = running.logged("reload-refused", "can't listen there")
        assert refused["message"].startswith(f"advisord.toml: [web] listen = '{listen}': ")
        assert _get(first, "an0ther-and-longer") == 200
    running.process.send_signal(signal.SIGHUP)
    second, seen = _address(running, seen)
    assert second == f"http://{listen}"
    assert (_get(first), _get(second)) == (0, 200)
    running.logged("track-repository", "store: ")

    config.write_text(good)
    running.logged("serve", "not served any more")
    assert _get(second) == 0
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert not [line for line in running.lines() if "s3cret" in line["message"] or "an0ther" in line["message"]]


def test_a_server_that_hangs(running: Running, world: Path) -> None:
    """Git takes a minute to give up: the others go on meanwhile, and the end does not wait for it."""
    running.logged("track-repository", "actions on the tracker")
    config = world / "advisord.toml"
    with socket.create_server(("127.0.0.1", 0)) as server:
        git = f"git://127.0.0.1:{server.getsockname()[1]}/hangs"
        hanging = f'[[repositories]]\nname = "hangs"\ngit = "{git}"\ntracker = "issues"\n'
        config.write_text(config.read_text() + 'repositories_every = "1s"\n' + hanging)
        server.settimeout(30)
        with server.accept()[0]:
            seen = len(running.lines())
            end = time.monotonic() + 30
            while sum(line["message"] == "shop: unchanged" for line in running.lines()[seen:]) < 3:
                assert time.monotonic() < end
                time.sleep(0.05)
            running.told("STATUS=waiting for git about 1; next step at ")
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(30) == 0
    assert "hangs" not in {line.get("source") for line in running.lines()}


@pytest.fixture
def osv(world: Path) -> Iterator[Loopback]:
    """The world's OSV on a server, polled every three seconds; repositories have their turn every ten minutes."""
    with contextlib.closing(Loopback()) as server:
        _publish(server, world)
        config = world / "advisord.toml"
        text = config.read_text().replace('source = "feeds/osv"', f'source = "{server.url}"')
        run = '[run]\nlog = "json"\nfeeds_every = "3s"\nrepositories_every = "10m"\n[web]\nlisten = "127.0.0.1:0"\n'
        other = '[[repositories]]\nname = "other"\ngit = "other"\nrefs = ["main"]\ntracker = "issues"\n'
        config.write_text(text + other + run)
        package = '[[package]]\nname = "quiet"\nversion = "1.0.0"\n'
        source = 'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
        repository.Workshop(str(world / "other")).commit(
            "main", {"Cargo.lock": f"version = 3\n\n{package}{source}"}, "x"
        )
        yield server


def _publish(server: Loopback, world: Path) -> None:
    folder = world / "feeds/osv"
    for file in folder.rglob("*"):
        if file.is_file():
            server.put(f"/{file.relative_to(folder)}", file.read_bytes())


def test_a_record_becomes_an_issue_at_once(osv: Loopback, world: Path, advisord: Advisord) -> None:
    """Within one poll and seconds, only where the package is locked, without asking git; what it took is told everywhere."""
    with contextlib.closing(Running(world)) as running:
        for said in ("other: no findings", "shop: done", "shop: unchanged", "other: unchanged"):
            running.logged("track-repository", said)
        base, _ = _address(running, 0)
        seen, issues = len(running.lines()), len(list((world / "issues").iterdir()))
        now = stamp(datetime.now(UTC))
        record = json.loads(zipfile.ZipFile(world / "feeds/osv/crates.io/all.zip").read("RUSTSEC-2021-0079.json"))
        record |= {"id": "RUSTSEC-2099-0001", "aliases": [], "modified": now, "published": now}
        osv.put("/crates.io/RUSTSEC-2099-0001.json", json.dumps(record).encode())
        listing = (world / "feeds/osv/crates.io/modified_id.csv").read_bytes()
        began = time.monotonic()
        osv.put("/crates.io/modified_id.csv", f"{now},RUSTSEC-2099-0001\n".encode() + listing)
        while len(list((world / "issues").iterdir())) == issues:
            assert time.monotonic() - began < 30
            time.sleep(0.02)
        took = time.monotonic() - began
        running.logged("track-repository", "RUSTSEC-2099-0001")
        worked = [line for line in running.lines()[seen:] if line["action"] == "track-repository"]
        assert {line["source"] for line in worked} == {"shop"}
        assert not [line for line in worked if "unchanged" in line["message"]]
        with urllib.request.urlopen(f"{base}/metrics", timeout=20) as response:  # noqa: S310
            text = response.read().decode()
        assert "advisord_change_seen_to_opened_seconds_count 1" in text
        assert 'advisord_change_published_to_seen_seconds_bucket{le="15"} 1' in text
        status = json.loads(advisord("status", "--config", "advisord.toml", "--format", "json").out)
        assert status["delays"]["seen_to_opened"]["issues"] == 1
        assert "1 opened for changes of feeds: seen " in advisord("status", "--config", "advisord.toml").out
    assert took < 3 + 10


def test_one_cycle_for_machines(advisord: Advisord, world: Path) -> None:
    """Each line says which of the daemon's steps it belongs to; what fails is an error, also a start that fails."""
    config = world / "advisord.toml"
    gone = '[[repositories]]\nname = "gone"\ngit = "nowhere"\ntracker = "issues"\n'
    config.write_text(f'{config.read_text()}{gone}[run]\nlog = "json"\n')
    lines = [json.loads(line) for line in advisord("run", "--once").out.splitlines()]
    assert {(line["action"], line["source"]) for line in lines} >= {("poll-feed", "osv"), ("track-repository", "shop")}
    assert [line["source"] for line in lines if line["level"] == "error"] == ["gone"]
    (world / "advisord.db").write_bytes(b"no database" * 1000)
    ran = advisord("run", "--once")
    assert ran.status == 3
    last = json.loads(ran.out.splitlines()[-1])
    assert (last["level"], last["action"]) == ("error", "failed")
