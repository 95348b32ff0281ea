"""The soak's servers on loopback: feeds, git and GitHub's issues. Each can go away, come back, and be in trouble."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import github_fake
import loopback
from feed_parts import Bucket
from github_fake import Account, GitHub, Reply
from loopback import Answer, Loopback, Request
from soak_truth import ECOSYSTEMS, Truth

from advisord.demo.repository import Workshop


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who was killed in the middle of a question is no news here."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Door:
    """A web server's address, which refuses connections while it is shut."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._handler = handler
        self._server: _Server | None = None
        self.port = 0
        self.open()

    @property
    def is_open(self) -> bool:
        """Whether it can be reached."""
        return self._server is not None

    def open(self) -> None:
        """Listen, always at the same address."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self.port), self._handler)
            self.port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections. Those that are open are dropped by whoever answers."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class Feeds(Loopback):
    """OSV's bucket (`/osv`) and GitHub's advisories (`/advisories`), as the truth is. `trouble` is what all answers are."""

    def __init__(self, truth: Truth, chance: random.Random, token: str) -> None:
        super().__init__()
        super().close()
        self._truth = truth
        self._chance = chance
        self._token = token
        self.trouble = ""
        self.door = Door(loopback._handler(self))
        self.url = f"http://127.0.0.1:{self.door.port}"

    def close(self) -> None:
        """Stop."""
        self.door.shut()

    def answer(self, request: Request) -> Answer:
        """The truth, or trouble."""
        if not self.door.is_open:
            return Answer(b"gone", cut=0)
        with self._truth.lock:
            true = self._github(request) if request.path.startswith("/advisories") else self._osv(request)
        return self._troubled(true) if self.trouble and self._chance.random() < 0.7 else true

    def _troubled(self, true: Answer) -> Answer:
        body = true.body
        match self.trouble:
            case "truncated":
                return true._replace(cut=len(body) // 2)
            case "html":
                return Answer(
                    b"<!DOCTYPE html><html><body>Sign in</body></html>", headers={"content-type": "text/html"}
                )
            case "429":
                return Answer(b"{}", 429, {"retry-after": "600"})
            case "503":
                return Answer(b"busy", 503, {"retry-after": "1"})
            case "slow":
                return true._replace(pause=2.0 / max(1, len(body)))
            case "empty":
                return true._replace(body=b"[]" if body.startswith(b"[") else b"", tagged=False)
        lines = body.splitlines(keepends=True)
        return true._replace(body=b"".join(lines[: len(lines) // 2]) if len(lines) > 1 else body, tagged=False)

    def _osv(self, request: Request) -> Answer:
        for ecosystem in ECOSYSTEMS:
            bucket = Bucket(ecosystem)
            for one in self._truth.vulnerabilities.values():
                if one.ecosystem == ecosystem:
                    record = one.osv(one.ghsa)
                    bucket.records[one.ghsa] = json.dumps(record).encode()
                    bucket.listed[one.ghsa] = record["modified"]
            found = bucket.files().get(request.path.removeprefix("/osv/"))
            if found is not None and "ecosystems" not in request.path:
                return Answer(found)
        if request.path == "/osv/ecosystems.txt":
            return Answer("".join(f"{name}\n" for name in ECOSYSTEMS).encode())
        return Answer(b"", 404, tagged=False)

    def _github(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return Answer(b'{"message": "Bad credentials"}', 401)
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
        since = query.get("modified", "").removeprefix(">=")
        records = sorted(
            (one.github() for one in self._truth.vulnerabilities.values()), key=lambda r: str(r["updated_at"])
        )
        found = [
            record
            for record in records
            if query.get("type") == "reviewed"
            and bool(record["withdrawn_at"]) == ("is_withdrawn" in query)
            and record["updated_at"] >= since
        ]
        start, size = int(query.get("start", "0")), 10
        rest = urlsplit(request.target).query.partition("&start=")[0]
        more = f'<{self.url}/advisories?{rest}&start={start + size}>; rel="next"'
        return Answer(
            json.dumps(found[start : start + size]).encode(),
            headers={"link": more} if start + size < len(found) else {},
        )


class Hub(GitHub):
    """GitHub's issues, with a record of who opened and closed what, and of who else asked."""

    def __init__(self, now: Any, token: str) -> None:
        super().__init__(now)
        self.tokens[token] = Account("advisord-bot")
        self.mutex = threading.RLock()
        self.turns: list[tuple[float, int, str, str]] = []
        """(moment, number, "advisord" or "person", "opened", "closed" or "reopened")"""
        self.door = Door(github_fake._handler(self))
        self.url = f"http://127.0.0.1:{self.door.port}"

    def answer(self, method: str, target: str, headers: Mapping[str, str], data: Any) -> Reply:
        """One request at a time; of a shut door's nothing is heard."""
        if not self.door.is_open:
            return Reply(0, {}, b"")
        with self.mutex:
            before = {number: issue["state"] for number, issue in self.issues.items()}
            reply = super().answer(method, target, headers, data)
            self._note("advisord", before)
        return reply

    def person(self, number: int, **changes: Any) -> None:
        """What a person does."""
        with self.mutex:
            before = {number: self.issues[number]["state"]}
            super().person(number, **changes)
            self._note("person", before)

    def _note(self, who: str, before: Mapping[int, str]) -> None:
        for number, issue in self.issues.items():
            if number not in before and who == "advisord":
                self.turns.append((time.time(), number, who, "opened"))
            elif before.get(number, issue["state"]) != issue["state"]:
                what = "closed" if issue["state"] == "closed" else "reopened"
                self.turns.append((time.time(), number, who, what))


class GitServer:
    """`git daemon` for repositories below a folder. They are as the truth is after `publish`."""

    def __init__(self, folder: Path, truth: Truth) -> None:
        self._folder = folder
        self._truth = truth
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self._port = one.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._workshops = {name: Workshop(str(folder / name)) for name in truth.locks}
        self._rustsec = Workshop(str(folder / "advisory-db"))
        for name, refs in truth.locks.items():
            for ref in refs:
                self.publish(name, ref)
        self.advise()
        self.open()

    def address(self, name: str) -> str:
        """Where one of them is."""
        return f"git://127.0.0.1:{self._port}/{name}"

    def open(self) -> None:
        """Serve, or go on serving."""
        if self._process is None:
            command = ["git", "daemon", "--export-all", "--reuseaddr", "--listen=127.0.0.1", f"--port={self._port}"]
            command += [f"--base-path={self._folder}", str(self._folder)]
            self._process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
        self._signal(signal.SIGCONT)

    def hang(self) -> None:
        """Take connections and say nothing."""
        self._signal(signal.SIGSTOP)

    def shut(self) -> None:
        """Refuse connections."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _signal(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def publish(self, name: str, ref: str, *, rewritten: bool = False) -> None:
        """Commit the lockfiles of a branch as they are; `rewritten` gives it another past."""
        shop, locked = self._workshops[name], self._truth.locks[name][ref]
        files = {"Cargo.lock": _cargo(locked), "web/package-lock.json": _npm(locked), "moment": str(time.time_ns())}
        shop.commit("again" if rewritten else ref, files, "Update", orphan=rewritten)
        if rewritten:
            shop._git("branch", "--force", ref, "again")
            shop._git("checkout", "--quiet", ref)
            shop._git("branch", "--delete", "--force", "again")

    def delete(self, name: str, ref: str) -> None:
        """Delete a branch."""
        shop = self._workshops[name]
        shop._git("checkout", "--quiet", "main")
        shop._git("branch", "--delete", "--force", ref)

    def has(self, name: str, ref: str) -> bool:
        """Whether there is such a branch."""
        return self._workshops[name]._has(ref)

    def advise(self) -> None:
        """Commit RustSec's records as they are."""
        records = [one for one in self._truth.vulnerabilities.values() if one.rustsec]
        files = {f"crates/{one.rustsec}.json": json.dumps(one.osv(one.rustsec)) for one in records}
        self._rustsec.commit("osv", {**files, "moment": str(time.time_ns())}, "Export")


def _cargo(locked: Mapping[tuple[str, str], int]) -> str:
    source = 'source = "registry+https://github.com/rust-lang/crates.io-index"'
    packages = [
        f'[[package]]\nname = "{name}"\nversion = "1.{minor}.0"\n{source}\nchecksum = "{"0" * 64}"\n'
        for (ecosystem, name), minor in locked.items()
        if ecosystem == "crates.io"
    ]
    names = ",\n".join(f' "{name}"' for ecosystem, name in locked if ecosystem == "crates.io")
    return "\n".join(
        ["version = 3\n", f'[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [\n{names},\n]\n', *packages]
    )


def _npm(locked: Mapping[tuple[str, str], int]) -> str:
    ours = {name: f"1.{minor}.0" for (ecosystem, name), minor in locked.items() if ecosystem == "npm"}
    packages: dict[str, Any] = {"": {"name": "web", "version": "1.0.0", "dependencies": ours}}
    for name, version in ours.items():
        packages[f"node_modules/{name}"] = {"version": version, "resolved": f"https://registry.npm.example/{name}.tgz"}
    return json.dumps({"name": "web", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}, indent=1)
