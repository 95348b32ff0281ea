"""The demonstration's feeds: real ids, packages, ranges and dates, in our own short words.

They are written in the layouts of the real ones: OSV's bucket as a folder, RustSec's repository with its two branches,
GitHub's REST answer as a file.
"""

import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from advisord.demo import repository


class _Record(NamedTuple):
    """The facts of one advisory. `events` is one range; `os` restricts it."""

    id: str
    aliases: tuple[str, ...]
    package: str
    events: tuple[Mapping[str, str], ...]
    summary: str
    published: str
    modified: str
    vector: str = ""
    informational: str | None = None
    alternatives: tuple[str, ...] = ()


_NETWORK_DOS = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"

RUSTSEC = (
    _Record(
        "RUSTSEC-2021-0079",
        ("CVE-2021-32714", "GHSA-5h46-h7hh-c6x9"),
        "hyper",
        ({"introduced": "0.0.0-0"}, {"fixed": "0.14.10"}),
        "A very large chunk size overflows while `Transfer-Encoding` is read",
        "2021-07-07T12:00:00Z",
        "2021-10-19T22:14:35Z",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H",
    ),
    _Record(
        "RUSTSEC-2022-0013",
        ("CVE-2022-24713", "GHSA-m5pq-gvj9-9vr8"),
        "regex",
        ({"introduced": "0.0.0-0"}, {"fixed": "1.5.5"}),
        "Many repetitions of an empty expression take very long to parse",
        "2022-03-08T12:00:00Z",
        "2023-06-13T13:10:24Z",
        _NETWORK_DOS,
    ),
    _Record(
        "RUSTSEC-2023-0034",
        ("CVE-2023-26964", "GHSA-f8vr-r385-rh5r"),
        "h2",
        ({"introduced": "0.0.0-0"}, {"fixed": "0.3.17"}),
        "A flood of reset streams uses up memory",
        "2023-04-14T12:00:00Z",
        "2023-04-20T19:17:55Z",
    ),
    _Record(
        "RUSTSEC-2024-0375",
        (),
        "atty",
        ({"introduced": "0.0.0-0"},),
        "`atty` is unmaintained",
        "2024-09-25T12:00:00Z",
        "2024-09-26T12:26:22Z",
        informational="unmaintained",
        alternatives=("is-terminal",),
    ),
)

NPM = (
    _Record(
        "GHSA-xvch-5gv4-984h",
        ("CVE-2021-44906",),
        "minimist",
        ({"introduced": "1.0.0"}, {"fixed": "1.2.6"}),
        "Arguments can set properties of every object's prototype",
        "2022-03-18T00:01:09Z",
        "2023-02-27T14:47:14Z",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    ),
    _Record(
        "GHSA-35jh-r3h4-6jhm",
        ("CVE-2021-23337",),
        "lodash",
        ({"introduced": "0"}, {"fixed": "4.17.21"}),
        "Templates can run code of whoever names their options",
        "2021-05-06T16:05:51Z",
        "2022-02-08T21:35:09Z",
        "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H",
    ),
)

_GITHUB = (
    ("GHSA-5h46-h7hh-c6x9", "CVE-2021-32714", "rust", "hyper", "< 0.14.10", "0.14.10", "critical", RUSTSEC[0]),
    ("GHSA-m5pq-gvj9-9vr8", "CVE-2022-24713", "rust", "regex", "< 1.5.5", "1.5.5", "high", RUSTSEC[1]),
    ("GHSA-xvch-5gv4-984h", "CVE-2021-44906", "npm", "minimist", ">= 1.0.0, < 1.2.6", "1.2.6", "critical", NPM[0]),
)


def write(folder: str) -> dict[str, str]:
    """Write all three feeds below `folder`; returns where each is, by the feed's name."""
    places = {name: os.path.join(folder, name) for name in ("osv", "rustsec", "github")}
    _write_osv(places["osv"])
    _write_rustsec(places["rustsec"])
    _write_github(places["github"])
    return places


def _osv(record: _Record, ecosystem: str) -> dict[str, Any]:
    affected: dict[str, Any] = {
        "package": {"ecosystem": ecosystem, "name": record.package},
        "ranges": [{"type": "SEMVER", "events": list(record.events)}],
        "versions": [],
    }
    if record.id.startswith("RUSTSEC-"):
        affected["database_specific"] = {"informational": record.informational, "cvss": record.vector or None}
        affected["ecosystem_specific"] = {"affects": {"arch": [], "os": [], "functions": []}}
    return {
        "id": record.id,
        "modified": record.modified,
        "published": record.published,
        "aliases": list(record.aliases),
        "summary": record.summary,
        "details": _text(record),
        "severity": [{"type": "CVSS_V3", "score": record.vector}] if record.vector else [],
        "affected": [affected],
    }


def _write_osv(folder: str) -> None:
    everything = []
    for ecosystem, records in (("crates.io", RUSTSEC), ("npm", NPM)):
        inside = os.path.join(folder, ecosystem)
        os.makedirs(inside)
        listing = sorted(((record.modified, record.id) for record in records), reverse=True)
        everything += [(modified, f"{ecosystem}/{name}") for modified, name in listing]
        _write_listing(os.path.join(inside, "modified_id.csv"), listing)
        with zipfile.ZipFile(os.path.join(inside, "all.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            for record in records:
                archive.writestr(f"{record.id}.json", json.dumps(_osv(record, ecosystem)))
    _write_listing(os.path.join(folder, "modified_id.csv"), sorted(everything, reverse=True))
    _write(os.path.join(folder, "ecosystems.txt"), "crates.io\nnpm\n")


def _write_listing(path: str, rows: Iterable[tuple[str, str]]) -> None:
    _write(path, "".join(f"{modified},{name}\n" for modified, name in rows))


def _write_rustsec(folder: str) -> None:
    git = repository.Workshop(folder)
    git.commit(
        "osv",
        {f"crates/{record.id}.json": json.dumps(_osv(record, "crates.io"), indent=2) for record in RUSTSEC},
        "Export the advisories",
    )
    git.commit(
        "main",
        {f"crates/{record.package}/{record.id}.md": _markdown(record) for record in RUSTSEC},
        "Write the advisories",
        orphan=True,
    )


def _markdown(record: _Record) -> str:
    """An advisory as RustSec's main branch has it: TOML front matter in a code block, then text."""
    fixed = [f">= {event['fixed']}" for event in record.events if "fixed" in event]
    front = [
        "[advisory]",
        f'id = "{record.id}"',
        f'package = "{record.package}"',
        f'date = "{record.published[:10]}"',
        f"aliases = {json.dumps(record.aliases)}",
    ]
    if record.informational:
        front.append(f'informational = "{record.informational}"')
    if record.vector:
        front.append(f'cvss = "{record.vector}"')
    front += ["", "[versions]", f"patched = {json.dumps(fixed)}"]
    return "\n".join(["```toml", *front, "```", "", f"# {record.summary}", "", _text(record), ""])


def _text(record: _Record) -> str:
    text = f"{record.summary}. (The demonstration's own words.)"
    if record.alternatives:
        text += "\n\n## Alternative(s)\n\n"
        text += "\n".join(f"- [{name}](https://crates.io/crates/{name})" for name in record.alternatives)
    return text


def _write_github(folder: str) -> None:
    os.makedirs(folder)
    records = [
        {
            "ghsa_id": ghsa,
            "cve_id": cve,
            "summary": record.summary,
            "description": f"{record.summary}. (The demonstration's own words.)",
            "type": "reviewed",
            "severity": severity,
            "identifiers": [{"value": ghsa, "type": "GHSA"}, {"value": cve, "type": "CVE"}],
            "references": [f"https://github.com/advisories/{ghsa}"],
            "published_at": record.published,
            "updated_at": record.modified,
            "github_reviewed_at": record.published,
            "nvd_published_at": None,
            "withdrawn_at": None,
            "vulnerabilities": [
                {
                    "package": {"ecosystem": ecosystem, "name": package},
                    "vulnerable_version_range": affected,
                    "first_patched_version": fixed,
                    "vulnerable_functions": [],
                }
            ],
            "cvss_severities": {"cvss_v3": {"vector_string": record.vector or None, "score": None}, "cvss_v4": None},
            "cwes": [],
            "epss": None,
        }
        for ghsa, cve, ecosystem, package, affected, fixed, severity, record in sorted(
            _GITHUB, key=lambda row: row[-1].modified
        )
    ]
    _write(os.path.join(folder, "advisories.json"), json.dumps(records, indent=1))


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
