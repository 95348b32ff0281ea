"""npm's lockfiles."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.npm import FORMAT
from advisord.lockfiles.registry import load
from advisord.model.inventory import Inventory, Package, Reach, Source

DATA = Path(__file__).parent / "data" / "npm"


def _named(inventory: Inventory, name: str, version: str) -> Package:
    return next(package for package in inventory.packages if (package.name, package.version) == (name, version))


def _required(inventory: Inventory, name: str, version: str) -> set[tuple[str, str]]:
    assert inventory.edges is not None
    index = inventory.packages.index(_named(inventory, name, version))
    return {(inventory.packages[to].name, inventory.packages[to].version) for to in inventory.edges[index]}


def _roots(inventory: Inventory) -> dict[str, dict[tuple[str, str], Reach]]:
    assert inventory.roots is not None
    named = [(package.name, package.version) for package in inventory.packages]
    return {root.path: {named[edge.to]: edge.reach for edge in root.edges} for root in inventory.roots}


@pytest.fixture(scope="module")
def workspace() -> Inventory:
    """A workspace of version 3 with every kind of entry."""
    return FORMAT.parse((DATA / "workspace.v3.json").read_bytes()).whole()


@pytest.fixture(scope="module")
def tree() -> Inventory:
    """A tree of version 1 with every kind of entry."""
    return FORMAT.parse((DATA / "tree.v1.json").read_bytes()).whole()


def test_packages_with_their_lines(workspace: Inventory) -> None:
    """Aliases carry the real name, projects are no packages, and each line is that of the first place."""
    found = [(package.name, package.version, package.line) for package in workspace.packages]
    assert found == [
        ("local-test", "1.4.0", 40),
        ("forked", "2.1.0", 49),
        ("left", "1.10.0", 54),
        ("right", "2.0.0+build.5", 61),
        ("linter", "8.1.0", 66),
        ("left", "0.9.0", 82),
        ("peered", "4.0.0", 87),
        ("right", "1.0.0", 93),
        ("sheets", "0.20.3", 97),
        ("watcher", "2.3.3", 105),
        ("local", "0.1.0", 31),
    ]


def test_origins(workspace: Inventory) -> None:
    """Git, archives and folders are told from registries; a registry's addresses may look unlike npm's own."""
    assert _named(workspace, "forked", "2.1.0")[3:6] == (
        Source.GIT,
        "git+ssh://git@git.example/team/forked.git",
        "0123456789abcdef0123456789abcdef01234567",
    )
    assert _named(workspace, "sheets", "0.20.3").source is Source.URL
    assert _named(workspace, "local", "0.1.0")[3:5] == (Source.PATH, "local")
    assert _named(workspace, "linter", "8.1.0").source is Source.REGISTRY
    assert _named(workspace, "watcher", "2.3.3").source is Source.REGISTRY


def test_groups(workspace: Inventory) -> None:
    """Flags become groups; bundled and peer packages are in no set of their own."""
    groups = {(package.name, package.version): package.groups for package in workspace.packages if package.groups}
    assert groups == {
        ("local-test", "1.4.0"): ("dev",),
        ("linter", "8.1.0"): ("dev",),
        ("peered", "4.0.0"): ("dev",),
        ("watcher", "2.3.3"): ("dev", "optional"),
    }


def test_edges_are_found_as_node_finds_modules(workspace: Inventory) -> None:
    """The nearest `node_modules` wins; what is not installed has no edge; the requirement is kept."""
    assert _required(workspace, "left", "1.10.0") == {("right", "2.0.0+build.5")}
    assert _required(workspace, "linter", "8.1.0") == {("left", "1.10.0"), ("watcher", "2.3.3")}
    assert _required(workspace, "local", "0.1.0") == {("right", "1.0.0")}
    left = workspace.packages.index(_named(workspace, "left", "1.10.0"))
    right = workspace.packages.index(_named(workspace, "right", "2.0.0+build.5"))
    assert workspace.requirements[left, right] == "^2.0.0"


def test_roots(workspace: Inventory) -> None:
    """Members are roots and reach through each other; a peer that is for development as well is for development."""
    roots = _roots(workspace)
    assert list(roots) == [".", "local", "packages/api", "packages/ui"]
    assert roots["."] == {
        ("left", "1.10.0"): Reach.RUNTIME,
        ("left", "0.9.0"): Reach.RUNTIME,
        ("sheets", "0.20.3"): Reach.RUNTIME,
        ("forked", "2.1.0"): Reach.RUNTIME,
        ("local", "0.1.0"): Reach.RUNTIME,
        ("linter", "8.1.0"): Reach.DEV,
        ("peered", "4.0.0"): Reach.DEV,
        ("watcher", "2.3.3"): Reach.RUNTIME,
    }
    assert roots["local"] == {("local-test", "1.4.0"): Reach.DEV}
    assert roots["packages/api"] == {("right", "1.0.0"): Reach.RUNTIME, ("left", "0.9.0"): Reach.RUNTIME}
    assert roots["packages/ui"] == {("left", "0.9.0"): Reach.RUNTIME, ("linter", "8.1.0"): Reach.DEV}
    assert workspace.roots is not None
    assert [root.name for root in workspace.roots] == ["shop", "", "api", ""]


def test_direct(workspace: Inventory) -> None:
    """Direct is what a project requires itself."""
    indirect = {(package.name, package.version) for package in workspace.packages if not package.direct}
    assert indirect == {("right", "2.0.0+build.5")}


def test_the_same_version_twice_is_one_package() -> None:
    """In dev and prod is prod; in dev and optional is both."""
    packages = {
        "node_modules/a": {"version": "1.0.0", "dev": True},
        "node_modules/b/node_modules/a": {"version": "1.0.0"},
        "node_modules/c": {"version": "1.0.0", "dev": True},
        "node_modules/b/node_modules/c": {"version": "1.0.0", "optional": True},
    }
    inventory = FORMAT.parse(json.dumps({"lockfileVersion": 3, "packages": packages}).encode()).whole()
    assert [(p.name, p.groups, p.line) for p in inventory.packages] == [("a", (), 0), ("c", ("dev", "optional"), 0)]
    assert inventory.roots is None


def test_tree(tree: Inventory) -> None:
    """Version 1: aliases, git, archives and folders, and names that are words of the format."""
    found = [(p.name, p.version, p.source, p.line, p.groups, p.direct) for p in tree.packages]
    assert found == [
        ("archive", "", Source.URL, 6, (), None),
        ("folder", "", Source.PATH, 9, (), None),
        ("forked", "", Source.GIT, 12, (), None),
        ("left", "1.10.0", Source.REGISTRY, 16, (), None),
        ("right", "2.0.0", Source.REGISTRY, 24, (), None),
        ("@team/left", "0.9.0", Source.REGISTRY, 34, ("dev", "optional"), None),
        ("requires", "1.0.0", Source.REGISTRY, 40, (), None),
        ("right", "1.0.0", Source.REGISTRY, 44, ("dev",), None),
    ]
    assert tree.roots is None
    assert _required(tree, "left", "1.10.0") == {("right", "2.0.0"), ("requires", "1.0.0")}
    assert _required(tree, "right", "2.0.0") == {("left", "1.10.0")}


def test_tree_learns_from_package_json(tree: Inventory, manifests: Callable[[Mapping[str, bytes]], Manifests]) -> None:
    """Version 1: the manifest says what is direct, and by which kind of edge."""
    manifest = {"name": "shop", "dependencies": {"left": "^1"}, "devDependencies": {"old-left": "npm:@team/left@0"}}
    assert FORMAT.annotate is not None
    known = FORMAT.annotate(tree, manifests({"package.json": json.dumps(manifest).encode()}))
    assert _roots(known) == {".": {("left", "1.10.0"): Reach.RUNTIME, ("@team/left", "0.9.0"): Reach.DEV}}
    assert {package.name for package in known.packages if package.direct} == {"left", "@team/left"}
    assert FORMAT.annotate(tree, manifests({})) == tree
    broken = FORMAT.annotate(tree, manifests({"package.json": b"{"}))
    assert broken.roots is None
    assert [problem.subject for problem in broken.problems] == ["package.json"]


def test_old_shrinkwraps_have_no_graph() -> None:
    """Shrinkwraps of npm 4 and older do not say who requires what, only where everything came from."""
    lock = {
        "name": "old",
        "dependencies": {
            "a": {"version": "1.0.0", "from": "a@>=1.0.0 <2.0.0", "resolved": "http://mirror.example/a-1.0.0.tgz"},
            "b": {"version": "2.0.0", "from": "team/b#main", "resolved": "git://git.example/team/b.git#" + "a" * 40},
            "c": {"version": "3.0.0", "from": "http://files.example/c.tgz", "resolved": "http://files.example/c.tgz"},
        },
    }
    inventory = FORMAT.parse(json.dumps(lock).encode()).whole()
    assert [(p.name, p.version, p.source) for p in inventory.packages] == [
        ("a", "1.0.0", Source.REGISTRY),
        ("b", "2.0.0", Source.GIT),
        ("c", "3.0.0", Source.URL),
    ]
    assert inventory.edges is None


def test_lines_survive_another_indentation_and_are_unknown_in_one_line(workspace: Inventory) -> None:
    """Tabs are as good as spaces; a file of one line has no lines to point at."""
    lock = json.loads((DATA / "workspace.v3.json").read_text())
    tabs = FORMAT.parse(json.dumps(lock, indent="\t").encode()).whole()
    assert tabs == workspace
    windows = FORMAT.parse(json.dumps(lock, indent=2).replace("\n", "\r\n").encode()).whole()
    assert windows == workspace
    assert {package.line for package in FORMAT.parse(json.dumps(lock).encode()).whole().packages} == {0}


@pytest.mark.parametrize(
    "lock",
    [
        None,
        [],
        {},
        {"packages": []},
        {"packages": {"node_modules/a": []}},
        {"packages": {"node_modules/a": {"version": 1}}},
        {"packages": {"node_modules/a": {"link": True}}},
        {"packages": {"": {"dependencies": ["a"]}}},
        {"packages": {"": {"workspaces": "x"}}},
        {"packages": {"node_modules/a" * 1000: {}}},
        {"dependencies": ["a"]},
        {"dependencies": {"a": "1"}},
        {"dependencies": {"a": {"version": 1}}},
        {"dependencies": {"a": {"version": "1", "dependencies": ["a"]}}},
    ],
)
def test_refusals(lock: Any) -> None:
    """Another layout is the lockfile error, whatever it is."""
    with pytest.raises(LockfileError):
        load("npm").parse(json.dumps(lock).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"packages": {"node_modules/a": {"version": "1.0', b"[" * 9999])
def test_no_json(data: bytes) -> None:
    """So are bytes that are no JSON."""
    with pytest.raises(LockfileError):
        load("npm").parse(data)


def test_what_nobody_can_follow_costs_the_graph_and_not_the_packages() -> None:
    """The packages are matched before anybody asks who requires them."""
    lock = {"packages": {"node_modules/a": {"version": "1.0.0", "dependencies": []}}}
    inventory = load("npm").parse(json.dumps(lock).encode())
    whole = inventory.whole()
    assert inventory.problems == ()
    assert [problem.code for problem in whole.problems] == ["broken-graph"]
    assert "`dependencies` should be a table" in whole.problems[0].message
    assert (whole.packages, whole.edges, whole.roots) == (inventory.packages, None, None)
    assert whole.whole() is whole


@pytest.mark.parametrize("name", ["workspace.v3.json", "tree.v1.json"])
def test_packages_alone_are_read_at_once(name: str) -> None:
    """Also of workspaces, and where some come from git: all else waits until it is asked for."""
    lock = json.loads((DATA / name).read_bytes())
    for folder in ("local", "node_modules/local"):  # a package from a folder takes reading everything
        lock.get("packages", {}).pop(folder, None)
    inventory = FORMAT.parse(json.dumps(lock).encode())
    assert inventory.rest
    assert inventory.edges is None
    whole = inventory.whole()
    assert [package[:6] for package in inventory.packages] == [package[:6] for package in whole.packages]
    assert whole.edges is not None


def test_deep_trees_are_read() -> None:
    """A tree of version 1 may be as deep as JSON may be."""
    lock: dict[str, Any] = {}
    for _ in range(200):
        lock = {"a": {"version": "1.0.0", "requires": {"a": "1"}, "dependencies": lock}}
    inventory = FORMAT.parse(json.dumps({"lockfileVersion": 1, "dependencies": lock}).encode()).whole()
    assert [package.name for package in inventory.packages] == ["a"]
