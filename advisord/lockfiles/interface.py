"""What a lockfile format is: one file that turns bytes into an Inventory, and nothing else."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from advisord.model.inventory import Inventory


class Manifests(Protocol):
    """The files around a lockfile at the same commit. Paths are relative to the lockfile's folder, with `/`.

    `..` may lead to folders above it, never out of the repository.
    """

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None where there is no such regular file (or it is too large)."""

    def find(self, name: str) -> Sequence[str]:
        """Paths of all files of that base name at or below the lockfile's folder, sorted."""


class Format(NamedTuple):
    """One lockfile format.

    `parse` reads the lockfile alone; it is pure, so that its answer can be kept by the content's hash. It raises
    LockfileError and nothing else, on any bytes; what it leaves to `Inventory.whole` raises nothing. `annotate` adds to a
    whole inventory what only the manifests beside the lockfile know (roots, groups, direct or not, kinds of edges); it
    never raises: what it can't read becomes a problem. It may append packages that a neighbour locks for the same
    project (go.sum for an old go.mod): the others keep their indices.
    """

    name: str
    parse: Callable[[bytes], Inventory]
    annotate: Callable[[Inventory, Manifests], Inventory] | None = None


class Read(NamedTuple):
    """One lockfile that was read. `path` is what a report shows, `place` the path inside the repository.

    `ref` and `commit` are "" in a working tree.
    """

    path: str
    place: str
    format: str
    inventory: Inventory
    manifests: Manifests
    ref: str = ""
    commit: str = ""
