"""yarn's lockfiles, classic and berry."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.registry import load
from advisord.lockfiles.yarn import FORMAT
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "yarn"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
Written = Callable[[Mapping[str, bytes]], Manifests]


def _edges(inventory: Inventory) -> dict[str, list[str]]:
    assert inventory.edges is not None
    names = [f"{package.name}@{package.version}" for package in inventory.packages]
    return {names[at]: [names[to] for to in targets] for at, targets in enumerate(inventory.edges) if targets}


def _roots(inventory: Inventory) -> dict[str, dict[str, Reach]]:
    assert inventory.roots is not None
    names = [f"{package.name}@{package.version}" for package in inventory.packages]
    return {root.path: {names[edge.to]: edge.reach for edge in root.edges} for root in inventory.roots}


def _written(files: Mapping[str, object]) -> dict[str, bytes]:
    return {path: json.dumps(content).encode() for path, content in files.items()}


@pytest.fixture(scope="module")
def classic() -> Inventory:
    """Every kind of entry that yarn 1 writes."""
    return FORMAT.parse((DATA / "classic.lock").read_bytes())


@pytest.fixture(scope="module")
def berry() -> Inventory:
    """Every kind of entry that later yarns write."""
    return FORMAT.parse((DATA / "berry.lock").read_bytes())


def test_classic_packages(classic: Inventory) -> None:
    """Aliases carry the real name; who asked by a range gets it from a registry, whatever its address."""
    assert [(p.name, p.version, p.source, p.line) for p in classic.packages] == [
        ("@team/tool", "1.0.1", Source.REGISTRY, 5),
        ("archive", "1.2.3", Source.URL, 15),
        ("folder", "0.0.0", Source.PATH, 19),
        ("forked", "2.1.0", Source.GIT, 22),
        ("left", "1.10.0", Source.REGISTRY, 26),
        ("left", "0.9.0", Source.REGISTRY, 30),
        ("watcher", "2.3.3", Source.REGISTRY, 34),
    ]
    assert classic.packages[3].commit == COMMIT
    assert _edges(classic) == {"@team/tool@1.0.1": ["left@1.10.0", "left@0.9.0", "watcher@2.3.3"]}
    assert classic.roots is None
    assert {package.direct for package in classic.packages} == {None}


def test_classic_learns_from_package_json(classic: Inventory, manifests: Written) -> None:
    """The project and its workspaces say what is direct and what is for development; members use each other."""
    files = {
        "package.json": {
            "name": "shop",
            "workspaces": {"packages": ["packages/*", "!packages/old"]},
            "dependencies": {"forked": "team/forked", "ui": "1.0.0"},
            "devDependencies": {"@team/tool": "^1.0.0", "folder": "file:./folder"},
        },
        "packages/ui/package.json": {
            "name": "ui",
            "dependencies": {"left": "^1.0.0"},
            "devDependencies": {"archive": "https://files.example/archive-1.2.3.tgz"},
        },
        "packages/old/package.json": {"name": "old", "dependencies": {"watcher": "*"}},
        "packages/ui/node_modules/x/package.json": {"name": "x", "dependencies": {"watcher": "*"}},
    }
    assert FORMAT.annotate is not None
    known = FORMAT.annotate(classic, manifests(_written(files)))
    assert _roots(known) == {
        ".": {
            "@team/tool@1.0.1": Reach.DEV,
            "folder@0.0.0": Reach.DEV,
            "forked@2.1.0": Reach.RUNTIME,
            "left@1.10.0": Reach.RUNTIME,
        },
        "packages/ui": {"left@1.10.0": Reach.RUNTIME, "archive@1.2.3": Reach.DEV},
    }
    assert {p.name for p in known.packages if p.direct} == {"@team/tool", "folder", "forked", "left", "archive"}
    groups = {f"{p.name}@{p.version}": p.groups for p in known.packages}
    assert {name for name, group in groups.items() if group == ("dev",)} == {
        "@team/tool@1.0.1",
        "archive@1.2.3",
        "folder@0.0.0",
        "left@0.9.0",
        "watcher@2.3.3",
    }
    assert FORMAT.annotate(classic, manifests({})) == classic


def test_berry_packages(berry: Inventory) -> None:
    """Workspaces are no packages; a patched package is what it patches; `resolutions` are followed by name."""
    assert [(p.name, p.version, p.source, p.line) for p in berry.packages] == [
        ("@team/tool", "1.0.1", Source.REGISTRY, 8),
        ("forced", "3.1.0", Source.REGISTRY, 31),
        ("forked", "2.1.0", Source.GIT, 37),
        ("left", "1.10.0", Source.REGISTRY, 43),
        ("linked", "", Source.PATH, 56),
        ("left", "0.9.0", Source.REGISTRY, 62),
        ("unasked", "1.0.0", Source.REGISTRY, 88),
    ]
    assert berry.packages[2].commit == COMMIT
    assert _edges(berry) == {"@team/tool@1.0.1": ["forced@3.1.0", "left@1.10.0"]}


def test_berry_roots_are_of_unknown_kind(berry: Inventory) -> None:
    """The file has the needs of a workspace in one table; what nobody asks for is reached in an unknown way."""
    assert _roots(berry) == {
        "packages/api": {"left@1.10.0": Reach.UNKNOWN, "left@0.9.0": Reach.UNKNOWN},
        ".": {
            "@team/tool@1.0.1": Reach.UNKNOWN,
            "forked@2.1.0": Reach.UNKNOWN,
            "linked@": Reach.UNKNOWN,
            "left@0.9.0": Reach.UNKNOWN,
            "left@1.10.0": Reach.UNKNOWN,
            "unasked@1.0.0": Reach.UNKNOWN,
        },
        "packages/ui": {"left@0.9.0": Reach.UNKNOWN},
    }
    assert [p.name for p in berry.packages if p.direct] == ["@team/tool", "forked", "left", "linked", "left"]
    assert not any(package.groups for package in berry.packages)


def test_berry_learns_from_package_json(berry: Inventory, manifests: Written) -> None:
    """Manifests say which needs are for development; a workspace without one stays as the lockfile knows it."""
    files = {
        "package.json": {
            "name": "shop",
            "workspaces": ["packages/*"],
            "dependencies": {"api": "workspace:*", "linked": "portal:./linked"},
            "devDependencies": {"@team/tool": "^1.0.0", "forked": "git@git.example:team/forked.git#main"},
            "optionalDependencies": {"old-left": "npm:left@0.9.0"},
        },
        "packages/api/package.json": {
            "name": "api",
            "dependencies": {"ui": "workspace:^"},
            "devDependencies": {"left": "^1.0.0"},
        },
    }
    assert FORMAT.annotate is not None
    known = FORMAT.annotate(berry, manifests(_written(files)))
    roots = _roots(known)
    assert roots["packages/api"] == {"left@1.10.0": Reach.DEV, "left@0.9.0": Reach.UNKNOWN}
    assert roots["packages/ui"] == {"left@0.9.0": Reach.UNKNOWN}
    assert roots["."] == {
        "@team/tool@1.0.1": Reach.DEV,
        "forked@2.1.0": Reach.DEV,
        "linked@": Reach.RUNTIME,
        "left@0.9.0": Reach.RUNTIME,
        "unasked@1.0.0": Reach.UNKNOWN,
    }
    groups = {f"{p.name}@{p.version}" for p in known.packages if p.groups == ("dev",)}
    assert groups == {"@team/tool@1.0.1", "forced@3.1.0", "forked@2.1.0", "left@1.10.0"}


def test_older_berry_ranges_have_no_protocol() -> None:
    """Until version 6 requirements stand without `npm:`; a protocol that nobody knows is no registry."""
    inventory = FORMAT.parse(
        b'__metadata:\n  version: 4\n\n"a@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n'
        b'  dependencies:\n    b: ^2\n\n"b@npm:^2":\n  version: 2.0.0\n  resolution: "b@npm:2.0.0"\n\n'
        b'"c@odd:x":\n  version: 3.0.0\n  resolution: "c@odd:x"\n'
    )
    assert _edges(inventory) == {"a@1.0.0": ["b@2.0.0"]}
    assert inventory.packages[2].source is Source.URL


def test_a_berry_lockfile_with_all_keys_in_quotes() -> None:
    """As a formatter leaves it: it is still told from a classic one."""
    text = '"__metadata":\n  "version": 8\n"x@npm:^1":\n  "version": "1.10"\n  "resolution": "x@npm:1.10"\n'
    assert [(p.name, p.version) for p in FORMAT.parse(text.encode()).packages] == [("x", "1.10")]


def test_fields_in_quotes() -> None:
    """Some tools write classic lockfiles with every word in quotes, or with several descriptors in one line."""
    inventory = FORMAT.parse(
        b'"a@1", "a@>=1, \\"x\\"", a@2:\n  "version" "1.0.0"\n  "dependencies":\n    "b" "^1"\nb@^1:\n  version "1.1.0"\n'
    )
    assert _edges(inventory) == {"a@1.0.0": ["b@1.1.0"]}
    assert set(inventory.lookup) == {"a@1", 'a@>=1, "x"', "a@2", "b@^1"}


@pytest.mark.parametrize(
    "text",
    [
        '"other@{0}":\n  version "1.0.0"\n  resolved "{0}#abc"\n',
        '__metadata:\n  version: 8\n"other@{0}":\n  version: 1.0.0\n  resolution: "other@{0}"\n',
    ],
)
def test_asked_for_by_an_address_in_the_registry(text: str) -> None:
    """It is the registry's package, by its real name."""
    (package,) = FORMAT.parse(text.format("https://registry.npm.example/left/-/left-1.0.0.tgz").encode()).packages
    assert (package.name, package.version, package.source) == ("left", "1.0.0", Source.REGISTRY)


def test_a_name_of_its_own() -> None:
    """What is asked for by another name, or by an address alone, says its own."""
    inventory = FORMAT.parse(
        b'"git+https://git.example/team/a.git":\n  name real\n  version "1.0.0"\n'
        b'  resolved "git+https://git.example/team/a.git#0123456789abcdef0123456789abcdef01234567"\n'
    )
    assert [(p.name, p.version, p.source) for p in inventory.packages] == [("real", "1.0.0", Source.GIT)]


def test_an_empty_file_locks_nothing() -> None:
    """Projects mark their top with an empty yarn.lock."""
    assert FORMAT.parse(b"").packages == ()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("hello", "line 1: 'hello' is neither"),
        ('{"a": 1}', "line 1"),
        ("  version 1", "line 1"),
        ("a@1:\n  resolved x", "line 1: the entry 'a@1' has no `version`"),
        ('a@1:\n  version "1', "line 2: .* no closing quote"),
        ('a@1:\n  version "1\\x"', "line 2"),
        ('"a@1, b:\n  version "1"', "line 1"),
        ("a@1:\n     version 1", "line 2"),
        ("a@1:\n\tversion 1", "line 1"),
        ("__metadata: {}\na: b", "line 2"),
        ("__metadata: {}\na@1:\n  version: 1.0.0", "line 2: `resolution`"),
        ("__metadata: {}\na@1:\n  resolution: 'a@npm:'\n", "line 2: 'a@1' has no version"),
        ("__metadata: {}\na@1: {resolution: 'a@npm:1', dependencies: [a]}", "line 2: `dependencies`"),
        ("__metadata: {", "not YAML"),
    ],
)
def test_refusals(text: str, match: str) -> None:
    """What is no lockfile of yarn is one clear sentence."""
    with pytest.raises(LockfileError, match=match):
        load("yarn").parse(text.encode())
