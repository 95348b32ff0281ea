"""OpenVEX: what the specification demands, and no claim that nobody made."""

import json
from typing import Any

import pytest
from report_parts import EMPTY, FULL, hostile, judged

from advisord.model.report import Report
from advisord.reports.openvex import render

# OpenVEX specification 0.2.0: "Document" and "Statement". The schema allows no other keys.
DOCUMENT = {"@context", "@id", "author", "role", "timestamp", "version", "tooling", "statements"}
STATEMENT = {"vulnerability", "products", "status", "status_notes", "action_statement"}
VULNERABILITY = {"@id", "name", "description", "aliases"}


def document(report: Report) -> dict[str, Any]:
    """The document as data."""
    return dict(json.loads(render(report)))


@pytest.mark.parametrize("report", [EMPTY, FULL, hostile()])
def test_what_the_specification_demands(report: Report) -> None:
    """Required and allowed keys, statuses, an action statement for whatever is affected; lists without repetition."""
    found = document(report)
    assert set(found) == DOCUMENT
    assert found["@context"] == "https://openvex.dev/ns/v0.2.0"
    assert found["@id"].startswith("urn:uuid:")
    assert found["version"] >= 1
    for statement in found["statements"]:
        assert set(statement) <= STATEMENT
        assert set(statement["vulnerability"]) <= VULNERABILITY
        assert statement["vulnerability"]["name"]
        assert statement["status"] in {"affected", "under_investigation"}
        assert ("action_statement" in statement) == (statement["status"] == "affected")
        assert statement["products"]
        for product in statement["products"]:
            assert product["@id"].startswith("pkg:")
            assert product == {"@id": product["@id"], "identifiers": {"purl": product["@id"]}}


def test_a_policy_does_not_make_anything_unaffected() -> None:
    """Out of scope and accepted: affected, with the statement that nothing is done and why."""
    statements = document(FULL)["statements"]
    assert [statement["status"] for statement in statements] == [*["affected"] * 4, "under_investigation"]
    assert statements[0]["action_statement"] == (
        "update to 2.0.0 (a major one); needs more than this update: hyper requires ^1: move reqwest to a version that allows 2.0.0; whether there is one is not known"
    )
    assert statements[3]["action_statement"].startswith("Nothing is done: out of scope by rule shipped")


def test_products_of_one_statement() -> None:
    """The same statement about two packages is one with two products."""
    report = EMPTY._replace(findings=(judged(), judged(package="h3"), judged()))
    (statement,) = document(report)["statements"]
    assert [product["@id"] for product in statement["products"]] == ["pkg:cargo/h2@1.2.3", "pkg:cargo/h3@1.2.3"]


def test_an_ecosystem_without_a_type() -> None:
    """Its packages are generic ones."""
    report = EMPTY._replace(findings=(judged(ecosystem="Elsewhere", package="a/b"),))
    assert document(report)["statements"][0]["products"][0]["@id"] == "pkg:generic/a%2Fb@1.2.3"
