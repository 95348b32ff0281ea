"""Planted tokens: nowhere in logs, the database, mirrors or the process list."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback import Loopback
from planted import forms, processes

TOKENS = {
    "GIT_TOKEN": "planted-git-9f3ac1",
    "TRACKER_TOKEN": "planted-tracker-77be02",
    "FEED_TOKEN": "planted-feed-5d10aa",
}
CONFIG = """\
[store]
path = "state/advisord.db"
[feeds.github]
source = "{github}"
token_env = "FEED_TOKEN"
[trackers.forge]
kind = "forgejo"
url = "{forge}"
repository = "example/shop"
token_env = "TRACKER_TOKEN"
[[repositories]]
name = "shop"
git = "https://127.0.0.1:{port}/shop.git"
tracker = "forge"
token_env = "GIT_TOKEN"
[[repositories]]
name = "local"
git = "shop"
tracker = "forge"
token_env = "GIT_TOKEN"
[run]
feeds_every = "1s"
repositories_every = "1s"
log = "{log}"
"""


@pytest.mark.parametrize("log", ["text", "json"])
def test_no_token_gets_out(world: Path, server: Loopback, tls_server: Loopback, log: str) -> None:
    """A daemon whose servers refuse it, echo what they were sent, or can't be trusted tells no token to anybody."""
    for place, name in (("/advisories", "FEED_TOKEN"), ("/api/v1/user", "TRACKER_TOKEN")):
        server.put(place, b'{"message": "bad token ' + TOKENS[name].encode() + b'"}', status=401)
    port = tls_server.url.rpartition(":")[2]
    config = CONFIG.format(github=server.url, forge=server.url, port=port, log=log)
    (world / "advisord.toml").write_text(config, encoding="utf-8")
    out = world / "log"
    listed = []
    with out.open("wb") as file:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "advisord", "run", "--config", "advisord.toml"],
            cwd=world,
            env={**os.environ, **TOKENS},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end and out.read_bytes().count(b"attempt 1 failed") < 3:
                listed.append(processes())
                time.sleep(0.002)
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0, out.read_text()
        finally:
            daemon.kill()
            daemon.wait()
    said = out.read_bytes()
    assert said.count(b"attempt 1 failed") >= 3, said
    assert any(b"ls-remote" in one for one in listed), "git was never seen"
    kept = {path: path.read_bytes() for path in (world / "state").rglob("*") if path.is_file()}
    assert any(path.name == "advisord.db" for path in kept)
    for token in TOKENS.values():
        for form in forms(token):
            assert form not in said
            assert [path for path, data in kept.items() if form in data] == []
            assert not any(form in one for one in listed)
