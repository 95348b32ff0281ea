"""JUnit XML: well-formed whatever the texts, with counts that add up."""

from xml.etree import ElementTree as ET

import pytest
from report_parts import EMPTY, FULL, INVENTORY, hostile

from advisord.model.report import Report, Scanned
from advisord.reports.junit import render


def parsed(report: Report) -> ET.Element:
    """The document's top; a parser refuses what is not well-formed."""
    return ET.fromstring(render(report))  # noqa: S314  (our own text)


@pytest.mark.parametrize("report", [EMPTY, FULL, hostile()])
def test_counts_add_up(report: Report) -> None:
    """`tests`, `failures`, `errors` and `skipped` are what is there (the dialect of Jenkins's junit-10 schema)."""
    top = parsed(report)
    assert top.tag == "testsuites"
    total = 0
    for suite in top:
        cases = suite.findall("testcase")
        assert {"name", "tests", "failures", "errors", "skipped", "time"} <= set(suite.attrib)
        assert int(suite.attrib["tests"]) == len(cases) > 0
        for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.attrib[count]) == sum(case.find(tag) is not None for case in cases)
        assert all({"classname", "name", "time"} <= set(case.attrib) for case in cases)
        total += len(cases)
    assert int(top.attrib["tests"]) == total


def test_what_is_what() -> None:
    """Failing is a failure, settled is skipped, the rest passes with its text; an error has a suite of its own."""
    top = parsed(FULL)
    cases = {case.attrib["name"]: [child.tag for child in case] for case in top[0]}
    assert cases["h2 1.2.3 is affected by RUSTSEC-2024-0001"] == ["failure"]
    assert cases["h2 1.2.3 is unmaintained: RUSTSEC-2024-0002"] == ["system-out"]
    assert cases["h2 1.2.3 is affected by GHSA-2222-3333-4444"] == ["skipped"]
    assert [child.tag for child in top[-1][0]] == ["error"]


def test_a_clean_lockfile_is_a_passed_case() -> None:
    """So that a suite without findings shows that it was looked at."""
    top = parsed(EMPTY._replace(inventories=(Scanned("Cargo.lock", INVENTORY),)))
    assert [case.attrib["name"] for case in top[0]] == ["no known vulnerability"]
