"""What to do about the findings of a scan: from the database, and from what the lockfiles' own packages require."""

from collections.abc import Iterator
from contextlib import closing
from sqlite3 import Connection

import pytest
from store_parts import advisory, affects, span

from advisord import scan
from advisord.lockfiles.interface import Read
from advisord.lockfiles.neighbours import Neighbours
from advisord.matching.findings import merge
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.report import Judged
from advisord.model.update import Update
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.updates import advised, updates


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


def test_a_parent_of_which_nothing_is_known_admits_what_is_compatible(db: Connection) -> None:
    """Then nothing is said; a breaking update needs the direct dependency moved, as far as anybody can tell."""
    (compatible,) = solved(db, lockfile("a", "p@0.14.9"))
    assert (compatible.allowed, compatible.breaking, compatible.through) == (None, False, ())
    (breaking,) = solved(db, lockfile("a", "q@1.0.0"))
    assert (breaking.allowed, breaking.breaking, breaking.through) == (None, True, ("top",))


def test_every_direct_dependency_that_leads_there(db: Connection) -> None:
    """Nearest first; not one shortest path only; nor what the project requires besides, or what comes through these."""
    names = ("near", "far", "apart", "mid", "q", "above")
    inventory = Inventory(
        "npm",
        tuple(Package("npm", name, "1.0.0") for name in names),
        edges=((4,), (3,), (), (4,), (), (0, 1)),
        roots=(Root(".", "app", tuple(Edge(index, Reach.RUNTIME, "^1") for index in (1, 0, 2, 5))),),
        requirements={(0, 4): "^1.0.0", (3, 4): "1.x", (1, 3): "*"},
    )
    (found,) = solved(db, Read("a", "a", "cargo", inventory, Neighbours("a", tuple, lambda _: None)))
    assert (found.allowed, found.hindered) == (False, (("mid", "1.x"), ("near", "^1.0.0")))
    assert found.through == ("near", "far")


def test_who_requires_it_where_nothing_tells_what_is_direct(db: Connection) -> None:
    """A lockfile without its manifest: those who require the package have to be moved, whoever pulls them in."""
    read = lockfile("a", "p@0.14.9", requirement="0.14.9")
    (found,) = solved(db, read._replace(inventory=read.inventory._replace(roots=None)))
    assert (found.hindered, found.through) == ((("top", "0.14.9"),), ("top",))


def test_the_end_of_a_range_is_no_release(db: Connection) -> None:
    """`> 0.7.0` is written as a fix in 0.7.1-0, which nobody has released."""
    write_page(db, "osv", "2026-01-01T00:00:00Z", advisories=[advisory("GHSA-6", affects("t", span("0", "0.7.1-0")))])
    (found,) = solved(db, lockfile("a", "t@0.7.0"))
    assert (found.to, found.leaves) == ("", ("GHSA-6",))
    (place,) = (place for judged in scan.match(db, [lockfile("a", "t@0.7.0")]) for place in judged.places)
    assert place.fixed == ()


def test_a_requirement_that_was_overruled(db: Connection) -> None:
    """The locked version does not meet it, so it binds nobody."""
    (found,) = solved(db, lockfile("a", "p@0.14.9", requirement="^0.13.0"))
    assert (found.allowed, found.hindered) == (None, ())


def test_a_member_of_a_workspace_requires_once(db: Connection) -> None:
    """As a root, with what its manifest says; as a package of the lockfile it says nothing of versions."""
    inventory = Inventory(
        "npm",
        (Package("npm", "app", "0.1.0", Source.PATH), Package("npm", "p", "0.14.9")),
        edges=((1,), ()),
        roots=(Root(".", "app", (Edge(1, Reach.RUNTIME, "0.14"),), package=0),),
    )
    (found,) = solved(db, Read("a", "a", "cargo", inventory, Neighbours("a", tuple, lambda _: None)))
    assert found.allowed is True


def test_a_module_of_go_can_be_raised_by_the_project(db: Connection) -> None:
    """What requires it names the least version that will do."""
    write_page(
        db,
        "osv",
        "2026-01-01T00:00:00Z",
        advisories=[advisory("GO-1", affects("m", span("0", "0.23.0"), ecosystem="Go"))],
    )
    inventory = Inventory(
        "go", (Package("Go", "m", "0.17.0", direct=False),), roots=(Root(".", "app", (Edge(0, Reach.RUNTIME),)),)
    )
    (found,) = solved(db, Read("a", "a", "cargo", inventory, Neighbours("a", tuple, lambda _: None)))
    assert (found.to, found.breaking) == ("0.23.0", False)


def test_no_update_into_any_of_many_advisories(db: Connection) -> None:
    """However long the chain of versions of which each has its own: the one after the last."""
    chain = [advisory(f"GHSA-C{n}", affects("c", span(f"1.{n}.0", f"1.{n + 1}.0"))) for n in range(60)]
    write_page(db, "osv", "2026-01-01T00:00:00Z", advisories=chain)
    (found,) = solved(db, lockfile("a", "c@1.0.5"))
    assert (found.to, found.affected, found.removes) == ("1.60.0", (), ("GHSA-C0",))


def test_a_patch_for_some_and_a_major_update_for_all(db: Connection) -> None:
    """Each finding gets the smallest update that removes it."""
    both = advisory("GHSA-7", affects("p", span("0", "1.2.0")))
    write_page(db, "osv", "2026-01-01T00:00:00Z", advisories=[both])
    (found,) = solved(db, lockfile("a", "p@0.14.9"))
    assert (found.to, found.removes) == ("1.2.0", ("GHSA-1", "GHSA-2", "GHSA-7"))
    assert [(one.to, one.removes, one.lockfiles) for one in found.smaller] == [
        ("0.14.28", ("GHSA-1", "GHSA-2"), ("a",))
    ]
    assert [found.of(name).to for name in ("GHSA-1", "GHSA-7", "GHSA-0")] == ["0.14.28", "1.2.0", "1.2.0"]


def told(db: Connection, *lockfiles: Read, out: str = "") -> dict[tuple[str, str], Update | None]:
    """What is said of each finding at each of its places."""
    kept = scan.Kept({}, {})
    found = [
        Judged(finding, Decision(Scope.OUT if finding.id == out else Scope.IN, "rule", "Reason."))
        for finding in merge(scan.match(db, lockfiles, kept=kept))
    ]
    return {
        (judged.finding.id, place.lockfile): place.update
        for judged in advised(db, found, kept)
        for place in judged.finding.places
    }


def test_what_to_do_about_each_finding_is_what_is_said_of_all(db: Connection) -> None:
    """At every place the one update that the scan names, not a fix that has something of its own."""
    found = told(db, lockfile("a", "p@0.14.9", "q@1.0.0"), lockfile("b", "p@1.1.0"))
    assert {name: update and (update.to, update.lockfiles) for name, update in found.items()} == {
        ("GHSA-1", "a"): ("0.14.28", ("a",)),
        ("GHSA-2", "a"): ("0.14.28", ("a",)),
        ("GHSA-1", "b"): ("1.2.0", ("b",)),
        ("GHSA-3", "a"): ("2.0.1", ("a",)),
    }


def test_what_is_not_tracked_is_looked_at_alone(db: Connection) -> None:
    """Its fix is checked as well."""
    found = told(db, lockfile("a", "q@1.0.0", "r@1.0.0"), out="GHSA-3")
    assert {name: update and update.to for (name, _), update in found.items()} == {"GHSA-3": "2.0.1", "GHSA-5": ""}


def test_what_the_update_of_all_leaves_has_its_own(db: Connection) -> None:
    """No version removes both: each has another."""
    again = advisory("GHSA-8", affects("s", span("0", "1.2.3"), span("1.2.4")))
    write_page(
        db, "osv", "2026-01-01T00:00:00Z", advisories=[again, advisory("GHSA-9", affects("s", span("0", "1.2.5")))]
    )
    found = told(db, lockfile("a", "s@1.0.0"))
    assert {name: update and update.to for (name, _), update in found.items()} == {"GHSA-8": "1.2.3", "GHSA-9": "1.2.5"}


def test_what_can_not_be_decided_has_no_checked_update(db: Connection) -> None:
    """Nobody knows whether it is affected."""
    found = told(db, lockfile("a", "p@not-a-version"))
    assert set(found.values()) == {None}
