"""What several formats say alike."""

import pytest
from report_parts import EMPTY, judged, place

from advisord.model.advisory import Kind
from advisord.model.problem import Problem
from advisord.model.report import Judged, Report
from advisord.model.update import Update
from advisord.reports import registry, wording

NONE = Update("crates.io", "h2", "1.2.3", "", "", (), ("A-1", "A-2"), ("Cargo.lock",))
FIX = NONE._replace(to="1.2.4", step="patch", removes=("A-1",), leaves=("A-2",))


def _report(found: Update, *several: Judged) -> Report:
    return EMPTY._replace(findings=several, updates=(found,))


@pytest.mark.parametrize(
    ("report", "advice"),
    [
        (
            _report(
                NONE,
                judged("A-1", at=place(fixed=())),
                judged("A-2", at=place(fixed=()), kind=Kind.UNMAINTAINED, alternatives=("other",)),
            ),
            "no fix exists; named alternatives: other",
        ),
        (_report(FIX, judged("A-1"), judged("A-2", at=place(fixed=()))), "update to 1.2.4: fixes 1, 1 without a fix"),
        (
            _report(FIX, judged("A-1", kind=Kind.MALWARE), judged("A-2", at=place(fixed=()))),
            "remove it, and treat the machines that ran it as compromised",
        ),
    ],
)
def test_formats_agree_on_what_to_do(report: Report, advice: str) -> None:
    """About a package as a whole, text, Markdown and the page say the same."""
    assert f"-> {advice}" in registry.render("text", report, width=160)
    assert f"- `h2 1.2.3`: {advice} (Cargo.lock)" in registry.render("markdown", report)
    assert f"<td>{advice}</td>" in registry.render("html", report)


def test_the_headline() -> None:
    """What fails, that nothing fails of what there is, that there is nothing, or that nobody can say."""
    found = EMPTY._replace(findings=(judged(failing=True), judged("GHSA-2", failing=True)))
    quiet = EMPTY._replace(findings=(judged(),))
    broken = quiet._replace(problems=(Problem("stale-data", "osv", "is old"),))
    assert [wording.verdict(one) for one in (found, quiet, EMPTY, broken)] == [
        "2 findings fail the scan",
        "no finding fails the scan",
        "nothing to act on",
        "the answer can't be trusted",
    ]


def test_malware_is_the_first_thing_to_do() -> None:
    """No version removes it, and nothing is more urgent."""
    bad = judged("MAL-1", kind=Kind.MALWARE, package="zz", at=place(fixed=()))
    fixable = Update("crates.io", "h2", "1.2.3", "1.2.4", "patch", ("RUSTSEC-2024-0001",), (), ("Cargo.lock",))
    none = Update("crates.io", "zz", "1.2.3", "", "", (), ("MAL-1",), ("Cargo.lock",))
    report = EMPTY._replace(findings=(judged(), bad), updates=(fixable, none))
    assert [name for name, *_ in wording.todo(report)] == ["zz", "h2"]
