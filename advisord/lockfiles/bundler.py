"""Ruby's Gemfile.lock and gems.locked, as Bundler 1.0 to 4 writes them (Bundler's LockfileParser is the specification)."""

from typing import NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles import gemfile, limits, unreadable
from advisord.lockfiles.address import public
from advisord.lockfiles.groups import spread
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.text import decode
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

_SOURCES = {"GEM": Source.REGISTRY, "GIT": Source.GIT, "PATH": Source.PATH, "PLUGIN SOURCE": Source.URL}
_PUBLIC = ("://rubygems.org", "://www.rubygems.org", "://index.rubygems.org")
_DEV_GROUPS = frozenset({"development", "test"})


class _Section(NamedTuple):
    """One source section: what it is and its options (`remote` can stand several times)."""

    kind: str
    options: dict[str, list[str]]


def parse(data: bytes) -> Inventory:
    """Gems with source, edges and the direct ones; a gem that is locked for several platforms is one package."""
    reader = _Reader()
    text = decode(data)
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(line.rstrip(), number)
    if not reader.headings and text.strip():
        raise LockfileError("has none of the sections of a Gemfile.lock (GEM, GIT, PATH, DEPENDENCIES)")
    return reader.inventory()


class _Reader:
    """Collects line by line; the sections' own order and the indentation of 2, 4 or 6 blanks carry the meaning."""

    def __init__(self) -> None:
        self.headings = 0
        self._heading = ""
        self._section = _Section("", {})
        self._packages: dict[tuple[str, str, int], int] = {}
        self._found: list[tuple[str, str, int, _Section]] = []
        self._sections: list[_Section] = []
        self._needs: list[list[tuple[str, str]]] = []
        self._current: list[tuple[str, str]] | None = None
        self._direct: dict[str, str] | None = None
        self._problems: list[Problem] = []

    def take(self, line: str, number: int) -> None:
        if not line:
            return
        if line[0] != " ":
            self._start(line)
        elif self._heading in _SOURCES:
            self._source_line(line, number)
        elif self._direct is not None and self._heading == "DEPENDENCIES" and line[2:3] != " ":
            name, requirement = _name_and_rest(line)
            self._direct[name] = requirement

    def _start(self, heading: str) -> None:
        self._heading = heading
        if heading in _SOURCES:
            self._section = _Section(heading, {})
            self._sections.append(self._section)
            self._current = None
        elif heading == "DEPENDENCIES" and self._direct is None:
            self._direct = {}
        self.headings += heading in _SOURCES or heading == "DEPENDENCIES"

    def _source_line(self, line: str, number: int) -> None:
        indent = len(line) - len(line.lstrip(" "))
        if indent == 2:
            key, _, value = line.strip().partition(": ")
            self._section.options.setdefault(key, []).append(value.strip())
        elif indent == 4:
            self._gem(line, number)
        elif indent == 6 and self._current is not None:
            self._current.append(_name_and_rest(line))

    def _gem(self, line: str, number: int) -> None:
        name, rest = _name_and_rest(line)
        version = rest.partition("-")[0]  # what follows the first dash is the platform
        if not name or not version:
            self._current = None
            unreadable.entry(self._problems, number, "a gem should stand as `name (version)`")
            return
        key = (name, version, len(self._sections))
        index = self._packages.setdefault(key, len(self._found))
        if index == len(self._found):
            limits.check(index + 1)
            self._found.append((name, version, number, self._section))
            self._needs.append([])
        self._current = self._needs[index]

    def inventory(self) -> Inventory:
        official = any(_is_public(section) for section in self._sections)
        packages = tuple(
            _package(name, version, line, section, official)._replace(
                direct=None if self._direct is None else name in self._direct
            )
            for name, version, line, section in self._found
        )
        by_name: dict[str, list[int]] = {}
        for index, package in enumerate(packages):
            by_name.setdefault(package.name, []).append(index)
        count, edges = 0, list[tuple[int, ...]]()
        requirements: dict[tuple[int, int], str] = {}
        for index, needs in enumerate(self._needs):
            targets: dict[int, None] = {}
            for name, requirement in needs:
                for target in by_name.get(name, ()):
                    targets[target] = None
                    if requirement:
                        requirements[index, target] = requirement
            edges.append(tuple(targets))
            count += len(targets)
            limits.check(len(packages), count)
        roots = None
        if self._direct is not None:
            own = ((name, need, to) for name, need in self._direct.items() for to in by_name.get(name, ()))
            roots = (Root(".", "", tuple(Edge(to, Reach.UNKNOWN, need) for _, need, to in own)),)
        return Inventory("bundler", packages, tuple(edges), roots, requirements, tuple(self._problems))


def _name_and_rest(line: str) -> tuple[str, str]:
    """`name (rest)` or `name`, with `!` behind it where the Gemfile names a source of its own."""
    name, _, rest = line.strip().partition(" (")
    return name.removesuffix("!"), rest.partition(")")[0]


def _is_public(section: _Section) -> bool:
    return any(part in remote for remote in section.options.get("remote", ()) for part in _PUBLIC)


def _package(name: str, version: str, line: int, section: _Section, official: bool) -> Package:
    """A server beside rubygems.org is a private one; one that stands alone is a mirror of it, as far as anyone knows."""
    source = _SOURCES[section.kind]
    remotes = section.options.get("remote", [])
    if source is Source.REGISTRY:
        if not official or not remotes or _is_public(section):
            return Package("RubyGems", name, version, line=line)
        source = Source.OTHER_REGISTRY
    commit = section.options.get("revision", [""])[-1]
    return Package("RubyGems", name, version, source, public(remotes[-1]) if remotes else "", commit, line)


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds the groups of the Gemfile, as far as it can be read without running it."""
    manifest = manifests.read("Gemfile") or manifests.read("gems.rb")
    if manifest is None or not inventory.roots or inventory.edges is None:
        return inventory
    known = gemfile.read(manifest.decode("utf-8", "replace"))
    packages, root = inventory.packages, inventory.roots[0]
    groups = [_groups(packages[edge.to], known) for edge in root.edges]
    starts = [
        (edge.to, () if own is None or "default" in own else own) for edge, own in zip(root.edges, groups, strict=True)
    ]
    edges = tuple(edge._replace(reach=_reach(own)) for edge, own in zip(root.edges, groups, strict=True))
    return inventory._replace(packages=spread(inventory, starts), roots=(root._replace(edges=edges),))


def _groups(package: Package, known: gemfile.Gemfile) -> tuple[str, ...] | None:
    """The groups of a direct dependency, None where they can't be known.

    What stands in DEPENDENCIES and not in the Gemfile comes from the gemspec that it includes: the gem itself is in the
    default group, the gemspec's development dependencies are in a group of their own (Bundler's `gemspec`).
    """
    own = known.groups.get(package.name)
    if own is None and known.development:
        own = ("default",) if package.source is Source.PATH else (known.development,)
    return None if known.opaque and own is not None and "default" not in own else own


def _reach(groups: tuple[str, ...] | None) -> Reach:
    if groups is None:
        return Reach.UNKNOWN
    return Reach.DEV if _DEV_GROUPS.issuperset(groups) else Reach.RUNTIME


FORMAT = Format("bundler", parse, annotate)
