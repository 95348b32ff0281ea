"""Planted tokens: nowhere in logs, the database, mirrors or the process list."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from loopback import Loopback
from planted import forms, processes

TOKENS = {
    "GIT_TOKEN": "planted-git-9f3ac1",
    "TRACKER_TOKEN": "planted-tracker-77be02",
    "FEED_TOKEN": "planted-feed-5d10aa",
    "WEB_TOKEN": "planted-web-c41be7",
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
[web]
listen = "127.0.0.1:0"
token_env = "WEB_TOKEN"
[run]
feeds_every = "1s"
repositories_every = "1s"
log = "{log}"
"""


def asked(log: Path) -> list[tuple[int, bytes]]:
    """What the pages answer who has the token, and who sends it where it does not belong."""
    found = re.search(r"listening on (http://[0-9.:]+)", log.read_text())
    assert found
    token = TOKENS["WEB_TOKEN"]
    bearer = {"Authorization": f"Bearer {token}"}
    answers = []
    for path, headers in (
        ("/", bearer),
        ("/nothing", bearer),
        (f"/?token={token}", {}),
        (f"/v1/vulns/{token}", bearer),
    ):
        response = httpx.get(found[1] + path, headers=headers, timeout=20, trust_env=False)
        answers.append((response.status_code, response.content))
    return answers


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
            answers = asked(out)
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0, out.read_text()
        finally:
            daemon.kill()
            daemon.wait()
    assert [status for status, _ in answers] == [200, 404, 401, 404]
    said = out.read_bytes() + b"".join(text for _, text in answers)
    assert said.count(b"attempt 1 failed") >= 3, said
    assert any(b"ls-remote" in one for one in listed), "git was never seen"
    kept = {path: path.read_bytes() for path in (world / "state").rglob("*") if path.is_file()}
    assert any(path.name == "advisord.db" for path in kept)
    for token in TOKENS.values():
        for form in forms(token):
            assert form not in said
            assert [path for path, data in kept.items() if form in data] == []
            assert not any(form in one for one in listed)
