"""`advisord db`: export, back up, restore, look into and look after the database."""

import contextlib
import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import timedelta
from sqlite3 import Connection
from typing import TYPE_CHECKING

from advisord.cli.options import Parser, add_config, add_database, duration
from advisord.cli.working import DEFAULT_CONFIG, clock, settings_of
from advisord.errors import UsageError
from advisord.locations import default_database
from advisord.store import audit, export, upkeep
from advisord.store.database import open_reader, open_writer, telling
from advisord.store.evaluated import evaluated
from advisord.times import stamp
from advisord.words import counted

if TYPE_CHECKING:
    from advisord.settings import Settings

_WORDS = {
    "advisory": "records of advisories",
    "package": "packages that they name",
    "interval": "ranges of affected versions",
    "listed": "affected versions named one by one",
    "repository": "repositories",
    "blob": "contents of lockfiles",
    "version": "locked versions",
    "hit": "locked versions that a record affects",
    "finding": "findings with their first day",
    "issue": "tracking issues",
    "event": "changes of feeds, for waking repositories",
}
"""What the rows of a table are, for people; JSON has the tables' own names."""

_BROKEN = "the audit log is broken: "

_EPILOG = """\
export FILE   write what a scan needs, as one small read-only file, and its checksum to FILE.sha256; put both on a web
              server and `advisord scan --db https://…/FILE` uses it
backup FILE   write a whole copy, also while advisord runs, and its checksum to FILE.sha256; of a damaged database none
restore FILE  check a backup and put a copy of it in the database's place, while no daemon runs; a database that is there
              is only replaced with --replace, and kept beside it
stats         count what is in it, and of each feed how many records are evaluated, how many are not, and why
verify        check the file, everything in it that is derived from something else, and the audit log
prune         forget repositories that are long not watched any more, lockfiles that stand nowhere any more, and old
              change events; give the space back; with a configuration also remove the mirrors that it does not use
Exit status: 0; 2 bad usage; 3 the database or the backup is missing, damaged, or wrong (verify)."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("db", epilog=_EPILOG)
    parser.add_argument("action", choices=(*_ACTIONS, "restore"), metavar="export|backup|restore|stats|verify|prune")
    parser.add_argument("file", metavar="FILE", nargs="?", help="what to write (export, backup) or to read (restore)")
    add_database(parser)
    add_config(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of stats: text (default) or json")
    parser.add_argument(
        "--keep",
        metavar="DURATION",
        type=duration,
        default=90 * 86400.0,
        help="how long prune keeps events and unwatched repositories (90d)",
    )
    parser.add_argument("--replace", action="store_true", help="restore although there is a database; it is kept")
    options = parser.parse_intermixed_args(arguments)  # `export --db DB FILE` too
    if (options.file is None) == (options.action in {"export", "backup", "restore"}):
        parser.error("export, backup and restore take a FILE, the others take none")
    if options.replace and options.action != "restore":
        parser.error("--replace belongs to restore")
    path, settings = options.db or default_database(), None
    if options.config or (options.db is None and os.path.exists(DEFAULT_CONFIG)):
        settings = settings_of(options.config)
        path = options.db or settings.store.path
    if options.action == "restore":
        return _restore(path, options)
    opening = open_writer if options.action == "prune" else open_reader
    if opening is open_writer:
        open_reader(path).close()  # there is nothing to look after in a database that is not there
    with telling(path), contextlib.closing(opening(path)) as db:
        done = _ACTIONS[options.action](db, path, options)
        if options.action == "prune" and settings and path == settings.store.path:
            _prune_mirrors(settings, db)
    return done


def _export(db: Connection, _path: str, options: Namespace) -> int:
    return _written(options.file, export.export(db, options.file))


def _backup(db: Connection, _path: str, options: Namespace) -> int:
    return _written(options.file, export.backup(db, options.file))


def _restore(path: str, options: Namespace) -> int:
    from advisord.store.restore import restore

    if os.path.exists(path) and not options.replace:
        raise UsageError(
            f"there is a database at {path} already",
            hint="with --replace it is kept beside the restored one",
        )
    kept = f"{path}.replaced-{clock():%Y%m%dT%H%M%SZ}"
    restored = restore(options.file, path, kept)
    if restored.replaced:
        print(f"{path}: what was there is kept as {kept}")
    print(f"{path}: restored from {options.file}, {os.path.getsize(path):,} bytes, sound")
    if restored.audit:
        print(f"warning: {path}: {_BROKEN}{restored.audit}; it is so in the backup", file=sys.stderr)
    return 0


def _written(file: str, digest: str) -> int:
    print(f"{file}: {os.path.getsize(file):,} bytes, sha256 {digest} (in {file}.sha256)")
    return 0


def _stats(db: Connection, path: str, options: Namespace) -> int:
    found = upkeep.stats(db, path)
    if options.format == "json":
        records = [{"feed": feed, "ecosystem": name, "records": count} for feed, name, count in found.records]
        document = {"schema": "advisord.stats/1", "path": path, "bytes": found.bytes, "rows": found.rows}
        by_feed = {feed: counts._asdict() for feed, counts in evaluated(db).items()}
        print(json.dumps({**document, "records": records, "feeds": by_feed}, indent=2, ensure_ascii=False))
        return 0
    print(f"{path}: {counted(found.bytes, 'byte')}")
    for table, count in found.rows.items():
        print(f"  {_WORDS.get(table, table):40} {count:>12,}")
    for feed, ecosystem, count in found.records:
        print(f"  {feed} {ecosystem}: {counted(count, 'record')}")
    for feed, counts in evaluated(db).items():
        aside = "".join(f", {count:,} {reason.removeprefix('are ')}" for reason, count in counts.aside.items())
        print(f"  {feed}: of {counted(counts.records, 'record')} {counts.evaluated:,} evaluated{aside}")
        if counts.unreadable:
            print(f"  {feed}: {counts.unreadable:,} more can't be read (`advisord status --verbose` says why)")
    return 0


def _verify(db: Connection, path: str, _options: Namespace) -> int:
    mistakes = upkeep.verify(db)
    if not mistakes and (problem := audit.verify(db).problem):
        mistakes = [f"{_BROKEN}{problem}"]
    for mistake in mistakes:
        print(f"error: {path}: {mistake}")
    print(f"{path}: {'damaged' if mistakes else 'sound'}")
    return 3 if mistakes else 0


def _prune(db: Connection, path: str, options: Namespace) -> int:
    before = os.path.getsize(path)
    pruned = upkeep.prune(db, stamp(clock() - timedelta(seconds=options.keep)))
    print(
        f"{path}: {counted(pruned.repositories, 'repository', 'repositories')}, {counted(pruned.lockfiles, 'lockfile content')},"
        f" {counted(pruned.versions, 'version')} and {counted(pruned.events, 'event')} forgotten;"
        f" {counted(max(0, before - os.path.getsize(path)), 'byte')} given back"
    )
    return 0


def _prune_mirrors(settings: "Settings", db: Connection) -> None:
    from advisord.cycle.mirrors import remove_unused

    if removed := remove_unused(settings, db):
        print(f"{counted(removed, 'mirror')} of repositories that are not watched removed")


_ACTIONS: dict[str, Callable[[Connection, str, Namespace], int]] = {
    "export": _export,
    "backup": _backup,
    "stats": _stats,
    "verify": _verify,
    "prune": _prune,
}
