"""What one lockfile says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from advisord.model.problem import Problem


class Source(StrEnum):
    """Where a locked package comes from. Advisories speak of packages of the ecosystem's public registry only."""

    REGISTRY = "registry"
    """The ecosystem's public registry, or a mirror of it: what advisories speak of."""
    OTHER_REGISTRY = "other-registry"
    """A registry with other contents under the same names (a private one)."""
    GIT = "git"
    PATH = "path"
    """A folder or file beside the lockfile: workspace members, local packages."""
    URL = "url"
    """An archive at an address."""


class Reach(StrEnum):
    """How a package is pulled in."""

    RUNTIME = "runtime"
    BUILD = "build"
    DEV = "dev"
    UNKNOWN = "unknown"


class Package(NamedTuple):
    """One locked package.

    `name` and `version` are texts exactly as the ecosystem writes them (`1.10` stays `1.10`). `locator` is the git
    address, path or archive address of a package that is not from the registry, `commit` the locked commit. `line` is
    the 1-based line of the lockfile where the package stands (0: unknown). `groups` are the group names as the format
    gives them, sorted (`dev`, `test`, an extra's name); empty means the package is in the default, runtime set or that
    the format has no groups. `direct` is None where that can't be known. `marker` is an environment marker, as written.
    """

    ecosystem: str
    name: str
    version: str
    source: Source = Source.REGISTRY
    locator: str = ""
    commit: str = ""
    line: int = 0
    groups: tuple[str, ...] = ()
    direct: bool | None = None
    marker: str = ""


class Edge(NamedTuple):
    """A root's own dependency: index into `Inventory.packages`, by which kind of edge, and the requirement as written."""

    to: int
    reach: Reach
    requirement: str = ""


class Root(NamedTuple):
    """A project that owns part of a lockfile: a workspace member, an importer, the project itself.

    `path` is its folder relative to the lockfile's folder, with `/`, `.` for that folder itself, "" where that is
    unknown. `package` is the root's own index in `Inventory.packages`, where it has one: what needs it then needs its
    runtime and build edges, not those for development.
    """

    path: str
    name: str
    edges: tuple[Edge, ...]
    package: int | None = None


class Inventory(NamedTuple):
    """What one lockfile says, in the order of the file.

    `edges[i]` holds the indices of the packages that `packages[i]` requires; None where the format has no graph.
    `roots` is None where the lockfile (and the manifests beside it) can't tell. `requirements` maps an edge
    (from index, to index) to the requirement as the lockfile writes it, as far as it does. `lookup` is for the format's
    own `annotate`: the text by which a manifest's dependency finds its package (`name@range` in yarn), and its index.
    `unpinned` are ecosystem and name of what the lockfile names without an exact version: no packages, but not gone.

    Matching needs no more than who is there: a format may leave all else to `rest`, which few lockfiles are asked for.
    Then the packages have what tells them apart only (`ecosystem` to `commit`), and `whole` gives the same ones, at
    the same indices, with the rest. `rest` is told which packages are wanted (None: all), and may spare itself the
    lines, groups and `direct` of the others.
    """

    format: str
    packages: tuple[Package, ...]
    edges: Sequence[Sequence[int]] | None = None
    roots: tuple[Root, ...] | None = None
    requirements: Mapping[tuple[int, int], str] = {}
    problems: tuple[Problem, ...] = ()
    lookup: Mapping[str, int] = {}
    unpinned: tuple[tuple[str, str], ...] = ()
    rest: Callable[[Iterable[int] | None], "Inventory"] | None = None  # quotes around all of it cost 1.2 ms

    def whole(self, wanted: Iterable[int] | None = None) -> "Inventory":
        """With everything that the lockfile says, at least of the `wanted` packages (None: all).

        Reading lines, groups, edges or roots begins here.
        """
        return self.rest(wanted) if self.rest else self
