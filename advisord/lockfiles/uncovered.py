"""Manifests whose lockfile is not committed: nobody can say what they lead to, and that is reported, not skipped."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from posixpath import dirname
from typing import NamedTuple

from advisord.lockfiles.registry import recognise


class Manifest(NamedTuple):
    """What one ecosystem's projects declare their dependencies in (base names, `*` allowed), best known first.

    `beside` are the formats that lock it in the same folder, `above` those that lock it from any folder above as well
    (workspaces). `wanted` is the lockfile's name for people.
    """

    ecosystem: str
    names: tuple[str, ...]
    wanted: str
    beside: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


class Gap(NamedTuple):
    """A manifest without a lockfile, and the lockfile that is missing."""

    manifest: str
    wanted: str


_SIDE = re.compile(r"(?:^|[-_.])(?:dev|test|tests|testing|docs?|lint|ci|typing)(?:[-_.]|$)")
"""A requirements file of this name is for working on a project: it says nothing of what the project itself needs."""

_PYTHON_FILES = ("poetry", "pdm", "pylock", "pipenv", "requirements", "conda-lock")

MANIFESTS = (
    Manifest("crates.io", ("Cargo.toml",), "Cargo.lock", above=("cargo",)),
    Manifest("npm", ("package.json",), "package-lock.json", above=("npm", "yarn", "pnpm", "bun")),
    Manifest(
        "PyPI",
        ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py"),
        "lockfile (uv.lock, poetry.lock, pylock.toml, pinned requirements.txt, …)",
        beside=_PYTHON_FILES,
        above=("uv", "pixi"),
    ),
    Manifest("RubyGems", ("Gemfile", "gems.rb"), "Gemfile.lock", beside=("bundler",)),
    Manifest("Packagist", ("composer.json",), "composer.lock", beside=("composer",)),
    Manifest(
        "Maven",
        ("build.gradle", "build.gradle.kts"),
        "gradle.lockfile",
        beside=("gradle",),
        above=("gradle-verification",),
    ),
    Manifest("NuGet", ("*.csproj", "*.fsproj", "*.vbproj"), "packages.lock.json", beside=("nuget",)),
    Manifest("Hex", ("mix.exs",), "mix.lock", above=("mix",)),
    Manifest("Pub", ("pubspec.yaml",), "pubspec.lock", above=("pub",)),
    Manifest("ConanCenter", ("conanfile.txt", "conanfile.py"), "conan.lock", beside=("conan",)),
    Manifest("SwiftURL", ("Package.swift",), "Package.resolved", above=("swift",)),
    Manifest(
        "conda",
        ("pixi.toml", "environment.yml", "environment.yaml"),
        "pixi.lock or conda-lock.yml",
        beside=("conda-lock",),
        above=("pixi",),
    ),
)
"""go.mod and pom.xml are not among them: they are read themselves."""

_EXACT = {name: (manifest, rank) for manifest in MANIFESTS for rank, name in enumerate(manifest.names)}
_GLOBS = [(manifest, rank, name) for name, (manifest, rank) in _EXACT.items() if "*" in name]


def uncovered(paths: Iterable[str]) -> list[Gap]:
    """The manifests among these paths of a tree that no lockfile among them covers, one per folder and ecosystem.

    Paths alone are looked at: a manifest below a workspace's lockfile counts as covered by it.
    """
    homes: dict[str, set[str]] = {}
    found: dict[tuple[str, Manifest], tuple[int, str]] = {}
    for path in paths:
        if format_ := recognise(path):
            if format_ == "requirements" and _SIDE.search(path[path.rfind("/") + 1 :]):
                continue
            homes.setdefault(format_, set()).add(_home(path))
        elif known := _manifest(path):
            key = dirname(path), known[0]
            found[key] = min(found.get(key, (99, "")), (known[1], path))
    return sorted(
        Gap(path, manifest.wanted)
        for (folder, manifest), (_, path) in found.items()
        if not any(folder in homes.get(format_, ()) for format_ in manifest.beside)
        and not any(above in homes.get(format_, ()) for format_ in manifest.above for above in _upwards(folder))
    )


def locked_by(lockfile: str, manifests: Iterable[str]) -> list[str]:
    """Which of these manifests, that no lockfile covers now, the lockfile covered while it was there."""
    format_, home = recognise(lockfile), _home(lockfile)
    found = []
    for path in manifests:
        if known := _manifest(path):
            beside = format_ in known[0].beside and dirname(path) == home
            if beside or (format_ in known[0].above and home in _upwards(dirname(path))):
                found.append(path)
    return found


def ecosystem_of(manifest: str) -> str:
    """The ecosystem whose packages a manifest declares, "" when it is none that is known."""
    known = _manifest(manifest)
    return known[0].ecosystem if known else ""


def is_manifest(path: str) -> bool:
    """Whether a format may look into this file beside its lockfile, so that it is worth having with it."""
    return path[path.rfind("/") + 1 :] in {"go.sum", "pom.xml"} or _manifest(path) is not None


def _manifest(path: str) -> tuple[Manifest, int] | None:
    name = path[path.rfind("/") + 1 :]
    if known := _EXACT.get(name):
        return known
    return next(((manifest, rank) for manifest, rank, glob in _GLOBS if fnmatchcase(name, glob)), None)


def _home(lockfile: str) -> str:
    """The folder of the project that a lockfile locks, where its tool puts it into a folder of its own."""
    folder = dirname(lockfile)
    parts = folder.split("/")
    for place, part in enumerate(parts):
        if part.endswith((".xcodeproj", ".xcworkspace")):
            return "/".join(parts[:place])
        if part == "requirements" and lockfile.endswith(".txt"):
            return "/".join(parts[:place])
    if parts[-1] == "dependency-locks":
        return "/".join(parts[:-2])
    return "/".join(parts[:-1]) if lockfile.endswith("gradle/verification-metadata.xml") else folder


def _upwards(folder: str) -> list[str]:
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]
