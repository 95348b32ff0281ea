"""One record of GitHub's advisories."""

import json
from typing import Any

import pytest

from advisord.feeds.github_record import decode
from advisord.feeds.interface import Rejected
from advisord.model.advisory import Advisory, Event, Kind, Severity

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def record(**more: Any) -> dict[str, Any]:
    """A record with one vulnerability."""
    vulnerability = {
        "package": {"ecosystem": "pip", "name": "Foo_Bar"},
        "vulnerable_version_range": ">= 1.0, < 2.0",
        "first_patched_version": "2.0",
        "vulnerable_functions": ["foo.bar"],
    }
    return {
        "ghsa_id": "GHSA-aaaa-bbbb-cccc",
        "cve_id": "CVE-2026-1",
        "summary": "Short",
        "type": "reviewed",
        "severity": "high",
        "identifiers": [{"type": "GHSA", "value": "GHSA-aaaa-bbbb-cccc"}, {"type": "CVE", "value": "CVE-2026-1"}],
        "published_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        "withdrawn_at": None,
        "vulnerabilities": [vulnerability],
        **more,
    }


def read(value: Any) -> Advisory:
    """The advisory of a record that can be read."""
    found = decode(value, feed="github", name="n")
    assert isinstance(found, Advisory), found
    return found


def test_a_whole_record() -> None:
    """Every part arrives."""
    advisory = read(record())
    assert advisory[:4] == ("github", "GHSA-aaaa-bbbb-cccc", ("CVE-2026-1",), Kind.VULNERABILITY)
    assert (advisory.published, advisory.modified) == ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    (entry,) = advisory.affected
    assert (entry.ecosystem, entry.name, entry.functions) == ("PyPI", "foo-bar", ("foo.bar",))
    assert entry.ranges[0].events == (Event("introduced", "1.0"), Event("fixed", "2.0"))
    assert json.loads(advisory.document) == record()


@pytest.mark.parametrize("value", [None, [], "x", {}, {"ghsa_id": None}, {"ghsa_id": "G", "vulnerabilities": {}}])
def test_rejected(value: Any) -> None:
    """What is no record is named with a reason."""
    assert isinstance(decode(value, feed="github", name="n"), Rejected)


def test_nulls() -> None:
    """Any field may be null."""
    advisory = read(dict.fromkeys(record()) | {"ghsa_id": "GHSA-a"})
    assert (advisory.id, advisory.aliases, advisory.affected, advisory.rating.severity) == ("GHSA-a", (), (), "unknown")


def test_the_older_form_of_a_patched_version() -> None:
    """A patched version is a text in one API version and an object in another."""
    value = record()
    value["vulnerabilities"][0]["first_patched_version"] = {"identifier": "2.0"}
    assert read(value).affected == read(record()).affected
    value["vulnerabilities"][0]["first_patched_version"] = None
    assert read(value).affected[0].ranges[0].events[1] == Event("limit", "2.0")


@pytest.mark.parametrize(
    ("more", "severity", "score"),
    [
        ({"cvss": {"vector_string": V3, "score": 9.8}}, Severity.CRITICAL, 9.8),
        (
            {"cvss_severities": {"cvss_v3": {"vector_string": V3, "score": 9.8}, "cvss_v4": None}},
            Severity.CRITICAL,
            9.8,
        ),
        ({"cvss_severities": {"cvss_v4": {"vector_string": None, "score": 0.0}}}, Severity.HIGH, None),
        ({"cvss_severities": [], "cvss": "x"}, Severity.HIGH, None),
        ({"severity": "unknown"}, Severity.UNKNOWN, None),
        ({"severity": None}, Severity.UNKNOWN, None),
    ],
)
def test_severity(more: dict[str, Any], severity: Severity, score: float | None) -> None:
    """Vectors of both API versions, then the word; a score without a vector is none."""
    rating = read(record(**more)).rating
    assert (rating.severity, rating.score) == (severity, score)


@pytest.mark.parametrize(
    ("value", "epss"),
    [
        ({"percentage": 0.00045, "percentile": 0.1}, 0.00045),
        ([{"percentage": "0.5"}], 0.5),
        ({"percentage": 45}, None),
        ({"percentage": "much"}, None),
        ({"percentage": True}, None),
        ([], None),
        (None, None),
    ],
)
def test_epss(value: Any, epss: float | None) -> None:
    """A probability, or nothing."""
    assert read(record(epss=value)).epss == epss


def test_kind_and_withdrawal() -> None:
    """Malware, and records that were taken back."""
    assert read(record(type="malware")).kind is Kind.MALWARE
    assert read(record(withdrawn_at="2026-01-03T00:00:00Z")).withdrawn == "2026-01-03T00:00:00Z"
    assert read(record(withdrawn_at="once")).withdrawn == "2026-01-02T00:00:00Z"
    assert read(record(withdrawn_at="0001-01-01T00:00:00Z")).withdrawn == ""


@pytest.mark.parametrize("depth", range(900, 1100, 7))
def test_a_deep_record(depth: int) -> None:
    """What was read at one depth of calls can be too deep to write at another."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    found = decode(record(description=value), feed="github", name="n")
    assert isinstance(found, Advisory) or found.reason == "its JSON is nested too deeply"


def test_ecosystems() -> None:
    """GitHub's names become OSV's; what is of no known ecosystem is set aside without hurting its neighbours."""
    names = ["actions", "other", "RUST", "swift", None, "brand-new"]
    entries: list[Any] = [
        {"package": {"ecosystem": name, "name": "github.com/a/b"}, "vulnerable_version_range": "< 1"} for name in names
    ]
    found = read(
        record(vulnerabilities=[*entries, {"package": None}, None, {"package": {"ecosystem": "npm"}}])
    ).affected
    assert [entry.ecosystem for entry in found] == ["GitHub Actions", "crates.io", "SwiftURL"]


def test_a_range_that_is_not_understood() -> None:
    """It is kept with its reason."""
    value = record()
    value["vulnerabilities"][0]["vulnerable_version_range"] = "~> 1"
    assert read(value).affected[0].ranges[0].unreadable


def test_half_a_surrogate_pair() -> None:
    """Text that no database takes does not break the document."""
    assert b"?" in read(record(description="x\ud800")).document
