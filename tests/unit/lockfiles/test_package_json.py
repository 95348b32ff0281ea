"""package.json: needs by kind, and the members of a workspace."""

import json
from collections.abc import Callable, Mapping

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.package_json import Project, Workspace, globs, needs, project, projects
from advisord.model.inventory import Reach


def test_needs() -> None:
    """A peer for development is for development; a dependency for development, too, is for runtime."""
    table = {
        "dependencies": {"a": "1", "b": 5},
        "devDependencies": {"a": "2", "c": "3", "d": "4"},
        "peerDependencies": {"c": "*", "e": "*"},
        "optionalDependencies": {"d": "6"},
    }
    assert needs(table) == {
        "a": ("1", Reach.RUNTIME),
        "b": ("", Reach.RUNTIME),
        "c": ("3", Reach.DEV),
        "d": ("6", Reach.RUNTIME),
        "e": ("*", Reach.RUNTIME),
    }
    with pytest.raises(LockfileError, match="devDependencies"):
        needs({"devDependencies": ["a"]})


def test_globs() -> None:
    """A list, or a table with the list."""
    assert globs({"workspaces": ["a", "b/*"]}) == ("a", "b/*")
    assert globs({"workspaces": {"packages": ["a"], "nohoist": ["**"]}}) == ("a",)
    assert globs({}) == ()
    with pytest.raises(LockfileError, match="workspaces"):
        globs({"workspaces": "a"})


@pytest.mark.parametrize(
    ("path", "patterns", "expected"),
    [
        ("packages/a", ["packages/*"], True),
        ("packages/a/b", ["packages/*"], False),
        ("packages/a/b", ["packages/**"], True),
        ("a/b/c", ["**/c"], True),
        ("c", ["**/c"], True),
        ("a/b/c/d", ["a/**/d"], True),
        ("packages/a", ["./packages/a/"], True),
        ("packages/a", ["packages/*", "!packages/a"], False),
        ("packages/a", ["!packages/a", "packages/*"], True),
        ("apps/web", ["{apps,packages}/*"], True),
        ("libs/web", ["{apps,packages}/*"], False),
        ("packages/ui-kit", ["packages/ui-*"], True),
        ("a", [], False),
        ("a", ["a/**"], True),
        ("a", ["a", "!*"], False),
        ("a", ["!*", "a"], True),
        ("a" + "/a" * 30, ["**"], False),
    ],
)
def test_members(path: str, patterns: list[str], expected: bool) -> None:
    """Patterns as npm, yarn and bun write them; the last one that fits decides."""
    assert Workspace(patterns).holds(path) is expected


def test_patterns_that_nobody_writes() -> None:
    """Patterns are bounded in length, parts and number, so that no manifest costs more than a moment."""
    for pattern in ("a" * 201, "**/" * 21 + "a", "{" * 201):
        with pytest.raises(LockfileError, match="too long"):
            Workspace([pattern])
    workspace = Workspace(["**/a"] * 1000)
    with pytest.raises(LockfileError, match="too many"):
        [workspace.holds(f"b/{number}") for number in range(1000)]


def test_project() -> None:
    """What is no package.json is an error that names no path: the caller does."""
    assert project(b'{"name": "a", "dependencies": {"b": "1"}}', "x") == Project("x", "a", {"b": ("1", Reach.RUNTIME)})
    assert project(b'{"name": 1}', ".").name == ""
    for data in (b"{", b"[]", b"\xff", b"[" * 100_000):
        with pytest.raises(LockfileError):
            project(data, ".")


def test_projects(manifests: Callable[[Mapping[str, bytes]], Manifests]) -> None:
    """The project and its members; one that can't be read is a problem and costs the others nothing."""
    files = {
        "package.json": json.dumps({"name": "top", "workspaces": ["p/*"]}).encode(),
        "p/a/package.json": b'{"name": "a"}',
        "p/b/package.json": b"{",
        "p/a/node_modules/x/package.json": b'{"name": "x"}',
        "q/package.json": b'{"name": "q"}',
    }
    found, problems = projects(manifests(files))
    assert [(one.path, one.name) for one in found] == [(".", "top"), ("p/a", "a")]
    assert [(problem.subject, problem.blocking) for problem in problems] == [("p/b/package.json", False)]
    assert projects(manifests({})) == ([], [])
    wild = json.dumps({"workspaces": ["a" * 201]}).encode()
    assert [problem.subject for problem in projects(manifests({"package.json": wild}))[1]] == ["package.json"]
