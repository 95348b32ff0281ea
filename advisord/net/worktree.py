"""Files of a folder on disk: those that git tracks where it is a work tree, else all."""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from advisord.errors import RepositoryError

_MAX_BYTES = 64 * 1024 * 1024
_SKIPPED = frozenset({".git", ".hg", ".svn"})


def top_of(path: str) -> str:
    """The work tree that holds the path, else the path itself (or its folder, for a file)."""
    start = path if os.path.isdir(path) else os.path.dirname(path) or "."
    folder = os.path.abspath(start)
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return os.path.abspath(start)
        folder = above
    return folder


def is_work_tree(top: str) -> bool:
    """Whether git keeps this folder."""
    return os.path.exists(os.path.join(top, ".git"))


class Listing(NamedTuple):
    """Sorted paths of the regular files and of the symbolic links of a tree, relative to its top."""

    files: Sequence[str]
    links: Sequence[str]


def files(top: str, below: str = "") -> Sequence[str]:
    """Paths of regular files, relative to `top`, at or below the folder `below`: those of `listing`."""
    return listing(top, below).files


def listing(top: str, below: str = "") -> Listing:
    """What stands at or below the folder `below`.

    In a work tree what is committed or staged (`git ls-files`), without submodules; elsewhere everything. Where only git can
    tell it does not name links. Raises RepositoryError when git can't list them.
    """
    if is_work_tree(top):
        from advisord.net import gitindex  # as below: a named lockfile needs no listing

        listed = gitindex.paths(top)
        if listed is None:
            from advisord.net.git import Git

            listed = [entry.path for entry in Git(top).list_index(below)], []
        inside = f"{below}/" if below else ""
        found, links = (
            sorted([path for path in paths if path.startswith(inside) or path == below]) for paths in listed
        )
        return Listing(found, links)
    present = sorted(_walk(top, below))
    linked = {path for path in present if os.path.islink(os.path.join(top, path))}
    return Listing([path for path in present if path not in linked], sorted(linked))


def untracked(top: str, below: str = "") -> Sequence[str]:
    """Paths as of `files` that are on disk, while git does not keep them: neither committed nor staged."""
    return sorted(set(_walk(top, below)) - set(files(top, below))) if is_work_tree(top) else []


def _walk(top: str, below: str) -> Iterator[str]:
    for folder, folders, names in os.walk(os.path.join(top, below)):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        inside = os.path.relpath(folder, top)
        for name in names:
            yield name if inside == "." else f"{inside}/{name}"


def read(top: str, path: str) -> bytes | None:
    """The bytes of one regular file, or None where there is none. Symbolic links are not followed.

    Raises RepositoryError when the file is there and can't be read, or is too large to be a lockfile.
    """
    return reader(top)(path)


def reader(top: str) -> Callable[[str], bytes | None]:
    """`read` for many files of one tree that nobody changes meanwhile: it looks at each folder once."""
    real = os.path.realpath(top)
    plain: dict[str, bool] = {}

    def read_one(path: str) -> bytes | None:
        whole = os.path.join(real, os.path.normpath(path))
        folder = os.path.dirname(whole)
        if folder not in plain:
            plain[folder] = os.path.realpath(folder) == folder
        return _read(whole, path) if plain[folder] else None  # else: a link somewhere on the way

    return read_one


def _read(whole: str, path: str) -> bytes | None:
    try:
        handle = os.open(whole, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        if exc.errno == errno.ELOOP:
            return None  # a link itself
        raise RepositoryError(f"can't be read: {exc.strerror}", subject=path, code="unreadable-lockfile") from exc
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            return None
        if about.st_size > _MAX_BYTES:
            raise RepositoryError(
                f"has {about.st_size} bytes; files of more than {_MAX_BYTES} are not read",
                subject=path,
                code="unreadable-lockfile",
            )
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)
