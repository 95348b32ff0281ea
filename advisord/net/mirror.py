"""Bare mirrors: another repository's branches and tags, kept on this machine."""

import os
import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from advisord.errors import RepositoryError
from advisord.net import gitrun
from advisord.net.git import MAX_BLOB, Git
from advisord.net.urls import origin, shown

NO_BRANCHES = "no-branches"
"""The code of an error: the original lists none."""
MAX_FETCH = 4 << 30
"""How many bytes are fetched at once."""
_REMOTE = "origin"
_WHOLE = "advisord.whole"
_FETCH = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
_SINGLE = {"fetch.negotiationAlgorithm": "noop"}
"""To a server that hears that we have a commit, its files are not missing."""
_REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_REMOTES = "refs/remotes/*"
_LOCAL = ("refs/heads", "refs/tags", "refs/remotes")
_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:[^:].*\Z")

_PATIENCE = 60.0
"""Seconds that a list of refs may take: others wait behind a server that hangs."""


class Listing(NamedTuple):
    """The branches and tags of an original by their full names, and the branch that is its HEAD ("": can't be known)."""

    refs: dict[str, str]
    head: str


class Mirror(Git):
    """A bare copy of another repository's branches and tags, made and brought up to date by `update`.

    `url` is an https, ssh, http or git URL, `user@host:path`, a local repository or a bundle file. `token` gives what is
    sent to the URL's own server, over https only. A `partial` one has the newest state of each branch and tag without
    the history, and of the files only those that were asked for: where the server can't do so, it has everything.
    """

    def __init__(
        self,
        url: str,
        folder: str,
        *,
        token: Callable[[], str] | None = None,
        partial: bool = False,
        timeout: float = 1800.0,
        limit: int = MAX_FETCH,
        stopped: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__(folder, timeout=timeout, stopped=stopped)
        self.url = url
        self._protocols = _protocols(url)
        self._token = token if self._protocols == "https" else None
        self._wants_part = partial and not self._near
        self._limit = limit

    @property
    def _near(self) -> bool:
        return self._protocols == "file"

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
                raise RepositoryError(message, subject=shown(self.url), hint="check the address", code=NO_BRANCHES)
            if self._near or listing.refs != self.refs():
                self._fetch(lock)
            if listing.head:
                self._git("symbolic-ref", "HEAD", listing.head)
        return listing

    def read_blobs(self, oids: Iterable[str], *, limit: int = MAX_BLOB) -> Iterator[tuple[str, bytes | None]]:
        """As of every repository; what a partial copy lacks is fetched before, all at once."""
        wanted = list(oids)
        self.need(wanted)
        yield from super().read_blobs(wanted, limit=limit)

    def need(self, oids: Iterable[str]) -> None:
        """Fetch, in one request, the blobs that a partial copy lacks."""
        if not self._partial:
            return
        missing = self._missing("".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode("ascii"))
        if not missing:
            return
        with _alone(self.folder) as lock:
            try:
                self._talk("fetch", *_FETCH, "--filter=blob:none", "--stdin", _REMOTE, lock=lock, data=missing)
            except RepositoryError as error:
                if error.code != gitrun.UNABLE:
                    raise
                # It filters, but gives out no single objects: then all of it.
                self._begin_whole()
                self._fetch(lock)
            if self._missing(missing):
                # It was there when its folder was listed: history was rewritten just now.
                message = "it does not have a file any more that it listed"
                raise RepositoryError(message, subject=shown(self.url), code="not-found", retryable=True)

    def _missing(self, oids: bytes) -> bytes:
        """Which of these objects (one a line) are not here."""
        if not oids:
            return b""
        # Without the settings of a partial clone: git itself would fetch what is missing, one by one.
        said = gitrun.run(
            ["-C", self.folder, "cat-file", "--batch-check=%(objectname)"],
            subject=self.folder,
            timeout=self._timeout,
            data=oids,
            interrupt=self._ended,
        )
        return b"".join(line.split()[0] + b"\n" for line in said.splitlines() if line.endswith(b" missing"))

    def _fetch(self, lock: int) -> None:
        refspecs = (*_REFSPECS, *((f"+{_REMOTES}:{_REMOTES}",) if self._near else ()))
        if self._partial:
            try:
                self._talk(
                    "fetch", *_FETCH, "--prune", "--depth=1", "--filter=blob:none", _REMOTE, *refspecs, lock=lock
                )
            except RepositoryError as error:
                if error.code != gitrun.UNABLE:
                    raise
                self._begin_whole()
            else:
                return
        # Branches of a shallow clone, which has no history to give, are refused without being asked for.
        self._talk("fetch", *_FETCH, "--update-shallow", "--prune", _REMOTE, *refspecs, lock=lock)

    @property
    def _partial(self) -> bool:
        return self._wants_part and not Path(self.folder, _WHOLE).exists()

    def _begin_whole(self) -> None:
        """Begin anew as a whole copy, and remember that this server wants it so."""
        for name in ("objects", "refs", "packed-refs", "shallow", "HEAD"):
            path = Path(self.folder, name)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self._git("init", "--quiet", "--bare", "--template=")
        Path(self.folder, _WHOLE).touch()

    def _listed(self) -> Listing:
        """The original as it is now."""
        folder = _repository(self._address()) if self._near else None
        return self._beside(folder) if folder else self._asked()

    def _beside(self, folder: str) -> Listing:
        """A repository on this machine lists itself by one git: `ls-remote` would start another at its other end."""
        out = gitrun.run(
            ["--git-dir", folder, "for-each-ref", "--format=%(HEAD)%(objectname) %(refname)", *_LOCAL],
            subject=shown(self.url),
            timeout=self._timeout,
            interrupt=self._ended,
        )
        refs, head = {}, ""
        for line in out.decode("utf-8", "surrogateescape").splitlines():
            value, _, name = line[1:].partition(" ")
            refs[name] = value
            if line.startswith("*"):
                head = name
        return Listing(refs, head)

    def _asked(self) -> Listing:
        patterns = ("HEAD", "refs/heads/*", "refs/tags/*", *((_REMOTES,) if self._near else ()))
        refs, head = {}, ""
        out = self._talk("ls-remote", "--symref", _REMOTE, *patterns)
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
        return str(Path(self.url).absolute()) if self._near and "://" not in self.url else self.url

    def _talk(self, *arguments: str, lock: int | None = None, data: bytes = b"") -> bytes:
        packs = f"{self.folder}/objects/pack"
        before = _size(packs)

        def interrupt() -> str:
            too_large = lock is not None and _size(packs) - before > self._limit
            return self._ended() or (gitrun.TOO_LARGE if too_large else "")

        return gitrun.run(
            ["-C", self.folder if Path(self.folder).is_dir() else "/", *arguments],
            subject=shown(self.url),
            timeout=min(self._timeout, _PATIENCE) if lock is None else self._timeout,
            protocols=self._protocols,
            settings={**self._settings(), **(_SINGLE if data else {})},
            keep=() if lock is None else (lock,),
            data=data,
            interrupt=interrupt,
        )

    def _settings(self) -> dict[str, str]:
        """What git is told about the original, in its environment: no list of processes and no file shows it."""
        settings = {f"remote.{_REMOTE}.url": self._address()}
        if self._partial:
            settings |= {
                f"remote.{_REMOTE}.promisor": "true",
                f"remote.{_REMOTE}.partialclonefilter": "blob:none",
            }
        token = self._token() if self._token else ""
        if token:
            scheme, host, port = origin(self.url)
            secret = b64encode(f"x-access-token:{token}".encode()).decode("ascii")
            # git would send the header after a redirect too, wherever that leads.
            settings |= {
                f"http.{scheme}://{host}:{port}/.extraHeader": f"Authorization: Basic {secret}",
                "http.followRedirects": "false",
            }
        return settings


def is_near(url: str) -> bool:
    """Whether what is at this address is on this machine. Raises RepositoryError for what is no address."""
    return _protocols(url) == "file"


def remove(folder: str) -> bool:
    """Remove a mirror; False when another process is at work on it."""
    try:
        with _alone(folder):
            shutil.rmtree(folder, ignore_errors=True)
    except RepositoryError:
        return False
    return True


def _repository(path: str) -> str | None:
    """The git folder of a repository on this machine, found where git itself looks; None for anything else: a bundle."""
    if os.path.isfile(f"{path}/.git"):  # a work tree beside the first, or a submodule: it says where the folder is
        return f"{path}/.git"
    return next((it for it in (f"{path}/.git", path, f"{path}.git") if os.path.isfile(f"{it}/HEAD")), None)


def _size(folder: str) -> int:
    """The bytes of a folder's files."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):  # renamed just now
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
    return total


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
                left = name.startswith(("tmp_pack_", "tmp_idx_", "tmp_rev_")) or name.endswith(".lock")
                if left and name != "advisord.lock":
                    Path(place, name).unlink(missing_ok=True)
        yield handle
    finally:
        os.close(handle)
