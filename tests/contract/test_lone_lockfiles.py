"""A lockfile without anything beside it: it stands in its folder, and nobody knows more."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from report_parts import finding

from advisord import places
from advisord.errors import LockfileError
from advisord.lockfiles import registry
from advisord.lockfiles.interface import Read
from advisord.lockfiles.neighbours import Neighbours
from advisord.model.decision import Scope
from advisord.model.finding import Place
from advisord.scope.compiled import CompiledPolicy, Component, Condition, Rule
from advisord.scope.decide import decide

DATA = Path(__file__).resolve().parents[1] / "unit" / "lockfiles" / "data"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
FOLDER = "deep/folder"
UNNAMED = {"gradle-verification": "gradle/verification-metadata.xml"}
KNOWS_ITS_FOLDERS = frozenset(
    {"npm", "yarn", "pnpm", "bun", "deno", "uv", "requirements", "go", "bundler", "pom", "nuget", "conan", "actions"}
)
"""Formats that name each folder themselves (workspaces), or lock for the one project beside them."""


def _lone(name: str) -> Iterator[Place]:
    """The places of all packages of the format's samples, each sample alone in the folder."""
    entry = next(entry for entry in registry.ENTRIES if entry.name == name)
    path = f"{FOLDER}/{UNNAMED.get(name) or entry.names[0]}"
    for sample in sorted((DATA / name.replace("-", "_")).rglob("*")):
        try:
            inventory = registry.load(name).parse(sample.read_bytes() if sample.is_file() else b"\xff")
        except LockfileError:
            continue
        read = Read(path, path, name, inventory, Neighbours(path, lambda: [path], lambda _path: None))
        yield from places.places_of([read], {0: range(len(inventory.packages))}, {}).values()


def _policy(then: Scope, default: Scope, *, path: str = "", component: str = "") -> CompiledPolicy:
    condition = Condition("component", ("it",)) if component else Condition("path", (path,))
    rules = (Rule("here", "Why.", then, (condition,)), Rule("default", "Why.", default))
    return CompiledPolicy("p", rules, components=(Component("it", (component or "x",)),))


def _scopes(name: str, policy: CompiledPolicy) -> set[Scope]:
    found = {decide(policy, finding(at=place), NOW).scope for place in _lone(name)}
    assert found, f"no sample for {name}"
    return found


@pytest.mark.parametrize("name", registry.FORMATS)
def test_its_folder_is_the_place(name: str) -> None:
    """A path or a component that is the lockfile's folder covers everything in it."""
    for path in (f"{FOLDER}/", "deep/", "deep/*", "**/folder"):
        assert _scopes(name, _policy(Scope.IN, Scope.OUT, path=path)) == {Scope.IN}, path
        assert _scopes(name, _policy(Scope.OUT, Scope.IN, path=path)) == {Scope.OUT}, path
    assert _scopes(name, _policy(Scope.IN, Scope.OUT, component=FOLDER)) == {Scope.IN}


@pytest.mark.parametrize("name", registry.FORMATS)
def test_another_folder_is_not(name: str) -> None:
    """What stands elsewhere, the top of the repository too, has no part in it."""
    for path in ("other/", "deep/fold/", "."):
        assert _scopes(name, _policy(Scope.IN, Scope.OUT, path=path)) == {Scope.OUT}, path


@pytest.mark.parametrize("name", [name for name in registry.FORMATS if name not in KNOWS_ITS_FOLDERS])
def test_below_it_nothing_is_known(name: str) -> None:
    """Rules for folders below the lockfile stay open, whichever way round: unknown never makes anything out of scope."""
    for path in (f"{FOLDER}/web/", "deep/*/web", "**/web", "deep/**/web"):
        assert _scopes(name, _policy(Scope.IN, Scope.OUT, path=path)) == {Scope.IN}, path
        assert _scopes(name, _policy(Scope.OUT, Scope.IN, path=path)) == {Scope.IN}, path
