"""Law 2: what the join says of a locked version is what a slow, obvious reading of the records says.

And it says the same whether the records or the lockfiles came first, in whatever order and however often.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from hypothesis import given, settings
from hypothesis import strategies as st
from store_parts import advisory, dump, lock

from advisord.model.advisory import Advisory, Affected, Event, Range
from advisord.scan import locked_version
from advisord.store import matches
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.versions import compare

VERSIONS = ("1.0.0-rc.1", "1.0.0", "1.0", "1.0.1", "1.5.0", "2.0.0", "10.0.0")
LOCKED = (*VERSIONS, "not a version")
PACKAGES = ("p", "q", "r")
RANK = {"introduced": 0, "last_affected": 1, "fixed": 2}

bounds = st.sampled_from(VERSIONS)
events = st.one_of(
    st.builds(lambda lo: (Event("introduced", lo),), st.just("0") | bounds),
    st.builds(lambda lo, hi: (Event("introduced", lo), Event("fixed", hi)), st.just("0") | bounds, bounds),
    st.builds(lambda lo, hi: (Event("introduced", lo), Event("last_affected", hi)), st.just("0") | bounds, bounds),
    st.builds(lambda hi: (Event("introduced", "0"), Event("fixed", hi), Event("introduced", "2.0.0")), bounds),
)
ranges = st.one_of(
    st.builds(Range, st.sampled_from(["SEMVER", "ECOSYSTEM"]), events, st.just("")),
    st.just(Range("GIT", ())),
    st.just(Range("SEMVER", (Event("introduced", "what"),))),
)
affected = st.builds(
    lambda name, spans, versions: Affected("npm", name, spans, versions),
    st.sampled_from(PACKAGES),
    st.lists(ranges, max_size=3).map(tuple),
    st.lists(bounds, max_size=2).map(tuple),
)
records = st.builds(
    lambda record, parts, aliases: advisory(record, *parts, aliases=aliases),
    st.sampled_from([f"GHSA-{n}" for n in range(5)]),
    st.lists(affected, max_size=3),
    st.lists(st.sampled_from(["CVE-1", "CVE-2"]), max_size=1),
)
lockfiles = st.lists(st.tuples(st.just("npm"), st.sampled_from(PACKAGES), st.sampled_from(LOCKED)), max_size=4)


def height(version: str) -> int:
    """How many of the known versions are lower."""
    return -1 if version == "0" else sum(compare("npm", other, version) < 0 for other in VERSIONS)


def in_range(version: str, item: Range) -> bool:
    """The schema's IncludedInRanges, for a version that can be read."""
    vulnerable = False
    for event in sorted(item.events, key=lambda e: (height(e.version), RANK[e.kind])):
        place = 1 if event.version == "0" else compare("npm", version, event.version)
        if event.kind == "introduced" and place >= 0:
            vulnerable = True
        elif (event.kind == "fixed" and place >= 0) or (event.kind == "last_affected" and place > 0):
            vulnerable = False
    return vulnerable


def readable(item: Range) -> bool:
    """Whether the range can be understood."""
    return all(event.version in {"0", *VERSIONS} for event in item.events)


def concerns(record: Advisory, package: str, version: str) -> bool:
    """Whether a record affects the version, or can't say that it does not."""
    entries = [entry for entry in record.affected if entry.name == package]
    spans = [item for entry in entries for item in entry.ranges if item.type != "GIT"]
    versions = [text for entry in entries for text in entry.versions]
    if not entries:
        return False
    if version == "not a version" or not all(map(readable, spans)) or not (spans or versions):
        return True
    return any(in_range(version, item) for item in spans) or any(compare("npm", version, v) == 0 for v in versions)


@contextmanager
def store() -> Iterator[sqlite3.Connection]:
    """A database in memory."""
    with closing(open_writer(":memory:")) as db:
        yield db


def write(db: sqlite3.Connection, page: Sequence[Advisory]) -> None:
    """One page of a feed without partitions."""
    write_page(db, "osv", "now", advisories=page)


def hits(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """What is written down: package, version, record."""
    return set(
        db.execute(
            "SELECT k.name, v.text, a.record FROM hit h JOIN version v ON v.id = h.version_id"
            " JOIN package k ON k.id = v.package_id JOIN advisory a ON a.id = h.advisory_id"
        )
    )


def asked(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """What a scan that asks for every version of every package is told."""
    ids = matches.known_packages(db, (("npm", package) for package in PACKAGES))
    pairs = [(package, version) for package in PACKAGES for version in LOCKED if ("npm", package) in ids]
    wanted = ((n, ids["npm", package], locked_version("npm", text)[0]) for n, (package, text) in enumerate(pairs))
    names = dict(db.execute("SELECT id, record FROM advisory"))
    return {(*pairs[n], names[advisory_id]) for n, advisory_id in matches.hits(db, wanted)}


@given(st.lists(records, max_size=5, unique_by=lambda record: record.id), st.lists(lockfiles, max_size=3))
def test_the_join_agrees_with_the_slow_reading(known: list[Advisory], locks: list[list[tuple[str, str, str]]]) -> None:
    """For every package and version, written down and asked alike."""
    expected = {
        (package, version, record.id)
        for record in known
        for package in PACKAGES
        for version in LOCKED
        if concerns(record, package, version)
    }
    locked = {(package, version) for lockfile in locks for _, package, version in lockfile}
    with store() as db:
        write(db, known)
        for number, lockfile in enumerate(locks):
            lock(db, f"b{number}", *dict.fromkeys(lockfile))
        assert asked(db) == expected
        assert hits(db) == {
            (package, version, record) for package, version, record in expected if (package, version) in locked
        }


steps = st.lists(st.one_of(st.lists(records, min_size=1, max_size=3), lockfiles.map(tuple)), max_size=8)


@settings(max_examples=60)
@given(steps, st.randoms(use_true_random=False))
def test_any_way_there_leads_to_the_same_store(way: list[object], random: object) -> None:
    """Records and lockfiles in any order and repetition leave what writing the last state at once leaves."""
    last: dict[str, Advisory] = {}
    locks: dict[str, tuple[tuple[str, str, str], ...]] = {}
    with store() as db, store() as other:
        for number, step in enumerate(way):
            if isinstance(step, list):
                write(db, step)
                last.update((record.id, record) for record in step)
            elif isinstance(step, tuple):
                locks[f"b{number}"] = tuple(dict.fromkeys(step))
                lock(db, f"b{number}", *locks[f"b{number}"])
        write(db, list(last.values()))
        order = list(last.values())
        random.shuffle(order)  # type: ignore[attr-defined]
        for oid, packages in reversed(locks.items()):
            lock(other, oid, *packages)
        write(other, order)
        assert dump(db) == dump(other)
