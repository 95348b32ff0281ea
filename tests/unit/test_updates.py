"""What to do about the findings of a scan: from the database, and from what the lockfiles' own packages require."""

from collections.abc import Iterator
from contextlib import closing
from sqlite3 import Connection

import pytest
from store_parts import advisory, affects, span

from advisord import scan
from advisord.lockfiles.interface import Read
from advisord.lockfiles.neighbours import Neighbours
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root
from advisord.model.report import Judged, Update
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.updates import updates


@pytest.fixture
def db() -> Iterator[Connection]:
    """Two lines of fixes; a fix that another advisory names; one that nothing fixes."""
    records = (
        advisory("GHSA-1", affects("p", span("0", "0.14.28"), span("1.0.0", "1.2.0"))),
        advisory("GHSA-2", affects("p", span("0.14.0", "0.14.12"))),
        advisory("GHSA-3", affects("q", span("0", "2.0.0"))),
        advisory("GHSA-4", affects("q", span("2.0.0", "2.0.1"))),
        advisory("GHSA-5", affects("r", span())),
    )
    with closing(open_writer(":memory:")) as db:
        write_page(db, "osv", "2026-01-01T00:00:00Z", advisories=records)
        yield db


def lockfile(path: str, *packages: str, requirement: str = "") -> Read:
    """A lockfile of the project `app`, which needs `top`, which needs all the others."""
    locked = ("top@1.0.0", *packages)
    inventory = Inventory(
        "npm",
        tuple(Package("npm", name, version) for name, _, version in (text.partition("@") for text in locked)),
        edges=(tuple(range(1, len(locked))), *[()] * len(packages)),
        roots=(Root(".", "app", (Edge(0, Reach.RUNTIME, "^1"),)),),
        requirements={(0, index): requirement for index in range(1, len(locked))} if requirement else {},
    )
    return Read(path, path, "cargo", inventory, Neighbours(path, tuple, lambda _: None))


def solved(db: Connection, *lockfiles: Read, out: str = "") -> list[Update]:
    """The updates, when everything but the advisory `out` is in scope."""
    kept = scan.Kept({}, {})

    def decided(finding: Finding) -> Judged:
        return Judged(finding, Decision(Scope.OUT if finding.id == out else Scope.IN, "rule", "Reason."))

    return list(updates(db, [decided(finding) for finding in scan.match(db, lockfiles, kept=kept)], kept))


def test_one_update_for_all_findings_on_the_locked_line(db: Connection) -> None:
    """The backport that removes both, not the newer line; once for both lockfiles."""
    (found,) = solved(db, lockfile("a", "p@0.14.9"), lockfile("b", "p@0.14.9"))
    assert found[1:8] == ("p", "0.14.9", "0.14.28", "patch", ("GHSA-1", "GHSA-2"), (), ("a", "b"))


def test_versions_of_one_package_are_updated_apart(db: Connection) -> None:
    """Each on its own line."""
    found = solved(db, lockfile("a", "p@0.14.9", "p@1.1.0"))
    assert [(update.version, update.to) for update in found] == [("0.14.9", "0.14.28"), ("1.1.0", "1.2.0")]


def test_no_update_into_another_advisory(db: Connection) -> None:
    """The first fix is affected itself: the next one is taken."""
    (found,) = solved(db, lockfile("a", "q@1.0.0"))
    assert (found.to, found.affected) == ("2.0.1", ())


def test_no_fix_is_said(db: Connection) -> None:
    """Nothing is promised."""
    (found,) = solved(db, lockfile("a", "r@1.0.0"))
    assert (found.to, found.step, found.removes, found.leaves) == ("", "", (), ("GHSA-5",))


def test_what_is_out_of_scope_neither_asks_for_an_update_nor_forbids_one(db: Connection) -> None:
    """An advisory without a fix that nobody acts on does not stand in the way of a fix."""
    write_page(db, "osv", "2026-01-01T00:00:00Z", advisories=[advisory("GHSA-6", affects("p", span()))])
    (found,) = solved(db, lockfile("a", "p@0.14.9"), out="GHSA-6")
    assert (found.to, found.leaves) == ("0.14.28", ())


def test_who_stands_in_the_way(db: Connection) -> None:
    """The parent that does not admit the version, and the direct dependency through which it comes."""
    free, bound = solved(
        db, lockfile("a", "p@0.14.9", requirement="^0.14.0"), lockfile("b", "p@0.14.9", requirement="0.14.9")
    )
    assert (free.lockfiles, free.allowed, free.hindered) == (("a",), True, ())
    assert (bound.lockfiles, bound.allowed, bound.hindered, bound.through) == (
        ("b",),
        False,
        (("top", "0.14.9"),),
        ("top",),
    )
