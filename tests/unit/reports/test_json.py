"""The contract with programs."""

import json

from report_parts import EMPTY, FULL, hostile

from advisord.model.decision import ENDED, Fact
from advisord.reports.json import finding, render


def test_every_key_is_always_there() -> None:
    """Findings, problems and data have the same keys whatever they hold."""
    found = json.loads(render(FULL))
    assert {tuple(entry) for entry in found["findings"] + found["resolved"]} == {tuple(found["findings"][0])}
    assert [entry["introduced"] for entry in found["findings"]] == [True, False, False, False, False]
    assert [entry["fails"] for entry in found["findings"]] == [True, False, False, False, False]
    assert found["base"] == "c" * 40
    assert json.loads(render(EMPTY)).keys() == found.keys()


def test_texts_are_as_they_are() -> None:
    """A program gets names and paths unchanged: escaping is the document's."""
    report = hostile()
    assert json.loads(render(report))["findings"][0]["package"] == report.findings[0].finding.package


def test_lockfiles_that_are_alike_share_their_text_and_nothing_else() -> None:
    """Each entry is that of its finding alone: with its own lockfile, line, acceptance that ended and failing."""
    first = FULL.findings[0]
    place = first.finding.places[0]
    places = [place._replace(lockfile=f"{folder}/Cargo.lock") for folder in "abc"]
    alike = [first._replace(finding=first.finding.at(one)) for one in (*places, places[0]._replace(line=4711))]
    ended = first.decision._replace(facts=(Fact(ENDED, "A-1: until 2020-01-01"),))
    findings = (*alike, alike[1]._replace(decision=ended), alike[2]._replace(failing=not first.failing))
    found = json.loads(render(FULL._replace(findings=findings)))["findings"]
    assert found == json.loads(json.dumps([finding(judged) for judged in findings]))
    assert [entry["lockfile"][0] for entry in found] == ["a", "b", "c", "a", "b", "c"]
