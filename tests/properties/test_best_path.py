"""Law: the strongest reach and a shortest path are those of the best of all paths."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from advisord.model.inventory import Edge, Inventory, Package, Reach, Root
from advisord.model.reach import ORDER, Walker, walk

SIZE = 5
NUMBERS = st.integers(0, SIZE - 1)
EDGES = st.lists(st.builds(Edge, NUMBERS, st.sampled_from(Reach)), max_size=4).map(tuple)


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    """Small graphs, cycles included, in which some packages are roots themselves."""
    packages = tuple(Package("crates.io", f"p{number}", "1.0.0") for number in range(SIZE))
    edges = draw(st.lists(st.lists(NUMBERS, max_size=3), min_size=SIZE, max_size=SIZE))
    members = draw(st.lists(NUMBERS, unique=True, max_size=2))
    roots = [Root(".", "top", draw(EDGES)), *[Root(f"m{n}", f"p{n}", draw(EDGES), n) for n in members]]
    return Inventory("cargo", packages, edges, tuple(roots))


def _paths(
    inventory: Inventory, reached: int, rank: int, path: tuple[int, ...]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    yield rank, path
    own = next((root for root in inventory.roots or () if root.package == reached), None)
    assert inventory.edges is not None
    ends = [Edge(to, Reach.RUNTIME) for to in inventory.edges[reached]] if own is None else own.edges
    for edge in ends:
        if edge.to not in path and (own is None or edge.reach is not Reach.DEV):
            yield from _paths(inventory, edge.to, max(rank, ORDER.index(edge.reach)), (*path, edge.to))


@given(inventory=inventories())
def test_the_walk_finds_the_best_of_all_paths(inventory: Inventory) -> None:
    """Against every simple path, one by one: the weakest edge of a path is its reach, the strongest path counts."""
    assert inventory.roots is not None
    best: dict[int, tuple[int, int]] = {}
    for edge in inventory.roots[0].edges:
        for rank, path in _paths(inventory, edge.to, ORDER.index(edge.reach), (edge.to,)):
            best[path[-1]] = min(best.get(path[-1], (99, 99)), (rank, len(path)))
    found = walk(inventory, inventory.roots[0].edges)
    assert {p: (ORDER.index(reach), len(found.path(p))) for p, reach in found.reach.items()} == best


@given(inventory=inventories(), wanted=st.sets(NUMBERS))
def test_looking_for_some_packages_finds_the_same(inventory: Inventory, wanted: set[int]) -> None:
    """Reach and the length of the path do not depend on what else is looked for."""
    walker = Walker(inventory, wanted)
    for root in inventory.roots or ():
        found, again = walk(inventory, root.edges), walker.walk(root.edges)
        for package in wanted:
            assert found.reach.get(package) == again.reach.get(package)
            assert package not in found.reach or len(found.path(package)) == len(again.path(package))


@given(inventory=inventories())
def test_paths_are_paths(inventory: Inventory) -> None:
    """Each step is an edge; it begins at one of the root's own and ends at the package."""
    assert inventory.roots is not None
    assert inventory.edges is not None
    kinds = {root.package: root.edges for root in inventory.roots if root.package is not None}
    starts = inventory.roots[0].edges
    found = walk(inventory, starts)
    for package in found.reach:
        path = found.path(package)
        assert path[-1] == package
        assert path[0] in {edge.to for edge in starts}
        for before, after in pairwise(path):
            assert after in ({edge.to for edge in kinds[before]} if before in kinds else inventory.edges[before])
