"""The report for people."""

from typing import Any

import pytest
from report_parts import EMPTY, FULL, NASTY, hostile, judged, place

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Verdict, Via, Witness
from advisord.model.inventory import Reach
from advisord.model.problem import Problem
from advisord.model.report import FeedData, Update
from advisord.reports.layout import Ink, wrapped
from advisord.reports.text import render

DATA = {"osv": FeedData("2026-01-01T00:00:00Z", "a mirror", 100, "2025-12-31T00:00:00Z")}


def test_quiet_when_clean() -> None:
    """Two lines: what was looked at, and the data."""
    assert render(EMPTY._replace(data=DATA)).splitlines() == [
        "0 packages in 1 lockfile: no known vulnerability",
        "data: osv (100 records), as of 2026-01-01T00:00:00Z",
    ]


def test_a_package_with_everything() -> None:
    """Package, advice and line; severity, id and summary; scope and why; who pulls it in."""
    assert render(EMPTY._replace(findings=(judged(failing=True),))).splitlines()[:5] == [
        "Cargo.lock",
        "  h2 1.2.3  -> update to 1.2.4  (line 7)",
        "    critical 9.1   RUSTSEC-2024-0001  A flood of frames uses up memory",
        "    in scope by rule shipped: We act on what we ship.",
        "    via services/api > hyper > h2",
    ]


def test_several_findings_of_a_package() -> None:
    """The worst first; each says what fixes it; the common decision once."""
    report = EMPTY._replace(
        findings=(
            judged("GHSA-1", rating=Rating(Severity.LOW), at=place(fixed=())),
            judged("GHSA-2", at=place(fixed=("1.2.4",))),
            judged("GHSA-3", rating=Rating(Severity.HIGH), at=place(fixed=("1.3.0",))),
        )
    )
    todo = Update("crates.io", "h2", "1.2.3", "1.3.0", "minor", ("GHSA-2", "GHSA-3"), ("GHSA-1",), ("Cargo.lock",))
    lines = render(report._replace(updates=(todo,))).splitlines()
    assert lines[1] == "  h2 1.2.3  -> update to 1.3.0: fixes 2, 1 without a fix  (line 7)"
    assert [line.split("  [")[0].split()[-1] for line in lines[2:4]] == ["GHSA-2", "GHSA-3"]
    assert sum("in scope by rule" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"at": place(fixed=())}, "-> no fix exists: replace or remove it"),
        ({"at": place(fixed=()), "alternatives": ("a", "b")}, "-> no fix exists; named alternatives: a, b"),
        ({"kind": Kind.MALWARE}, "-> remove it, and treat the machines that ran it as compromised"),
    ],
)
def test_advice(changes: dict[str, Any], advice: str) -> None:
    """No fix is said plainly."""
    assert advice in render(EMPTY._replace(findings=(judged(**changes),)))


def test_out_of_scope_and_old_findings_are_for_verbose() -> None:
    """They are counted without it, and shown with it; a failing one is always shown."""
    report = FULL._replace(findings=(judged("GHSA-1", Scope.OUT), judged("GHSA-2", introduced=False)), problems=())
    short = render(report)
    assert "GHSA-1" not in short
    assert "GHSA-2" not in short
    assert "since cccccccccccc: 0 introduced, 1 resolved, 2 that were there before (--verbose shows them)" in short
    assert "  resolved: h2 1.2.3 is affected by RUSTSEC-2020-0001" in short
    full = render(report, verbose=True)
    assert "GHSA-1" in full
    assert "out of scope by rule shipped" in full
    assert "  osv: from a mirror, newest of 2025-12-31T00:00:00Z" in full
    assert "GHSA-2" in render(report._replace(findings=(judged("GHSA-2", introduced=False, failing=True),)))


def test_verbose_shows_who_says_what() -> None:
    """Aliases, witnesses, disagreement, every path."""
    witnesses = (
        Witness("osv", "GHSA-1", Verdict.AFFECTED, Kind.VULNERABILITY, Rating(Severity.LOW), ("1.2.4",)),
        Witness("rustsec", "RUSTSEC-1", Verdict.UNDECIDED, Kind.VULNERABILITY, Rating(), reason="No range."),
    )
    ways = tuple(Via(f"c{n}", "", Reach.DEV, ("h2",)) for n in range(5))
    report = EMPTY._replace(findings=(judged(witnesses=witnesses, at=place(via=ways)),))
    short, full = render(report), render(report, verbose=True)
    assert "via 2 more" in short
    assert "osv says GHSA-1: affected (low, fixed in 1.2.4)" in full
    assert "rustsec says RUSTSEC-1: undecided: No range. (unknown)" in full
    assert "the records disagree" in full
    assert "via c4 > h2 (dev)" in full
    assert "also known as CVE-2024-0001" in full


def test_problems() -> None:
    """Errors are all shown, notes of one kind at most five."""
    notes = tuple(Problem("excluded", f"{n}/Cargo.lock", "is not read", blocking=False) for n in range(8))
    report = EMPTY._replace(problems=(*notes, *FULL.problems[:1]))
    text = render(report)
    assert text.count("[excluded]") == 5 + 1
    assert "note: 3 more of [excluded]; --verbose has them all" in text
    assert "error: osv: was last read long ago [stale-data]" in text
    assert "the answer can't be trusted: see the errors above" in text
    assert render(report, verbose=True).count("[excluded]") == 8


def test_undecided() -> None:
    """Why nothing can be decided is said."""
    report = EMPTY._replace(findings=(judged(at=place(verdict=Verdict.UNDECIDED, reason="No order.")),))
    assert "undecided: No order." in render(report)


def test_width() -> None:
    """Nothing that can be wrapped is wider than 100 columns."""
    long = "many words " * 60
    report = EMPTY._replace(
        findings=(judged(summary=long, alternatives=(), at=place(verdict=Verdict.UNDECIDED, reason=long)),)
    )
    assert max(map(len, render(report, verbose=True).splitlines())) <= 100


def test_colour_changes_nothing_but_colour() -> None:
    """Without its escape sequences the coloured report is the plain one; hostile texts bring no sequence of their own."""
    from re import sub

    for report in (FULL, hostile(NASTY)):
        coloured = render(report, verbose=True, colour=True)
        assert coloured != render(report, verbose=True)
        assert sub(r"\x1b\[[\d;]*m", "", coloured) == render(report, verbose=True)


def test_wrapping() -> None:
    """Words longer than a line stay whole; further lines are indented; an empty text leaves the head."""
    assert list(wrapped("head ", "a" * 120 + " b", 4)) == ["head " + "a" * 120, "    b"]
    assert list(wrapped("head ", "", 4)) == ["head"]
    ink = Ink(colour=True)
    assert next(wrapped("head ", "text", 4, ink.bad("head "))) == "\x1b[1;31mhead \x1b[0mtext"


def test_what_several_lockfiles_share_is_said_once() -> None:
    """Below the names of all; what only one has stands below its own, and --verbose names every one."""
    shared = tuple(judged(at=place(lockfile=f"{name}/Cargo.lock", line=line)) for line, name in enumerate("abcde", 3))
    alone = judged("GHSA-9", at=place(lockfile="b/Cargo.lock", version="0.9.0"))
    lines = render(EMPTY._replace(findings=(*shared, alone))).splitlines()
    assert lines[:5] == [
        "a/Cargo.lock",
        "b/Cargo.lock",
        "c/Cargo.lock",
        "and 2 more lockfiles (--verbose names them)",
        "  h2 1.2.3  -> update to 1.2.4",
    ]
    assert lines[lines.index("") + 1 :][:2] == ["b/Cargo.lock", "  h2 0.9.0  -> update to 1.2.4  (line 7)"]
    assert "e/Cargo.lock" in render(EMPTY._replace(findings=shared), verbose=True).splitlines()


def test_an_update_that_is_not_enough() -> None:
    """Who stands in the way, what to update instead, and what the version itself is affected by."""
    todo = Update("crates.io", "h2", "1.2.3", "2.0.0", "major", ("RUSTSEC-2024-0001",), (), ("Cargo.lock",))
    found = EMPTY._replace(findings=(judged(),))
    blocked = todo._replace(allowed=False, hindered=(("hyper", "^1"),), through=("reqwest",), affected=("GHSA-7",))
    text = render(found._replace(updates=(blocked,)))
    assert "-> update to 2.0.0 (a major one)" in text
    assert "needs more than this update: hyper requires ^1: update reqwest first" in text
    assert "every version that fixes this is affected by another advisory: GHSA-7" in text
    own = todo._replace(allowed=False, hindered=(("app", "~1.2"),))
    assert "app requires ~1.2: change that requirement" in render(found._replace(updates=(own,)))
