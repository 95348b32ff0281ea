"""Law: the strongest reach and a shortest path are those of the best of all paths."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from advisord.matching.evidence import vias
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root
from advisord.model.reach import ORDER, walk

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


def _best(inventory: Inventory, root: Root) -> dict[int, tuple[int, int]]:
    """Each package that the root reaches: rank and length of the best of all its paths."""
    best: dict[int, tuple[int, int]] = {}
    for edge in root.edges:
        for rank, path in _paths(inventory, edge.to, ORDER.index(edge.reach), (edge.to,)):
            best[path[-1]] = min(best.get(path[-1], (99, 99)), (rank, len(path)))
    return best


@given(inventory=inventories())
def test_the_walk_finds_the_best_of_all_paths(inventory: Inventory) -> None:
    """Against every simple path, one by one: the weakest edge of a path is its reach, the strongest path counts."""
    for root in inventory.roots or ():
        best = {package: ORDER[rank] for package, (rank, _) in _best(inventory, root).items()}
        assert walk(inventory, root.edges) == best


@given(inventory=inventories(), wanted=st.sets(NUMBERS))
def test_each_root_is_named_with_the_best_of_all_paths(inventory: Inventory, wanted: set[int]) -> None:
    """Its reach and its length; the other packages that are looked for change nothing."""
    found = vias(inventory, wanted)
    assert found.keys() == wanted
    for root in inventory.roots or ():
        best = _best(inventory, root)
        for package, ways in found.items():
            said = [(ORDER.index(way.reach), len(way.path)) for way in ways or () if way.component == root.path]
            assert said == ([best[package]] if package in best else [])


@given(inventory=inventories())
def test_paths_are_paths(inventory: Inventory) -> None:
    """Each step is an edge; it begins at one of the root's own and ends at the package."""
    assert inventory.edges is not None
    number = {package.name: index for index, package in enumerate(inventory.packages)}
    own = {root.package: root.edges for root in inventory.roots or ()}
    starts = {root.path: {edge.to for edge in root.edges} for root in inventory.roots or ()}
    for package, ways in vias(inventory, range(SIZE)).items():
        for way in ways or ():
            path = [number[name] for name in way.path]
            assert path[-1] == package
            assert path[0] in starts[way.component]
            for before, after in pairwise(path):
                assert after in ({edge.to for edge in own[before]} if before in own else inventory.edges[before])
