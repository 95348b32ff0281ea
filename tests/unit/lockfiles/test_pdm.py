"""pdm.lock: groups, packages that stand twice because of extras, sources, and what pyproject.toml adds."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.pdm import annotate, parse
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "pdm"
Make = Callable[[Mapping[str, bytes]], Manifests]


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with groups, alone."""
    return parse((DATA / "pdm.lock").read_bytes())


def test_a_package_with_extras_is_one_package(inventory: Inventory) -> None:
    """`server` and `server[fast]` are one, in all their groups; the default set has none."""
    assert [(p.name, p.version, p.line, p.groups) for p in inventory.packages] == [
        ("colors", "0.4.6", 13, ("lint",)),
        ("forked", "1.0", 22, ()),
        ("local", "0.1.0", 30, ()),
        ("server", "0.30.0", 37, ()),
        ("speedups", "3.1", 55, ("fast",)),
        ("style", "1.10", 60, ("lint",)),
        ("wire", "1.2", 68, ()),
    ]


def test_edges_and_sources(inventory: Inventory) -> None:
    """An extra's dependency says so; git carries its commit, folders their path."""
    assert inventory.edges == [(), (), (), (6, 4), (), (0,), ()]
    assert inventory.requirements[3, 4] == 'speedups<4 ; (platform_system != "Windows") and extra == "fast"'
    forked, local = inventory.packages[1:3]
    assert (forked.source, forked.locator) == (Source.GIT, "https://git.example/forked.git")
    assert forked.commit.startswith("01234567")
    assert (local.source, local.locator) == (Source.PATH, "./libs/local")
    assert inventory.packages[0].marker == 'sys_platform == "win32"'


def test_the_manifest_gives_the_root(inventory: Inventory, manifests: Make) -> None:
    """Its dependencies, extras and development groups."""
    annotated = annotate(inventory, manifests({"pyproject.toml": (DATA / "pyproject.toml").read_bytes()}))
    assert annotated.roots is not None
    (root,) = annotated.roots
    assert (root.path, root.name) == (".", "app")
    assert [(annotated.packages[e.to].name, e.reach, e.requirement) for e in root.edges] == [
        ("server", Reach.RUNTIME, "server | server[fast]"),
        ("forked", Reach.RUNTIME, "forked @ git+https://git.example/forked.git"),
        ("local", Reach.RUNTIME, "local"),
        ("style", Reach.DEV, "style~=1.0"),
    ]
    assert [p.groups for p in annotated.packages] == [p.groups for p in inventory.packages]
    assert annotate(inventory, manifests({})) is inventory


def test_groups_from_the_manifest(manifests: Make) -> None:
    """A lockfile without `inherit_metadata` names no groups."""
    lock = "".join(
        line for line in (DATA / "pdm.lock").read_text().splitlines(keepends=True) if not line.startswith("groups")
    )
    bare = parse(lock.encode())
    assert {p.groups for p in bare.packages} == {()}
    annotated = annotate(bare, manifests({"pyproject.toml": (DATA / "pyproject.toml").read_bytes()}))
    assert [p.groups for p in annotated.packages] == [("lint",), (), (), (), ("fast",), ("lint",), ()]


def test_sections_of_the_first_pdm() -> None:
    """Pdm 1 called groups sections."""
    (package,) = parse(b'[[package]]\nname = "a"\nversion = "1"\nsections = ["dev"]\n').packages
    assert package.groups == ("dev",)


def test_a_newer_layout_is_a_problem() -> None:
    """What a layout that nobody here knows may hide makes the answer untrustworthy."""
    (problem,) = parse(b'[metadata]\nlock_version = "5.0"\n').problems
    assert problem.blocking


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"package = ", "is not TOML"),
        (b"[project]\n", "no pdm.lock"),
        (b'[[package]]\nversion = "1"\n', "line 1: the package that begins here has no `name`"),
        (b'[[package]]\nname = "a"\nversion = 1\n', "the version of a should be a text"),
        (b'[[package]]\nname = "a"\nversion = "1"\ndependencies = "b"\n', "`dependencies` should be a list"),
    ],
)
def test_what_is_no_pdm_lock(data: bytes, message: str) -> None:
    """Each is refused with a sentence that says where and what."""
    with pytest.raises(LockfileError, match=message):
        parse(data)
