"""poetry.lock: layouts 1.0 to 2.1, sources, extras, groups, and what pyproject.toml adds."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.poetry import annotate, parse
from advisord.model.inventory import Inventory, Package, Reach, Source

DATA = Path(__file__).parent / "data" / "poetry"
Make = Callable[[Mapping[str, bytes]], Manifests]


@pytest.fixture(scope="module")
def current() -> Inventory:
    """A lockfile of layout 2.1, alone."""
    return parse((DATA / "v2_1.lock").read_bytes())


@pytest.fixture(scope="module")
def annotated(current: Inventory, manifests: Make) -> Inventory:
    """The same with its pyproject.toml."""
    return annotate(current, manifests({"pyproject.toml": (DATA / "pyproject.toml").read_bytes()}))


def _one(inventory: Inventory, name: str) -> Package:
    (found,) = [package for package in inventory.packages if package.name == name]
    return found


def _names(inventory: Inventory, name: str) -> list[str]:
    assert inventory.edges is not None
    index = inventory.packages.index(_one(inventory, name))
    return [inventory.packages[to].name for to in inventory.edges[index]]


def test_packages_stand_with_line_and_version_as_text(current: Inventory) -> None:
    """Packages come in the file's order with the line of their header."""
    assert [(p.name, p.version, p.line) for p in current.packages][:3] == [
        ("caching", "0.14", 3),
        ("colors", "0.4.6", 24),
        ("driver", "3.1", 34),
    ]
    assert _one(current, "mirrored").version == "1.10"


def test_sources(current: Inventory) -> None:
    """Git carries the resolved commit, folders their path; another index counts as a mirror."""
    forked = _one(current, "forked")
    assert (forked.source, forked.locator) == (Source.GIT, "https://git.example/forked.git")
    assert forked.commit == "cdef0123456789abcdef0123456789abcdef0123"
    assert (_one(current, "plugin").source, _one(current, "plugin").locator) == (Source.PATH, "plugins/plugin")
    assert _one(current, "mirrored").source is Source.REGISTRY


def test_groups_of_the_file(current: Inventory) -> None:
    """`main` has no group unless it is optional: then the extras that want it are its groups."""
    groups = {package.name: package.groups for package in current.packages}
    assert groups["caching"] == groups["colors"] == groups["filelock"] == ()
    assert groups["probe"] == groups["redis"] == ("ci", "dev")
    assert groups["driver"] == groups["driver-native"] == ("db",)


def test_markers(current: Inventory) -> None:
    """A marker per group is the alternative of both; an edge keeps its own."""
    assert _one(current, "colors").marker == '(os_name == "nt") or (sys_platform == "win32")'
    assert _one(current, "driver").marker == 'extra == "db"'
    driver, native = (current.packages.index(_one(current, name)) for name in ("driver", "driver-native"))
    assert current.requirements[driver, native] == 'driver-native * ; platform_python_implementation == "CPython"'


def test_without_a_manifest_nobody_knows_what_is_direct(current: Inventory, manifests: Make) -> None:
    """The lockfile names no project: roots and `direct` stay unknown."""
    assert annotate(current, manifests({})) is current
    assert current.roots is None
    assert {package.direct for package in current.packages} == {None}


def test_the_manifest_gives_the_root(annotated: Inventory) -> None:
    """The project's own table, its extras and its groups, also included ones, become edges with their requirement."""
    assert annotated.roots is not None
    (root,) = annotated.roots
    assert (root.path, root.name) == (".", "service")
    edges = {(annotated.packages[e.to].name, e.reach, e.requirement) for e in root.edges}
    assert edges == {
        ("caching", Reach.RUNTIME, "caching[filecache] (>=0.14,<0.15)"),
        ("forked", Reach.RUNTIME, "forked @ git+https://git.example/forked.git@main"),
        ("mirrored", Reach.RUNTIME, "Mirrored>=1"),
        ("plugin", Reach.RUNTIME, "plugin"),
        ("driver", Reach.RUNTIME, "driver>=3"),
        ("probe", Reach.DEV, "probe ^8.0"),
        ("redis", Reach.DEV, "caching[redis]"),
    }
    assert {p.name for p in annotated.packages if p.direct} == {
        "caching",
        "forked",
        "mirrored",
        "plugin",
        "driver",
        "probe",
    }


def test_extras_count_only_where_they_are_asked_for(annotated: Inventory) -> None:
    """The project asks for `caching[filecache]`; only the development tool asks for `caching[redis]`."""
    assert _names(annotated, "caching") == ["filelock", "msgpack"]
    assert _one(annotated, "redis").groups == ("ci", "dev")


def test_the_old_layout() -> None:
    """`category`, an optional dependency without its extra's marker, files at the end, an extra nobody names."""
    inventory = parse((DATA / "v1_1.lock").read_bytes())
    assert {p.name: p.groups for p in inventory.packages} == {
        "caching": (),
        "driver": ("db",),
        "lockfile": (),
        "numeric": ("optional",),
        "probe": ("dev",),
    }
    assert inventory.requirements == {(0, 2): 'lockfile>=0.9 ; extra == "filecache"'}
    assert _one(inventory, "probe").marker == 'python_version >= "3.6"'


def test_layout_2_0_has_its_groups_from_the_manifest(manifests: Make) -> None:
    """Neither `category` nor `groups`: the manifest's groups are walked, extras keep their names."""
    lock = (DATA / "v1_1.lock").read_text().replace('category = "main"\n', "").replace('category = "dev"\n', "")
    toml = b"""
        [tool.poetry]
        name = "old"
        [tool.poetry.dependencies]
        python = "^3.8"
        caching = {version = "^0.12", extras = ["filecache"]}
        driver = [{version = "^2.0", optional = true}]
        numeric = {version = "*", optional = true}
        [tool.poetry.dev-dependencies]
        Probe = "^6"
        [tool.poetry.extras]
        db = ["driver"]
        """
    inventory = annotate(parse(lock.encode()), manifests({"pyproject.toml": toml}))
    assert {p.name: p.groups for p in inventory.packages} == {
        "caching": (),
        "driver": ("db",),
        "lockfile": (),
        "numeric": ("optional",),
        "probe": ("dev",),
    }
    assert inventory.roots is not None
    assert inventory.roots[0].name == "old"
    assert [edge.reach for edge in inventory.roots[0].edges] == [Reach.RUNTIME] * 3 + [Reach.DEV]


def test_several_versions_of_one_package() -> None:
    """A dependency that is a list leads to every locked version: the file does not say which is which."""
    lock = (DATA / "v2_1.lock").read_bytes()
    package = b'[[package]]\nname = "numeric"\nversion = "%s"\noptional = false\ngroups = ["main"]\n\n'
    lock = lock.replace(b"[extras]", package % b"1.26" + package % b"2.1" + b"[extras]")
    inventory = parse(lock)
    assert _names(inventory, "plugin") == ["numeric", "numeric"]
    versions = [package.version for package in inventory.packages if package.name == "numeric"]
    assert versions == ["1.26", "2.1"]


def test_a_newer_layout_is_a_problem() -> None:
    """What a layout that nobody here knows may hide makes the answer untrustworthy."""
    (problem,) = parse(b'package = []\n[metadata]\nlock-version = "3.0"\n').problems
    assert problem.blocking
    assert "version 3.0" in problem.message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[[package]", "is not TOML"),
        (b'[tool.poetry]\nname = "x"\n', "no poetry.lock"),
        (b'[[package]]\nname = "a"\n', "line 1: the version of a should be a text, but is nothing"),
        (b'\n[[package]]\nname = ""\n', "line 2: the package that begins here has no `name`"),
        (b'[[package]]\nname = "a"\nversion = "1"\ngroups = "dev"\n', "`groups` should be a list"),
        (b'[[package]]\nname = "a"\nversion = "1"\nsource = "git"\n', "`source` should be a table"),
        (b"metadata = 1\n", "`metadata` should be a table"),
    ],
)
def test_what_is_no_poetry_lock(data: bytes, message: str) -> None:
    """Each is refused with a sentence that says where and what."""
    with pytest.raises(LockfileError, match=message):
        parse(data)


def test_the_marker_tells_the_extra_of_what_only_another_extra_asks_for() -> None:
    """`redis[hiredis]`, wanted by the project's extra `cache`: since 2.0 the marker of hiredis says so."""
    data = b"""[[package]]
name = "hiredis"
version = "3.0"
optional = true
groups = ["main"]
markers = "extra == \\"cache\\" or extra == \\"all\\""
"""
    assert [package.groups for package in parse(data).packages] == [("all", "cache")]
