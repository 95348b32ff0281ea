"""The real feeds, whole: every record is read, or named with a reason."""

import json
import sqlite3
import subprocess
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from feed_parts import Store

from advisord.cycle.poll import poll
from advisord.feeds.osv_record import decode
from advisord.feeds.registry import Links, Wish, make
from advisord.model.advisory import Advisory, Kind, Severity
from advisord.net.http import Http
from advisord.net.mirror import Listing as Refs
from advisord.net.mirror import Mirror
from advisord.net.objects import HttpObjects
from advisord.store.database import open_writer
from advisord.store.evaluated import evaluated
from advisord.versions.ranges import intervals


@pytest.fixture
def links(tmp_path: Path) -> Links:
    """Links as the pipeline makes them."""
    return Links(lambda url: HttpObjects(url, Http()), Http, lambda url: Mirror(url, str(tmp_path / "mirror")))


def _undecided(advisories: list[Advisory]) -> Counter[str]:
    """Why entries of these advisories can't be evaluated as a whole."""
    return Counter(
        reason[:60]
        for advisory in advisories
        for entry in advisory.affected
        for reason in intervals(entry.ecosystem, entry).undecided
    )


def test_osv(corpus: Path, links: Links, store: Store) -> None:
    """Every record of every archive arrives under its id; a second poll finds nothing to do."""
    feed = make("osv", Wish(str(corpus / "feeds" / "osv")), links)
    store.poll(feed)
    ids: set[str] = set()
    for path in (corpus / "feeds" / "osv").glob("*/all.zip"):
        with zipfile.ZipFile(path) as archive:
            ids.update(name.removesuffix(".json") for name in archive.namelist())
            assert store.listed[path.parent.name].keys() == {name.removesuffix(".json") for name in archive.namelist()}
    assert store.advisories.keys() == ids
    assert store.rejected == {}
    reasons = _undecided(list(store.advisories.values()))
    print(f"osv: {len(ids)} records, 0 rejected, {reasons.total()} undecided entries: {dict(reasons)}")
    assert reasons.total() < 100
    assert store.poll(feed) == []


def test_rustsec(corpus: Path, links: Links, store: Store) -> None:
    """Every advisory of the database, of the kind and with the fix that its original states."""
    store.poll(make("rustsec", Wish(str(corpus / "feeds" / "rustsec.bundle")), links))
    kinds = Counter(advisory.kind for advisory in store.advisories.values())
    print(f"rustsec: {len(store.advisories)} records, rejected: {store.rejected}, {dict(kinds)}")
    assert store.rejected.keys() == {"RUSTSEC-2025-0000"}
    assert kinds == {Kind.VULNERABILITY: 729, Kind.UNMAINTAINED: 267, Kind.UNSOUND: 203, Kind.NOTICE: 6}
    assert _undecided(list(store.advisories.values())).total() == 0
    named = [advisory for advisory in store.advisories.values() if advisory.alternatives]
    assert len(named) > 100
    assert all(advisory.kind is Kind.UNMAINTAINED for advisory in named)
    assert store.advisories["RUSTSEC-2020-0036"].alternatives == ("anyhow", "eyre", "fehler", "snafu", "thiserror")


def test_rustsec_step_by_step(corpus: Path, tmp_path: Path, links: Links, store: Store) -> None:
    """Following the last forty states one by one ends where reading the last one alone ends."""
    mirror = Mirror(str(corpus / "feeds" / "rustsec.bundle"), str(tmp_path / "whole"))
    mirror.update()
    commits = mirror._git("rev-list", "--reverse", "--first-parent", "osv").decode().split()

    class Past(Mirror):
        """The mirror as it was."""

        at = ""

        def update(self, known: Refs | None = None) -> Refs:
            """Nothing to fetch."""
            return Refs({}, "")

        def resolve(self, ref: str) -> str:
            """The commit of that day; the originals as they are now."""
            return self.at if ref == "osv" else super().resolve(ref)

    past = Past(mirror.url, mirror.folder)
    feed = make("rustsec", Wish(), links._replace(repository=lambda _: past))
    arrived = 0
    for past.at in commits:
        arrived += sum(len(page.advisories) for page in store.poll(feed))
    alone = Store()
    alone.poll(feed)
    assert store.advisories == alone.advisories
    assert store.listed == alone.listed
    print(f"rustsec: {len(commits)} states, {arrived} records read for {len(alone.advisories)} in the end")
    assert arrived < 3 * len(alone.advisories)


def test_github(corpus: Path, links: Links, store: Store) -> None:
    """Every record in GitHub's own form is read, and agrees with its OSV form about the packages."""
    store.poll(make("github", Wish(str(corpus / "feeds" / "github")), links))
    records = json.loads((corpus / "feeds" / "github" / "advisories.json").read_bytes())
    assert store.advisories.keys() == {record["ghsa_id"] for record in records}
    assert store.rejected == {}
    severities = Counter(advisory.rating.severity for advisory in store.advisories.values())
    reasons = _undecided(list(store.advisories.values()))
    print(f"github: {len(records)} records, {dict(severities)}, undecided: {dict(reasons)}")
    assert severities[Severity.UNKNOWN] <= sum(record["severity"] == "unknown" for record in records)
    both = 0
    for path in (corpus / "feeds" / "osv").glob("*/all.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                mine = store.advisories.get(name.removesuffix(".json"))
                other = decode(archive.read(name), feed="osv", name=name)
                if mine and isinstance(other, Advisory):
                    both += 1
                    packages = {(entry.ecosystem, entry.name) for entry in mine.affected}
                    assert packages <= {(entry.ecosystem, entry.name) for entry in other.affected}
    assert both > 250


def _of_osv(corpus: Path) -> Iterator[set[str]]:
    for path in (corpus / "feeds" / "osv").glob("*/all.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                record = json.loads(archive.read(name))
                yield {record["id"], *(record.get("aliases") or ())}


def _of_rustsec(corpus: Path, clone: Path) -> Iterator[set[str]]:
    """By the originals: TOML at the head of a Markdown file."""
    subprocess.run(["git", "clone", "-q", "-b", "main", corpus / "feeds" / "rustsec.bundle", clone], check=True)
    for path in clone.glob("crates/*/RUSTSEC-*.md"):
        front = tomllib.loads(path.read_text().partition("```toml")[2].partition("```")[0])["advisory"]
        yield {front["id"], *(front.get("aliases") or ())}


def _of_github(corpus: Path) -> Iterator[set[str]]:
    for record in json.loads((corpus / "feeds" / "github" / "advisories.json").read_bytes()):
        yield {record["ghsa_id"], *(one["value"] for one in record["identifiers"])}


def _joined(names: Iterable[set[str]]) -> dict[str, str]:
    """Union-find over everything that is named together: each name's representative."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for together in names:
        first, *others = together
        root = find(first)
        for other in others:
            parent[find(other)] = root
    return {name: find(name) for name in list(parent)}


@pytest.fixture
def mirrored(corpus: Path, links: Links, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with all three feeds."""
    with closing(open_writer(str(tmp_path / "a.db"))) as db:
        for name, path in (("osv", "osv"), ("rustsec", "rustsec.bundle"), ("github", "github")):
            address = str(corpus / "feeds" / path)
            assert poll(db, make(name, Wish(address), links), address, "2026-11-21T00:00:00Z").problem is None
        yield db


def test_every_record_is_evaluated_or_set_aside_and_grouped(
    corpus: Path, mirrored: sqlite3.Connection, tmp_path: Path
) -> None:
    """None is lost between the raw feeds and the counts; the groups are those of a union-find over the raw aliases."""
    raw = {
        "osv": list(_of_osv(corpus)),
        "rustsec": list(_of_rustsec(corpus, tmp_path / "clone")),
        "github": list(_of_github(corpus)),
    }
    stored: dict[str, int] = dict(mirrored.execute("SELECT feed, count(*) FROM advisory GROUP BY feed"))
    for feed, counts in evaluated(mirrored).items():
        print(f"{feed}: {counts.records} records, {counts.evaluated} evaluated, set aside: {counts.aside}")
        assert counts.records == stored[feed] == counts.evaluated + sum(counts.aside.values())
        assert counts.aside.keys() <= {
            "are withdrawn",
            "give only git commits",
            "have a range or a version that can't be understood",
            "name no affected versions",
            "name no package",
        }
        assert counts.evaluated > 0.9 * counts.records
    ids = {record for (record,) in mirrored.execute("SELECT record FROM advisory")}
    expected: dict[str, set[str]] = {}
    for name, root in _joined(names for feed in raw.values() for names in feed).items():
        if name in ids:
            expected.setdefault(root, set()).add(name)
    grouped: dict[str, set[str]] = {}
    for record, vulnerability in mirrored.execute("SELECT record, vulnerability FROM advisory"):
        grouped.setdefault(vulnerability, set()).add(record)
    sizes = Counter(map(len, grouped.values()))
    print(f"{len(ids)} ids in {len(grouped)} groups; groups by size: {dict(sorted(sizes.items()))}")
    assert sorted(map(sorted, grouped.values())) == sorted(map(sorted, expected.values()))
