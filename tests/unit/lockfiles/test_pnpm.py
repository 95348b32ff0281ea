"""pnpm's lockfiles."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.pnpm import FORMAT
from advisord.lockfiles.registry import load
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "pnpm"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def _read(version: str) -> Inventory:
    return FORMAT.parse((DATA / f"{version}.yaml").read_bytes())


def _edges(inventory: Inventory) -> dict[str, list[str]]:
    assert inventory.edges is not None
    names = [f"{package.name}@{package.version}" for package in inventory.packages]
    return {names[at]: [names[to] for to in targets] for at, targets in enumerate(inventory.edges) if targets}


def _roots(inventory: Inventory) -> dict[str, dict[str, Reach]]:
    assert inventory.roots is not None
    names = [f"{package.name}@{package.version}" for package in inventory.packages]
    return {root.path: {names[edge.to]: edge.reach for edge in root.edges} for root in inventory.roots}


def test_version_5() -> None:
    """Slashes between name and version, peers after an underscore, flags for groups, one project at the top."""
    inventory = _read("v5")
    assert [(p.name, p.version, p.source, p.line, p.groups) for p in inventory.packages] == [
        ("@team/peer", "3.0.0", Source.REGISTRY, 26, ("dev",)),
        ("@team/tool", "1.0.0", Source.REGISTRY, 30, ("dev",)),
        ("left", "0.9.0", Source.REGISTRY, 39, ()),
        ("left", "1.10.0", Source.REGISTRY, 43, ()),
        ("right", "2.0.0", Source.REGISTRY, 49, ()),
        ("watcher", "2.3.3", Source.REGISTRY, 52, ("optional",)),
        ("forked", "2.1.0", Source.GIT, 58, ()),
        ("private", "1.0.0", Source.REGISTRY, 64, ("dev",)),
    ]
    assert inventory.packages[6].commit == COMMIT
    assert _edges(inventory) == {
        "@team/tool@1.0.0": ["@team/peer@3.0.0", "private@1.0.0"],
        "left@1.10.0": ["right@2.0.0"],
    }
    assert _roots(inventory) == {
        ".": {
            "forked@2.1.0": Reach.RUNTIME,
            "left@1.10.0": Reach.RUNTIME,
            "left@0.9.0": Reach.RUNTIME,
            "watcher@2.3.3": Reach.RUNTIME,
            "@team/tool@1.0.0": Reach.DEV,
        }
    }
    assert [package.name for package in inventory.packages if not package.direct] == ["@team/peer", "right", "private"]


def test_version_6() -> None:
    """Peers and patches in brackets, importers, links between them, archives and folders."""
    inventory = _read("v6")
    assert [(p.name, p.version, p.source, p.locator, p.line, p.groups) for p in inventory.packages] == [
        ("@team/peer", "3.0.0", Source.REGISTRY, "", 42, ("dev",)),
        ("left", "1.10.0", Source.REGISTRY, "", 46, ()),
        ("right", "2.0.0", Source.REGISTRY, "", 53, ()),
        ("tool", "1.0.0", Source.REGISTRY, "", 56, ("dev",)),
        ("archive", "1.2.3", Source.URL, "https://files.example/archive-1.2.3.tgz", 63, ()),
        ("local", "", Source.PATH, "local", 69, ("dev",)),
    ]
    assert _edges(inventory) == {
        "left@1.10.0": ["right@2.0.0"],
        "tool@1.0.0": ["@team/peer@3.0.0", "right@2.0.0"],
    }
    assert _roots(inventory) == {
        ".": {
            "archive@1.2.3": Reach.RUNTIME,
            "local@": Reach.DEV,
            "left@1.10.0": Reach.RUNTIME,
            "right@2.0.0": Reach.RUNTIME,
        },
        "packages/ui": {"left@1.10.0": Reach.RUNTIME, "right@2.0.0": Reach.RUNTIME, "tool@1.0.0": Reach.DEV},
    }


def test_version_9() -> None:
    """Two documents, packages apart from snapshots, variants as one package, groups by the walk from the importers."""
    inventory = _read("v9")
    assert [(p.name, p.version, p.source, p.line, p.groups) for p in inventory.packages] == [
        ("pnpm", "11.0.0", Source.REGISTRY, 14, ("dev",)),
        ("archive", "1.2.3", Source.GIT, 67, ()),
        ("forked", "2.1.0", Source.GIT, 71, ()),
        ("left", "1.10.0", Source.REGISTRY, 75, ()),
        ("local", "", Source.PATH, 80, ("dev",)),
        ("node", "22.0.0", Source.URL, 83, ()),
        ("right", "2.0.0", Source.REGISTRY, 87, ()),
        ("right", "2.1.0-rc.1+build", Source.REGISTRY, 90, ()),
        ("tool", "1.0.0", Source.REGISTRY, 93, ("dev",)),
        ("watcher", "2.3.3", Source.REGISTRY, 97, ("dev", "optional")),
    ]
    assert inventory.packages[2][4:6] == ("https://git.example/team/forked.git", COMMIT)
    assert _edges(inventory) == {
        "forked@2.1.0": ["archive@1.2.3"],
        "left@1.10.0": ["right@2.0.0", "right@2.1.0-rc.1+build"],
        "local@": ["right@2.0.0"],
        "tool@1.0.0": ["local@", "right@2.0.0", "watcher@2.3.3"],
    }
    assert _roots(inventory) == {
        ".": {
            "pnpm@11.0.0": Reach.DEV,
            "forked@2.1.0": Reach.RUNTIME,
            "tool@1.0.0": Reach.DEV,
            "left@1.10.0": Reach.RUNTIME,
        },
        "packages/api": {"left@1.10.0": Reach.DEV},
        "packages/ui": {"left@1.10.0": Reach.RUNTIME, "right@2.0.0": Reach.DEV},
    }
    assert inventory.roots is not None
    assert [edge.requirement for edge in inventory.roots[2].edges] == ["npm:left@^1.0.0", "^2.0.0"]


def test_asked_for_by_an_address_in_the_registry() -> None:
    """It is the registry's package, whatever its key."""
    address = "https://registry.npm.example/left/-/left-1.0.0.tgz"
    text = f"lockfileVersion: '6.0'\npackages:\n  '@{address[8:]}':\n    resolution: {{tarball: {address}}}\n    name: left\n"
    (package,) = FORMAT.parse(text.encode()).packages
    assert (package.name, package.version, package.source) == ("left", "1.0.0", Source.REGISTRY)


def test_the_oldest_keys() -> None:
    """Version 5.0 put peers behind a slash, and a host before the name of every package of another registry."""
    inventory = FORMAT.parse(
        b"lockfileVersion: 5\n"
        b"dependencies:\n  jsx: 5.0.0/acorn@6.0.0\n  left: packages.example/@team/left/1.10.0\n"
        b"packages:\n  /jsx/5.0.0/acorn@6.0.0: {}\n  packages.example/@team/left/1.10.0:\n    id: x\n"
    )
    assert [(p.name, p.version, p.direct) for p in inventory.packages] == [
        ("jsx", "5.0.0", True),
        ("@team/left", "1.10.0", True),
    ]


def test_nothing_locked() -> None:
    """A project without dependencies has a lockfile, too."""
    inventory = FORMAT.parse(b"lockfileVersion: '9.0'\nimporters:\n  .: {}\n")
    assert inventory.packages == ()
    assert inventory.roots is not None


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "empty"),
        ("packages: {}", "lockfileVersion"),
        ("lockfileVersion: '10.0'", "line 1: no known `lockfileVersion`"),
        ("- a", "table"),
        ("lockfileVersion: 5.3\npackages: [a]", "`packages`"),
        ("lockfileVersion: 5.3\npackages:\n  invalid:\n    dev: true", "line 3: 'invalid'"),
        ("lockfileVersion: '9.0'\npackages:\n  '@a/b': {}", "line 3: '@a/b'"),
        ("lockfileVersion: '9.0'\nsnapshots:\n  a@1.0.0: x", "line 3"),
        ("lockfileVersion: '9.0'\nimporters: a", "`importers`"),
        ("lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies: [a]", "`dependencies`"),
        ("lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integ", "not YAML"),
        ("lockfileVersion: '9.0'\na: " + "[" * 2000, "nested deeper"),
    ],
)
def test_refusals(text: str, match: str) -> None:
    """What is no lockfile of pnpm is one clear sentence."""
    with pytest.raises(LockfileError, match=match):
        load("pnpm").parse(text.encode())
