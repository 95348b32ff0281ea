"""Bare mirrors: another repository's branches and tags, kept on this machine."""

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from advisord.errors import RepositoryError
from advisord.net import gitrun
from advisord.net.git import Git
from advisord.net.urls import origin, shown

_REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_REMOTES = "refs/remotes/*"
_LOCAL = ("refs/heads", "refs/tags", "refs/remotes")
_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:[^:].*\Z")


class Listing(NamedTuple):
    """The branches and tags of an original by their full names, and the branch that is its HEAD ("": can't be known)."""

    refs: dict[str, str]
    head: str


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

    def update(self, known: Listing | None = None) -> Listing:
        """Fetch, so that the copy has exactly the branches and tags of the original. An interrupted one is repeated.

        `known` is what an earlier update gave back: while the original lists the same, nothing else is looked at.
        """
        listing = self._listed()
        if listing == known:
            return listing
        Path(self.folder).mkdir(parents=True, exist_ok=True)
        with _alone(self.folder) as lock:
            if not Path(self.folder, "HEAD").is_file():
                self._git("init", "--quiet", "--bare", "--template=")
            if not any(name.startswith("refs/heads/") for name in listing.refs):
                # Also what an HTML page looks like to git. A fetch would prune every branch that we have.
                message = "it lists no branches, so nothing is fetched"
                raise RepositoryError(message, subject=shown(self.url), hint="check the address", code="not-found")
            if self._protocols == "file" or listing.refs != self.refs():
                options = ("--quiet", "--prune", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
                refspecs = (*_REFSPECS, *((f"+{_REMOTES}:{_REMOTES}",) if self._protocols == "file" else ()))
                self._talk("fetch", *options, "--", self._address(), *refspecs, keep=[lock])
            if listing.head:
                self._git("symbolic-ref", "HEAD", listing.head)
        return listing

    def _listed(self) -> Listing:
        """The original as it is now."""
        folder = _repository(self._address()) if self._protocols == "file" else None
        return self._beside(folder) if folder else self._asked()

    def _beside(self, folder: str) -> Listing:
        """A repository on this machine lists itself by one git: `ls-remote` would start another at its other end."""
        out = gitrun.run(
            ["--git-dir", folder, "for-each-ref", "--format=%(HEAD)%(objectname) %(refname)", *_LOCAL],
            subject=shown(self.url),
            timeout=self._timeout,
        )
        refs, head = {}, ""
        for line in out.decode("utf-8", "surrogateescape").splitlines():
            value, _, name = line[1:].partition(" ")
            refs[name] = value
            if line.startswith("*"):
                head = name
        return Listing(refs, head)

    def _asked(self) -> Listing:
        patterns = ("HEAD", "refs/heads/*", "refs/tags/*", *((_REMOTES,) if self._protocols == "file" else ()))
        refs, head = {}, ""
        out = self._talk("ls-remote", "--symref", "--", self._address(), *patterns)
        for line in out.decode("utf-8", "surrogateescape").splitlines():
            value, _, name = line.partition("\t")
            if value.startswith("ref: refs/heads/"):
                head = value.removeprefix("ref: ")
            elif name.startswith("refs/") and not name.endswith("^{}"):
                refs[name] = value
        return Listing(refs, head)

    def kept(self) -> Listing:
        """What the copy has of it, without asking the original."""
        return Listing(self.refs(), f"refs/heads/{self.head()}")

    def ls_remote(self) -> dict[str, str]:
        """The branches and tags of the original as they are now, without fetching anything."""
        return self._listed().refs

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


def _repository(path: str) -> str | None:
    """The git folder of a repository on this machine, found where git itself looks; None for anything else: a bundle."""
    if os.path.isfile(f"{path}/.git"):  # a work tree beside the first, or a submodule: it says where the folder is
        return f"{path}/.git"
    return next((it for it in (f"{path}/.git", path, f"{path}.git") if os.path.isfile(f"{it}/HEAD")), None)


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
