"""`advisord scan`: which locked packages are affected, and which of that is in scope."""

import contextlib
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from sqlite3 import Connection, DatabaseError
from typing import TYPE_CHECKING, Any, NamedTuple

from advisord import scan
from advisord.cli.arguments import (
    AUTHORITY,
    DATABASE_OR_URL,
    EXCLUDE,
    MAX_AGE,
    POLICY,
    STDLIB,
    Option,
    Options,
    authorities,
    parse,
)
from advisord.cli.deciding import deciding
from advisord.errors import AdvisordError, StoreError, TransportError, UsageError
from advisord.locations import default_database, replicas
from advisord.lockfiles.interface import Read
from advisord.model.advisory import Severity
from advisord.model.problem import Problem
from advisord.model.report import FeedData, Judged, Report, Scanned
from advisord.model.update import Update
from advisord.reports import registry as reports
from advisord.store.database import open_reader, store_error
from advisord.times import seconds_between, stamp

if TYPE_CHECKING:
    from advisord.scope.compiled import CompiledPolicy

_NARROW, _USUAL, _WIDE = 60, 100, 160  # columns
_CURABLE = frozenset({"no-data", "stale-data"})
_THRESHOLDS = tuple(level.value for level in tuple(Severity)[2:])

_EPILOG = """\
Without PATH the current folder is scanned. In a git work tree the lockfiles that are committed or staged count.
Advisories come from --db; else from the local database, which a scan brings up to date by itself where it lacks an
ecosystem or is older than --max-age. The last line says from where, and as of when.
`--explain`, or `advisord explain ID`, says why a finding is in scope; the latter prints the lines of a policy that would
accept its risk.
Exit status: 0 nothing at or above the threshold in scope; 1 findings; 2 bad usage or policy;
3 the answer can't be trusted (no data, stale data, an unreadable lockfile): never green by silence."""


_FAILING = "what fails the scan (exit status 1)"
_CHANGE = "a change under review"
_OPTIONS = (
    DATABASE_OR_URL,
    Option("--online", "ask OSV's API instead of a database: only what is locked is told and fetched"),
    Option("--offline", "never use the network: the database stays as it is, an earlier copy of one at a URL serves"),
    POLICY,
    MAX_AGE,
    STDLIB,
    AUTHORITY,
    EXCLUDE,
    Option("--format", "what goes to the terminal (text)", choices=reports.FORMATS, default="text", group="report"),
    Option(
        "--output",
        "write a report to a file; with FORMAT= besides the one on the terminal (repeatable)",
        "[FORMAT=]FILE",
        repeat=True,
        group="report",
    ),
    Option("--verbose", "text: with what is out of scope, witnesses, reasons", group="report"),
    Option(
        "--explain", "text: everything that was looked at for each finding, as `advisord explain` does", group="report"
    ),
    Option(
        "--fail-on",
        "only findings of this severity or a higher one, and those of unknown severity (not mere notices: unmaintained)",
        choices=_THRESHOLDS,
        group=_FAILING,
    ),
    Option("--only-fixable", "only findings for which a fix exists", group=_FAILING),
    Option("--fail-on-undecided", "what can't be decided fails the scan too", group=_FAILING),
    Option("--fail-on-expired", "every finding whose acceptance ended fails", group=_FAILING),
    Option("--base", "tell what was introduced since this branch, tag or commit", "REF", group=_CHANGE),
    Option("--only-introduced", "with --base: only what is introduced fails", group=_CHANGE),
    Option(
        "--policy-from",
        "with --base: which state of the policy counts (base: a change can't silence what it introduces)",
        choices=("base", "head"),
        default="base",
        group=_CHANGE,
    ),
)
_OPERANDS = ("PATH|LOCKFILE", "folders or lockfiles", ".")


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    options = parse("scan", arguments, _OPTIONS, _OPERANDS, _EPILOG)
    if options.only_introduced and not options.base:
        raise UsageError("--only-introduced needs --base REF", hint="name the branch that the change goes into")
    for name in ("base", "db", "policy"):
        if getattr(options, name) == "":  # such as an unset variable of a job
            raise UsageError(f"--{name} names nothing")
    files: list[tuple[str, str]] = []
    terminal = True
    if options.output:
        from advisord.cli import output

        files, terminal = output.destinations(options.output, options.format, reports.FORMATS)
    report, policy = _scanned(options)
    explain = None
    if options.explain:
        from advisord.cli.explain import explained

        explain = explained(policy)
    for format_, path in files:
        output.write(path, reports.render(format_, report, verbose=options.verbose, explain=explain))
    if terminal and sys.stdout is not None:
        how: dict[str, Any] = {"verbose": options.verbose, "explain": explain, "colour": _colour(), "width": _width()}
        _show(reports.render(options.format, report, **how))
    if not report.trusted:
        return 3
    return 1 if any(judged.failing for judged in report.findings) else 0


def _show(text: str) -> None:
    """Print the report. Whoever reads no further (`| head`) changes nothing about the exit status."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold bytes that are no text
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (what is left in it has no reader)
    except OSError as exc:
        raise AdvisordError(f"the report can't be printed: {exc.strerror}", code="output") from exc


def _colour() -> bool:
    """Colour is for terminals, and for people who did not refuse it (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _width() -> int:
    """The columns that people have: what COLUMNS says, else the terminal's own; no line is too long or too short to read."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and columns.isascii():
        width = int(columns[:6])
    else:
        try:
            width = os.get_terminal_size(sys.stdout.fileno()).columns
        except (OSError, ValueError):  # no terminal
            width = 0
    return min(max(width, _NARROW), _WIDE) if width else _USUAL


class _Data(NamedTuple):
    """What a scan asks, what people call it, what is wrong with it, as of when it is."""

    db: Connection
    origin: str
    problems: list[Problem]
    feeds: dict[str, FeedData]


def _opened(options: Options, lockfiles: Sequence[Read], now: datetime) -> _Data:
    """The data to ask: OSV's API, the database that is named, else the local one, brought up to date where it has to be."""
    ecosystems = scan.ecosystems_of(lockfiles)

    def trust(db: Connection) -> tuple[list[Problem], dict[str, FeedData]]:
        return scan.trust(db, ecosystems, lambda moment: seconds_between(moment, now), options.max_age)

    if options.online:
        db, notes = _online(options, lockfiles, now)
        doubts, feeds = trust(db)
        # Why an ecosystem is not covered was said when it was asked for; no sync would help.
        told = any(problem.blocking for problem in notes)
        return _Data(db, "OSV's API", notes + [one for one in doubts if not (told and one.code == "no-data")], feeds)
    path, origin, notes = _database(options)
    local = bool(lockfiles) and not (options.db or options.offline)
    if not local or os.path.exists(path):
        db = open_reader(path)
        doubts, feeds = trust(db)
        if not (local and any(doubt.code in _CURABLE for doubt in doubts)):
            return _Data(db, origin, notes + doubts, feeds)
        db.close()
    # Only here: it fetches, which takes longer than a whole scan.
    from advisord.cli.refresh import refresh

    failures = refresh(path, ecosystems, lambda db: trust(db)[0], now)
    db = open_reader(path)
    doubts, feeds = trust(db)
    fresh = not (failures or doubts)
    return _Data(db, f"{origin}{' (brought up to date by this scan)' if fresh else ''}", failures + doubts, feeds)


def _online(options: Options, lockfiles: Sequence[Read], now: datetime) -> tuple[Connection, list[Problem]]:
    """A database of what OSV's API says of these lockfiles."""
    if options.offline or options.db:
        raise UsageError("--online takes neither --offline nor --db")
    # Only here, as below.
    from advisord.cli.online import online
    from advisord.feeds.osv_api import Package

    packages = (package for read in lockfiles for package in read.inventory.packages)
    wanted = (package for package in packages if scan.matchable(package, standard_library=options.stdlib))
    return online((Package(one.ecosystem, one.name, one.version) for one in wanted), now)


def _database(options: Options) -> tuple[str, str, list[Problem]]:
    """(The database's file, what people call it, notes); one at a URL is fetched if it is not here yet."""
    named: str = options.db or default_database()
    if "://" not in named:
        return named, named, []
    # Only here: HTTP costs more to import than a whole scan.
    from advisord.net.http import Http
    from advisord.net.replica import replica
    from advisord.net.urls import shown

    with contextlib.closing(Http()) as http:
        found = replica(named, replicas(), http, offline=options.offline)
    notes = [Problem("old-copy", shown(named), found.note, blocking=False)] if found.note else []
    return found.path, shown(named), notes


def _scanned(options: Options) -> tuple[Report, "CompiledPolicy | None"]:
    """Read, match and decide; by which policy (None: the default).

    A database that can't be used is a blocking problem: the report is then not trusted.
    """
    now = datetime.now(UTC)
    lockfiles, problems = scan.read_paths(options.paths, options.exclude)
    problems += scan.inventory_problems(lockfiles)
    if not lockfiles and not any(problem.blocking for problem in problems):
        from advisord.cli.absent import no_lockfile

        problems.append(no_lockfile(options.paths, options.exclude))
    base, before = None, None
    if options.base:
        from advisord import comparison

        base = comparison.base_of(options.paths, options.base)
        before, notes = comparison.lockfiles_at(base, lockfiles, options.exclude)
        problems += notes
    decide, policy, notes = deciding(options, base, now)
    problems += notes
    findings: list[Judged] = []
    resolved: list[Judged] = []
    todo: tuple[Update, ...] = ()
    origin, data = "", dict[str, FeedData]()
    try:
        db, origin, notes, data = _opened(options, lockfiles, now)
        problems += notes
        with contextlib.closing(db):
            how = {"standard_library": options.stdlib, "authorities": authorities(options.authority)}
            kept = scan.Kept({}, {})
            findings = decide(lockfiles, scan.match(db, lockfiles, kept=kept, **how))
            problems += scan.later_problems(lockfiles, kept)
            if findings:
                from advisord.cli.unheard import unheard
                from advisord.updates import advised, updates

                todo = updates(db, findings, kept)
                findings = advised(db, findings, kept) if options.explain else findings
                problems += unheard(options.paths[0], findings)
            if base and before is not None:
                olds = [
                    (decide(reads, scan.match(db, reads, **how)), comparison.gone(reads, lockfiles)) for reads in before
                ]
                findings, resolved = comparison.compare(findings, olds, comparison.named(lockfiles))
                notes = comparison.lost(base, before, problems)
                problems += notes
                away = {note.subject for note in notes}
                resolved = [judged for judged in resolved if judged.finding.places[0].lockfile not in away]

    except (StoreError, TransportError, DatabaseError) as exc:
        problems.append(_no_answer(exc, options.db or default_database()))
    report = Report(
        findings=_gated(findings, options, todo),
        problems=tuple(problems),
        data=data,
        lockfiles=len(lockfiles),
        packages=sum(len(read.inventory.packages) for read in lockfiles),
        moment=stamp(now),
        inventories=tuple(Scanned(read.path, read.inventory) for read in lockfiles),
        base=base.commit if base else "",
        resolved=tuple(resolved),
        updates=todo,
        since=options.base or "",
        origin=origin,
    )
    return report, policy


def _no_answer(exc: StoreError | TransportError | DatabaseError, named: str) -> Problem:
    """Why the database can't be asked, or could not be asked to the end. Its URL may hold a password."""
    subject = "the database" if "://" in named else named
    error = store_error(exc, subject) if isinstance(exc, DatabaseError) else exc
    return Problem(error.code, error.subject or subject, "; ".join(filter(None, (error.message, error.hint))))


def _gated(findings: Sequence[Judged], options: Options, todo: Sequence[Update]) -> tuple[Judged, ...]:
    """The findings, each with whether it fails the scan."""
    if not findings:
        return ()
    from advisord.gate import Gate, fails, fixable

    gate = Gate(
        Severity(options.fail_on) if options.fail_on else None,
        fixable(todo) if options.only_fixable else None,
        options.only_introduced,
        options.fail_on_undecided,
        options.fail_on_expired,
    )
    return tuple([Judged(*judged[:3], fails(judged, gate)) for judged in findings])
