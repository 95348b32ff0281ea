"""composer.lock: both sections, sources, edges through stand-ins, composer.json, the first layout, and bad input."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.composer import annotate, parse
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.registry import load
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "composer"
Written = Callable[[Mapping[str, bytes]], Manifests]


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with a registry, a path, a fork, `replace` and `provide`."""
    return parse((DATA / "composer.lock").read_bytes())


def _edges(inventory: Inventory, name: str) -> list[str]:
    assert inventory.edges is not None
    index = next(index for index, package in enumerate(inventory.packages) if package.name == name)
    return [inventory.packages[to].name for to in inventory.edges[index]]


def test_packages_with_line_group_and_version_as_written(inventory: Inventory) -> None:
    """The `v` stays, a branch is a version, and packages of `packages-dev` have the group dev."""
    assert [(p.name, p.version, p.line, p.groups) for p in inventory.packages] == [
        ("acme/framework", "v1.10.0", 5, ()),
        ("acme/local", "dev-main", 15, ()),
        ("fork/mailer", "dev-master", 21, ()),
        ("psr/log", "3.0.0", 27, ()),
        ("zoo/monolog", "2.9.1.0", 32, ()),
        ("acme/phpunit", "10.0.0", 40, ("dev",)),
    ]
    assert {p.ecosystem for p in inventory.packages} == {"Packagist"}


def test_sources(inventory: Inventory) -> None:
    """A registry announces where to report downloads; a repository of composer.json does not. Tokens are left out."""
    assert [(p.source, p.locator, p.commit) for p in inventory.packages[:4]] == [
        (Source.REGISTRY, "", "aaaa"),
        (Source.PATH, "../local", "bbbb"),
        (Source.GIT, "https://git.example/fork/mailer.git", "cccc"),
        (Source.REGISTRY, "", ""),
    ]


def test_edges_go_through_stand_ins(inventory: Inventory) -> None:
    """`replace` and `provide` count; platform packages don't; a runtime package never needs one of packages-dev."""
    assert _edges(inventory, "acme/framework") == ["psr/log", "zoo/monolog"]
    assert _edges(inventory, "acme/local") == ["acme/framework"]
    assert _edges(inventory, "acme/phpunit") == ["psr/log"]
    assert inventory.requirements[1, 0] == "^1.0"


def test_composer_json_tells_the_direct_ones(inventory: Inventory, manifests: Written) -> None:
    """The project is a root with its own edges and their kind."""
    manifest = {
        "name": "acme/shop",
        "require": {"php": "^8.1", "Acme/Framework": "^1.10"},
        "require-dev": {"acme/phpunit": "^10"},
    }
    annotated = annotate(inventory, manifests({"composer.json": json.dumps(manifest).encode()}))
    assert annotated.roots is not None
    (root,) = annotated.roots
    assert root.name == "acme/shop"
    assert [(annotated.packages[edge.to].name, edge.reach, edge.requirement) for edge in root.edges] == [
        ("acme/framework", Reach.RUNTIME, "^1.10"),
        ("acme/phpunit", Reach.DEV, "^10"),
    ]
    assert [p.name for p in annotated.packages if p.direct] == ["acme/framework", "acme/phpunit"]
    assert annotate(inventory, manifests({})) == inventory
    assert inventory.packages[0].direct is None


def test_a_manifest_that_is_no_json_is_a_problem(inventory: Inventory, manifests: Written) -> None:
    """The lockfile's own facts stay, and the problem does not block."""
    annotate_guarded = load("composer").annotate
    assert annotate_guarded is not None
    annotated = annotate_guarded(inventory, manifests({"composer.json": b"nonsense"}))
    assert annotated.packages == inventory.packages
    assert [problem.blocking for problem in annotated.problems] == [False]


def test_one_line_and_the_first_layout() -> None:
    """A minified file, `packages-dev: null` of Composer 1, and `package` instead of `name` before 1.0."""
    data = b'{"packages":[{"name":"a/b","version":"1.0"}],"packages-dev":null}'
    assert [(p.name, p.line) for p in parse(data).packages] == [("a/b", 1)]
    old = b'{"hash": "0", "packages": [{"package": "symfony\\/finder", "version": "2.1.0-dev"}]}'
    (package,) = parse(old).packages
    assert (package.name, package.source) == ("symfony/finder", Source.REGISTRY)


@pytest.mark.parametrize("entry", ['{"name": "a/b"}', '{"name": "a/b", "version": 1.10}', '"a/b"', '{"version": "1"}'])
def test_an_entry_that_is_no_package_is_a_problem(entry: str) -> None:
    """A number is no version: its text is lost. The other packages are read."""
    inventory = parse(f'{{"packages": [{entry}, {{"name": "c/d", "version": "1"}}]}}'.encode())
    assert [package.name for package in inventory.packages] == ["c/d"]
    assert [problem.blocking for problem in inventory.problems] == [True]


def test_a_graph_that_explodes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many packages that provide a name, and many that need it."""
    entries = [{"name": f"a/p{n}", "version": "1", "provide": {"v": "1"}, "require": {"v": "1"}} for n in range(100)]
    monkeypatch.setattr("advisord.lockfiles.limits.MAX_EDGES", 1000)
    with pytest.raises(LockfileError, match="need each other"):
        parse(json.dumps({"packages": entries}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"packages": {"a": 1}}',
        b'{"packages": [',
        b'{"packages": [], "packages": []}',
        b"[" * 100_000,
    ],
    ids=["empty", "null", "list", "no packages", "table", "truncated", "twice", "deep"],
)
def test_what_is_no_composer_lock(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        load("composer").parse(data)
