"""A real git server on loopback: `git http-backend` behind a small web server that writes down what it is asked."""

import base64
import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from loopback import serving

_WHO = ("-c", "user.name=T", "-c", "user.email=t@mail.example", "-c", "commit.gpgSign=false")


class Asked(NamedTuple):
    """One request. `token` is the password that came with it."""

    method: str
    path: str
    token: str
    body: bytes


class GitServer:
    """The repositories of a folder. `token` is wanted of every request when it is set, `moved` sends some elsewhere.

    So many fetches as it `stumbles` fail; a repository whose name begins with "hangs" never answers.
    """

    def __init__(self, folder: Path, *, filters: bool = True, tls: bool = False) -> None:
        self.folder = folder
        self.token = ""
        self.moved: dict[str, str] = {}
        self.hangs = threading.Event()
        self.stumbles = 0
        self.slow = False
        self.requests: list[Asked] = []
        self.settings = {"http.receivepack": "false", "uploadpack.allowFilter": "true" if filters else "false"}
        self._server, self.url = serving(_handler(self), tls=tls)

    def make(self, name: str, files: Mapping[str, str] = {}, branch: str = "main") -> None:
        """A new repository, with one commit when it has files."""
        self.git("init", "-q", "--bare", "-b", branch, str(self.folder / name), within=False)
        if files:
            self.commit(name, files, branch)

    def copy(self, name: str, other: str) -> None:
        """A repository that is as another one is."""
        shutil.copytree(self.folder / other, self.folder / name)

    def commit(self, name: str, files: Mapping[str, str], branch: str = "main", *, anew: bool = False) -> str:
        """Commit files onto a branch, or `anew` as its whole history; gives the commit."""
        work = self.folder / f"{name}.work"
        self.git("clone", "-q", str(self.folder / name), str(work), within=False)
        there = not anew and self.git("branch", "-r", "--list", f"origin/{branch}", at=work)
        self.git("checkout", "-q", *(("-B", branch, f"origin/{branch}") if there else ("--orphan", "anew")), at=work)
        if not there:
            self.git("read-tree", "--empty", at=work)
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text, encoding="utf-8")
        self.git("add", "-f", *files, at=work)
        self.git("commit", "-q", "-m", "commit", at=work)
        self.git("push", "-q", "-f", "origin", f"HEAD:refs/heads/{branch}", at=work)
        at = self.git("rev-parse", "HEAD", at=work)
        shutil.rmtree(work)
        return at

    def git(self, *arguments: str, at: Path | str = "", within: bool = True) -> str:
        """Run git on this side: in a folder, or in a repository by its name."""
        place = ("-C", str(self.folder / at)) if within else ()
        done = subprocess.run(["git", *place, *_WHO, *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def asked(self) -> list[str]:
        """What was asked for since the last time, in order: method and path."""
        said = [f"{one.method} {one.path}" for one in self.requests]
        self.requests.clear()
        return said

    def close(self) -> None:
        """Stop."""
        self.hangs.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(owner: GitServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            sent = base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode()
            token = sent.partition(":")[2]
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            owner.requests.append(Asked(self.command, path, token, body))
            name = path.strip("/").partition(".git")[0] + ".git"
            if name in owner.moved:
                self._answer(301, {"location": owner.moved[name] + self.path.partition(".git")[2]}, b"")
            elif owner.token and token != owner.token:
                self._answer(401, {"www-authenticate": 'Basic realm="git"'}, b"")
            elif self.command == "POST" and b"command=fetch" in body and owner.stumbles:
                owner.stumbles -= 1
                self._answer(500, {}, b"")
            elif name.startswith("hangs"):
                owner.hangs.wait(60)
            else:
                self._backend(path, query, body)

        def _backend(self, path: str, query: str, body: bytes) -> None:
            settings = {
                f"GIT_CONFIG_{part}_{number}": text
                for number, pair in enumerate(owner.settings.items())
                for part, text in zip(("KEY", "VALUE"), pair, strict=True)
            }
            environment = {
                **os.environ, **settings, "GIT_CONFIG_COUNT": str(len(owner.settings)), "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROJECT_ROOT": str(owner.folder), "PATH_INFO": path, "QUERY_STRING": query,
                "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("content-type", ""),
                "GIT_PROTOCOL": self.headers.get("git-protocol", ""), "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""), "REMOTE_ADDR": "127.0.0.1",
            }  # fmt: skip
            done = subprocess.run(
                ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            lines = [line.decode().partition(": ") for line in head.split(b"\r\n") if line]
            headers = {name.lower(): value for name, _, value in lines}
            self._answer(int(headers.pop("status", "200").split()[0]), headers, content)

        def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(0, len(content), 10_000):
                time.sleep(0.02 if owner.slow else 0.0)
                with contextlib.suppress(OSError):  # git was ended
                    self.wfile.write(content[start : start + 10_000])

        do_GET = do_POST = _do  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
