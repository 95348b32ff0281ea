"""Cost beside size, through the product's own code: `python benchmarks/scale.py [FOLDER [REPOSITORIES]]`, the table of docs/scale.md.

Every step runs in a process of its own on the database that the steps before it left. The advisories come from an archive
through the feed, the lockfiles through `collect`, with a parser that hands over ready values (benchmarks/parsing.py
measures the real ones). `bare` is SQL alone: the tables that matching needs, on the same data, in the same run.
"""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, cast

import fleet
from bare import NEW, WIDE, bare, changed
from processes import Watch, measured, spread, tell

from advisord import settings
from advisord.cycle.collect import collect
from advisord.cycle.fetching import ABREAST, Question, fetch
from advisord.cycle.plugs import Plugs
from advisord.cycle.poll import poll
from advisord.cycle.refs import Refs
from advisord.cycle.work import Work
from advisord.daemon.steps import steps
from advisord.feeds.osv import OsvFeed
from advisord.feeds.osv_record import decode
from advisord.feeds.source import FolderSource
from advisord.lockfiles import registry
from advisord.model.inventory import Inventory
from advisord.net.git import Entry
from advisord.net.mirror import Listing, Mirror
from advisord.store import advisories, changes, hits, lockfiles
from advisord.store.database import open_writer
from advisord.store.entries import Entries

NOW = "2026-11-01T00:00:00Z"
REPOSITORIES = 1_000
COUNTS = (1_000, 10_000)
PART = 120
LINES = ("main", "release/1", "release/2")


class Ready(NamedTuple):
    """A format whose parser has nothing to do: the content is the number of an inventory that was made before."""

    made: dict[bytes, Inventory]

    def parse(self, data: bytes) -> Inventory:
        """What was made."""
        return self.made[data]


class Made:
    """A repository of such lockfiles, with as much of a mirror as collecting asks for."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._contents = {f"part-{number}/Cargo.lock": b"%d" % number for number in numbers}
        self._oids = {path: blake2b(data, digest_size=20).hexdigest() for path, data in self._contents.items()}
        self._commit = blake2b(repr(self._oids).encode(), digest_size=20).hexdigest()

    def update(self, _known: object = None) -> Listing:
        """It is up to date."""
        return Listing({}, "")

    def resolve(self, _ref: str) -> str:
        """The one commit."""
        return self._commit

    def list_tree(self, _commit: str) -> list[Entry]:
        """Every lockfile."""
        return [Entry(path, "100644", oid) for path, oid in self._oids.items()]

    def need(self, _oids: Iterable[str]) -> None:
        """Everything is here."""

    def read_blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Their contents."""
        held = {oid: self._contents[path] for path, oid in self._oids.items()}
        return ((oid, held[oid]) for oid in oids)


def read(db: sqlite3.Connection, repository: str, made: dict[int, Inventory]) -> None:
    """Collect a repository that holds these lockfiles, and what it held before."""
    ready = Ready({b"%d" % number: one for number, one in made.items()})
    registry.load = lambda _name: ready  # type: ignore[assignment]
    mirror = cast(Mirror, Made(made))
    before = lockfiles.commits(db, lockfiles.repository_id(db, repository))
    fetched = fetch(Question(mirror, lambda _: Refs({"main": ""}), (), None, before, NOW))
    collected = collect(db, repository, mirror, fetched, ())
    if collected.problem:
        raise SystemExit(collected.problem.message)


def load(folder: Path) -> None:
    """The feed into an empty database."""
    with closing(open_writer(str(folder / "fleet.db"))) as db:
        watch = Watch()
        feed = OsvFeed(FolderSource(str(folder / "feed")), ecosystems=[fleet.ECOSYSTEM])
        watch.run(lambda: poll(db, feed, "benchmark", NOW))
        (intervals,) = db.execute("SELECT count(*) FROM interval").fetchone()
        tell(watch.total, intervals)


def store(folder: Path, count: int) -> None:
    """Every lockfile of the fleet; of it the matching, and joining back to each repository's lockfiles."""
    each = max(count // REPOSITORIES, 1)
    matching, joining, watch = Watch(), Watch(), Watch()
    matching.within(hits, "match_versions")
    with closing(open_writer(str(folder / "fleet.db"))) as db:
        for first in range(0, count, each):
            made = {number: fleet.inventory(number) for number in range(first, first + each)}
            watch.run(lambda first=first, made=made: read(db, f"r{first // each}", made))  # type: ignore[misc]
        for (number,) in db.execute("SELECT id FROM repository").fetchall():
            joining.run(lambda number=number: lockfiles.affected_lockfiles(db, number))  # type: ignore[misc]
        rows, versions, affected = db.execute(
            "SELECT (SELECT count(*) FROM locked), (SELECT count(*) FROM version), (SELECT count(*) FROM hit)"
        ).fetchone()
    tell(watch.total, matching.inside, joining.total, rows, versions, affected)


def advisory(folder: Path) -> None:
    """One record changes its range, again and again another one: page written, repositories found that it concerns."""
    matching, watch = Watch(), Watch()
    matching.within(hits, "match_records")
    matching.within(changes, "woken")
    with closing(open_writer(str(folder / "fleet.db"))) as db:
        numbers = changed(db)
        entries = Entries(db, "osv")
        entries.of(fleet.ECOSYSTEM)
        spent, of_it = [], []
        for number in numbers:
            value = fleet.record(number, "2026-02-01T00:00:00Z")
            value["affected"][0]["ranges"][0]["events"][1] = {"fixed": "100.0.0"}
            changed_record = decode(json.dumps(value).encode(), feed="osv", name="")
            before, event = matching.inside, changes.last(db)

            def act(value: Any = changed_record, event: int = event) -> None:
                advisories.write_page(
                    db, "osv", NOW, advisories=[value], partition=fleet.ECOSYSTEM, cursor="x", entries=entries
                )
                changes.woken(db, event)

            spent.append(watch.run(act))
            of_it.append(matching.inside - before)
    tell(watch.total, *(figure for times in (spent, of_it) for figure in spread(times)))


def lockfile(folder: Path, count: int) -> None:
    """A repository's lockfile becomes one of 1,000 packages, 40 of them in new versions."""
    watch, spent = Watch(), []
    with closing(open_writer(str(folder / "fleet.db"))) as db:
        for number in range(count, count + 21):
            made = {number: fleet.inventory(number, WIDE, NEW)}
            spent.append(watch.run(lambda number=number, made=made: read(db, f"r{number - count}", made)))  # type: ignore[misc]
    tell(watch.total, statistics.median(spent))


def write_repositories(folder: Path, count: int) -> None:
    """Git repositories with three lines each; every fifth one's lines differ, in the others they lock the same."""
    for number in range(count):
        at = folder / "git" / f"r{number}.git"
        subprocess.run(["git", "init", "-q", "--bare", "--template=", "-b", "main", str(at)], check=True)
        stream = []
        for line, branch in enumerate(LINES):
            text = fleet.lockfile(number + (count * line if number % 5 == 0 else 0), PART).encode()
            stream.append(b"commit refs/heads/%s\ncommitter a <a@mail.example> 1767225600 +0000\n" % branch.encode())
            stream.append(b"data 0\nM 644 inline Cargo.lock\ndata %d\n%s\n" % (len(text), text))
        subprocess.run(["git", "-C", at, "fast-import", "--quiet"], input=b"".join(stream), check=True)
    tables = [
        f'[[repositories]]\nname = "r{number}"\ngit = "git/r{number}.git"\nrefs = {json.dumps(LINES)}\npolicy = "policy.toml"\ntracker = "notes"\n'
        for number in range(count)
    ]
    head = '[store]\npath = "fleet.db"\n[trackers.notes]\nkind = "local"\nfolder = "issues"\n'
    (folder / "advisord.toml").write_text(head + "\n".join(tables))
    rule = '[[rules]]\nid = "all"\nreason = "The tracker is not what is measured here."\nthen = "out"\n'
    (folder / "policy.toml").write_text(rule)


def cycle(folder: Path, rounds: int) -> None:
    """What the daemon does with the repositories, round after round; the first one parses, matches and opens issues."""
    with (
        closing(open_writer(str(folder / "fleet.db"))) as db,
        Plugs(str(folder), lambda: datetime.now(UTC)) as plugs,
    ):
        work = Work(
            settings.load(str(folder / "advisord.toml")),
            db,
            plugs,
            clock=lambda: datetime.fromisoformat(NOW),
            sleep=lambda _: None,
            say=lambda _: None,
        )
        tracking = [step for step in steps(work) if step.action == "track-repository"]
        cargo = registry.load("cargo")
        parsed = Watch()
        registry.load = lambda _name: cargo._replace(parse=parsed.watched(cargo.parse))  # type: ignore[assignment]
        figures: list[float] = []
        for _ in range(rounds):
            calls, rows = parsed.calls, db.total_changes
            begun, ours, theirs = time.perf_counter(), os.times(), 0.0
            for soon in tracking[:ABREAST]:
                soon.ready(lambda: None)
            for place, step in enumerate(tracking):
                step.act()
                for soon in tracking[place + ABREAST : place + ABREAST + 1]:
                    soon.ready(lambda: None)
            ended = os.times()
            theirs = ended.children_user + ended.children_system - ours.children_user - ours.children_system
            spent = ended.user + ended.system - ours.user - ours.system
            figures += [time.perf_counter() - begun, spent, theirs, parsed.calls - calls, db.total_changes - rows]
    tell(sum(figures[1::5]), *figures)


def row(name: str, ours: str, floor: str, ratio: float | None, wanted: str, peak: float) -> None:
    """One line of the table."""
    said = "" if ratio is None else f"{ratio:.1f}"
    print(f"| {name} | {ours} | {floor} | {said} | {wanted} | {peak:.0f} MB |", flush=True)


def ms(*seconds: float) -> str:
    """Seconds as milliseconds."""
    return " / ".join(f"{1000 * one:.3g}" for one in seconds) + " ms"


def size(path: Path) -> str:
    """How large a database is, with its log."""
    return f"{sum(file.stat().st_size for file in path.parent.glob(f'{path.name}*')) / 1e6:.0f} MB on disk"


def lockfiles_rows(folder: Path, count: int, loading: float) -> None:
    """The lines of one size of fleet."""
    each = folder / str(count)
    each.mkdir()
    shutil.copy(folder / "fleet.db", each)
    stored = measured(__file__, "store", each, count)
    matching, joining, rows, versions, hit = stored.counted
    floor = measured(__file__, "bare", each)
    match, join, *rest = floor.counted
    first, least = matching + joining, match + join
    head = f"**{count:,} lockfiles**: {rows:,.0f} rows, {versions:,.0f} versions, {hit:,.0f} matches"
    row(f"{head}; stored and matched", f"{stored.seconds:.0f} s, {size(each / 'fleet.db')}", "", None, "", stored.peak)
    row("of it the first match of everything", f"{first:.2f} s", f"{least:.2f} s", first / least, "3.3 s", stored.peak)
    one = measured(__file__, "advisory", each)
    row(
        "one changed advisory: matched, repositories found",
        ms(*one.counted[3:]),
        ms(*rest[:3]),
        one.counted[3] / rest[0],
        f"0.45 ms; 1/1000 of the first match: {ms(first / 1000)}",
        one.peak,
    )
    row(
        "the same with everything: record evaluated, stored, grouped, its change told",
        ms(*one.counted[:3]),
        "",
        None,
        f"1/1000 of the whole: {ms((loading + stored.seconds) / 1000)}",
        one.peak,
    )
    new = measured(__file__, "lockfile", each, count)
    (spent,) = new.counted
    row(f"a new lockfile of {WIDE:,} packages, {NEW} new", ms(spent), ms(rest[3]), spent / rest[3], "156 ms", new.peak)


def cycle_rows(folder: Path, count: int) -> None:
    """The lines of the repositories."""
    write_repositories(folder, count)
    done = measured(__file__, "cycle", folder, 3)
    rounds = [done.counted[start : start + 5] for start in range(0, len(done.counted), 5)]
    names = (
        f"**{count:,} repositories of {len(LINES)} lines** ({PART} packages in each): read, matched, decided",
        "an idle round",
        "the next",
    )
    for name, (wall, ours, git, parsed, written) in zip(names, rounds, strict=True):
        spent = f"{ms(ours / count)} and git {ms(git / count)} each, {ms(wall / count)} by the clock"
        counts = f"{parsed:,.0f} parsed, {written:,.0f} rows written"
        row(name, f"{spent}; {counts}", "", None, "a few ms each when idle", done.peak)


def main(folder: Path, repositories: int) -> None:
    """Print the table, line by line."""
    subprocess.run([sys.executable, __file__, "write", str(folder)], check=True)
    print("| step | cost (median / 95 of 100 / widest) | bare | ratio | wanted | memory |")
    print("| --- | --- | --- | --- | --- | --- |")
    loaded = measured(__file__, "load", folder)
    said = f"{loaded.seconds:.0f} s, {size(folder / 'fleet.db')}"
    row(f"{fleet.ADVISORIES:,} advisories, {loaded.counted[0]:,.0f} intervals, loaded", said, "", None, "", loaded.peak)
    for count in COUNTS:
        lockfiles_rows(folder, count, loaded.seconds)
    cycle_rows(folder, repositories)


def write(folder: Path) -> None:
    """The feed."""
    fleet.feed(folder / "feed")


STEPS = {
    "write": write,
    "load": load,
    "store": store,
    "bare": bare,
    "advisory": advisory,
    "lockfile": lockfile,
    "cycle": cycle,
}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        STEPS[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))  # type: ignore[operator]
    else:
        with tempfile.TemporaryDirectory(dir=sys.argv[1] if sys.argv[1:] else None) as temporary:
            main(Path(temporary), int(sys.argv[2]) if sys.argv[2:] else REPOSITORIES)
