"""CycloneDX: valid, complete, and honest about what a decision means."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from report_parts import EMPTY, FULL, hostile

from advisord.model.report import Report
from advisord.reports.cyclonedx import render


def document(report: Report) -> dict[str, Any]:
    """The document as data."""
    return dict(json.loads(render(report)))


@pytest.mark.parametrize("report", [EMPTY, FULL, hostile()])
def test_the_published_schema(report: Report) -> None:
    """CycloneDX's own schemas of version 1.6, as the package cyclonedx-python-lib brings them along."""
    spec = find_spec("cyclonedx")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "schema/_res"
    names = ("bom-1.6", "spdx", "jsf-0.82", "cryptography-defs")
    schemas = {name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_bytes()) for name in names}
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()]
    )
    validator = Draft7Validator(schemas["bom-1.6"], registry=registry)
    assert [error.message for error in validator.iter_errors(document(report))] == []


def test_components_and_dependencies() -> None:
    """Every package once, by its package URL where it is public; who requires whom, and the project above them."""
    found = document(FULL)
    assert [component.get("purl") for component in found["components"] if "purl" in component] == [
        "pkg:cargo/h2@1.2.3",
        "pkg:cargo/hyper@0.14.0",
    ]
    refs = [component["bom-ref"] for component in found["components"]]
    assert len(refs) == len(set(refs)) == 4
    needs = {entry["ref"]: entry["dependsOn"] for entry in found["dependencies"]}
    assert needs["pkg:cargo/hyper@0.14.0"] == ["pkg:cargo/h2@1.2.3"]
    assert "crates.io:api@0.1.0|path|services/api|" in needs["project"]
    assert {end for ends in needs.values() for end in ends} <= {*refs, "project"}


def test_vulnerabilities_refer_to_components() -> None:
    """What is affected is one of the document's components."""
    found = document(FULL)
    refs = {component["bom-ref"] for component in found["components"]}
    assert {affected["ref"] for entry in found["vulnerabilities"] for affected in entry["affects"]} <= refs


def test_analysis_follows_the_decision() -> None:
    """Out of scope is no claim that the code is safe: it has a response and no state."""
    states = [
        (entry["analysis"].get("state"), entry["analysis"]["response"]) for entry in document(FULL)["vulnerabilities"]
    ]
    assert states == [
        ("exploitable", ["update"]),
        ("exploitable", ["update"]),
        ("exploitable", ["will_not_fix"]),
        (None, ["will_not_fix"]),
        ("in_triage", ["can_not_fix"]),
    ]


def test_methods_of_ratings() -> None:
    """A vector's own words tell which CVSS it is."""
    methods = [entry["ratings"][0].get("method") for entry in document(FULL)["vulnerabilities"]]
    assert methods == ["CVSSv31", None, None, "CVSSv31", "CVSSv2"]


def test_the_same_finding_in_two_lockfiles_is_one_entry() -> None:
    """One vulnerability entry per advisory and decision, with its components."""
    twice = FULL._replace(findings=(FULL.findings[0], FULL.findings[0]))
    assert [len(entry["affects"]) for entry in document(twice)["vulnerabilities"]] == [1]
