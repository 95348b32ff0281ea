"""The contract with programs."""

import json

from report_parts import EMPTY, FULL, hostile

from advisord.reports.json import render


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
