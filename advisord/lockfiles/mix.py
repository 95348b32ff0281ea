"""Elixir's mix.lock: one Elixir term, from the keyword lists of 2013 to the maps of today (Hex's SCM writes the tuples)."""

from collections.abc import Iterator

from advisord.errors import LockfileError
from advisord.lockfiles import mix_exs, unreadable
from advisord.lockfiles.address import public
from advisord.lockfiles.elixir_terms import Atom, Braces, Pair, read
from advisord.lockfiles.groups import spread
from advisord.lockfiles.interface import Format, Manifests
from advisord.lockfiles.text import decode
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem
from advisord.model.reach import walk

_PUBLIC_REPO = "hexpm"


def parse(data: bytes) -> Inventory:
    """Packages from Hex (named as on Hex, not as the application) and from git, with the edges of those from Hex."""
    text = decode(data)
    if not text.strip():
        return Inventory("mix", (), ())
    term, end = read(text)
    if type(term) is not list or text[end:].strip():
        raise LockfileError("is not one Elixir map, which a mix.lock is")
    packages: list[Package] = []
    apps: dict[str, int] = {}
    needs: list[dict[str, str]] = []
    problems: list[Problem] = []
    for pair in term:
        if not isinstance(pair, Pair):
            raise LockfileError("holds something else than `name: {…}` entries")
        if pair.key in apps:
            raise LockfileError(f"line {pair.line}: the package {pair.key[:200]!r} stands twice")
        package = _package(pair)
        if package is None:
            what = f"{pair.key[:200]!r} is locked in a way that is neither Hex's nor git's"
            unreadable.entry(problems, pair.line, what)
            continue
        apps[pair.key] = len(packages)
        packages.append(package)
        needs.append(dict(_needs(pair.value)))
    edges: list[tuple[int, ...]] = []
    requirements: dict[tuple[int, int], str] = {}
    for index, wanted in enumerate(needs):
        edges.append(tuple(apps[app] for app in wanted if app in apps))
        requirements.update({(index, apps[app]): need for app, need in wanted.items() if need and app in apps})
    return Inventory("mix", tuple(packages), tuple(edges), None, requirements, tuple(problems))


def _package(pair: Pair) -> Package | None:
    """`{:hex, :name, "version", …}`, `{:package, "version"}` of Hex's first months, or `{:git, "url", "commit", …}`."""
    lock = pair.value
    if not isinstance(lock, Braces) or len(lock) < 2 or not all(isinstance(part, str) and part for part in lock[:3]):
        return None
    if lock[0] == "package" and pair.key:
        return Package("Hex", pair.key, lock[1], line=pair.line)
    if len(lock) > 2 and lock[0] == "git" and pair.key:
        return Package("Hex", pair.key, "", Source.GIT, public(lock[1]), lock[2], pair.line)
    if len(lock) > 2 and lock[0] == "hex":
        repo = lock[6] if len(lock) > 6 else _PUBLIC_REPO
        if repo == _PUBLIC_REPO:
            return Package("Hex", lock[1], lock[2], line=pair.line)
        return Package("Hex", lock[1], lock[2], Source.OTHER_REGISTRY, str(repo), line=pair.line)
    return None


def _needs(lock: Braces) -> Iterator[tuple[str, str]]:
    """Applications and requirements of Hex's sixth element: `{:app, "requirement", [hex: :name, optional: false]}`.

    An optional one pulls nothing in: if it is locked, somebody else wants it.
    """
    for need in lock[5] if lock[0] == "hex" and len(lock) > 5 and isinstance(lock[5], list) else ():
        if isinstance(need, Braces) and len(need) > 1 and isinstance(need[0], Atom):
            options = need[2] if len(need) > 2 and isinstance(need[2], list) else []
            if not any(isinstance(pair, Pair) and pair.key == "optional" and pair.value == "true" for pair in options):
                yield need[0], need[1] if isinstance(need[1], str) else ""


def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """Adds what the literal part of mix.exs says: the roots (of an umbrella: its apps), direct packages, environments."""
    projects = mix_exs.read_all(manifests)
    if not projects:
        return inventory
    complete = all(project.complete for project in projects.values())
    by_name = {package.name: index for index, package in enumerate(inventory.packages)}
    roots: list[Root] = []
    starts: list[tuple[int, tuple[str, ...]]] = []
    for path, project in projects.items():
        own: dict[int, Edge] = {}
        for dep in mix_exs.flattened(path, projects):
            index = by_name.get(dep.name)
            if index is not None:
                own.setdefault(index, Edge(index, dep.reach, dep.requirement))
                starts.append((index, dep.groups or ()))
        roots.append(Root(path, project.name, tuple(own.values())))
    edges = [edge for root in roots for edge in root.edges]
    direct = {edge.to for edge in edges}
    lost = sorted(_lost(inventory, edges, complete) - direct)
    unknown = tuple(Edge(index, Reach.UNKNOWN) for index in lost)
    packages = tuple(
        package._replace(
            direct=index in direct or (False if complete else None),
            groups=() if index in lost else package.groups,
        )
        for index, package in enumerate(spread(inventory, starts))
    )
    return inventory._replace(
        packages=packages, roots=tuple(root._replace(edges=root.edges + unknown) for root in roots)
    )


def _lost(inventory: Inventory, own: list[Edge], complete: bool) -> set[int]:
    """The packages that, for all we know, come in by what can't be seen.

    That is what a package from git needs, which is not in the lockfile, and the computed part of a mix.exs. Lost is what
    nobody is known to need; and where something unseen is there at runtime, all that is not there at runtime anyway.
    (A direct dependency is no such case: mix wants its `only` to cover all who need it.)
    """
    reach = walk(inventory, own)
    at_runtime = {index for index, how in reach.items() if how is Reach.RUNTIME}
    opaque = not complete or any(inventory.packages[index].source is Source.GIT for index in at_runtime)
    return set(range(len(inventory.packages))) - (at_runtime if opaque else reach.keys())


FORMAT = Format("mix", parse, annotate)
