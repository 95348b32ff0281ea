"""The files around a lockfile, whether they stand in a work tree or in a commit."""

from collections.abc import Callable, Iterable, Sequence
from posixpath import dirname, join, normpath

_MAX_MANIFEST = 4 * 1024 * 1024


class Neighbours:
    """`Manifests` over any tree of files. Paths that lead out of the repository are not found."""

    def __init__(self, lockfile: str, paths: Callable[[], Iterable[str]], read: Callable[[str], bytes | None]) -> None:
        """`paths` lists the regular files of the tree, `read` gives one's bytes; both are relative to its top."""
        self._folder = dirname(lockfile)
        self._paths = paths
        self._read = read

    def read(self, path: str) -> bytes | None:
        """See `Manifests.read`."""
        whole = normpath(join(self._folder, path))
        if whole.startswith(("../", "/")) or whole == "..":
            return None
        data = self._read(whole)
        return data if data is not None and len(data) <= _MAX_MANIFEST else None

    def find(self, name: str) -> Sequence[str]:
        """See `Manifests.find`."""
        top = f"{self._folder}/" if self._folder else ""
        ending = f"/{name}"
        return sorted(
            path[len(top) :]
            for path in self._paths()
            if path.startswith(top) and (path.endswith(ending) or path == f"{top}{name}")
        )
