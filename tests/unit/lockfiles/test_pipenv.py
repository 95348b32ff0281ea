"""Pipfile.lock: sections as groups, sources, and what the Pipfile adds."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.pipenv import annotate, parse
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "pipenv"


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """A lockfile with three sections."""
    return parse((DATA / "Pipfile.lock").read_bytes())


def test_packages_with_groups(inventory: Inventory) -> None:
    """What `default` holds has no group; a package of two other sections has both."""
    assert [(p.name, p.version, p.line, p.groups) for p in inventory.packages] == [
        ("plain", "1.10", 9, ()),
        ("Shared_Lib", "2.0", 15, ()),
        ("forked", "", 16, ()),
        ("own", "", 20, ()),
        ("archive", "", 21, ()),
        ("exact", "2004d", 22, ()),
        ("probe", "8.0", 26, ("dev", "docs")),
        ("plain", "1.9", 28, ("dev",)),
        ("writer", "7.0", 32, ("docs",)),
    ]
    assert inventory.packages[0].marker == "python_version >= '3.7'"


def test_sources(inventory: Inventory) -> None:
    """Addresses lose the user's secret: they go into reports."""
    forked, own, archive = inventory.packages[2:5]
    assert (forked.source, forked.locator) == (Source.GIT, "https://git.example/forked.git")
    assert forked.commit.startswith("01234567")
    assert (own.source, own.locator) == (Source.PATH, ".")
    assert (archive.source, archive.locator) == (Source.URL, "https://files.example/archive-1.zip")


def test_what_is_not_locked_is_said(inventory: Inventory) -> None:
    """Pipenv can lock `*`, with `skip_lock` or by hand."""
    (problem,) = inventory.problems
    assert (problem.code, problem.blocking) == ("not-pinned", False)
    assert "line 23: loose" in problem.message


def test_the_pipfile_tells_what_is_direct(
    inventory: Inventory, manifests: Callable[[Mapping[str, bytes]], Manifests]
) -> None:
    """Each section of the Pipfile is looked up in its own section of the lockfile; there is no graph."""
    annotated = annotate(inventory, manifests({"Pipfile": (DATA / "Pipfile").read_bytes()}))
    assert annotated.edges is None
    assert annotated.roots is not None
    assert [(annotated.packages[e.to].name, e.reach) for e in annotated.roots[0].edges] == [
        ("plain", Reach.RUNTIME),
        ("own", Reach.RUNTIME),
        ("probe", Reach.DEV),
        ("writer", Reach.DEV),
    ]
    assert [p.direct for p in annotated.packages] == [True, False, False, True, False, False, True, False, True]
    assert annotate(inventory, manifests({})) is inventory


def test_an_empty_file_has_no_packages() -> None:
    """Neither has one without entries."""
    assert parse(b"").packages == ()
    assert parse(b'{"_meta": {}, "default": {}, "develop": {}}').packages == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[]", "a Pipfile.lock should be a table, but is a list"),
        (b'{"name": "x"}', "no Pipfile.lock"),
        (b'{"default": []}', "`default` should be a table"),
        (b'{"default": {\n"a": "==1"}}', "line 2: a should be a table, but is a text"),
        (b'{"default": {"a": {}, "a": {}}}', "stands twice"),
        (b'{"default": ', "is not JSON"),
    ],
)
def test_what_is_no_pipfile_lock(data: bytes, message: str) -> None:
    """Each is refused with a sentence that says where and what."""
    with pytest.raises(LockfileError, match=message):
        parse(data)
