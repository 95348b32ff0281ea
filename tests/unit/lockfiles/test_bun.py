"""bun's text lockfile."""

import json
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.bun import FORMAT
from advisord.lockfiles.registry import load
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "bun"


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """Every kind of entry."""
    return FORMAT.parse((DATA / "bun.lock").read_bytes()).whole()


def _names(inventory: Inventory) -> list[str]:
    return [f"{package.name}@{package.version}" for package in inventory.packages]


def test_packages(inventory: Inventory) -> None:
    """Aliases carry the real name; workspaces are no packages; what stands twice is one."""
    assert [(p.name, p.version, p.source, p.line, p.groups) for p in inventory.packages] == [
        ("@team/tool", "1.0.1", Source.REGISTRY, 46, ("dev",)),
        ("archive", "", Source.URL, 48, ()),
        ("forked", "", Source.GIT, 50, ()),
        ("left", "1.10.0", Source.REGISTRY, 52, ()),
        ("local", "", Source.PATH, 54, ("dev",)),
        ("left", "0.8.0", Source.REGISTRY, 56, ()),
        ("right", "2.0.0", Source.REGISTRY, 58, ("dev",)),
        ("watcher", "2.3.3", Source.REGISTRY, 62, ("dev",)),
        ("left", "0.9.0", Source.REGISTRY, 64, ()),
        ("right", "1.5.0", Source.REGISTRY, 68, ()),
    ]
    assert inventory.packages[2][4:6] == ("github:team/forked", "0123456")


def test_edges_follow_the_path(inventory: Inventory) -> None:
    """What stands below a package is its own; else it is what stands above."""
    assert inventory.edges is not None
    names = _names(inventory)
    edges = {names[at]: [names[to] for to in targets] for at, targets in enumerate(inventory.edges) if targets}
    assert edges == {
        "@team/tool@1.0.1": ["left@0.9.0", "watcher@2.3.3", "right@2.0.0"],
        "forked@": ["right@1.5.0"],
        "right@1.5.0": ["left@0.8.0"],
    }


def test_roots(inventory: Inventory) -> None:
    """Workspaces are roots, with their own versions, the words of the catalog, and what they use of each other."""
    assert inventory.roots is not None
    names = _names(inventory)
    roots = {
        root.path: {names[edge.to]: (edge.reach, edge.requirement) for edge in root.edges} for root in inventory.roots
    }
    assert roots == {
        ".": {
            "archive@": (Reach.RUNTIME, "https://files.example/archive-1.2.3.tgz"),
            "forked@": (Reach.RUNTIME, "github:team/forked"),
            "left@1.10.0": (Reach.RUNTIME, "^1.0.0"),
            "@team/tool@1.0.1": (Reach.DEV, "^1.0.0"),
            "local@": (Reach.DEV, "file:local"),
            "left@0.9.0": (Reach.RUNTIME, "^0.9.0"),
            "left@0.8.0": (Reach.RUNTIME, "npm:left@0.8.0"),
        },
        "packages/ui": {
            "left@0.9.0": (Reach.RUNTIME, "^0.9.0"),
            "left@0.8.0": (Reach.RUNTIME, "npm:left@0.8.0"),
            "right@2.0.0": (Reach.DEV, "^2.0.0"),
        },
        "local": {"watcher@2.3.3": (Reach.DEV, "^2.0.0")},
    }
    assert [root.name for root in inventory.roots] == ["shop", "@shop/ui", "local"]
    assert not inventory.packages[names.index("right@1.5.0")].direct


def test_comments_and_commas_anywhere() -> None:
    """People edit it: comments and commas before a closing bracket are read, within texts they are text."""
    text = b"""{ // comment
      "lockfileVersion": 1, /* more */ "workspaces": {"": {"name": "a,]//b", "dependencies": {"x": "1",},},},
      "packages": {"x": ["x@1.0.0", "", {}, "sha512-/*,}*/",],}, }"""
    inventory = FORMAT.parse(text).whole()
    assert [(p.name, p.version, p.line, p.direct) for p in inventory.packages] == [("x", "1.0.0", 0, True)]
    assert inventory.roots is not None
    assert inventory.roots[0].name == "a,]//b"


def test_archives() -> None:
    """An archive in a folder has no version; one in a registry is the registry's package."""
    packages = {
        "x": ["x@x-1.0.0.tgz", {}],
        "left": ["left@https://registry.npm.example/left/-/left-1.0.0.tgz", {}],
    }
    found = FORMAT.parse(json.dumps({"lockfileVersion": 1, "packages": packages}).encode()).whole().packages
    assert [(p.name, p.version, p.source, p.locator) for p in found] == [
        ("x", "", Source.PATH, "x-1.0.0.tgz"),
        ("left", "1.0.0", Source.REGISTRY, ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "{}",
        "[" * 5000,
        '{"lockfileVersion": 1, "packages": []}}',
        '{"lockfileVersion": 1, "packages": ["x"]}',
        '{"lockfileVersion": 1, "packages": {"x": {}}}',
        '{"lockfileVersion": 1, "packages": {"x": []}}',
        '{"lockfileVersion": 1, "packages": {"x": [1]}}',
        '{"lockfileVersion": 1, "packages": {"x": ["x"]}}',
        '{"lockfileVersion": 1, "packages": {"%s": ["x@1.0.0"]}}' % ("a/" * 3000),
        '{"lockfileVersion": 1, "workspaces": {"": []}}',
        '{"lockfileVersion": 1, "workspaces": {"": {"dependencies": ["x"]}}}',
        '{"lockfileVersion": 1, "workspaces": {"": {"name": 1}}}',
    ],
)
def test_refusals(text: str) -> None:
    """What is no lockfile of bun is the lockfile error."""
    with pytest.raises(LockfileError):
        load("bun").parse(text.encode())


def test_packages_alone_are_read_at_once() -> None:
    """All else waits until it is asked for, and a requirement that nobody can follow costs the graph alone."""
    inventory = FORMAT.parse((DATA / "bun.lock").read_bytes())
    whole = inventory.whole()
    assert inventory.edges is None
    assert whole.edges is not None
    assert [package[:6] for package in inventory.packages] == [package[:6] for package in whole.packages]
    broken = b'{"lockfileVersion": 1, "packages": {"x": ["x@1.0.0", "", {"dependencies": []}]}}'
    assert [problem.code for problem in load("bun").parse(broken).whole().problems] == ["broken-graph"]
