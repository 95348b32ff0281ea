"""Cargo.lock: what each version of the layout says."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles import cargo
from advisord.model.inventory import Edge, Inventory, Reach, Root, Source

DATA = Path(__file__).parent / "data" / "cargo"


def _names(inventory: Inventory, index: int) -> list[str]:
    assert inventory.edges is not None
    return [f"{inventory.packages[to].name} {inventory.packages[to].version}" for to in inventory.edges[index]]


def test_version_4_is_read_with_sources_lines_and_graph() -> None:
    """Every kind of source, ambiguous names told apart by their version, local packages as roots."""
    inventory = cargo.parse((DATA / "v4.lock").read_bytes()).whole()
    found = {(package.name, package.version): package for package in inventory.packages}
    assert found["rand", "0.7.3"].source is found["rand", "0.8.5"].source is Source.REGISTRY
    assert found["internal", "3.1.0"][3:5] == (Source.OTHER_REGISTRY, "https://crates.example/index")
    assert found["forked", "2.0.0"][3:6] == (
        Source.GIT,
        "https://git.example/forked",
        "0123456789abcdef" * 2 + "01234567",
    )
    assert found["app", "0.1.0"].source is Source.PATH
    assert found["app", "0.1.0"].line == 5
    assert found["tempfile", "3.10.0"].line == 57
    assert _names(inventory, 2) == ["forked 2.0.0", "internal 3.1.0", "rand 0.7.3", "rand 0.8.5"]
    assert found["cc", "1.2.3"].direct is True
    assert inventory.roots is not None
    assert [(root.path, root.name, root.package) for root in inventory.roots] == [("", "app", 0), ("", "engine", 2)]
    assert inventory.roots[0].edges[0] == Edge(1, Reach.UNKNOWN)


def test_version_1_has_its_root_apart_and_spells_everything_out() -> None:
    """`[root]` is a package, and git sources stand without their commit in dependencies."""
    inventory = cargo.parse((DATA / "v1.lock").read_bytes()).whole()
    assert [(package.name, package.line) for package in inventory.packages] == [("old", 1), ("fork", 9), ("libc", 14)]
    assert _names(inventory, 0) == ["libc 0.2.1", "fork 0.1.0"]
    assert [package.direct for package in inventory.packages] == [False, True, True]


def test_version_2_has_its_checksums_apart() -> None:
    """`[metadata]` ends the packages."""
    inventory = cargo.parse((DATA / "v2.lock").read_bytes()).whole()
    assert [package.name for package in inventory.packages] == ["libc", "tool"]
    assert _names(inventory, 1) == ["libc 0.2.1"]


def test_of_packages_that_nobody_wants_the_lines_are_not_counted() -> None:
    """The graph is whole all the same: it leads to the wanted ones."""
    inventory = cargo.parse((DATA / "v4.lock").read_bytes())
    whole, some = inventory.whole(), inventory.whole([1])
    assert (some.packages[1], some.edges, some.roots) == (whole.packages[1], whole.edges, whole.roots)
    assert [package.line > 0 for package in some.packages][:3] == [False, True, False]


def test_a_dependency_that_is_not_in_the_file_makes_the_graph_unknown() -> None:
    """The packages are still read; who needs them is not guessed."""
    inventory = cargo.parse(b'[[package]]\nname = "a"\nversion = "1.0.0"\ndependencies = [\n "gone",\n]\n').whole()
    assert (inventory.edges, inventory.roots, inventory.packages[0].direct) == (None, None, None)
    assert [problem.code for problem in inventory.problems] == ["broken-graph"]


def test_without_a_source_the_local_one_of_two_is_meant() -> None:
    """A published package and the local one of the same version in one lockfile."""
    text = """[[package]]
name = "a"
version = "1.0.0"

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "b"
version = "1.0.0"
dependencies = [
 "a 1.0.0",
 "a 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)",
]
"""
    inventory = cargo.parse(text.encode()).whole()
    assert inventory.edges is not None
    assert list(inventory.edges[2]) == [0, 1]


def test_a_replaced_package_leads_to_its_replacement() -> None:
    """`[replace]` keeps both in the file."""
    text = b"""[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
replace = "a 1.0.0 (git+https://git.example/a)"

[[package]]
name = "a"
version = "1.0.0"
source = "git+https://git.example/a#0123"
"""
    inventory = cargo.parse(text).whole()
    assert inventory.edges is not None
    assert list(inventory.edges[0]) == [1]


def test_a_newer_version_is_read_and_said() -> None:
    """A layout that looks the same is read like the newest known one."""
    inventory = cargo.parse(b'version = 5\n\n[[package]]\nname = "a"\nversion = "1.0.0"\n').whole()
    assert [package.name for package in inventory.packages] == ["a"]
    assert [(problem.code, problem.blocking) for problem in inventory.problems] == [("newer-lockfile", False)]


def test_a_lockfile_without_packages_is_empty() -> None:
    """Nothing is locked; that is no error."""
    assert cargo.parse(b"version = 3\n") == Inventory("cargo", (), [], None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[project]\nname = "x"\n', "holds no `\\[\\[package\\]\\]`"),
        ('[[package]]\nname = "a"\n', "line 1: `\\[\\[package\\]\\]`: `version` should be a text, but is nothing"),
        ('[[package]]\nname = ""\nversion = "1"\n', "empty `name` or `version`"),
        ("package = 1\n", "`package` should be a list"),
    ],
)
def test_what_is_no_cargo_lock_is_refused_with_a_reason(text: str, sentence: str) -> None:
    """The sentence says what should have stood where."""
    with pytest.raises(LockfileError, match=sentence):
        cargo.parse(text.encode())


def test_roots_without_manifests_keep_their_folder_unknown() -> None:
    """A name says nothing about where a package lies."""
    inventory = cargo.parse((DATA / "v2.lock").read_bytes()).whole()
    assert inventory.roots == (Root("", "tool", (Edge(0, Reach.UNKNOWN),), 1),)
