"""pubspec.lock: sources, kinds of dependencies, the first layout, and what is no pubspec.lock."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.pub import annotate, parse
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "pub"
Written = Callable[[Mapping[str, bytes]], Manifests]


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with every source and every kind of dependency."""
    return parse((DATA / "pubspec.lock").read_bytes())


def test_packages(inventory: Inventory) -> None:
    """Versions stay text, quoted or not; a transitive package is not direct, and its group is not known."""
    assert [(p.name, p.version, p.line, p.groups, p.direct) for p in inventory.packages] == [
        ("collection", "1.10", 3, (), True),
        ("flutter", "0.0.0", 11, (), True),
        ("forked", "2.0.0-dev.1+3", 16, (), True),
        ("inner", "1.10", 25, (), False),
        ("models", "0.1.0", 32, (), True),
        ("test", "1.24.0", 39, ("dev",), True),
    ]
    assert inventory.edges is None


def test_sources(inventory: Inventory) -> None:
    """pub.dev under both its names, a private server beside it, git, a folder, and the SDK's own packages."""
    assert [(p.source, p.locator) for p in inventory.packages] == [
        (Source.REGISTRY, ""),
        (Source.OTHER_REGISTRY, "sdk:flutter"),
        (Source.GIT, "https://git.example/forked.git"),
        (Source.OTHER_REGISTRY, "https://pub.corp.example"),
        (Source.PATH, "../models"),
        (Source.REGISTRY, ""),
    ]
    assert inventory.packages[2].commit == "0123456789abcdef0123456789abcdef01234567"


def test_the_root_has_the_direct_ones(inventory: Inventory) -> None:
    """A development dependency may be another package's as well, an override either kind: their reach is unknown."""
    assert inventory.roots is not None
    (root,) = inventory.roots
    reach = {inventory.packages[edge.to].name: edge.reach for edge in root.edges}
    assert reach == {
        "collection": Reach.RUNTIME,
        "flutter": Reach.RUNTIME,
        "forked": Reach.UNKNOWN,
        "models": Reach.RUNTIME,
        "test": Reach.UNKNOWN,
    }


def test_the_first_layout_does_not_tell_direct_ones() -> None:
    """Before `dependency` existed; the description of a hosted package was its name."""
    inventory = parse(b"packages:\n  args:\n    description: args\n    source: hosted\n    version: 0.13.7\n")
    (package,) = inventory.packages
    assert (package.source, package.version, package.direct) == (Source.REGISTRY, "0.13.7", None)
    assert inventory.roots is None


def test_a_server_that_stands_alone_is_a_mirror() -> None:
    """Where pub.dev is not named, the named server may well hold its packages: nothing must be missed."""
    text = b"packages:\n  args:\n    description: {name: args, url: 'https://pub.corp.example'}\n"
    assert parse(text + b"    source: hosted\n    version: '1.0.0'\n").packages[0].source is Source.REGISTRY


def test_nothing_locked() -> None:
    """An empty file, only a comment, and an empty table."""
    assert [parse(data).packages for data in (b"", b"# pub\n", b"packages: {}\n", b"packages:\n")] == [()] * 4


def test_a_workspace_tells_only_who_is_direct(inventory: Inventory, manifests: Written) -> None:
    """The lockfile's own `dependency` is the top package's; members are read, listed one by one or by a pattern."""
    files = {
        "pubspec.yaml": b"workspace: [app, packages/*, gone]\ndev_dependencies: {test: any}\n",
        "app/pubspec.yaml": b"dependencies: {inner: ^1.0.0}\nworkspace: [nested]\n",
        "app/nested/pubspec.yaml": b"dependencies: {models: any}\n",
        "packages/core/pubspec.yaml": b"dev_dependencies:\n  collection: any\n",
        "other/pubspec.yaml": b"dependencies: {flutter: any}\n",
    }
    annotated = annotate(inventory, manifests(files))
    assert {p.name for p in annotated.packages if p.direct} == {"collection", "inner", "models", "test"}
    assert annotated.roots is None
    assert {p.groups for p in annotated.packages} == {()}
    alone, single = annotate(inventory, manifests({})), annotate(inventory, manifests({"pubspec.yaml": b"name: app\n"}))
    assert alone == inventory
    assert inventory.roots is not None
    assert single == inventory._replace(roots=tuple(root._replace(path=".") for root in inventory.roots))
    assert [root.path for root in inventory.roots] == [""]


def test_a_package_without_a_version_is_a_problem() -> None:
    """The others are read."""
    inventory = parse(b"packages:\n  a:\n    source: hosted\n  b:\n    version: '1'\n  c: 1\n")
    assert [package.name for package in inventory.packages] == ["b"]
    assert [problem.message[:6] for problem in inventory.problems] == ["line 2", "line 6"]


@pytest.mark.parametrize("data", [b"prose", b"- a", b"packages: []\n - a", b"packages: [a]", b"a: &a [*a]", b"\xff"])
def test_what_is_no_pubspec_lock(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        parse(data)
