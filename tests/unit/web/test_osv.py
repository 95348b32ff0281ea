"""The read API of osv.dev from the mirror: what is known is told, and what can't be answered is refused."""

import json
import sqlite3
from datetime import UTC, datetime

import pytest
from store_parts import advisory, affects, span
from web_parts import Client, answer

from advisord.store import feeds
from advisord.store.advisories import write_page

_GITHUB = {
    "ghsa_id": "GHSA-gggg-gggg-gggg",
    "cve_id": "CVE-2026-7",
    "summary": "Short",
    "description": "Long",
    "severity": "high",
    "published_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-02T00:00:00Z",
    "withdrawn_at": None,
    "vulnerabilities": [
        {
            "package": {"ecosystem": "npm", "name": "p"},
            "vulnerable_version_range": "> 1.0.0, < 3.0.0",
            "first_patched_version": "3.0.0",
        }
    ],
}


@pytest.fixture
def mirrored(db: sqlite3.Connection) -> str:
    """Two feeds that cover npm and PyPI; returns the moment of their reading."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    known = (
        advisory("GHSA-1", affects("p", span("1.0.0", "2.0.0")), aliases=["CVE-1"]),
        advisory("GHSA-2", affects("p", span("0", "1.5.0"))),
        advisory("GHSA-3", affects("p", span("0")), withdrawn="2026-01-02T00:00:00Z"),
        advisory("PYSEC-1", affects("my-name", span("0", "2.0", kind="ECOSYSTEM"), ecosystem="PyPI")),
        advisory("GO-1", affects("github.com/Masterminds/goutils", span("0", "1.1.0"), ecosystem="Go")),
    )
    for feed in ("osv", "github"):
        feeds.attempt(db, feed, "x", now)
    write_page(db, "osv", now, advisories=known, ecosystems=("npm", "PyPI", "Go"))
    ours = advisory("GHSA-gggg-gggg-gggg", affects("p", span("1.0.0", "3.0.0")), feed="github")
    twice = advisory("GHSA-1", affects("p", span("1.0.0", "2.0.0")), feed="github")
    documents = [json.dumps({**_GITHUB, "ghsa_id": one.id}).encode() for one in (ours, twice)]
    both = [one._replace(document=text) for one, text in zip((ours, twice), documents, strict=True)]
    write_page(db, "github", now, advisories=both, ecosystems=("npm",))
    for feed in ("osv", "github"):
        feeds.succeeded(db, feed, now)
    return now


def _package(name: str = "p", ecosystem: str = "npm", version: str = "") -> dict[str, object]:
    return {"package": {"name": name, "ecosystem": ecosystem}, **({"version": version} if version else {})}


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        (_package(version="1.2.0"), ["GHSA-1", "GHSA-2", "GHSA-gggg-gggg-gggg"]),
        (_package(version="2.5.0"), ["GHSA-gggg-gggg-gggg"]),
        (_package(version="9.0.0"), []),
        (_package(version="no version"), ["GHSA-1", "GHSA-2", "GHSA-gggg-gggg-gggg"]),
        (_package(), ["GHSA-1", "GHSA-2", "GHSA-gggg-gggg-gggg"]),
        (_package("unheard-of", version="1.0.0"), []),
        (_package("My_Name", "PyPI", "1.0"), ["PYSEC-1"]),
        ({"package": {"purl": "pkg:npm/p@0.5.0"}}, ["GHSA-2"]),
        ({"package": {"purl": "pkg:golang/github.com/masterminds/goutils@v1.0.0"}}, ["GO-1"]),
        (_package("github.com/Masterminds/goutils", "Go", "1.0.0"), ["GO-1"]),
        ({"package": {"purl": "pkg:npm/p?x=y"}, "version": "0.5.0"}, ["GHSA-2"]),
        ({"package": {"purl": "pkg:npm/p@0.5.0", "name": None}, "version": None, "commit": None}, ["GHSA-2"]),
    ],
)
def test_a_version_meets_its_records(ask: Client, mirrored: str, asked: dict[str, object], ids: list[str]) -> None:
    """By package and version, or by package URL; withdrawn records are left out; each id comes once."""
    assert mirrored
    found = answer(ask("/v1/query", data=asked))
    assert sorted(one["id"] for one in found.get("vulns", [])) == ids
    batch = answer(ask("/v1/querybatch", data={"queries": [asked, asked]}))
    assert [sorted(one["id"] for one in result.get("vulns", [])) for result in batch["results"]] == [ids, ids]
    assert found or found == {}


def test_a_record_is_told_as_its_feed_sent_it(ask: Client, mirrored: str) -> None:
    """Where two feeds have it, the one that speaks OSV itself is told."""
    assert mirrored
    assert answer(ask("/v1/vulns/GHSA-1")) == {"id": "GHSA-1", "modified": "2026-01-01T00:00:00Z"}
    assert ask("/v1/vulns/GHSA-3").status_code == 200
    missing = ask("/v1/vulns/GHSA-none")
    assert (missing.status_code, answer(missing)["code"]) == (404, 5)


def test_a_record_of_github_is_told_in_the_form_of_osv(ask: Client, mirrored: str) -> None:
    """Its range begins after a version: that version is then said to be affected too."""
    assert mirrored
    found = answer(ask("/v1/vulns/GHSA-gggg-gggg-gggg"))
    assert found["aliases"] == ["CVE-2026-7"]
    assert found["details"] == "Long"
    events = [{"introduced": "1.0.0"}, {"fixed": "3.0.0"}]
    assert found["affected"] == [
        {"package": {"ecosystem": "npm", "name": "p"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"commit": "0123456789abcdef"},
        {},
        {"package": {"name": "p"}},
        {"package": []},
        {"package": {"name": 1, "ecosystem": "npm"}},
        {"package": {"purl": "pkg:unheard/p@1"}},
        {"package": {"purl": "npm/p"}},
        {"package": {"purl": "pkg:npm/p@1", "name": "p"}},
        {"package": {"purl": "pkg:npm/p@1"}, "version": "1"},
        _package(ecosystem="Debian:12"),
        _package("p\ud800", version="1.0.0"),
        _package(ecosystem="npm\ud800"),
        _package(version="1\udfff"),
        {"package": {"purl": "pkg:npm/\ud800"}},
        {"package": None},
        [],
    ],
)
def test_a_question_that_makes_no_sense_is_refused(ask: Client, mirrored: str, asked: object) -> None:
    """An empty answer would be a clean bill of health."""
    assert mirrored
    response = ask("/v1/query", data=asked)
    assert (response.status_code, answer(response)["code"]) == (400, 3)


def test_bodies_that_are_no_json_or_too_large(ask: Client) -> None:
    """Refused, whatever they are."""
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        assert ask("/v1/query", content=body).status_code == 400
    assert ask("/v1/query", content=b" " * (2**20 + 1)).status_code == 413
    assert ask("/v1/querybatch", data={"queries": [{}] * 1001}).status_code == 400
    for batch in ({"queries": [7]}, {"queries": None}, {}, _package()):
        assert ask("/v1/querybatch", data=batch).status_code == 400


def test_without_fresh_data_nothing_is_said(ask: Client, db: sqlite3.Connection, mirrored: str) -> None:
    """An ecosystem that no feed covers, or only an old one, is not answered with nothing."""
    assert mirrored
    assert ask("/v1/query", data=_package(ecosystem="Hex", version="1.0.0")).status_code == 503
    db.execute("UPDATE coverage SET as_of = '2020-01-01T00:00:00Z'")
    response = ask("/v1/query", data=_package(version="9.0.0"))
    assert (response.status_code, answer(response)["code"]) == (503, 14)
