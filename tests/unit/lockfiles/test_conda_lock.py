"""conda-lock.yml and mamba's lockfiles: conda and pip packages, categories, platforms."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.conda_lock import parse
from advisord.model.inventory import Inventory, Source

DATA = Path(__file__).parent / "data" / "conda_lock"


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with two platforms, two categories and both managers."""
    return parse((DATA / "conda-lock.yml").read_bytes())


def test_packages(inventory: Inventory) -> None:
    """One package for all platforms; `main` on any of them has no group; versions stay text."""
    assert [(p.ecosystem, p.name, p.version, p.line, p.groups) for p in inventory.packages] == [
        ("conda", "numbers", "1.10", 13, ()),
        ("PyPI", "py-thon", "3.12.0", 33, ()),
        ("PyPI", "Probe", "8.0.0", 41, ("dev",)),
        ("PyPI", "forked", "0.1.0", 53, ()),
    ]
    assert (inventory.packages[3].source, inventory.packages[3].commit[:4]) == (Source.GIT, "0123")


def test_edges(inventory: Inventory) -> None:
    """A pip package finds the conda package that is the PyPI package it needs."""
    assert inventory.edges == [(1,), (), (1,), ()]
    assert inventory.requirements == {(0, 1): "py-thon >=3.9,<3.13", (2, 1): "py-thon >=3"}


def test_lists_by_platform() -> None:
    """Some tools write the packages of each platform under its name."""
    data = b"version: 1\npackage:\n  linux-64:\n  - {name: a, version: '1'}\n  win-64:\n  - {name: a, version: '2'}\n"
    assert [p.version for p in parse(data).packages] == ["1", "2"]


def test_what_is_not_understood_is_said() -> None:
    """Another manager, no name, another version of the layout."""
    data = b"version: 2\npackage:\n- {name: a, version: '1', manager: brew}\n- {name: a, manager: pip}\n"
    problems = parse(data).problems
    assert [problem.code for problem in problems] == [
        "unknown-lockfile-version",
        "unreadable-entry",
        "unreadable-entry",
    ]
    assert all(problem.blocking for problem in problems)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\n", "has no `package`"),
        (b"package: a\n", "`package` should be a list"),
        (b"package: [a]\n", "every entry of `package` should be a table"),
        (b"package: [\n", "is not YAML"),
    ],
)
def test_what_is_no_lockfile_of_conda(data: bytes, message: str) -> None:
    """Each is refused with a sentence that says where and what."""
    with pytest.raises(LockfileError, match=message):
        parse(data)
