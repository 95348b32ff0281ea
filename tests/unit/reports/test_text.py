"""The report for people."""

from typing import Any

import pytest
from report_parts import EMPTY, FULL, NASTY, hostile, judged, place

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Verdict, Via, Witness
from advisord.model.inventory import Reach
from advisord.model.problem import Problem
from advisord.model.report import FeedData
from advisord.model.update import Update
from advisord.reports.layout import Ink
from advisord.reports.text import render
from advisord.reports.wording import worst_first

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
        "  h2 1.2.3  -> fixed in 1.2.4  (line 7)",
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
    assert "since ccccccc: 0 introduced, 1 there before; 1 resolved (--verbose shows all)" in short
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
    assert "via 2 more workspace members" in short
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
    """Nothing that can be wrapped is wider than 100 columns, or than the width that is there."""
    long = "many words " * 60
    report = EMPTY._replace(
        findings=(judged(summary=long, alternatives=(), at=place(verdict=Verdict.UNDECIDED, reason=long)),)
    )
    many = {name: FeedData(f"2026-01-0{day}T00:00:00Z", "", 9, "") for day, name in enumerate(("osv", "rustsec"), 1)}
    report = report._replace(data=many)
    assert 90 < max(map(len, render(report, verbose=True).splitlines())) <= 100
    assert max(map(len, render(report, width=60).splitlines())) <= 60
    assert max(map(len, render(report, width=150).splitlines())) > 140


def test_colour_changes_nothing_but_colour() -> None:
    """Without its escape sequences the coloured report is the plain one; hostile texts bring no sequence of their own."""
    from re import sub

    for report in (FULL, hostile(NASTY)):
        coloured = render(report, verbose=True, colour=True)
        assert coloured != render(report, verbose=True)
        assert sub(r"\x1b\[[\d;]*m", "", coloured) == render(report, verbose=True)


def test_wrapping() -> None:
    """Words longer than a line stay whole; further lines are indented; an empty text leaves the head."""
    assert list(Ink().wrapped("head ", "a" * 120 + " b", 4)) == ["head " + "a" * 120, "    b"]
    assert list(Ink().wrapped("head ", "a" * 96 + " b", 4)) == ["head", "    " + "a" * 96, "    b"]
    assert list(Ink().wrapped("head ", "", 4)) == ["head"]
    ink = Ink(colour=True)
    assert next(ink.wrapped("head ", "text", 4, ink.bad("head "))) == "\x1b[1;31mhead \x1b[0mtext"


def test_wrapping_by_what_is_seen() -> None:
    """Wide characters take two columns, marks none; scripts without spaces are broken anywhere, names of others nowhere."""
    ink = Ink(width=20)
    assert list(ink.wrapped("id ", "日本語の要約です。とても長い。 end", 3)) == [
        "id 日本語の要約です",
        "   。とても長い。",
        "   end",
    ]
    assert list(ink.wrapped("", "e\u0301" * 20, 0)) == ["e\u0301" * 20]
    assert list(ink.wrapped("", "résumé-of-a-long-name x", 0)) == ["résumé-of-a-long-name", "x"]
    assert list(ink.wrapped("", "🔥 " * 9, 0)) == ["🔥 🔥 🔥 🔥 🔥 🔥 🔥", "🔥 🔥"]


def test_a_long_name_with_long_advice() -> None:
    """The line of a package wraps as all others do, in the colour of a way out."""
    name = "github.com/owner/some-project-with-a-long-name"
    report = EMPTY._replace(findings=(judged(package=name, alternatives=("one", "two", "three"), at=place(fixed=())),))
    assert render(report, width=80).splitlines()[1:3] == [
        f"  {name} 1.2.3",
        "      -> no fix exists; named alternatives: one, two, three  (line 7)",
    ]
    coloured = "\x1b[32m-> no fix exists; named alternatives: one, two, three\x1b[0m  (line 7)"
    assert coloured in render(report, width=80, colour=True)


def test_malware_comes_first() -> None:
    """Nobody rates it, and nothing is worse."""
    rated = judged("GHSA-1")
    malware = judged("MAL-1", kind=Kind.MALWARE, rating=Rating(Severity.UNKNOWN, None), package="zz")
    lines = render(EMPTY._replace(findings=(rated, malware))).splitlines()
    assert lines[1].startswith("  zz 1.2.3")
    assert [one.finding.id for one in worst_first([rated, malware])] == ["MAL-1", "GHSA-1"]


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
        "  h2 1.2.3  -> fixed in 1.2.4",
    ]
    assert lines[lines.index("") + 1 :][:2] == ["b/Cargo.lock", "  h2 0.9.0  -> fixed in 1.2.4  (line 7)"]
    assert "e/Cargo.lock" in render(EMPTY._replace(findings=shared), verbose=True).splitlines()


def test_an_update_that_is_not_enough() -> None:
    """Who stands in the way, what to update instead, and what the version itself is affected by."""
    todo = Update("crates.io", "h2", "1.2.3", "2.0.0", "major", ("RUSTSEC-2024-0001",), (), ("Cargo.lock",))
    found = EMPTY._replace(findings=(judged(),))
    blocked = todo._replace(allowed=False, hindered=(("hyper", "^1"),), through=("reqwest",), affected=("GHSA-7",))
    text = " ".join(render(found._replace(updates=(blocked,))).split())
    assert "-> update to 2.0.0 (a major one)" in text
    assert (
        "needs more than this update: hyper requires ^1: move reqwest to a version that allows 2.0.0; whether there is one"
        " is not known" in text
    )
    assert "every version that fixes this is affected by another advisory: GHSA-7" in text
    own = todo._replace(allowed=False, hindered=(("app", "~1.2"),))
    assert "app requires ~1.2: change that requirement" in render(found._replace(updates=(own,)))


def test_a_breaking_update_that_nobody_is_known_to_allow() -> None:
    """What has to be moved first is named as far as it is known, and that more is not known."""
    todo = Update("crates.io", "h2", "1.2.3", "2.0.0", "major", ("RUSTSEC-2024-0001",), (), ("Cargo.lock",))
    found = EMPTY._replace(findings=(judged(),))

    def said(**more: Any) -> str:
        return " ".join(render(found._replace(updates=(todo._replace(**more),))).split())

    named = said(breaking=True, through=("reqwest",))
    assert (
        "needs more than this update, most likely: move reqwest to a version that allows 2.0.0; whether there is one is"
        " not known" in named
    )
    assert "the dependency that pulls it in has to allow 2.0.0; which one that is" in said(breaking=True)
    assert "needs more" not in said()


def test_smaller_updates() -> None:
    """What a smaller update removes is said beside the whole one; a pre-release is called one."""
    todo = Update("crates.io", "h2", "1.2.3", "2.0.0", "major", ("GHSA-1", "RUSTSEC-2024-0001"), (), ("Cargo.lock",))
    patch = todo._replace(to="1.2.9", step="patch", removes=("RUSTSEC-2024-0001",), leaves=("GHSA-1",))
    found = EMPTY._replace(
        findings=(judged(), judged("GHSA-1")), updates=(todo._replace(early=True, smaller=(patch,)),)
    )
    assert "-> update to 2.0.0 (a major one, a pre-release): fixes 2; 1.2.9 fixes 1 of them" in render(found, width=160)


def test_the_worst_package_of_a_lockfile_first() -> None:
    """What fails comes before what does not, then by severity; each failing one is marked where not all fail."""
    report = EMPTY._replace(
        findings=(
            judged("GHSA-1", package="aaa", rating=Rating(Severity.LOW)),
            judged("GHSA-2", package="bbb"),
            judged("GHSA-3", package="ccc", rating=Rating(), failing=True),
            judged("GHSA-4", package="ddd", failing=True),
        )
    )
    text = render(report, width=150)
    assert [line.split()[0] for line in text.splitlines() if " -> " in line] == ["ddd", "ccc", "bbb", "aaa"]
    assert "GHSA-3  [fails]" in text
    assert "GHSA-2  [" not in text
    assert "4 in scope (2 critical, 1 low, 1 unknown severity); 2 findings fail the scan" in text
    every = EMPTY._replace(findings=tuple(one._replace(failing=True) for one in report.findings))
    assert "[fails]" not in render(every)
    assert "4 findings fail the scan" in render(every, width=150)


def test_a_reason_that_all_share_is_said_once() -> None:
    """Not below each package; where two rules decided, each says its own."""
    two = (judged(), judged("GHSA-2", package="b"))
    assert render(EMPTY._replace(findings=two)).count("We act on what we ship.") == 1
    other = two[1]._replace(decision=two[1].decision._replace(rule="other"))
    assert render(EMPTY._replace(findings=(two[0], other))).count("We act on what we ship.") == 2


def test_the_name_that_the_person_gave() -> None:
    """A comparison is named as it was asked for; a commit's own id is not said twice."""
    report = FULL._replace(problems=())
    assert "since main (ccccccc): " in render(report._replace(since="main"))
    assert "since ccccccc: " in render(report._replace(since="c" * 12))


def test_an_unknown_reach_is_no_unknown_severity() -> None:
    """How a package is reached is said by name."""
    way = Via(".", "app", Reach.UNKNOWN, ("h2",))
    assert "via app > h2 (reach unknown)" in render(EMPTY._replace(findings=(judged(at=place(via=(way,))),)))
