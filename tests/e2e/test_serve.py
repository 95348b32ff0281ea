"""`advisord serve` as a process on loopback: real pages of a real cycle, and a clean end."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from running import Advisord

from advisord.web.openapi import description


class Serving:
    """The command at work; `url` is where it said that it listens."""

    def __init__(self, folder: Path, env: Mapping[str, str], command: str = "serve") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "advisord", command],
            cwd=folder,
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # Whatever happens, the test ends.
        self._limit = threading.Timer(60, self.process.kill)
        self._limit.start()
        assert self.process.stdout
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()

    def get(self, path: str, data: object = None, **headers: str) -> tuple[int, str]:
        """Ask it."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.url + path, data=body, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def json(self, path: str, data: object = None) -> Any:
        """Ask it for JSON."""
        status, text = self.get(path, data)
        assert status == 200, text
        return json.loads(text)

    def end(self) -> tuple[int, str]:
        """Send SIGTERM; how it ended, and what it said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        try:
            _, err = self.process.communicate(timeout=30)
        finally:
            self._limit.cancel()
        return self.process.returncode, err


def _configure(folder: Path, web: str) -> None:
    with (folder / "advisord.toml").open("a") as config:
        config.write(f'[web]\nlisten = "127.0.0.1:0"\n{web}\n')


@pytest.fixture
def serving(advisord: Advisord, synced: Path) -> Iterator[Serving]:
    """The demonstration's world after one cycle, served."""
    assert advisord("run", "--once").status == 0
    _configure(synced, "")
    server = Serving(synced, {})
    yield server
    assert server.end() == (0, "")


def test_a_cycle_is_seen(serving: Serving) -> None:
    """The overview counts what the cycle found, and every finding has a page with its issue and its explanation."""
    summary = serving.json("/api/summary")
    listed = serving.json("/api/findings")
    assert summary["findings"]["total"] == listed["total"] == 6
    assert summary["findings"]["by_severity"]["in"]["critical"] > 0
    assert summary["history"][-1]["open"] == sum(summary["findings"]["by_severity"]["in"].values())
    hyper = next(row for row in listed["findings"] if row["package"] == "hyper")
    status, page = serving.get(f"/findings/{hyper['number']}")
    assert status == 200
    assert "Decision: in scope" in page
    assert "Who says so" in page
    issue = serving.json(f"/api/findings/{hyper['number']}")["issues"][0]
    assert (issue["tracker"], issue["state"]) == ("issues", "open")
    assert serving.get("/readyz")[0] == serving.get("/healthz")[0] == 200
    assert 'advisord_findings{scope="in"' in serving.get("/metrics")[1]
    assert all(serving.get(path.replace("{number}", "1"))[0] == 200 for path in description()["paths"])


def test_it_answers_as_osv_does(serving: Serving) -> None:
    """A tool that asks osv.dev can ask here."""
    asked = {"package": {"name": "hyper", "ecosystem": "crates.io"}, "version": "0.14.8"}
    found = serving.json("/v1/query", asked)["vulns"]
    assert "RUSTSEC-2021-0079" in {one["id"] for one in found}
    batch = serving.json("/v1/querybatch", {"queries": [asked, {**asked, "version": "99.0.0"}]})["results"]
    assert [len(result.get("vulns", ())) for result in batch] == [len(found), 0]
    assert serving.json("/v1/vulns/RUSTSEC-2021-0079")["affected"]


def test_a_cycle_is_seen_without_a_restart(advisord: Advisord, synced: Path) -> None:
    """Each answer looks at the data as they are."""
    _configure(synced, "")
    server = Serving(synced, {})
    try:
        before = server.json("/api/summary")["findings"]["total"]
        ran = advisord("run", "--once")
        after = server.json("/api/summary")["findings"]["total"]
    finally:
        ended = server.end()
    assert (ran.status, before, after, ended) == (0, 0, 6, (0, ""))


def test_the_daemon_serves_them_too(advisord: Advisord, synced: Path) -> None:
    """With a table [web] the pages are there while it works, and end with it."""
    assert advisord.folder == synced
    _configure(synced, "")
    server = Serving(synced, {}, "run")
    try:
        assert server.get("/healthz")[0] == 200
        assert server.get("/api/feeds")[0] == 200
    finally:
        ended = server.end()
    assert ended == (0, "")


def test_a_second_daemon_is_told_of_the_first(advisord: Advisord, synced: Path) -> None:
    """Not of its address, which it would share: that would be a mistake in the configuration, which is never tried again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    _configure(synced, "")
    config = synced / "advisord.toml"
    config.write_text(config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
    server = Serving(synced, {}, "run")
    try:
        ran = advisord("run")
    finally:
        ended = server.end()
    assert ended == (0, "")
    assert (ran.status, "another advisord works on this store: process" in ran.err) == (3, True)


def test_a_token_from_the_environment(advisord: Advisord, synced: Path) -> None:
    """Without it nothing is told; it is in no output."""
    assert advisord.folder == synced
    _configure(synced, 'token_env = "ADVISORD_WEB"')
    server = Serving(synced, {"ADVISORD_WEB": "pl4nted-and-longer"})
    try:
        assert server.get("/")[0] == 401
        assert server.get("/", Authorization="Bearer pl4nted-and-longer")[0] == 200
        assert server.get("/healthz")[0] == 200
    finally:
        ended = server.end()
    assert ended == (0, "")


def test_a_database_that_is_not_there_yet(advisord: Advisord, world: Path) -> None:
    """It waits for one, and says what is missing."""
    assert advisord.folder == world
    _configure(world, "")
    server = Serving(world, {})
    try:
        assert server.get("/healthz")[0] == 200
        status, page = server.get("/")
        assert status == 503
        assert "There is no advisory database yet" in page
        assert server.get("/readyz")[0] == 503
    finally:
        ended = server.end()
    assert ended == (0, "")


def test_a_port_that_is_taken(advisord: Advisord, serving: Serving) -> None:
    """One sentence, and exit status 2."""
    config = advisord.folder / "advisord.toml"
    config.write_text(config.read_text().replace("127.0.0.1:0", serving.url.removeprefix("http://")))
    ran = advisord("serve")
    assert ran.status == 2
    assert "can't listen there" in ran.err


def test_without_the_extra(advisord: Advisord, world: Path) -> None:
    """What to install is said."""
    blocker = world / "blocked"
    blocker.mkdir()
    (blocker / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name in ('starlette', 'uvicorn') else real(name, *rest)\n"
    )
    ran = advisord("serve", env={"PYTHONPATH": str(blocker)})
    assert ran.status == 2
    assert "pip install 'advisord[web]'" in ran.err
