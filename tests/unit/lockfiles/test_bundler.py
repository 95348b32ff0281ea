"""Gemfile.lock: sources, platforms, edges, direct ones, groups of the Gemfile, and what is no Gemfile.lock."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.bundler import annotate, parse
from advisord.lockfiles.interface import Manifests
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "bundler"
Written = Callable[[Mapping[str, bytes]], Manifests]


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with every kind of source and a gem that is locked for three platforms."""
    return parse((DATA / "Gemfile.lock").read_bytes())


def _names(inventory: Inventory, indices: object) -> list[str]:
    assert isinstance(indices, (list, tuple))
    return [f"{inventory.packages[index].name} {inventory.packages[index].version}" for index in indices]


def test_a_gem_is_one_package_for_all_its_platforms(inventory: Inventory) -> None:
    """The platform is no part of the version; another version for one platform is another package."""
    found = [(p.version, p.line) for p in inventory.packages if p.name == "nokogiri"]
    assert found == [("1.15.0", 20), ("1.14.9", 25)]
    assert {p.ecosystem for p in inventory.packages} == {"RubyGems"}
    assert len(inventory.packages) == 11


def test_sources(inventory: Inventory) -> None:
    """Git with its commit, a folder, the public server, and a private server beside the public one."""
    by_name = {package.name: package for package in inventory.packages}
    widgets = by_name["widgets"]
    assert (widgets.source, widgets.locator) == (Source.GIT, "https://git.example/forks/widgets.git")
    assert (widgets.commit, widgets.version) == ("0123456789abcdef0123456789abcdef01234567", "1.10")
    assert (by_name["billing"].source, by_name["billing"].locator) == (Source.PATH, "components/billing")
    assert by_name["rack"].source is Source.REGISTRY
    assert (by_name["payments"].source, by_name["payments"].version) == (Source.OTHER_REGISTRY, "2.0.0.pre.1")


def test_a_server_that_stands_alone_is_a_mirror() -> None:
    """Where no public server is named, the named one may well hold the public gems: nothing must be missed."""
    text = b"GEM\n  remote: https://gems.corp.example/\n  specs:\n    rack (3.0.8)\n\nDEPENDENCIES\n  rack\n"
    assert parse(text).packages[0].source is Source.REGISTRY


def test_edges_and_requirements(inventory: Inventory) -> None:
    """An edge leads to every locked version of a gem, with the requirement as written."""
    assert inventory.edges is not None
    names = [package.name for package in inventory.packages]
    assert _names(inventory, inventory.edges[names.index("billing")]) == ["nokogiri 1.15.0", "nokogiri 1.14.9"]
    widgets = names.index("widgets")
    assert inventory.requirements[widgets, names.index("rack")] == ">= 2.0, < 4"


def test_direct_ones_are_the_roots_edges(inventory: Inventory) -> None:
    """DEPENDENCIES names the direct gems, with or without the mark of a source of their own."""
    assert inventory.roots is not None
    (root,) = inventory.roots
    assert root.path == "."
    assert [(inventory.packages[edge.to].name, edge.requirement, edge.reach) for edge in root.edges] == [
        ("billing", "", Reach.UNKNOWN),
        ("payments", "", Reach.UNKNOWN),
        ("rspec", "~> 3.12", Reach.UNKNOWN),
        ("rubocop", "", Reach.UNKNOWN),
        ("widgets", "= 1.10", Reach.UNKNOWN),
    ]
    assert {p.name for p in inventory.packages if p.direct} == {"billing", "payments", "rspec", "rubocop", "widgets"}


def test_groups_of_the_gemfile_spread_to_what_they_pull_in(inventory: Inventory, manifests: Written) -> None:
    """A gem that only development groups reach has them; what the default set reaches as well has none."""
    annotated = annotate(inventory, manifests({"Gemfile": (DATA / "Gemfile").read_bytes()}))
    groups = {package.name: package.groups for package in annotated.packages}
    assert groups["rspec"] == groups["rspec-core"] == ("development", "test")
    assert groups["rubocop"] == ("development",)
    assert groups["racc"] == groups["rack"] == groups["widgets"] == ()
    assert annotated.roots is not None
    reach = {annotated.packages[edge.to].name: edge.reach for edge in annotated.roots[0].edges}
    assert reach["rspec"] is reach["rubocop"] is Reach.DEV
    assert reach["billing"] is reach["payments"] is reach["widgets"] is Reach.RUNTIME


def test_development_dependencies_of_a_gemspec(manifests: Written) -> None:
    """What a Gemfile with `gemspec` does not name is the gem itself or one of its development dependencies."""
    lock = b"""PATH
  remote: .
  specs:
    mygem (1.0)
      rack

GEM
  remote: https://rubygems.org/
  specs:
    rack (3.0.8)
    rake (13.0.6)

DEPENDENCIES
  mygem!
  rake
"""
    files = {"Gemfile": b"source 'https://rubygems.org'\ngemspec\n"}
    annotated = annotate(parse(lock), manifests(files))
    assert [(p.name, p.groups) for p in annotated.packages] == [("mygem", ()), ("rack", ()), ("rake", ("development",))]


def test_without_a_manifest_reach_stays_unknown(inventory: Inventory, manifests: Written) -> None:
    """No Gemfile, no groups: nothing is guessed. For gems.locked the Gemfile is called gems.rb."""
    assert annotate(inventory, manifests({})) == inventory
    assert annotate(inventory, manifests({"gems.rb": (DATA / "Gemfile").read_bytes()})) != inventory


def test_line_ends_and_an_empty_file() -> None:
    """CRLF changes nothing; an empty file locks nothing; a file without DEPENDENCIES leaves `direct` unknown."""
    data = (DATA / "Gemfile.lock").read_bytes()
    assert parse(data.replace(b"\n", b"\r\n")) == parse(data)
    assert parse(b"\n").packages == ()
    assert parse(b"GEM\n  specs:\n    rack (3.0.8)\n").packages[0].direct is None


def test_a_gem_without_a_version_is_a_problem() -> None:
    """The other gems are read, and the answer says that it is not whole."""
    inventory = parse(b"GEM\n  remote: https://rubygems.org/\n  specs:\n    rack\n      foo\n    rake (13.0)\n")
    assert [package.name for package in inventory.packages] == ["rake"]
    (problem,) = inventory.problems
    assert problem.blocking
    assert "line 4" in problem.message


@pytest.mark.parametrize(
    "data",
    [b"this is no lockfile", b"\xff\xfe", b"GEM\n<<<<<<< HEAD\n", b"{}", b"\0"],
    ids=["prose", "not utf-8", "merge conflict", "json", "nul"],
)
def test_what_is_no_gemfile_lock(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        parse(data)


def test_a_graph_that_explodes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many versions of one gem, and many of gems that need it."""
    versions = "".join(f"    a (1.{n})\n" for n in range(100))
    needs = "".join(f"    b{n} (1.0)\n      a\n" for n in range(100))
    monkeypatch.setattr("advisord.lockfiles.limits.MAX_EDGES", 1000)
    with pytest.raises(LockfileError, match="need each other"):
        parse(f"GEM\n  specs:\n{versions}{needs}".encode())


def test_huge_lines_take_linear_time() -> None:
    """A line of millions of brackets is read as any other."""
    parse(b"GEM\n  specs:\n    " + b"a (" * 1_000_000 + b"\n      " + b"((" * 1_000_000 + b"\n")
