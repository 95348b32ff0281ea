"""One record in OSV form."""

import json
from typing import Any

import pytest

from advisord.feeds.interface import Rejected
from advisord.feeds.osv_record import decode
from advisord.model.advisory import Advisory, Event, Kind, Range, Severity

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"  # 9.8
V4 = "CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"


def record(**more: Any) -> dict[str, Any]:
    """A record with one affected package."""
    entry = {"package": {"ecosystem": "npm", "name": "left-pad"}, **more.pop("entry", {})}
    return {"id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-01-02T03:04:05Z", "affected": [entry], **more}


def read(value: Any) -> Advisory:
    """The advisory of a value that can be read."""
    found = decode(json.dumps(value).encode(), feed="osv", name="file")
    assert isinstance(found, Advisory), found
    return found


def test_a_whole_record() -> None:
    """Every part arrives, and the document stays as it was."""
    value = record(
        aliases=["CVE-2026-1", "GHSA-aaaa-bbbb-cccc", "CVE-2026-1"],
        related=["CVE-2026-2"],
        upstream=["CVE-2026-3"],
        summary="Short",
        published="2026-01-01T00:00:00Z",
        severity=[{"type": "CVSS_V3", "score": V3}],
        entry={
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}],
            "versions": ["2.0"],
        },
    )
    advisory = read(value)
    assert advisory[:4] == ("osv", "GHSA-aaaa-bbbb-cccc", ("CVE-2026-1",), Kind.VULNERABILITY)
    assert (advisory.rating.severity, advisory.rating.score, advisory.rating.vector) == (Severity.CRITICAL, 9.8, V3)
    assert (advisory.summary, advisory.published, advisory.withdrawn) == ("Short", "2026-01-01T00:00:00Z", "")
    (entry,) = advisory.affected
    assert entry.ranges == (Range("SEMVER", (Event("introduced", "0"), Event("fixed", "1.0.0"))),)
    assert entry.versions == ("2.0",)
    assert json.loads(advisory.document) == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "it is not a JSON object"),
        ({"modified": "x"}, "it has no id"),
        ({"id": 5}, "it has no id"),
        ({"id": "A", "affected": {}}, "`affected` is not a list"),
    ],
)
def test_rejected(value: Any, reason: str) -> None:
    """What is no record is named with its reason."""
    found = decode(json.dumps(value).encode(), feed="osv", name="file")
    assert isinstance(found, Rejected)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "not JSON"),
        (b"<html>", "HTML page"),
        (b'{"id": "A"', "not JSON"),
        (b'{"id": "\xff"}', "not UTF-8 at byte 8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    ],
)
def test_not_json(document: bytes, words: str) -> None:
    """A file that is no JSON is called by its own name."""
    found = decode(document, feed="osv", name="file")
    assert isinstance(found, Rejected)
    assert found.id == "file"
    assert words in found.reason


def test_half_a_surrogate_pair() -> None:
    """Text that no database takes is mended; a whole pair stays."""
    found = decode(b'{"id": "A", "summary": "x\\ud800y \\ud83d\\ude00"}', feed="osv", name="file")
    assert isinstance(found, Advisory)
    assert found.summary == "x?y \U0001f600"


def test_byte_order_mark() -> None:
    """A mark in front is no fault."""
    assert isinstance(decode(b'\xef\xbb\xbf{"id": "A"}', feed="osv", name="file"), Advisory)


def test_git_ranges_hide_nothing() -> None:
    """A range of commits before a range of versions leaves the latter alone."""
    events = [{"introduced": "0"}, {"fixed": "abc"}]
    ranges = [{"type": "GIT", "repo": "x", "events": events}, {"type": "ECOSYSTEM", "events": [{"introduced": "1"}]}]
    (entry,) = read(record(entry={"ranges": ranges})).affected
    assert entry.ranges == (Range("GIT", ()), Range("ECOSYSTEM", (Event("introduced", "1"),)))


@pytest.mark.parametrize(
    "ranges",
    [
        {"type": "SEMVER"},
        ["x"],
        [{"type": "SEMVER"}],
        [{"type": "SEMVER", "events": []}],
        [{"events": [{"introduced": "0"}]}],
        [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": 1.1}]}],
        [{"type": "SEMVER", "events": [{"introduced": "0"}, {"mended": "1"}]}],
        [{"type": "SEMVER", "events": [{"introduced": "0"}, "fixed"]}],
    ],
)
def test_a_broken_range_is_kept_as_unreadable(ranges: Any) -> None:
    """What says which versions are affected and can't be understood is never dropped: it leaves the matter undecided."""
    (entry,) = read(record(entry={"ranges": ranges, "versions": ["1.0"]})).affected
    assert any(one.unreadable for one in entry.ranges)
    assert entry.versions == ("1.0",)


@pytest.mark.parametrize("versions", [["1.0", 1.1], {"1.0": 1}, "1.0"])
def test_broken_versions_are_not_dropped(versions: Any) -> None:
    """A list of versions that can't be read as a whole says so."""
    (entry,) = read(record(entry={"versions": versions})).affected
    assert entry.ranges[-1].unreadable == "a listed version is not a text"


def test_events_as_old_records_have_them() -> None:
    """Several events in one object, and numbers for versions."""
    ranges = [
        {"type": "ECOSYSTEM", "events": [{"introduced": 0, "fixed": "2"}, {"limit": "9"}, {"last_affected": "3"}]}
    ]
    (entry,) = read(record(entry={"ranges": ranges})).affected
    kinds = [(event.kind, event.version) for event in entry.ranges[0].events]
    assert kinds == [("introduced", "0"), ("fixed", "2"), ("limit", "9"), ("last_affected", "3")]


def test_names_and_entries() -> None:
    """Names in the ecosystem's form; entries of one package stay apart; what names no package is left out."""
    entries: list[Any] = [
        {"package": {"ecosystem": "PyPI", "name": "Foo_Bar.baz"}},
        {"package": {"ecosystem": "PyPI", "name": "foo-bar-baz"}, "versions": ["1"]},
        {"ranges": [{"type": "GIT", "events": []}]},
        {"package": {"ecosystem": "npm"}},
        {"package": None},
        "x",
        {"package": {"ecosystem": "Brand New", "name": "X"}},
        {"package": {"purl": "pkg:pypi/Foo_Baz@1.0"}},
        {"package": {"ecosystem": "npm", "name": None, "purl": "pkg:npm/%40a/b"}},
        {"package": {"purl": "pkg:deb/debian/curl"}},
        {"package": {"purl": 5}},
    ]
    found = read(record() | {"affected": entries}).affected
    assert [(entry.ecosystem, entry.name) for entry in found] == [
        ("PyPI", "foo-bar-baz"),
        ("PyPI", "foo-bar-baz"),
        ("Brand New", "X"),
        ("PyPI", "foo-baz"),
        ("npm", "@a/b"),
    ]


@pytest.mark.parametrize(
    ("more", "severity", "score"),
    [
        ({"severity": [{"type": "CVSS_V3", "score": V3}, {"type": "CVSS_V4", "score": V4}]}, Severity.LOW, 1.0),
        (
            {"severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/rubbish"}, {"type": "CVSS_V3", "score": V3}]},
            "critical",
            9.8,
        ),
        ({"severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:N/I:N/A:C"}]}, "high", 7.8),
        ({"severity": [{"type": "CVSS_V3", "score": V3 + "/"}]}, "critical", 9.8),
        ({"severity": [{"type": "CVSS_V3", "score": "7.5"}]}, "high", 7.5),
        ({"severity": [{"type": "Ubuntu", "score": "medium"}]}, "medium", None),
        (
            {"severity": [{"type": "NEW", "score": {}}, 7], "database_specific": {"severity": "MODERATE"}},
            "medium",
            None,
        ),
        ({"severity": "HIGH"}, "unknown", None),
        ({"database_specific": {"severity": "CRITICAL"}}, "critical", None),
        ({"entry": {"severity": [{"type": "CVSS_V3", "score": V3}]}}, "critical", 9.8),
        ({"entry": {"database_specific": {"cvss": V3}}}, "critical", 9.8),
        ({"entry": {"database_specific": {"cvss": {"score": 1, "vectorString": V3}}}}, "critical", 9.8),
        ({"entry": {"ecosystem_specific": {"severity": "low"}}}, "low", None),
        ({}, "unknown", None),
    ],
)
def test_severity(more: dict[str, Any], severity: str, score: float | None) -> None:
    """Vectors by the newest version of CVSS, of the record, then of its packages; then words; then unknown."""
    rating = read(record(**more)).rating
    assert (rating.severity, rating.score) == (severity, score)


@pytest.mark.parametrize(
    ("specific", "kind"),
    [
        ({"informational": "unmaintained"}, Kind.UNMAINTAINED),
        ({"informational": "unsound"}, Kind.UNSOUND),
        ({"informational": "notice"}, Kind.NOTICE),
        ({"informational": "brand-new"}, Kind.NOTICE),
        ({"informational": None}, Kind.VULNERABILITY),
        ([], Kind.VULNERABILITY),
    ],
)
def test_informational(specific: Any, kind: Kind) -> None:
    """RustSec's informational advisories."""
    assert read(record(entry={"database_specific": specific})).kind is kind


def test_malware() -> None:
    """Records of malicious packages."""
    assert read(record() | {"id": "MAL-2026-1"}).kind is Kind.MALWARE


@pytest.mark.parametrize(
    ("value", "withdrawn"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z"),
        ("once", "2026-01-02T03:04:05Z"),
        ("", ""),
        (None, ""),
    ],
)
def test_withdrawn(value: Any, withdrawn: str) -> None:
    """A record that was taken back at an unreadable moment was taken back."""
    assert read(record(withdrawn=value)).withdrawn == withdrawn


@pytest.mark.parametrize("value", ["yesterday", "9999-12-31T23:59:59-14:00", "", None, 5])
def test_a_time_of_change_that_is_none(value: Any) -> None:
    """Nobody later has to ask whether it is a moment."""
    assert read(record(modified=value)).modified == ""
    assert read(record(modified="2026-01-01T01:00:00+01:00")).modified == "2026-01-01T00:00:00Z"


def test_a_date_of_year_one_is_none() -> None:
    """Go's zero time says nothing of when a record was published."""
    assert read(record(published="0001-01-01T00:00:00Z")).published == ""


def test_a_summary_from_the_details() -> None:
    """Records without a summary are called by the first line of their text."""
    assert read(record(details="\n## Impact\nMore")).summary == "Impact"
    assert read(record(details=["x"])).summary == ""
    long = read(record(details="word " * 100)).summary
    assert len(long) <= 200
    assert long.endswith("word…")


@pytest.mark.parametrize(
    ("details", "summary"),
    [
        (
            "Foo is a web framework, version 1.2 e.g. of it. In affected versions a crafted URL bypasses the filter. Update.",
            "In affected versions a crafted URL bypasses the filter.",
        ),
        ("Foo 1.2 is out. It is new.", "Foo 1.2 is out."),
        (
            "Scripting in the HTML WikiProcessor in Edgewall Trac 0.9.2 allows "
            + "remote " * 12
            + "attackers via "
            + "x " * 60,
            "Scripting in the HTML WikiProcessor in Edgewall Trac 0.9.2 allows " + "remote " * 12 + "attackers…",
        ),
    ],
)
def test_the_sentence_that_names_the_flaw(details: str, summary: str) -> None:
    """A product's description is no title; a long sentence ends behind a clause."""
    assert read(record(details=details)).summary == summary


@pytest.mark.parametrize(
    ("specific", "functions", "systems", "machines"),
    [
        ({"affects": {"functions": ["a::b"], "os": ["linux"], "arch": ["x86"]}}, ("a::b",), ("linux",), ("x86",)),
        ({"affects": {"functions": {"a::b": ["< 1"]}, "os": []}}, ("a::b",), (), ()),
        ({"affected_functions": ["f"]}, ("f",), (), ()),
        ({"affected_functions": None}, (), (), ()),
        ({"imports": [{"path": "p", "symbols": ["F", "T.M"], "goos": ["linux"]}]}, ("p.F", "p.T.M"), ("linux",), ()),
        ({"imports": [{"path": "p", "symbols": ["F"], "goos": ["linux"]}, {"path": "q"}]}, (), (), ()),
        ({"imports": ["x", 5]}, (), (), ()),
        ({"affects": "x"}, (), (), ()),
        ("x", (), (), ()),
    ],
)
def test_restrictions(
    specific: Any, functions: tuple[str, ...], systems: tuple[str, ...], machines: tuple[str, ...]
) -> None:
    """Functions, operating systems and architectures of three databases; an import without symbols restricts nothing."""
    (entry,) = read(record(entry={"ecosystem_specific": specific})).affected
    assert (entry.functions, entry.os, entry.arch) == (functions, systems, machines)
