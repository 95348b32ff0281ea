"""Bare mirrors: another repository's branches and tags, kept on this machine."""

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from advisord.errors import RepositoryError
from advisord.net import gitrun
from advisord.net.git import Git
from advisord.net.urls import origin, shown

_REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:[^:].*\Z")


class Mirror(Git):
    """A bare copy of another repository's branches and tags, made and brought up to date by `update`.

    `url` is an https, ssh, http or git URL, `user@host:path`, a local repository or a bundle file. `token` goes to the
    URL's own server only.
    """

    def __init__(self, url: str, folder: str, *, token: str = "", timeout: float = 1800.0) -> None:
        super().__init__(folder, timeout=timeout)
        self.url = url
        self._protocols = _protocols(url)
        self._settings = {}
        if token and self._protocols == "https":
            scheme, host, port = origin(url)
            secret = b64encode(f"x-access-token:{token}".encode()).decode("ascii")
            self._settings = {f"http.{scheme}://{host}:{port}/.extraHeader": f"Authorization: Basic {secret}"}

    def update(self) -> None:
        """Fetch, so that the copy has exactly the branches and tags of the original. An interrupted one is repeated."""
        Path(self.folder).mkdir(parents=True, exist_ok=True)
        with _alone(self.folder) as lock:
            if not Path(self.folder, "HEAD").is_file():
                self._git("init", "--quiet", "--bare", "--template=")
            url = self._address()
            refspecs = (*_REFSPECS, *(("+refs/remotes/*:refs/remotes/*",) if self._protocols == "file" else ()))
            options = ("--quiet", "--prune", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
            self._talk("fetch", *options, "--", url, *refspecs, keep=[lock])
            head = self._talk("ls-remote", "--symref", "--", url, "HEAD")
            branch = re.match(rb"ref: (refs/heads/[^\s]+)\tHEAD", head)
            if branch:
                self._git("symbolic-ref", "HEAD", os.fsdecode(branch[1]))

    def ls_remote(self) -> dict[str, str]:
        """The refs of the original as they are now, without fetching anything."""
        lines = self._talk("ls-remote", "--", self._address()).decode("utf-8", "surrogateescape").splitlines()
        return {ref: oid for oid, _, ref in (line.partition("\t") for line in lines)}

    def _address(self) -> str:
        return str(Path(self.url).absolute()) if self._protocols == "file" and "://" not in self.url else self.url

    def _talk(self, *arguments: str, keep: Iterable[int] = ()) -> bytes:
        return gitrun.run(
            ["-C", self.folder if Path(self.folder).is_dir() else "/", *arguments],
            subject=shown(self.url),
            timeout=self._timeout,
            protocols=self._protocols,
            settings=self._settings,
            keep=tuple(keep),
        )


def _protocols(url: str) -> str:
    """What git may speak to reach the URL: what it names, never what a server or a configuration leads to."""
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if url.startswith("-") or "::" in url.partition("/")[0] or any(c in url for c in "\0\n\r"):
        raise RepositoryError("this is not the address of a repository", subject=shown(url), code="url")
    if scheme in {"https", "ssh", "file", "git"}:
        return scheme
    if scheme == "http":
        return "http:https"
    if scheme:
        raise RepositoryError(
            f"{scheme}:// is not spoken here", subject=shown(url), hint="use https or ssh", code="url"
        )
    return "ssh" if _SCP.match(url) and not Path(url).exists() else "file"


@contextmanager
def _alone(folder: str) -> Iterator[int]:
    """Hold the folder's lock, which git inherits: lock files that git left there when it was killed are then nobody's."""
    import fcntl

    handle = os.open(f"{folder}/advisord.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            message = "another process is bringing this mirror up to date"
            raise RepositoryError(message, subject=folder, code="locked", retryable=True) from exc
        for place, _, names in os.walk(folder):
            for name in names:
                if name.endswith(".lock") and name != "advisord.lock":
                    Path(place, name).unlink(missing_ok=True)
        yield handle
    finally:
        os.close(handle)
