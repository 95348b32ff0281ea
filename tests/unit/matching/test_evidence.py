"""Which components pull a package in, and on which path."""

from advisord.matching.evidence import vias
from advisord.model.finding import Via
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root

PACKAGES = tuple(Package("npm", name, "1.0.0") for name in ("hyper", "h2", "http", "lonely"))
ROOTS = (
    Root("services/api", "api", (Edge(0, Reach.RUNTIME),)),
    Root(".", "top", (Edge(2, Reach.DEV),)),
)
INVENTORY = Inventory("npm", PACKAGES, ((1,), (2,), (), ()), ROOTS)


def test_each_component_is_named_with_its_reach_and_a_shortest_path() -> None:
    """Folders are relative to the repository; a package that nobody reaches has no component."""
    assert vias(INVENTORY, [2, 3], "backend") == {
        2: (
            Via("backend", "top", Reach.DEV, ("http",)),
            Via("backend/services/api", "api", Reach.RUNTIME, ("hyper", "h2", "http")),
        ),
        3: (),
    }


def test_folders_are_normalised() -> None:
    """A member may lie above the lockfile; a folder that is unknown stays so."""
    roots = (ROOTS[0]._replace(path="../shared"), ROOTS[0]._replace(path=""))
    found = vias(INVENTORY._replace(roots=roots), [0], "a/b")
    assert [via.component for via in found[0] or ()] == ["", "a/shared"]
    at_the_top = vias(INVENTORY, [2])
    assert [via.component for via in at_the_top[2] or ()] == [".", "services/api"]


def test_unknown_roots_are_unknown() -> None:
    """Never an empty list of components."""
    assert vias(INVENTORY._replace(roots=None), [0, 3]) == {0: None, 3: None}


def test_without_a_graph_direct_dependencies_are_known_and_others_not() -> None:
    """With several roots nobody can tell whose the others are."""
    found = vias(INVENTORY._replace(edges=None), [0, 1])
    assert found == {0: (Via("services/api", "api", Reach.RUNTIME, ("hyper",)),), 1: None}


def test_without_a_graph_everything_belongs_to_the_only_root() -> None:
    """By an unknown path and reach."""
    found = vias(INVENTORY._replace(edges=None, roots=ROOTS[:1]), [0, 1], "go")
    assert found == {
        0: (Via("go/services/api", "api", Reach.RUNTIME, ("hyper",)),),
        1: (Via("go/services/api", "api", Reach.UNKNOWN, ()),),
    }
