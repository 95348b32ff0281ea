"""mix.lock: today's and early layouts, names on Hex, edges, mix.exs with umbrellas, and what is no mix.lock."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.mix import annotate, parse
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "mix"
Written = Callable[[Mapping[str, bytes]], Manifests]


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with an alias, a fork, a private repository and an optional dependency."""
    return parse((DATA / "mix.lock").read_bytes())


def test_packages_are_named_as_on_hex(inventory: Inventory) -> None:
    """`eini` is an application of the package `eini_beam`. What comes from git has no version."""
    assert [(p.name, p.version, p.line, p.source) for p in inventory.packages] == [
        ("cowboy", "2.10.0", 2, Source.REGISTRY),
        ("cowlib", "2.12.1", 3, Source.REGISTRY),
        ("credo", "1.7.0", 4, Source.REGISTRY),
        ("eini_beam", "2.2.4", 5, Source.REGISTRY),
        ("forked", "", 6, Source.GIT),
        ("jason", "1.10", 7, Source.REGISTRY),
        ("private", "0.1.0", 8, Source.OTHER_REGISTRY),
        ("telemetry", "1.2.1", 9, Source.REGISTRY),
    ]
    assert {p.ecosystem for p in inventory.packages} == {"Hex"}
    forked = inventory.packages[4]
    assert (forked.locator, forked.commit) == (
        "https://git.example/forked.git",
        "0123456789abcdef0123456789abcdef01234567",
    )


def test_edges_without_optional_ones(inventory: Inventory) -> None:
    """An optional dependency that is locked is there because of somebody else."""
    assert inventory.edges == ((1,), (), (5,), (), (), (), (), ())
    assert inventory.requirements == {(0, 1): "2.12.1", (2, 5): "~> 1.0"}


def test_mix_exs_tells_direct_ones_and_environments(inventory: Inventory, manifests: Written) -> None:
    """What only a development environment needs has its name as group, unless a package from git may need it too."""
    annotated = annotate(inventory, manifests({"mix.exs": (DATA / "mix.exs").read_bytes()}))
    assert annotated.roots is not None
    (root,) = annotated.roots
    assert (root.path, root.name) == (".", "shop")
    assert [(annotated.packages[edge.to].name, edge.reach) for edge in root.edges] == [
        ("cowboy", Reach.RUNTIME),
        ("credo", Reach.DEV),
        ("eini_beam", Reach.RUNTIME),
        ("forked", Reach.RUNTIME),
        ("private", Reach.RUNTIME),
        ("jason", Reach.UNKNOWN),
        ("telemetry", Reach.UNKNOWN),
    ]
    by_name = {package.name: package for package in annotated.packages}
    assert by_name["credo"].groups == ("dev", "test")
    assert by_name["jason"].groups == by_name["cowlib"].groups == ()
    assert (by_name["jason"].direct, by_name["credo"].direct, by_name["telemetry"].direct) == (False, True, False)
    without_git = (DATA / "mix.exs").read_bytes().replace(b'branch: "main"}', b"only: :test}")
    groups = {p.name: p.groups for p in annotate(inventory, manifests({"mix.exs": without_git})).packages}
    assert groups["jason"] == ("dev", "test")


@pytest.mark.parametrize(
    "text",
    [
        'deps: deps()\ndefp deps do\n  [{:cowboy, "~> 2.0"}, {:credo, "1.0", only: :dev}] ++ more()\nend\n',
        'deps: lock(more() ++ deps()),\ndefp deps do\n  [{:cowboy, "~> 2.0"}, {:credo, "1.0", only: :dev}]\nend\n',
        'deps: [{:cowboy, "~> 2.0"}, {:credo, "1.0", only: :dev} | more()]\n',
    ],
)
def test_of_a_computed_list_only_the_literal_part_is_known(inventory: Inventory, manifests: Written, text: str) -> None:
    """The rest may need anything: nothing else is called development or transitive."""
    assert annotate(inventory, manifests({})) == inventory
    annotated = annotate(inventory, manifests({"mix.exs": text.encode()}))
    assert [(p.name, p.direct, p.groups) for p in annotated.packages] == [
        ("cowboy", True, ()),
        ("cowlib", None, ()),
        ("credo", True, ("dev",)),
        ("eini_beam", None, ()),
        ("forked", None, ()),
        ("jason", None, ()),
        ("private", None, ()),
        ("telemetry", None, ()),
    ]
    assert annotated.roots is not None
    unknown = {annotated.packages[e.to].name for e in annotated.roots[0].edges if e.reach is Reach.UNKNOWN}
    assert unknown == {"eini_beam", "forked", "jason", "private", "telemetry"}


def test_an_umbrella_has_a_root_per_app(inventory: Inventory, manifests: Written) -> None:
    """An app needs at runtime what the app that it uses needs at runtime, not what that one develops with.

    What a package from git may need is an edge of unknown reach from each of them.
    """
    annotated = annotate(
        inventory,
        manifests(
            {
                "mix.exs": b'def project do\n [apps_path: "apps", deps: []]\nend\n',
                "apps/web/mix.exs": b"app: :web, deps: deps()\n"
                b"defp deps do\n  [{:core, in_umbrella: true}, {:cowboy, '~> 2.0'}]\nend\n".replace(b"'", b'"'),
                "apps/core/mix.exs": b"app: :core, deps: deps\n"
                b"defp deps do\n  [{:forked, []}, {:private, []}, {:eini_beam, []}, {:telemetry, []},"
                b" {:credo, [only: :test]}]\nend\n",
                "deps/other/mix.exs": b"nonsense",
            }
        ),
    )
    assert annotated.roots is not None
    assert {root.path: [annotated.packages[edge.to].name for edge in root.edges] for root in annotated.roots} == {
        ".": ["jason"],
        "apps/core": ["forked", "private", "eini_beam", "telemetry", "credo", "jason"],
        "apps/web": ["cowboy", "forked", "private", "eini_beam", "telemetry", "jason"],
    }


def test_early_layouts() -> None:
    """A keyword list with several entries a line, Hex's first tuples, `=>`, a trailing bracket on the last line."""
    text = b'[ "cowboy": {:package, "0.9.0"}, ranch: {:git, "git://git.example/r.git", "ab", [ref: "1"]},\n'
    text += b'  "plug" => {:hex, :plug, "0.10.0"},\n  "jason": {:hex, :jason, "1.0.0", "cc",\n    [:mix], []} ]'
    inventory = parse(text)
    assert [(p.name, p.version, p.line) for p in inventory.packages] == [
        ("cowboy", "0.9.0", 1),
        ("ranch", "", 1),
        ("plug", "0.10.0", 2),
        ("jason", "1.0.0", 3),
    ]


def test_another_scm_is_a_problem() -> None:
    """A plug-in of Mix may lock in its own way: the others are read."""
    inventory = parse(b'%{"a": {:hg, "https://hg.example/a"}, "b": {:hex, :b, "1.0.0"}, "c": nil}')
    assert [package.name for package in inventory.packages] == ["b"]
    assert ["'a'" in inventory.problems[0].message, "'c'" in inventory.problems[1].message] == [True, True]


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense",
        b'"text"',
        b"{:hex, :a}",
        b"%{",
        b"%{} %{}",
        b'%{"a": {:hex, :a, "1"',
        b"[" * 100_000,
        b'%{"a" => 1 => 2}',
        b"%{]",
        b'%{"a": {:hex, :a, "1"}, "a": {:hex, :a, "2"}}',
        b'%{"a": {:hex, :a, System.cmd("x")}}',
        b"%{:a}",
    ],
)
def test_what_is_no_mix_lock(data: bytes) -> None:
    """Anything else is a LockfileError; nothing in it runs."""
    with pytest.raises(LockfileError):
        parse(data)


def test_an_empty_file_locks_nothing() -> None:
    """So does an empty map."""
    assert parse(b"").packages == parse(b"%{\n}\n").packages == ()


def test_long_lines_take_linear_time() -> None:
    """A text that never ends, and a long run of quotes."""
    for data in (b'%{"a": "' + b"\\a" * 1_000_000, b"%{" + b'"",' * 50_000, b"%{" + b"#" * 1_000_000):
        with pytest.raises(LockfileError):
            parse(data)
