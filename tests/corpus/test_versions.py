"""The public fixtures of version order, and every record of the real feeds."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisord.model.advisory import Affected, Event, Range
from advisord.versions import compare
from advisord.versions.ranges import intervals

ECOSYSTEMS = {
    "maven": ["Maven"],
    "nuget": ["NuGet"],
    "packagist": ["Packagist"],
    "pub": ["Pub"],
    "pypi": ["PyPI"],
    "rubygems": ["RubyGems"],
    "semver": ["npm", "crates.io", "Go", "Hex", "SwiftURL", "GitHub Actions"],
}
SIGN = {"<": -1, "=": 0, ">": 1}
# Each stands with its reason in docs/versions.md.
DEVIATIONS = {
    "Maven": {"1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3", "1.1.46.sec10 < 1.1.46_noneautotype"},
    "Packagist": {"1.0.0 > 1.0"},
}


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "//")):
            yield line


def test_order_of_the_fixtures(corpus: Path) -> None:
    """Every line holds in both directions, but for the listed deviations, and each of those is needed."""
    wrong: dict[str, set[str]] = {}
    for path in sorted((corpus / "versions").glob("*.txt")):
        for ecosystem in ECOSYSTEMS[path.name.partition("-")[0]]:
            for line in _lines(path):
                a, sign, b = line.split(" ")
                if compare(ecosystem, a, b) != SIGN[sign] or compare(ecosystem, b, a) != -SIGN[sign]:
                    wrong.setdefault(ecosystem, set()).add(line)
    assert wrong == DEVIATIONS


def _entries(document: dict[str, object]) -> Iterator[Affected]:
    affected = document.get("affected", [])
    assert isinstance(affected, list)
    for entry in affected:
        if "package" in entry:
            ranges = (
                Range(item["type"], tuple(Event(kind, at) for event in item["events"] for kind, at in event.items()))
                for item in entry.get("ranges", [])
            )
            package = entry["package"]
            versions = tuple(entry.get("versions", []))
            yield Affected(package["ecosystem"], package["name"], tuple(ranges), versions)


def test_every_record_is_evaluated(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing raises; the one record that says nothing of versions (withdrawn: a rejected CVE) is undecided."""
    count = 0
    undecided: dict[str, tuple[str, ...]] = {}
    for path in sorted((corpus / "feeds" / "osv").glob("*/all.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                for affected in _entries(json.loads(archive.read(name))):
                    count += 1
                    found = intervals(affected.ecosystem, affected)
                    if found.undecided:
                        undecided[name] = found.undecided
    with capsys.disabled():
        print(f"{count} entries evaluated, {len(undecided)} undecided")
    assert undecided == {"PYSEC-2022-15.json": ("The record names no affected versions.",)}
