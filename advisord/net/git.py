"""Reading the files of a commit, without a checkout."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, NamedTuple

from advisord.errors import RepositoryError
from advisord.net import gitrun

MAX_BLOB = 64 << 20
_BATCH = 200  # lines of 65 bytes at most: well below a pipe's 64 KiB, and even below 16 KiB
_REF = re.compile(r"(?!-)(?!.*(\.\.|@\{))[^\s~^:?*\[\\\x00-\x1f\x7f]+\Z")
_STEPS = re.compile(r"([~^]\d*)+\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")


class Entry(NamedTuple):
    """A regular file of a tree. `path` is as git has it, undecodable bytes escaped as by `os.fsdecode`."""

    path: str
    mode: str
    oid: str


class Git:
    """A git repository on disk, read only. Every method raises RepositoryError when git can't or won't.

    Once `stopped` says so, to whatever thread asks, git is ended and no other one is begun.
    """

    def __init__(self, folder: str, *, timeout: float = 300.0, stopped: Callable[[], bool] | None = None) -> None:
        self.folder = folder
        self._timeout = timeout
        self._stopped = stopped

    def _git(self, *arguments: str) -> bytes:
        command = ["-C", self.folder, *arguments]
        return gitrun.run(command, subject=self.folder, timeout=self._timeout, interrupt=self._ended)

    def _ended(self) -> str:
        return gitrun.STOPPED if self._stopped and self._stopped() else ""

    def resolve(self, ref: str) -> str:
        """The commit that a branch, a tag, a full ref name, `HEAD` or a commit id means now."""
        if not _REF.match(ref):
            hint = "write a branch, a tag or a commit; HEAD~1 goes back from one"
            message = f"{ref!r} is not the name of a ref"
            raise RepositoryError(message, subject=self.folder, hint=hint, code="ref-not-found")
        for name in (ref, f"refs/remotes/origin/{ref}"):
            try:
                out = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            except RepositoryError as error:
                if error.code in {"timeout", "no-git", "not-found"}:
                    raise
                continue
            return out.decode("ascii", "replace").strip()
        message = f"there is no ref {ref!r}"
        raise RepositoryError(message, subject=self.folder, hint="check the name of the branch", code="ref-not-found")

    def merge_bases(self, ref: str) -> list[str]:
        """The commits where `HEAD` and a ref part: mostly one, several where each was merged into the other.

        None where the history here does not tell. The ref may go back from a name as git writes it: `HEAD~1`, `main^2~3`.
        """
        commits = [_commit(self.started(ref)), _commit(self.resolve("HEAD"))]
        try:
            out = self._git("merge-base", "--all", *commits)
        except RepositoryError as error:
            if error.code in {"timeout", "no-git"}:
                raise
            return []
        return out.decode("ascii", "replace").split()

    def started(self, ref: str) -> str:
        """The commit that a ref means, or a name with steps back from it, as in `HEAD~1`."""
        name = _STEPS.sub("", ref)
        commit = self.resolve(name)
        if name == ref:
            return commit
        try:
            out = self._git("rev-parse", "--verify", "--end-of-options", f"{commit}{ref[len(name) :]}^{{commit}}")
        except RepositoryError as error:
            message = f"the history that is here does not go back to {ref!r}"
            hint = "check how many steps back it goes"
            raise RepositoryError(message, subject=self.folder, hint=hint, code="ref-not-found") from error
        return out.decode("ascii", "replace").strip()

    def refs(self) -> dict[str, str]:
        """Every branch and tag, by its full name, with the id of the commit (or tag object) that it points to."""
        out = self._git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
        pairs = (line.partition(" ") for line in out.decode("utf-8", "surrogateescape").splitlines())
        return {name: oid for oid, _, name in pairs}

    def head(self) -> str:
        """The name of the default branch."""
        return self._git("symbolic-ref", "--short", "HEAD").decode("utf-8", "surrogateescape").strip()

    def list_tree(self, commit: str, folder: str = "") -> list[Entry]:
        """The regular files of a commit, or of one folder in it; symbolic links and submodules are left out."""
        paths = ("--", f"{folder}/") if folder else ()
        out = self._git("ls-tree", "-r", "-z", "--full-tree", _commit(commit), *paths)
        entries = []
        for line in out.split(b"\0"):
            meta, _, path = line.partition(b"\t")
            if meta.startswith(b"100"):
                mode, _, oid = meta.decode("ascii").split()
                entries.append(Entry(os.fsdecode(path), mode, oid))
        return entries

    def read_blobs(self, oids: Iterable[str], *, limit: int = MAX_BLOB) -> Iterator[tuple[str, bytes | None]]:
        """The contents of blobs, in the order asked for; None for one that is missing or larger than `limit` bytes."""
        import subprocess

        process = gitrun.start(
            ["-C", self.folder, "cat-file", "--batch"],
            env=gitrun.environment(),
            stderr=subprocess.DEVNULL,
            stdin=subprocess.PIPE,
        )
        asked, answers = process.stdin, process.stdout
        assert asked is not None  # noqa: S101  (for the type checker: both are pipes)
        assert answers is not None  # noqa: S101
        waiting = iter(oids)
        try:
            # A batch of questions fits into the pipe, so that neither side waits for the other.
            while batch := list(islice(waiting, _BATCH)):
                asked.write("".join(f"{_commit(oid)}\n" for oid in batch).encode("ascii"))
                asked.flush()
                for oid in batch:
                    yield oid, self._answer(answers, limit)
        except BrokenPipeError as exc:
            raise RepositoryError("git ended while reading", subject=self.folder, retryable=True) from exc
        finally:
            gitrun.stop(process)
            answers.close()
            with suppress(BrokenPipeError):
                asked.close()

    def _answer(self, answers: IO[bytes], limit: int) -> bytes | None:
        header = answers.readline().split()
        if len(header) == 2:  # "<oid> missing"
            return None
        if len(header) != 3:
            raise RepositoryError("git stopped in the middle of reading", subject=self.folder, retryable=True)
        size = int(header[2])
        if size > limit:
            for start in range(0, size, 1 << 20):
                answers.read(min(1 << 20, size - start))
            content = None
        else:
            content = answers.read(size)
        answers.read(1)
        return content if header[1] == b"blob" else None

    def list_index(self, below: str = "") -> list[Entry]:
        """The regular files that a work tree tracks (committed or staged), paths from its top."""
        out = self._git("ls-files", "-s", "-z", "--full-name", "--", below or ".")
        entries: dict[str, Entry] = {}
        for line in out.split(b"\0"):
            meta, _, path = line.partition(b"\t")
            if meta.startswith(b"100"):
                mode, oid, _ = meta.decode("ascii").split()
                entries[os.fsdecode(path)] = Entry(os.fsdecode(path), mode, oid)
        return list(entries.values())


def _commit(oid: str) -> str:
    if not _COMMIT.match(oid):
        raise RepositoryError(f"{oid!r} is not an object id", code="ref-not-found")
    return oid
