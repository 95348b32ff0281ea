"""What the lockfiles of npm, yarn, pnpm and bun share: specifiers, and packages merged by identity."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from advisord.lockfiles.address import public
from advisord.model.inventory import Edge, Package, Reach, Root, Source
from advisord.model.problem import Problem

ECOSYSTEM = "npm"
MAX_FLATTENED = 1_000_000
"""How many edges may be added to roots that use other roots; beyond it they keep their own edges only."""

_MAX_MISSES = 10
_NEAR = 20_000  # CPython prepares a table for longer searches, which costs more than the search here
_GIT_PREFIXES = ("git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:")
_FILES = (".tgz", ".tar.gz", ".tar")
_PATH_PREFIXES = ("file:", "link:", "portal:", "workspace:", "./", "../", "/", "~/")
_SHORTHAND = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+(?:#.*)?", re.DOTALL)
_ARCHIVE = (  # these two are compiled when an address is met: seldom, and it takes 4 ms
    r"(?s)https?://(?:[^/@]*@)?(?:"
    r"codeload\.github\.com/[^/]+/[^/]+/(?:legacy\.)?(?:tar\.gz|zip)/(?:refs/(?:heads|tags)/)?"
    r"|github\.com/[^/]+/[^/]+/(?:archive|tarball|zipball)/(?:refs/(?:heads|tags)/)?"
    r"|gitlab\.com/.+?/repository/archive\.(?:tar\.gz|tgz|tar\.bz2|zip)\?(?:ref|sha)="
    r"|gitlab\.com/.+?/-/archive/"
    r"|bitbucket\.org/[^/]+/[^/]+/get/"
    r")(?P<ref>[^/?#&]+?)(?:\.tar\.gz|\.tgz|\.zip)?(?:[/?#&].*)?"
)
_HOSTED = r"(?s)https?://(?:[^/@]*@)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/#?]+/[^/#?]+/?(?:#.*)?"
_PACKED = re.compile(r"https?://[^?#]*?/((?:@[^/@?#]+/)?([^/@?#]+))/-/\2-(\d[^/?#]*)\.tgz(?:[?#].*)?", re.DOTALL)
_COMMIT = re.compile(r"(?:^|[#&]|commit[=:])([0-9a-f]{7,64})(?:$|[&:/?])")


class Origin(NamedTuple):
    """Where a package comes from when it does not come from the registry."""

    source: Source
    locator: str
    commit: str = ""


_REGISTRY = Origin(Source.REGISTRY, "")


Identity = tuple[str, str, Origin | None]
"""What tells packages apart: name, version, and where it comes from if not from the registry."""


def origin(spec: str) -> Origin | None:
    """Where a specifier or an address leads; None for what names a version, a range or a tag of the registry.

    The forms are those of npm's documentation, "package-spec" (which yarn, pnpm and bun share).
    """
    if ":" not in spec and spec.endswith(_FILES):
        return Origin(Source.PATH, spec)
    if not (":" in spec or "/" in spec):
        return None
    if spec.startswith(_PATH_PREFIXES):
        scheme, colon, path = spec.partition(":")
        return Origin(Source.PATH, path if colon and "/" not in scheme else spec)
    if spec.startswith(_GIT_PREFIXES):
        return Origin(Source.GIT, *_fragment(spec))
    if spec.startswith(("https:", "http:")):
        if match := re.fullmatch(_ARCHIVE, spec):
            ref = match["ref"]
            return Origin(Source.GIT, public(spec), ref if _COMMIT.fullmatch(ref) else "")
        address = spec.partition("#")[0]
        if address.endswith(".git") or re.fullmatch(_HOSTED, spec):
            return Origin(Source.GIT, *_fragment(spec))
        return Origin(Source.URL, public(address))
    if _SHORTHAND.fullmatch(spec):
        return Origin(Source.GIT, *_fragment(spec))
    return None


def _fragment(spec: str) -> tuple[str, str]:
    """Address and commit of a git specifier: `…#<commit>`, `…#commit=<commit>`, or a branch or tag (no commit)."""
    address, _, fragment = public(spec).partition("#")
    match = _COMMIT.search(fragment)
    return address, match[1] if match else ""


def alias(spec: str) -> tuple[str, str] | None:
    """Real name and version (or range) of `npm:name@version`, and of an archive's address in a registry's own layout.

    That layout is `…/name/-/base-version.tgz`, where base is the name without its scope. None for anything else.
    """
    if spec.startswith("npm:"):
        return split(spec[4:])
    match = _PACKED.fullmatch(spec) if "/-/" in spec else None
    return (match[1], match[3]) if match else None


def split(text: str) -> tuple[str, str]:
    """`name@rest` → name and rest, where a name may start with `@`; the rest is "" where there is none."""
    at = text.find("@", 1)
    return (text[:at], text[at + 1 :]) if at > 0 else (text, "")


def merged(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Groups of a package that stands twice: whatever is in the runtime set once is in the runtime set."""
    if one == other:
        return one
    return tuple(sorted({*one, *other})) if one and other else ()


def key_lines(text: str, section: str, opening: str, depth: int = 1) -> Callable[[str, int], int]:
    """Finds the lines of keys of a JSON text that is laid out as its tool does: one key a line, indented evenly.

    The section itself stands `depth` levels deep. The function takes one of its keys (in the order of the file) whose
    value begins with `opening`, and how many levels it is indented; 0 means that it was not found.
    """
    start = re.search(rf'^([ \t]+)"{section}": \{{', text, re.MULTILINE)
    indent = start[1][: len(start[1]) // depth] if start else ""
    ending = f'": {opening}'
    position = start.end() if start else 0
    line = text.count("\n", 0, position) + 1
    misses = 0 if start else _MAX_MISSES

    def find(key: str, level: int) -> int:
        nonlocal position, line, misses
        if misses >= _MAX_MISSES:  # each miss reads to the end of the file
            return 0
        wanted = "\n" + indent * level + '"' + key + ending
        at = text.find(wanted, position, position + _NEAR)
        if at < 0:
            at = text.find(wanted, position)
            if at < 0:
                misses += 1
                return 0
        line += text.count("\n", position, at + 1)
        position = at + 1
        return line

    return find


def plain(identities: Iterable[Identity]) -> tuple[Package, ...]:
    """The packages, each once, in the order of a `Table`, with nothing but their identity."""
    return tuple(
        [
            Package(ECOSYSTEM, name, version, *place) if place else Package(ECOSYSTEM, name, version)
            for name, version, place in dict.fromkeys(identities)
        ]
    )


class Table:
    """Packages by identity: one for each name, version and origin, in the order in which they were first seen."""

    def __init__(self) -> None:
        self._index: dict[Identity, int] = {}
        self._lines: list[int] = []
        self._groups: list[tuple[str, ...]] = []

    def add(
        self, name: str, version: str, origin: Origin | None = None, line: int = 0, groups: tuple[str, ...] = ()
    ) -> int:
        """The package's index."""
        key = (name, version, origin)
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self._lines)
            self._lines.append(line)
            self._groups.append(groups)
        elif (known := self._groups[index]) and known != groups:
            self._groups[index] = merged(known, groups)
        return index

    def __len__(self) -> int:
        return len(self._lines)

    def packages(
        self, direct: set[int] | None, groups: Mapping[int, tuple[str, ...]] | None = None
    ) -> tuple[Package, ...]:
        """All packages. `direct` are the direct ones (None: not known); `groups` are groups besides the added ones."""
        packages = []
        for index, (name, version, place) in enumerate(self._index):
            group = self._groups[index]
            if groups and index in groups:
                group = tuple(sorted({*group, *groups[index]}))
            near = None if direct is None else index in direct
            source, locator, commit = place or _REGISTRY
            packages.append(Package(ECOSYSTEM, name, version, source, locator, commit, self._lines[index], group, near))
        return tuple(packages)


class Member(NamedTuple):
    """A root before it is flattened: its own edges, and the other members (by position) that it uses."""

    path: str
    name: str
    edges: Sequence[Edge]
    links: Sequence[tuple[int, Reach]] = ()


def direct(members: Iterable[Member]) -> set[int]:
    """The packages that a member itself requires."""
    return {edge.to for member in members for edge in member.edges}


def flattened(members: Sequence[Member]) -> tuple[tuple[Root, ...], tuple[Problem, ...]]:
    """Roots that reach through the members that they use: what a workspace package needs, its user needs too.

    Members are no packages, so that their edges become edges of those who use them: without the development edges of
    the used one, and as development edges where the use is one.
    """
    roots: list[Root] = []
    budget = MAX_FLATTENED
    for position, member in enumerate(members):
        edges = list(member.edges)
        known = {edge.to for edge in edges if edge.reach is not Reach.DEV}
        seen = {position}
        for wanted in (Reach.RUNTIME, Reach.DEV):  # what is used at runtime is not development, whoever else uses it
            queue = [target for target, reach in member.links if (reach is Reach.DEV) == (wanted is Reach.DEV)]
            for used in queue:  # grows while it is walked
                if used in seen or budget < 0:
                    continue
                seen.add(used)
                queue.extend(target for target, reach in members[used].links if reach is not Reach.DEV)
                budget -= len(members[used].edges) + len(members[used].links)
                for edge in members[used].edges:
                    if edge.reach is not Reach.DEV and edge.to not in known:
                        known.add(edge.to)
                        edges.append(edge if wanted is Reach.RUNTIME else edge._replace(reach=Reach.DEV))
        roots.append(Root(member.path, member.name, tuple(edges)))
    if budget >= 0:
        return tuple(roots), ()
    message = "its workspace members use each other too widely: what a member needs is shown only for the member itself"
    whole = tuple(Root(member.path, member.name, tuple(member.edges)) for member in members)
    return whole, (Problem("graph-too-large", "", message, blocking=False),)


def development(roots: Iterable[Root], edges: Sequence[Sequence[int]]) -> dict[int, tuple[str, ...]]:
    """The group `dev` for each package that roots reach by development edges only."""
    starts: dict[bool, set[int]] = {True: set(), False: set()}
    for root in roots:
        for edge in root.edges:
            starts[edge.reach is Reach.DEV].add(edge.to)
    seen: set[int] = set()
    _walk(starts[False], edges, seen)
    return dict.fromkeys(_walk(starts[True], edges, seen), ("dev",))


def completed(roots: Sequence[Root], edges: Sequence[Sequence[int]]) -> tuple[Root, ...]:
    """Roots that reach everything, for formats that keep nothing that nobody needs.

    What no root reaches is needed for a reason that is not in the file: the top root reaches it in an unknown way.
    """
    if not roots:
        return ()
    seen: set[int] = set()
    _walk({edge.to for root in roots for edge in root.edges}, edges, seen)
    extra = [Edge(index, Reach.UNKNOWN) for index in range(len(edges)) if _walk({index}, edges, seen)]
    top = next((root for root in roots if root.path == "."), roots[0])
    return tuple(root._replace(edges=(*root.edges, *extra)) if root is top else root for root in roots)


def _walk(starts: Iterable[int], edges: Sequence[Sequence[int]], seen: set[int]) -> list[int]:
    """What is reached from the starts and was not seen before; it is seen from now on."""
    found = [index for index in starts if index not in seen]
    seen.update(found)
    for index in found:  # grows while it is walked
        for target in edges[index]:
            if target not in seen:
                seen.add(target)
                found.append(target)
    return found
