"""The files of one commit."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from advisord.net.git import Git


class Tree:
    r"""The files of one commit, listed and read when they are asked for. Methods raise RepositoryError.

    Where a path is not UTF-8 its odd bytes are written out (`caf\udce9`): a path is stored, shown and told to trackers.
    """

    def __init__(self, git: Git, commit: str) -> None:
        self._git = git
        self._commit = commit

    @cached_property
    def oids(self) -> Mapping[str, str]:
        """Path → blob id of every regular file."""
        return {_written(entry.path): entry.oid for entry in self._git.list_tree(self._commit)}

    def paths(self) -> Iterable[str]:
        """Every regular file."""
        return self.oids

    def read(self, path: str) -> bytes | None:
        """One file's bytes, None where there is none."""
        oid = self.oids.get(path)
        return None if oid is None else next((data for _, data in self._git.read_blobs([oid])), None)


def _written(path: str) -> str:
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()
