"""Which file name is whose: recognising lockfiles and the manifests that want one. Formats are imported when needed."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import guarded


class Entry(NamedTuple):
    """One format: the base names that are always its own, and a pattern (on the whole path) for the others."""

    name: str
    names: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def module(self) -> str:
        """The module that holds the format as `FORMAT`."""
        return f"advisord.lockfiles.{self.name.replace('-', '_')}"


ENTRIES = (
    Entry("cargo", ("Cargo.lock",)),
    Entry("npm", ("package-lock.json", "npm-shrinkwrap.json")),
    Entry("yarn", ("yarn.lock",)),
    Entry("pnpm", ("pnpm-lock.yaml",), r"(?:^|/)pnpm-lock\.[^/]+\.yaml$"),
    Entry("bun", ("bun.lock",)),
    Entry("deno", ("deno.lock",)),
    Entry("poetry", ("poetry.lock",)),
    Entry("uv", ("uv.lock",), r"(?:^|/)[^/]+\.py\.lock$"),
    Entry("pipenv", ("Pipfile.lock",)),
    Entry("pdm", ("pdm.lock",), r"(?:^|/)pdm\.[^/]+\.lock$"),
    Entry("pylock", ("pylock.toml",), r"(?:^|/)pylock\.[^/.]+\.toml$"),
    Entry(
        "requirements",
        ("requirements.txt",),
        r"(?:^|/)(?:requirements/(?:[^/]+/)*[^/]+|(?:[^/]*[-_.])?requirements?(?:[-_.][^/]*)?)\.txt$"
        r"|(?:^|/)requirements(?:-[^/]+)?\.lock$",
    ),
    Entry("go", ("go.mod",)),
    Entry("bundler", ("Gemfile.lock", "gems.locked"), r"(?:^|/)[^/]+\.gemfile\.lock$"),
    Entry("composer", ("composer.lock",)),
    Entry(
        "gradle",
        ("gradle.lockfile", "buildscript-gradle.lockfile"),
        r"(?:^|/)(?:[^/]*gradle[^/]*|gradle/dependency-locks/[^/]+)\.lockfile$",
    ),
    Entry("gradle-verification", (), r"(?:^|/)gradle/verification-metadata\.xml$"),
    Entry("pom", ("pom.xml",)),
    Entry("nuget", ("packages.lock.json",), r"(?:^|/)packages\.[^/]+\.lock\.json$"),
    Entry("mix", ("mix.lock",)),
    Entry("pub", ("pubspec.lock",)),
    Entry("conan", ("conan.lock",)),
    Entry("swift", ("Package.resolved", ".package.resolved")),
    Entry("pixi", ("pixi.lock",)),
    Entry("conda-lock", ("conda-lock.yml", "conda-lock.yaml"), r"(?:^|/)(?!pnpm-)[^/]+-lock\.ya?ml$"),
    Entry("actions", ("action.yml", "action.yaml"), r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$"),
)
"""Every format. Where a path fits several patterns the first one has it."""

FORMATS = tuple(entry.name for entry in ENTRIES)

UNREAD = {
    "bun.lockb": "is bun's binary lockfile; `bun install --save-text-lockfile` writes the bun.lock that is read",
    "Podfile.lock": "is a lockfile of CocoaPods, for which there is no advisory database",
    "renv.lock": "is a lockfile of R's renv, which is not read",
    "stack.yaml.lock": "is a lockfile of Haskell's stack, which is not read",
    "cabal.project.freeze": "is a lockfile of Haskell's cabal, which is not read",
    "paket.lock": "is a lockfile of Paket, which is not read",
}
"""Lockfiles that are known and not read: base name → the sentence that says so."""

SHARED = {"pom": "pom.xml"}
"""Formats that may leave versions to other files of the tree, as a Maven project does to its parents: how those are called
(the end of their names). Only `annotate` knows all packages of such a file, so it is asked before anything is matched."""

_BY_NAME = {name: entry.name for entry in ENTRIES for name in entry.names}
_MAYBE = (".txt", ".lock", ".toml", ".lockfile", ".xml", ".lock.json", ".yaml", ".yml")
_BY_ENTRY = {entry.name: entry for entry in ENTRIES}


def recognise(path: str) -> str | None:
    """The name of the format that reads the file of this path (with `/`), or None where it is no lockfile."""
    name = path[path.rfind("/") + 1 :]
    if found := _BY_NAME.get(name):
        return found
    if name.endswith(_MAYBE):
        for format_, pattern in _patterns():
            if pattern.search(path):
                return format_
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((entry.name, re.compile(entry.pattern)) for entry in ENTRIES if entry.pattern)


@cache
def load(name: str) -> Format:
    """The format of that name, guarded so that nothing but LockfileError escapes its parser."""
    return guarded(__import__(_BY_ENTRY[name].module, fromlist=("FORMAT",)).FORMAT)


def shadowed(paths: Iterable[str]) -> dict[str, str]:
    """The lockfiles that their own tool does not read because of another one beside them: path → the one that wins.

    npm reads `npm-shrinkwrap.json` and not the `package-lock.json` beside it (npm documentation, npm-shrinkwrap.json).
    """
    present = set(paths)
    losers = ((path, f"{path.removesuffix('package-lock.json')}npm-shrinkwrap.json") for path in present)
    return {path: winner for path, winner in losers if path.endswith("package-lock.json") and winner in present}
