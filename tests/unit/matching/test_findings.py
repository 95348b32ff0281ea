"""From the records of a group to a finding: who says so decides, who disagrees is seen."""

from typing import Any

import pytest

from advisord.matching.findings import Group, find, judge, merge, worst
from advisord.matching.records import Record
from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.finding import Finding, Place, Verdict
from advisord.versions import key
from advisord.versions.encoding import HIGHEST, LOWEST
from advisord.versions.ranges import Interval

PLACE = Place("", "Cargo.lock", "cargo", 1, "1.5.0", Verdict.UNDECIDED)


def at(version: str) -> bytes:
    """The key of a crate's version; `0` is before all."""
    return LOWEST if version == "0" else key("crates.io", version)


def record(identifier: str, lo: str = "0", fixed: str = "", **more: Any) -> Record:
    """A record of the package, affected from one version to another."""
    base = Record(
        feed="osv",
        id=identifier,
        vulnerability="RUSTSEC-1",
        kind=Kind.VULNERABILITY,
        rating=Rating(),
        summary=f"About {identifier}",
        published="",
        modified="",
        withdrawn="",
        gone="",
        epss=None,
        alternatives=(),
        intervals=(Interval(at(lo), at(fixed) if fixed else HIGHEST, fixed),),
        listed=(),
        undecided="",
        os=(),
        arch=(),
        functions=(),
    )
    return base._replace(**more)


def found(*records: Record, version: str | None = "1.5.0", authority: str = "", place: Place = PLACE) -> Finding | None:
    """The finding of a locked version."""
    ids = tuple(record.id for record in records)
    group = Group("RUSTSEC-1", ids, ids, records)
    locked = None if version is None else at(version)
    return find("", "crates.io", "p", group, locked, "it is no version", place, authority)


@pytest.mark.parametrize(
    ("given", "locked", "expected"),
    [
        (record("A"), "1.0.0", Verdict.AFFECTED),
        (record("A", "1.0.0", "2.0.0"), "2.0.0", Verdict.UNAFFECTED),
        (record("A", "1.0.0", "2.0.0", listed=(at("3.0.0"),)), "3.0.0", Verdict.AFFECTED),
        (record("A", "1.0.0", "2.0.0", undecided="why"), "3.0.0", Verdict.UNDECIDED),
        (record("A", "1.0.0", "2.0.0", undecided="why"), "1.0.0", Verdict.AFFECTED),
        (record("A"), None, Verdict.UNDECIDED),
        (record("A", withdrawn="2026"), "1.0.0", Verdict.WITHDRAWN),
        (record("A", gone="2026"), None, Verdict.WITHDRAWN),
    ],
)
def test_a_record_s_verdict(given: Record, locked: str | None, expected: Verdict) -> None:
    """Withdrawn, undecided, affected or not: never safe because something can't be read."""
    verdict, reason = judge(given, None if locked is None else at(locked), "no version")
    assert verdict is expected
    assert bool(reason) == (expected is Verdict.UNDECIDED)


def test_one_live_record_is_enough_and_the_others_are_shown() -> None:
    """Who denies it is a witness all the same, and is listed elsewhere, not among the ids."""
    finding = found(record("RUSTSEC-1", fixed="1.2.0"), record("GHSA-1"), record("GHSA-2", withdrawn="2026"))
    assert finding is not None
    assert (finding.id, finding.ids, finding.elsewhere) == ("GHSA-1", ("GHSA-1",), ("GHSA-2", "RUSTSEC-1"))
    assert [(w.id, w.verdict) for w in finding.witnesses] == [
        ("RUSTSEC-1", Verdict.UNAFFECTED),
        ("GHSA-1", Verdict.AFFECTED),
        ("GHSA-2", Verdict.WITHDRAWN),
    ]


def test_nobody_affirms() -> None:
    """No finding."""
    assert found(record("A", fixed="1.0.0"), record("B", withdrawn="2026")) is None


def test_undecided_only_when_nobody_is_sure() -> None:
    """With the reason; a record that is sure outweighs it."""
    doubtful = record("B", "8.0.0", undecided="A range can't be read.")
    finding = found(record("A", fixed="1.0.0"), doubtful)
    assert finding is not None
    assert (finding.verdict, finding.places[0].reason) == (Verdict.UNDECIDED, "A range can't be read.")
    sure = found(record("A"), doubtful)
    assert sure is not None
    assert (sure.verdict, sure.places[0].reason) == (Verdict.AFFECTED, "")


@pytest.mark.parametrize(
    ("records", "stands"),
    [
        ([record("RUSTSEC-1", fixed="1.0.0"), record("GHSA-1")], False),
        ([record("RUSTSEC-1"), record("GHSA-1", fixed="1.0.0")], True),
        ([record("RUSTSEC-1", fixed="1.0.0", withdrawn="2026"), record("GHSA-1")], True),
        ([record("RUSTSEC-1", "9.0.0", undecided="why"), record("GHSA-1")], True),
        ([record("RUSTSEC-1", fixed="1.0.0"), record("RUSTSEC-2"), record("GHSA-1")], True),
        ([record("GHSA-1")], True),
    ],
)
def test_an_authority_s_denial_overrules(records: list[Record], stands: bool) -> None:
    """Only its live and clear denial; where it is silent or in doubt, the others decide."""
    assert (found(*records, authority="RUSTSEC") is not None) == stands
    assert found(*records) is not None


def test_fixes_that_nobody_calls_affected() -> None:
    """A version that another affirming record still covers is no fix; none below the locked one is."""
    finding = found(record("A", fixed="2.0.0"), record("B", "1.0.0", fixed="3.0.0"))
    assert finding is not None
    assert finding.places[0].fixed == ("3.0.0",)
    assert [w.fixed for w in finding.witnesses] == [("2.0.0",), ("3.0.0",)]


def test_the_worst_rating_counts() -> None:
    """By level, then by score; unknown only when nobody knows."""
    low, high = Rating(Severity.LOW, 3.0), Rating(Severity.HIGH, 7.5)
    assert worst([low, Rating(), high, Rating(Severity.HIGH, 7.1)]) == high
    assert worst([]) == worst([Rating()]) == Rating()


def test_merged_findings_keep_every_place_and_the_gravest_verdict_of_each_witness() -> None:
    """Two versions in two lockfiles are one finding; the order does not matter."""
    old = found(record("RUSTSEC-1", fixed="2.0.0"), record("GHSA-1", fixed="1.0.0"))
    new = found(
        record("RUSTSEC-1", fixed="2.0.0"),
        record("GHSA-1", fixed="1.0.0"),
        version="0.5.0",
        place=PLACE._replace(lockfile="b/Cargo.lock", version="0.5.0"),
    )
    assert old is not None
    assert new is not None
    (both,) = merge([old, new])
    assert merge([new, old]) == [both]
    assert [place.lockfile for place in both.places] == ["Cargo.lock", "b/Cargo.lock"]
    assert {w.id: w.verdict for w in both.witnesses} == {"RUSTSEC-1": Verdict.AFFECTED, "GHSA-1": Verdict.AFFECTED}
    assert (both.id, both.ids, both.elsewhere) == ("RUSTSEC-1", ("RUSTSEC-1", "GHSA-1"), ())
