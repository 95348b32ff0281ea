"""packages.lock.json: targets, projects, centrally managed packages, the graph, and what is no packages.lock.json."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.nuget import parse
from advisord.lockfiles.registry import load
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "nuget"


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """Three targets, one of them a runtime's, with projects and a centrally managed package."""
    return parse((DATA / "packages.lock.json").read_bytes())


def test_the_same_version_of_two_targets_is_one_package(inventory: Inventory) -> None:
    """Each version stands once, where it stands first; a referenced project is a package from a path."""
    assert [(p.name, p.version, p.line, p.source, p.direct) for p in inventory.packages] == [
        ("Contoso.Json", "13.0.1", 5, Source.REGISTRY, True),
        ("Contoso.Http", "4.3.10", 11, Source.REGISTRY, False),
        ("Contoso.Primitives", "4.3.1", 18, Source.REGISTRY, False),
        ("shop.core", "", 23, Source.PATH, True),
        ("shop.model", "", 30, Source.PATH, False),
        ("Contoso.Native", "1.0.0", 43, Source.REGISTRY, False),
        ("Contoso.Json", "12.0.3", 49, Source.REGISTRY, True),
    ]
    assert {p.ecosystem for p in inventory.packages} == {"NuGet"}


def test_edges_ignore_case_and_reach_into_the_frameworks_section(inventory: Inventory) -> None:
    """A runtime's section names only what differs; what it needs besides stands in the framework's section."""
    assert inventory.edges == ((), (2, 5), (), (1, 4), (), (), ())
    assert inventory.requirements == {(1, 2): "4.3.0", (3, 1): "[4.3.10, )", (3, 4): "[1.0.0, )", (1, 5): "1.0.0"}


def test_the_root_has_direct_packages_and_projects(inventory: Inventory) -> None:
    """A project that another one brings in is not the root's own."""
    assert inventory.roots is not None
    (root,) = inventory.roots
    assert [(edge.to, edge.reach, edge.requirement) for edge in root.edges] == [
        (0, Reach.RUNTIME, "[13.0.1, )"),
        (3, Reach.RUNTIME, ""),
        (6, Reach.RUNTIME, "[12.0.3, )"),
    ]


def test_a_runtime_of_its_own_version() -> None:
    """A runtime's section holds only what differs: who needs that stands in its framework's section."""
    data = b"""{"version": 1, "dependencies": {
        "net8.0": {"A": {"type": "Direct", "resolved": "1.0.0", "dependencies": {"B": "1.0.0"}},
                   "B": {"type": "Transitive", "resolved": "1.0.0"}},
        "net8.0/win-x64": {"B": {"type": "Transitive", "resolved": "1.0.1"}}}}"""
    inventory = parse(data)
    assert [(p.name, p.version) for p in inventory.packages] == [("A", "1.0.0"), ("B", "1.0.0"), ("B", "1.0.1")]
    assert inventory.edges == ((1, 2), (), ())


def test_a_package_without_a_version_is_a_problem() -> None:
    """The other packages are read."""
    data = b'{"version": 1, "dependencies": {"net6.0": {"A": {"type": "Direct"}, "B": {"resolved": "1.10"}, "C": 1}}}'
    inventory = parse(data)
    assert [(p.name, p.version) for p in inventory.packages] == [("B", "1.10")]
    assert ["'A'" in inventory.problems[0].message, "'C'" in inventory.problems[1].message] == [True, True]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b'{"version": 1}',
        b'{"dependencies": {"net6.0": []}}',
        b'{"dependencies": {"a": {"b": ' + b'{"c":' * 100_000,
        b'{"dependencies": {"a": {"b": {}, "b": {}}}}',
    ],
    ids=["empty", "null", "no dependencies", "list", "deep", "twice"],
)
def test_what_is_no_packages_lock_json(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        load("nuget").parse(data)
