"""uv.lock: sources, forks, extras, groups, workspaces, scripts, the first layout, and what is no uv.lock."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.uv import parse
from advisord.model.inventory import Inventory, Package, Reach, Source

DATA = Path(__file__).parent / "data" / "uv"


@pytest.fixture(scope="module")
def workspace() -> Inventory:
    """A workspace of two members with forks, extras, a development group and every kind of source."""
    return parse((DATA / "workspace.lock").read_bytes())


def _one(inventory: Inventory, name: str, version: str | None = None) -> Package:
    (found,) = [p for p in inventory.packages if p.name == name and version in {None, p.version}]
    return found


def _edges(inventory: Inventory, name: str) -> list[str]:
    assert inventory.edges is not None
    index = inventory.packages.index(_one(inventory, name))
    return [inventory.packages[to].name for to in inventory.edges[index]]


def test_every_package_stands_with_its_line_and_version_as_text(workspace: Inventory) -> None:
    """Packages come in the file's order; `1.10` stays `1.10`; a member with a dynamic version has none."""
    assert [(p.name, p.version, p.line) for p in workspace.packages][:4] == [
        ("colour", "0.4.6", 19),
        ("forked", "0.0.1", 28),
        ("numbers", "1.10", 33),
        ("numbers", "2.0", 41),
    ]
    assert _one(workspace, "shop-core").version == ""
    assert {p.ecosystem for p in workspace.packages} == {"PyPI"}


def test_sources(workspace: Inventory) -> None:
    """Registry, git with its commit, archive address, file and project folders are told apart."""
    forked = _one(workspace, "forked")
    assert (forked.source, forked.locator) == (Source.GIT, "https://git.example/forked")
    assert forked.commit == "0123456789abcdef0123456789abcdef01234567"
    speedups = _one(workspace, "speedups")
    assert (speedups.source, speedups.locator) == (Source.URL, "https://files.example/speedups-3.1.tar.gz")
    wheelhouse = _one(workspace, "wheelhouse")
    assert (wheelhouse.source, wheelhouse.locator) == (Source.PATH, "vendor/wheelhouse-5-py3-none-any.whl")
    assert _one(workspace, "shop").source is Source.PATH
    assert _one(workspace, "server").source is Source.REGISTRY


def test_members_are_roots(workspace: Inventory) -> None:
    """Each member is a root with its folder; edges carry reach and the requirement that the member writes."""
    assert workspace.roots is not None
    shop, core = workspace.roots
    assert (shop.path, shop.name, core.path, core.name) == (".", "shop", "packages/core", "shop-core")
    edges = {(workspace.packages[e.to].name, workspace.packages[e.to].version): e for e in shop.edges}
    assert edges["numbers", "1.10"].requirement == "numbers>=1,<3"
    assert edges["probe", "8.0"] == (workspace.packages.index(_one(workspace, "probe")), Reach.DEV, "probe~=8.0")
    assert ("shop", "1.0.0") not in edges
    assert [workspace.packages[e.to].name for e in core.edges] == ["forked", "wheelhouse"]


def test_groups_are_named_where_nothing_reaches_a_package_without_one(workspace: Inventory) -> None:
    """Runtime has no group, an extra and a development group are named, also through the project's own extra."""
    groups = {(p.name, p.version): p.groups for p in workspace.packages}
    assert groups["server", "0.30.0"] == ()
    assert groups["forked", "0.0.1"] == ()
    assert groups["probe", "8.0"] == ("dev",)
    assert groups["colour", "0.4.6"] == ("dev",)
    assert groups["speedups", "3.1"] == ("dev", "quick")
    assert groups["shop", "1.0.0"] == ()


def test_an_extra_that_only_development_asks_for_is_development(workspace: Inventory) -> None:
    """`probe` asks for `server[watch]`: the watcher does not become runtime because the server is."""
    assert workspace.roots is not None
    assert _one(workspace, "watcher").groups == ("dev",)
    assert _edges(workspace, "server") == ["speedups"]
    watcher = workspace.packages.index(_one(workspace, "watcher"))
    assert (watcher, Reach.DEV, "server[watch]") in workspace.roots[0].edges
    assert _one(workspace, "watcher").direct is False


def test_direct(workspace: Inventory) -> None:
    """What a member asks for itself is direct; a member that another member asks for is, too."""
    assert {p.name for p in workspace.packages if p.direct} == {
        "forked",
        "numbers",
        "probe",
        "server",
        "shop-core",
        "wheelhouse",
    }


def test_markers(workspace: Inventory) -> None:
    """A fork keeps its resolution marker; what is asked for under one marker only keeps that."""
    assert _one(workspace, "numbers", "2.0").marker == "python_full_version >= '3.12'"
    assert _one(workspace, "colour").marker == "sys_platform == 'win32'"
    assert _one(workspace, "server").marker == ""
    probe = workspace.packages.index(_one(workspace, "probe"))
    server = workspace.packages.index(_one(workspace, "server"))
    assert workspace.requirements[probe, server] == "server[watch]"
    assert workspace.requirements[probe, 0] == "colour ; sys_platform == 'win32'"


def test_a_script_is_a_root_without_a_package() -> None:
    """The lockfile of a script names its requirements in the manifest."""
    inventory = parse((DATA / "script.py.lock").read_bytes())
    assert inventory.roots is not None
    (root,) = inventory.roots
    assert (root.path, root.name) == (".", "")
    assert root.edges == ((0, Reach.RUNTIME, "fetch<3"), (1, Reach.DEV, "linter"))
    assert [p.groups for p in inventory.packages] == [(), ("tools",), ()]


def test_the_first_layout() -> None:
    """Version 0 has distributions, and sources as one text."""
    inventory = parse((DATA / "v0.lock").read_bytes())
    assert inventory.roots is not None
    assert [(p.name, p.source, p.groups) for p in inventory.packages] == [
        ("app", Source.PATH, ()),
        ("patched", Source.GIT, ("more",)),
        ("thing", Source.REGISTRY, ()),
    ]
    assert inventory.packages[1].commit.startswith("89abcdef")
    assert [edge.to for edge in inventory.roots[0].edges] == [2, 1]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(workspace: Inventory) -> None:
    """The same file as an editor on Windows saves it gives the same inventory."""
    data = (DATA / "workspace.lock").read_bytes().replace(b"\n", b"\r\n")
    assert parse(b"\xef\xbb\xbf" + data) == workspace


def test_a_newer_version_is_a_problem() -> None:
    """What a layout that nobody here knows may hide makes the answer untrustworthy."""
    (problem,) = parse(b'version = 2\n[[package]]\nname = "a"\nversion = "1"\n').problems
    assert problem.blocking
    assert "version 2" in problem.message


def test_an_empty_file_has_no_packages() -> None:
    """A lockfile without dependencies is one."""
    assert parse(b"").packages == ()
    assert parse(b'version = 1\nrequires-python = ">=3.8"\n').packages == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}", "is not TOML"),
        (b'[project]\nname = "x"\n', "no uv.lock"),
        (b"version = 1\npackage = 3\n", "`package` should be a list"),
        (b"version = 1\npackage = [3]\n", "every `package` should be a table"),
        (b'version = 1\n\n[[package]]\nversion = "1"\n', "line 3: the package that begins here has no `name`"),
        (b'version = 1\n[[package]]\nname = "a"\n', "line 2: the version of a should be a text, but is nothing"),
        (b'version = 1\n[[package]]\nname = "a"\nversion = 1.10\n', "line 2: the version of a should be a text"),
        (
            b'version = 1\n[[package]]\nname = "a"\nversion = "1"\ndependencies = ["b"]\n',
            "every entry of `dependencies`",
        ),
        (b'version = 1\n[[package]]\nname = "a"\nversion = "1"\nversion = "2"\n', "is not TOML"),
    ],
)
def test_what_is_no_uv_lock(data: bytes, message: str) -> None:
    """Each is refused with a sentence that says where and what."""
    with pytest.raises(LockfileError, match=message):
        parse(data)
