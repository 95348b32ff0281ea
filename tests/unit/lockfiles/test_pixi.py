"""pixi.lock: conda packages and their purls, PyPI packages, environments, platforms, layouts."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.pixi import parse
from advisord.model.inventory import Inventory, Source

DATA = Path(__file__).parent / "data" / "pixi"


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile of layout 6 with two environments and two platforms."""
    return parse((DATA / "v6.lock").read_bytes())


def test_packages(inventory: Inventory) -> None:
    """One package for all platforms; purls make PyPI packages; groups are the environments besides `default`."""
    assert [(p.ecosystem, p.name, p.version, p.line, p.groups) for p in inventory.packages] == [
        ("conda", "py-thon", "3.12.0", 24, ()),
        ("PyPI", "numbers", "1.10", 31, ()),
        ("PyPI", "numbers-extra", "1.10+local", 31, ()),
        ("conda", "style", "2.0", 37, ("lint",)),
        ("conda", "built", "0.1.0", 41, ()),
        ("PyPI", "served", "0.30.0", 44, ()),
        ("PyPI", "forked", "1.10", 50, ()),
        ("PyPI", "app", "", 53, ()),
    ]


def test_sources(inventory: Inventory) -> None:
    """Repositories carry their commit, folders their path."""
    found = [(p.name, p.source, p.locator, p.commit[:4]) for p in inventory.packages if p.source is not Source.REGISTRY]
    assert found == [
        ("built", Source.PATH, "libs/built", ""),
        ("forked", Source.GIT, "https://git.example/forked.git", "0123"),
        ("app", Source.PATH, "./", ""),
    ]


def test_edges(inventory: Inventory) -> None:
    """By name, across conda and PyPI; what only an extra needs is left out; roots are unknown."""
    assert inventory.edges == [(), (0,), (0,), (1, 2, 0), (), (1,), (), ()]
    assert inventory.requirements[5, 1] == "numbers>=1"
    assert inventory.roots is None


def test_what_has_no_name_is_said(inventory: Inventory) -> None:
    """A package may be missed: the answer can't be trusted."""
    (problem,) = inventory.problems
    assert problem.blocking
    assert "line 56" in problem.message


def test_the_fifth_layout() -> None:
    """Name, version and address are keys of their own."""
    inventory = parse((DATA / "v5.lock").read_bytes())
    assert [(p.ecosystem, p.name, p.version, p.source, p.groups) for p in inventory.packages] == [
        ("PyPI", "numbers", "1.10", Source.REGISTRY, ("test",)),
        ("PyPI", "served", "0.30.0", Source.REGISTRY, ("test",)),
        ("PyPI", "app", "0.1.0", Source.PATH, ()),
    ]


def test_the_first_layouts_are_flat() -> None:
    """Until layout 3 a package has a manager and no environment."""
    (package,) = parse(
        b"version: 3\npackage:\n- {name: a, version: 1.10, manager: conda, dependencies: [b]}\n"
    ).packages
    assert (package.ecosystem, package.version) == ("conda", "1.10")


def test_a_newer_layout_is_a_problem() -> None:
    """What a layout that nobody here knows may hide makes the answer untrustworthy."""
    (problem,) = parse(b"version: 8\npackages: []\n").problems
    assert problem.blocking


def test_an_empty_file_has_no_packages() -> None:
    """Neither has one without packages."""
    assert parse(b"").packages == ()
    assert parse(b"version: 6\nenvironments:\n  default:\n    packages: {}\npackages: []\n").packages == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"- a\n", "a pixi.lock should be a table, but is a list"),
        (b"packages: []\n", "no pixi.lock"),
        (b"version: 6\npackages: {a: b}\n", "`packages` should be a list, but is a table"),
        (b"version: 6\npackages: [a]\n", "every entry of `packages` should be a table"),
        (b"version: 6\nenvironments: {a: []}\n", "environment a should be a table"),
        (b"version: [\n", "is not YAML"),
    ],
)
def test_what_is_no_pixi_lock(data: bytes, message: str) -> None:
    """Each is refused with a sentence that says where and what."""
    with pytest.raises(LockfileError, match=message):
        parse(data)
