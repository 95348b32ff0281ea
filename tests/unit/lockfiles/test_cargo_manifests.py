"""What the Cargo.toml files of a workspace add to its Cargo.lock."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.lockfiles import cargo
from advisord.lockfiles.cargo_manifests import annotate
from advisord.lockfiles.interface import Manifests
from advisord.model.inventory import Inventory

DATA = Path(__file__).parent / "data" / "cargo"
Given = Callable[[Mapping[str, bytes]], Manifests]

TOP = b"""
[workspace]
members = ["crates/*"]
exclude = ["crates/excluded"]

[workspace.package]
version = "0.1.0"

[workspace.dependencies]
old-rand = { package = "rand", version = "0.7" }
engine = { path = "crates/engine" }
"""
APP = b"""
[package]
name = "app"
version.workspace = true

[dependencies]
engine.workspace = true

[target.'cfg(unix)'.build-dependencies]
cc = "1"

[dev-dependencies]
tempfile = "3"
rand = "0.8"
"""
ENGINE = b"""
[package]
name = "engine"
version = "0.1.0"

[dependencies]
forked = { git = "https://git.example/forked" }
rand = { version = "0.8.1", optional = true }

[dev-dependencies]
old-rand.workspace = true
internal = { version = "3", registry = "internal" }
"""
FILES = {"Cargo.toml": TOP, "crates/app/Cargo.toml": APP, "crates/engine/Cargo.toml": ENGINE}


def _lock(name: str = "v4.lock") -> Inventory:
    return cargo.parse((DATA / name).read_bytes()).whole()


def _roots(inventory: Inventory) -> dict[str, dict[str, str]]:
    label = [f"{package.name} {package.version}" for package in inventory.packages]
    return {root.path: {label[edge.to]: edge.reach.value for edge in root.edges} for root in inventory.roots or ()}


def test_members_become_roots_and_edges_get_their_kind(manifests: Given) -> None:
    """Globs, inherited entries, renames, targets, optional ones, and two versions told apart by their requirement."""
    inventory = annotate(_lock(), manifests(FILES))
    assert inventory.problems == ()
    assert _roots(inventory) == {
        "crates/app": {"cc 1.2.3": "build", "engine 0.1.0": "runtime", "rand 0.8.5": "dev", "tempfile 3.10.0": "dev"},
        "crates/engine": {
            "forked 2.0.0": "runtime",
            "internal 3.1.0": "dev",
            "rand 0.7.3": "dev",
            "rand 0.8.5": "runtime",
        },
    }


def test_groups_are_those_of_what_nothing_stronger_reaches(manifests: Given) -> None:
    """A build tool of one member, what only tests need; a package that both need is neither."""
    groups = {f"{p.name} {p.version}": p.groups for p in annotate(_lock(), manifests(FILES)).packages}
    assert groups["cc 1.2.3"] == ("build",)
    assert groups["tempfile 3.10.0"] == groups["rand 0.7.3"] == groups["internal 3.1.0"] == ("dev",)
    assert groups["rand 0.8.5"] == groups["forked 2.0.0"] == groups["engine 0.1.0"] == ()


def test_direct_is_what_a_member_requires(manifests: Given) -> None:
    """Not what only other packages require."""
    lock = _lock()
    direct = {p.name: p.direct for p in annotate(lock, manifests(FILES)).packages}
    assert direct == {
        "app": False,
        "cc": True,
        "engine": True,
        "forked": True,
        "internal": True,
        "rand": True,
        "tempfile": True,
    }


def test_without_a_manifest_nothing_is_added(manifests: Given) -> None:
    """The lockfile's own roots stay as they are."""
    assert annotate(_lock(), manifests({})) == _lock()


def test_path_dependencies_inside_the_folder_are_members(manifests: Given) -> None:
    """Members are followed from the top package; what lies outside is a package, not a root."""
    top = b'[workspace]\n[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\nengine = { path = "engine" }\n'
    inside = annotate(_lock(), manifests({"Cargo.toml": top, "engine/Cargo.toml": ENGINE}))
    assert list(_roots(inside)) == [".", "engine"]
    outside = annotate(_lock(), manifests({"Cargo.toml": top.replace(b'"engine"', b'"../engine"')}))
    assert list(_roots(outside)) == ["."]
    single = annotate(
        _lock(), manifests({"Cargo.toml": top.replace(b"[workspace]\n", b""), "engine/Cargo.toml": ENGINE})
    )
    assert list(_roots(single)) == ["."]


def test_the_old_name_of_the_package_table_is_understood(manifests: Given) -> None:
    """`[project]`, as in manifests of before 2015."""
    files = {**FILES, "crates/engine/Cargo.toml": ENGINE.replace(b"[package]", b"[project]")}
    assert _roots(annotate(_lock(), manifests(files))) == _roots(annotate(_lock(), manifests(FILES)))


def test_excluded_folders_are_no_members(manifests: Given) -> None:
    """Unless they are named as members themselves."""
    files = {**FILES, "crates/excluded/Cargo.toml": ENGINE}
    assert list(_roots(annotate(_lock(), manifests(files)))) == ["crates/app", "crates/engine"]


def test_a_member_that_cannot_be_read_stays_a_root_of_unknown_folder(manifests: Given) -> None:
    """Its edges are unknown, and so is not what only it needs: nothing is taken for development only."""
    inventory = annotate(_lock(), manifests({**FILES, "crates/engine/Cargo.toml": b"[package"}))
    assert [(p.code, p.subject, p.blocking) for p in inventory.problems] == [
        ("unreadable-manifest", "crates/engine/Cargo.toml", False)
    ]
    assert set(_roots(inventory)[""].values()) == {"unknown"}
    assert {p.name: p.groups for p in inventory.packages}["internal"] == ()


def test_a_lockfile_that_is_not_up_to_date_is_said(manifests: Given) -> None:
    """A member and a requirement that it does not hold; an edge without an entry is of unknown kind."""
    app = APP.replace(b'tempfile = "3"', b'newer = "1"')
    files = {**FILES, "crates/app/Cargo.toml": app, "crates/more/Cargo.toml": b'[package]\nname = "more"\n'}
    inventory = annotate(_lock(), manifests(files))
    assert [(problem.code, problem.subject) for problem in inventory.problems] == [
        ("stale-lockfile", "crates/app/Cargo.toml"),
        ("stale-lockfile", "crates/more/Cargo.toml"),
    ]
    assert _roots(inventory)["crates/app"]["tempfile 3.10.0"] == "unknown"


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ('["crates/app", "./crates/engine/"]', True),
        ('["**"]', True),
        ('["crates/**/"]', True),
        ('["crates/[ae]*"]', True),
        ('["cr?tes/*"]', True),
        ('["*"]', False),
        ('["crates"]', False),
    ],
)
def test_members_are_paths_or_globs(manifests: Given, members: str, found: bool) -> None:
    """A star stays within one folder, two cross folders."""
    top = TOP.replace(b'["crates/*"]', members.encode())
    roots = _roots(annotate(_lock(), manifests({**FILES, "Cargo.toml": top})))
    assert {"crates/app", "crates/engine"} <= set(roots) if found else "crates/app" not in roots


@pytest.mark.parametrize(
    "junk", [b"workspace = 1", b"[workspace]\nmembers = 3", b"[workspace]\nmembers = [1, {}]", b"\xff"]
)
def test_a_manifest_of_the_wrong_shape_breaks_nothing(manifests: Given, junk: bytes) -> None:
    """What can't be read says nothing."""
    inventory = annotate(_lock(), manifests({"Cargo.toml": junk}))
    assert [package.name for package in inventory.packages] == [package.name for package in _lock().packages]


@pytest.mark.parametrize(
    ("entry", "other", "sources"),
    [
        ('a = { path = "../a" }', 'a2 = { package = "a", version = "1" }', ["path", "registry"]),
        ('a = { git = "https://git.example/a" }', 'a2 = { package = "a", version = "1" }', ["git", "registry"]),
    ],
)
def test_a_name_from_two_sources_is_told_apart(manifests: Given, entry: str, other: str, sources: list[str]) -> None:
    """A path or a git address means the package from there."""
    source = "" if "path" in entry else 'source = "git+https://git.example/a#01"\n'
    text = f"""[[package]]
name = "a"
version = "2.0.0"
{source}
[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "a 1.0.0",
 "a 2.0.0",
]
"""
    top = f'[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\n{entry}\n[dev-dependencies]\n{other}\n'
    inventory = annotate(cargo.parse(text.encode()).whole(), manifests({"Cargo.toml": top.encode()}))
    kinds = {inventory.packages[e.to].source.value: e.reach.value for r in inventory.roots or () for e in r.edges}
    assert kinds == {sources[0]: "runtime", sources[1]: "dev"}
