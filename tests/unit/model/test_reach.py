"""The walk over an inventory's graph."""

from advisord.model.inventory import Edge, Inventory, Package, Reach, Root
from advisord.model.reach import strongest, walk

PACKAGES = tuple(Package("crates.io", name, "1.0.0") for name in ("app", "lib", "tool", "deep", "test"))
ROOTS = (
    Root("app", "app", (Edge(1, Reach.RUNTIME), Edge(4, Reach.DEV)), package=0),
    Root("lib", "lib", (Edge(2, Reach.BUILD), Edge(4, Reach.DEV)), package=1),
)
INVENTORY = Inventory("cargo", PACKAGES, ((1, 4), (2, 4), (3,), (), ()), ROOTS)


def test_a_member_hands_on_its_build_edges_but_not_those_for_development() -> None:
    """What the library's tests need is no dependency of the application."""
    without_tests = walk(INVENTORY, ROOTS[0].edges[:1])
    assert without_tests == {1: Reach.RUNTIME, 2: Reach.BUILD, 3: Reach.BUILD}


def test_all_roots_together_give_the_strongest_reach() -> None:
    """The application itself is reached by nobody."""
    assert strongest(INVENTORY) == {1: Reach.RUNTIME, 2: Reach.BUILD, 3: Reach.BUILD, 4: Reach.DEV}


def test_without_a_graph_only_direct_dependencies_are_reached() -> None:
    """The rest is not known."""
    inventory = INVENTORY._replace(edges=None, roots=(Root(".", "app", (Edge(2, Reach.RUNTIME),)),))
    assert strongest(inventory) == {2: Reach.RUNTIME}


def test_unknown_edges_may_be_runtime_but_never_hide_it() -> None:
    """A package that is reached by a known runtime edge is runtime, whatever else reaches it."""
    root = Root(
        ".", "app", (Edge(2, Reach.UNKNOWN), Edge(3, Reach.RUNTIME), Edge(4, Reach.UNKNOWN), Edge(4, Reach.DEV))
    )
    inventory = INVENTORY._replace(roots=(root,))
    assert strongest(inventory) == {2: Reach.UNKNOWN, 3: Reach.RUNTIME, 4: Reach.UNKNOWN}


def test_without_a_graph_a_development_dependency_may_be_needed_at_runtime_as_well() -> None:
    """Unless the lockfile has it in a group."""
    packages = (PACKAGES[0], PACKAGES[1]._replace(groups=("dev",)), PACKAGES[2])
    root = Root(".", "app", (Edge(0, Reach.DEV), Edge(1, Reach.DEV), Edge(2, Reach.BUILD)))
    found = strongest(Inventory("pylock", packages, None, (root,)))
    assert found == {0: Reach.UNKNOWN, 1: Reach.DEV, 2: Reach.BUILD}
