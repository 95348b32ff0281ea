"""pylock.toml (PEP 751): sources, groups in markers, optional dependencies, and what pyproject.toml adds."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.pylock import annotate, parse
from advisord.model.inventory import Edge, Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "pylock"
Make = Callable[[Mapping[str, bytes]], Manifests]
MANIFEST = b'[project]\nname = "app"\ndependencies = ["Numbers>=1"]\n[dependency-groups]\nlint = ["style"]\n'


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with every kind of package."""
    return parse((DATA / "pylock.toml").read_bytes())


def test_packages_with_groups(inventory: Inventory) -> None:
    """A group that is installed by default is none; a group or extra that the marker asks for is one."""
    assert [(p.name, p.version, p.line, p.groups) for p in inventory.packages] == [
        ("archive", "2.0", 8, ()),
        ("app", "", 13, ()),
        ("forked", "0.1.0", 18, ()),
        ("numbers", "1.10", 23, ()),
        ("numbers", "2.0", 30, ()),
        ("speedups", "3.1", 38, ("fast",)),
        ("style", "1.0", 43, ("lint",)),
        ("wire", "1.2", 48, ()),
        ("wheelhouse", "5", 53, ()),
    ]
    assert inventory.packages[3].marker == "python_version < '3.12'"


def test_sources(inventory: Inventory) -> None:
    """An archive has an address or a path."""
    assert [(p.source, p.locator) for p in inventory.packages if p.source is not Source.REGISTRY] == [
        (Source.URL, "https://files.example/archive-2.0.zip"),
        (Source.PATH, "."),
        (Source.GIT, "https://git.example/forked.git"),
        (Source.PATH, "vendor/wheelhouse-5-py3-none-any.whl"),
    ]
    assert inventory.packages[2].commit.startswith("01234567")


def test_dependencies_are_edges(inventory: Inventory) -> None:
    """The version tells which package of several is meant."""
    assert inventory.edges is not None
    assert inventory.edges[1] == (0, 4)


def test_the_manifest_tells_what_is_direct(inventory: Inventory, manifests: Make) -> None:
    """Runtime and development dependencies of the project."""
    annotated = annotate(inventory, manifests({"pyproject.toml": MANIFEST}))
    assert annotated.roots is not None
    assert annotated.roots[0].edges == (
        Edge(3, Reach.RUNTIME, "Numbers>=1"),
        Edge(4, Reach.RUNTIME, "Numbers>=1"),
        Edge(6, Reach.DEV, "style"),
    )
    assert [p.groups for p in annotated.packages] == [p.groups for p in inventory.packages]
    assert annotate(inventory, manifests({})) is inventory


def test_without_dependencies_there_is_no_graph(manifests: Make) -> None:
    """Pip writes none: an empty graph would call every transitive package unreachable."""
    bare = parse(
        b'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\n[[packages]]\nname = "style"\nversion = "1"\n'
    )
    annotated = annotate(bare, manifests({"pyproject.toml": MANIFEST}))
    assert annotated.edges is None
    assert [p.direct for p in annotated.packages] == [False, True]


def test_a_newer_layout_is_a_problem() -> None:
    """What a layout that nobody here knows may hide makes the answer untrustworthy."""
    (problem,) = parse(b'lock-version = "2.0"\n').problems
    assert problem.blocking


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"packages = ", "is not TOML"),
        (b"[project]\n", "no pylock.toml"),
        (b'[[packages]]\nversion = "1"\n', "line 1: the package that begins here has no `name`"),
        (b'[[packages]]\nname = "a"\n', "line 1: the version of a should be a text, but is nothing"),
        (b'[[packages]]\nname = "a"\nvcs = "x"\n', "line 1: `vcs` should be a table"),
        (
            b'[[packages]]\nname = "a"\nversion = "1"\ndependencies = ["b"]\n',
            "every entry of `dependencies` should be a table",
        ),
    ],
)
def test_what_is_no_pylock(data: bytes, message: str) -> None:
    """Each is refused with a sentence that says where and what."""
    with pytest.raises(LockfileError, match=message):
        parse(data)
