"""One node per package tells the same as the true graph, in which `name` and `name[extra]` are nodes of their own."""

from hypothesis import given
from hypothesis import strategies as st

from advisord.lockfiles.python_graph import Demand, Dep, Project, connect
from advisord.model.inventory import Inventory, Package, Reach
from advisord.model.reach import strongest

_COUNT = 6
_INDEX = st.integers(0, _COUNT - 1)
_EXTRA = st.sampled_from(("x", "y"))
_EXTRAS = st.lists(_EXTRA, max_size=2, unique=True).map(tuple)
_DEP = st.builds(Dep, _INDEX, _EXTRAS, st.one_of(st.just(""), _EXTRA))
_GROUP = st.sampled_from((("", Reach.RUNTIME), ("fast", Reach.RUNTIME), ("dev", Reach.DEV), ("lint", Reach.DEV)))
_DEMAND = st.builds(lambda to, extras, group: Demand(to, extras, group[1], group[0]), _INDEX, _EXTRAS, _GROUP)
_DEPS = st.lists(st.lists(_DEP, max_size=3), min_size=_COUNT, max_size=_COUNT)
_PROJECTS = st.lists(st.lists(_DEMAND, max_size=4), min_size=1, max_size=2)


def _slow(deps: list[list[Dep]], demands: list[Demand]) -> set[int]:
    """The packages that the demands pull in, by repeating one step until nothing is added."""
    nodes = {(demand.to, extra) for demand in demands for extra in ("", *demand.extras)}
    while True:
        more = {
            (dep.to, extra)
            for index, own in nodes
            for dep in deps[index]
            if dep.when == own
            for extra in ("", *dep.extras)
        }
        if more <= nodes:
            return {index for index, _ in nodes}
        nodes |= more


def _connected(deps: list[list[Dep]], projects: list[list[Demand]]) -> Inventory:
    packages = tuple(Package("PyPI", f"p{index}", "1") for index in range(_COUNT))
    roots = [Project(f"r{number}", "", demands) for number, demands in enumerate(projects)]
    return connect(Inventory("any", packages), deps, roots)


@given(_DEPS, _PROJECTS)
def test_reach_is_that_of_the_true_graph(deps: list[list[Dep]], projects: list[list[Demand]]) -> None:
    """Runtime is what runtime demands pull in, development the rest of what is pulled in, nothing else is reached."""
    demands = [demand for project in projects for demand in project]
    runtime = _slow(deps, [demand for demand in demands if demand.reach is Reach.RUNTIME])
    expected = dict.fromkeys(_slow(deps, demands), Reach.DEV) | dict.fromkeys(runtime, Reach.RUNTIME)
    assert strongest(_connected(deps, projects)) == expected


@given(_DEPS, _PROJECTS)
def test_groups_are_those_that_pull_a_package_in(deps: list[list[Dep]], projects: list[list[Demand]]) -> None:
    """None where a project gets the package without a group, else all that reach it."""
    demands = [demand for project in projects for demand in project]
    reached = {
        group: _slow(deps, [demand for demand in demands if demand.group == group])
        for group in ("", "dev", "fast", "lint")
    }
    for index, package in enumerate(_connected(deps, projects).packages):
        groups = tuple(group for group, indices in reached.items() if group and index in indices)
        assert package.groups == (() if index in reached[""] else groups)
