"""One record of GitHub's global advisories, as `GET /advisories` gives it (API versions 2022-11-28 and 2026-03-10)."""

import json
from typing import Any

from advisord.feeds.github_range import parse
from advisord.feeds.interface import Rejected
from advisord.feeds.json_text import texts
from advisord.feeds.rating import UNKNOWN, of_vectors, of_word
from advisord.feeds.times import moment, withdrawal
from advisord.model.advisory import Advisory, Affected, Kind, Rating
from advisord.versions import normalise_name

ECOSYSTEMS = {
    "actions": "GitHub Actions",
    "composer": "Packagist",
    "erlang": "Hex",
    "go": "Go",
    "maven": "Maven",
    "npm": "npm",
    "nuget": "NuGet",
    "pip": "PyPI",
    "pub": "Pub",
    "rubygems": "RubyGems",
    "rust": "crates.io",
    "swift": "SwiftURL",
}
"""GitHub's names of ecosystems → OSV's. `other` has no order of versions and no lockfile: such entries are set aside."""


def decode(record: Any, *, feed: str, name: str) -> Advisory | Rejected:
    """The advisory that a record says; `name` is what to call it without an id. Any part may be null or malformed."""
    if not isinstance(record, dict):
        return Rejected(name, "it is not a JSON object")
    record_id = record.get("ghsa_id")
    if not isinstance(record_id, str) or not record_id:
        return Rejected(name, "it has no ghsa_id")
    entries = record.get("vulnerabilities")
    if entries is not None and not isinstance(entries, list):
        return Rejected(record_id, "`vulnerabilities` is not a list")
    summary = record.get("summary")
    modified = moment(record.get("updated_at"))
    try:
        document = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    except RecursionError:
        return Rejected(record_id, "its JSON is nested too deeply")
    return Advisory(
        feed,
        record_id,
        _aliases(record, record_id),
        Kind.MALWARE if record.get("type") == "malware" else Kind.VULNERABILITY,
        _rating(record),
        summary if isinstance(summary, str) else "",
        moment(record.get("published_at")),
        modified,
        withdrawal(record.get("withdrawn_at"), modified),
        tuple([found for entry in entries or () if (found := _affected(entry)) is not None]),
        document,
        _epss(record.get("epss")),
    )


def _aliases(record: dict[str, Any], record_id: str) -> tuple[str, ...]:
    identifiers = record.get("identifiers")
    values = [record.get("cve_id")]
    if isinstance(identifiers, list):
        values += [one.get("value") for one in identifiers if isinstance(one, dict)]
    return tuple([alias for alias in dict.fromkeys(texts(values)) if alias != record_id])


def _rating(record: dict[str, Any]) -> Rating:
    """A score of 0.0 without a vector means that there is none, so only vectors count; then GitHub's word."""
    severities = record.get("cvss_severities")
    holders = [record.get("cvss")]
    if isinstance(severities, dict):
        holders += severities.values()
    vectors = texts([holder.get("vector_string") for holder in holders if isinstance(holder, dict)])
    return of_vectors(vectors) or of_word(record.get("severity")) or UNKNOWN


def _affected(entry: Any) -> Affected | None:
    package = entry.get("package") if isinstance(entry, dict) else None
    if not isinstance(package, dict):
        return None
    name, ecosystem = package.get("name"), package.get("ecosystem")
    known = ECOSYSTEMS.get(ecosystem.lower()) if isinstance(ecosystem, str) else None
    if known is None or not isinstance(name, str) or not name:
        return None
    patched = entry.get("first_patched_version")
    if isinstance(patched, dict):
        patched = patched.get("identifier")
    return Affected(
        known,
        normalise_name(known, name),
        (parse(entry.get("vulnerable_version_range"), patched if isinstance(patched, str) else "", known),),
        functions=texts(entry.get("vulnerable_functions")),
    )


def _epss(value: Any) -> float | None:
    """The probability of exploitation within 30 days, by FIRST's EPSS: GitHub's `percentage` is a fraction of 1."""
    if isinstance(value, list) and value:
        value = value[0]
    share = value.get("percentage") if isinstance(value, dict) else None
    if isinstance(share, str):
        try:
            share = float(share)
        except ValueError:
            return None
    if isinstance(share, int | float) and not isinstance(share, bool) and 0.0 <= share <= 1.0:
        return float(share)
    return None
