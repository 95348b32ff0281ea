"""GitLab's dependency scanning report: what version 15.0.7 of its schema demands."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator
from report_parts import EMPTY, FULL, hostile, judged

from advisord.model.report import Report
from advisord.reports.gitlab import render


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


_NAME = {"type": "string", "minLength": 1}
_URL = {"type": "string", "pattern": "^(https?|ftp)://.+"}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
_TOOL = _object("id name version vendor", id=_NAME, name=_NAME, version=_NAME, vendor=_object("name", name=_NAME))
_DEPENDENCY = _object(
    "package version",
    package=_object("name", name={"type": "string"}),
    version={"type": "string"},
    iid={"type": "number"},
    direct={"type": "boolean"},
)
# The demands of GitLab's `dependency-scanning-report-format.json` (security report schemas 15.0.7) on the keys that we
# write, in our words: no package of a registry brings that file along.
SCHEMA = _object(
    "dependency_files scan version vulnerabilities",
    version={"type": "string", "pattern": r"^15\.[0-9]+\.[0-9]+$"},
    scan=_object(
        "analyzer end_time scanner start_time status type",
        analyzer=_TOOL,
        scanner=_TOOL,
        start_time=_TIME,
        end_time=_TIME,
        status={"enum": ["success", "failure"]},
        type={"enum": ["dependency_scanning"]},
        messages={
            "type": "array",
            "items": _object("level value", level={"enum": ["info", "warn", "fatal"]}, value=_NAME),
        },
    ),
    vulnerabilities={
        "type": "array",
        "items": _object(
            "id identifiers location",
            id=_NAME,
            name={"type": "string", "maxLength": 255},
            description={"type": "string", "maxLength": 1048576},
            severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            solution={"type": "string", "maxLength": 7000},
            identifiers={
                "type": "array",
                "minItems": 1,
                "items": _object("type name value", type=_NAME, name=_NAME, value=_NAME, url=_URL),
            },
            links={"type": "array", "items": _object("url", url=_URL)},
            location=_object("file dependency", file=_NAME, dependency=_DEPENDENCY),
        ),
    },
    dependency_files={
        "type": "array",
        "items": _object(
            "path package_manager dependencies",
            path=_NAME,
            package_manager=_NAME,
            dependencies={"type": "array", "items": _DEPENDENCY},
        ),
    },
)


def document(report: Report) -> dict[str, Any]:
    """The document as data."""
    return dict(json.loads(render(report)))


@pytest.mark.parametrize("report", [EMPTY, FULL, hostile(), hostile("x" * 9000)])
def test_the_schema(report: Report) -> None:
    """Every report conforms, with long texts too."""
    assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(document(report))] == []


def test_tracked_findings_only() -> None:
    """What the policy has settled is counted in a message; an answer that can't be trusted is a failed scan."""
    found = document(FULL)
    assert [entry["identifiers"][0]["value"] for entry in found["vulnerabilities"]] == [
        "RUSTSEC-2024-0001",
        "RUSTSEC-2024-0002",
        "OSV-2024-1",
    ]
    assert found["scan"]["status"] == "failure"
    assert [message["level"] for message in found["scan"]["messages"]] == ["fatal", "info", "info", "info"]
    assert found["scan"]["messages"][2]["value"].startswith("2 findings accepted or out of scope")


def test_ids_are_stable() -> None:
    """The same finding has the same id in the next pipeline."""
    first, again = (document(EMPTY._replace(findings=(judged(),), moment=m)) for m in ("", "2026-02-02T00:00:00Z"))
    assert first["vulnerabilities"][0]["id"] == again["vulnerabilities"][0]["id"]
    assert again["scan"]["end_time"] == "2026-02-02T00:00:00"
