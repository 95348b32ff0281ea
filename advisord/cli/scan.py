"""`advisord scan`: which locked packages are affected, and which of that is in scope."""

import contextlib
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from io import TextIOWrapper

from advisord import scan
from advisord.cli.deciding import deciding
from advisord.cli.options import Parser, add_database, add_exclude, duration
from advisord.cli.output import destinations, write
from advisord.errors import StoreError, UsageError
from advisord.gate import Gate, fails
from advisord.locations import default_database
from advisord.lockfiles.discovery import EXCLUDE
from advisord.model.advisory import Severity
from advisord.model.problem import Problem
from advisord.model.report import FeedData, Judged, Report, Scanned, Update
from advisord.reports import registry as reports
from advisord.store.database import open_reader
from advisord.times import seconds_between, stamp
from advisord.updates import updates

_THRESHOLDS = tuple(level.value for level in tuple(Severity)[2:])

_EPILOG = """\
Without PATH the current folder is scanned. In a git work tree the lockfiles that are committed or staged count.
Exit status: 0 nothing at or above the threshold in scope; 1 findings; 2 bad usage or policy;
3 the answer can't be trusted (no data, stale data, an unreadable lockfile): never green by silence."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    options = _parser().parse_args(arguments)
    if options.only_introduced and not options.base:
        raise UsageError("--only-introduced needs --base REF", hint="name the branch that the change goes into")
    files, terminal = destinations(options.output, options.format, reports.FORMATS)
    report = scan_report(options)
    for format_, path in files:
        write(path, reports.render(format_, report, verbose=options.verbose))
    if terminal:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold bytes that are no text
        sys.stdout.write(reports.render(options.format, report, verbose=options.verbose, colour=_colour()))
    if not report.trusted:
        return 3
    return 1 if any(judged.failing for judged in report.findings) else 0


def _parser() -> Parser:
    parser = Parser("scan", epilog=_EPILOG)
    parser.add_argument("paths", metavar="PATH|LOCKFILE", nargs="*", default=["."], help="folders or lockfiles")
    add_database(parser)
    parser.add_argument(
        "--offline", action="store_true", help="never use the network (a scan with a database never does)"
    )
    parser.add_argument(
        "--policy", metavar="FILE", help="the policy (default: advisord-policy.toml in the scanned folder)"
    )
    parser.add_argument(
        "--max-age", metavar="DURATION", type=duration, default=86400.0, help="oldest data to trust (24h)"
    )
    parser.add_argument("--stdlib", action="store_true", help="judge Go's standard library by go.mod's version too")
    add_exclude(parser)
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=reports.FORMATS, default="text", help="what goes to the terminal (text)")
    report.add_argument(
        "--output",
        metavar="[FORMAT=]FILE",
        action="append",
        default=[],
        help="write a report to a file; with FORMAT= besides the one on the terminal (repeatable)",
    )
    report.add_argument("--verbose", action="store_true", help="text: with what is out of scope, witnesses, reasons")
    failing = parser.add_argument_group("what fails the scan (exit status 1)")
    failing.add_argument("--fail-on", choices=_THRESHOLDS, help="only findings of this severity or a higher one")
    failing.add_argument("--only-fixable", action="store_true", help="only findings for which a fix exists")
    failing.add_argument("--fail-on-undecided", action="store_true", help="what can't be decided fails the scan too")
    failing.add_argument("--fail-on-expired", action="store_true", help="every finding whose acceptance ended fails")
    change = parser.add_argument_group("a change under review")
    change.add_argument("--base", metavar="REF", help="tell what was introduced since this branch, tag or commit")
    change.add_argument("--only-introduced", action="store_true", help="with --base: only what is introduced fails")
    change.add_argument(
        "--policy-from",
        choices=("base", "head"),
        default="base",
        help="with --base: which state of the policy counts (base: a change can't silence what it introduces)",
    )
    return parser


def _colour() -> bool:
    """Colour is for terminals, and for people who did not refuse it (no-color.org)."""
    from os import environ

    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def scan_report(options: Namespace) -> Report:
    """Read, match and decide. A database that can't be used is a blocking problem: the report is then not trusted."""
    now = datetime.now(UTC)
    exclude = options.exclude or EXCLUDE
    lockfiles, problems = scan.read_paths(options.paths, exclude)
    problems += scan.inventory_problems(lockfiles)
    if not lockfiles and not problems:
        problems.append(Problem("no-lockfile", " ".join(options.paths), "holds no lockfile that advisord reads"))
    base, before = None, None
    if options.base:
        from advisord import comparison

        base = comparison.base_of(options.paths[0], options.base)
        before, notes = comparison.lockfiles_at(base, lockfiles, exclude)
        problems += notes
    decide, notes = deciding(options, base, now)
    problems += notes
    findings: list[Judged] = []
    resolved: list[Judged] = []
    todo: tuple[Update, ...] = ()
    data: dict[str, FeedData] = {}
    try:
        db = open_reader(options.db or default_database())
    except StoreError as exc:
        problems.append(Problem(exc.code, exc.subject, f"{exc.message}; {exc.hint}"))
    else:
        with contextlib.closing(db):
            doubts, data = scan.trust(
                db, scan.ecosystems_of(lockfiles), lambda moment: seconds_between(moment, now), options.max_age
            )
            problems += doubts
            kept = scan.Kept({}, {})
            findings = decide(lockfiles, scan.match(db, lockfiles, standard_library=options.stdlib, kept=kept))
            todo = updates(db, findings, kept)
            if before is not None:
                old = decide(before, scan.match(db, before, standard_library=options.stdlib))
                findings, resolved = comparison.compare(findings, old, (read.path for read in lockfiles))
    threshold = Severity(options.fail_on) if options.fail_on else None
    gate = Gate(
        threshold, options.only_fixable, options.only_introduced, options.fail_on_undecided, options.fail_on_expired
    )
    return Report(
        findings=tuple(judged._replace(failing=fails(judged, gate)) for judged in findings),
        problems=tuple(problems),
        data=data,
        lockfiles=len(lockfiles),
        packages=sum(len(read.inventory.packages) for read in lockfiles),
        moment=stamp(now),
        inventories=tuple(Scanned(read.path, read.inventory) for read in lockfiles),
        base=base.commit if base else "",
        resolved=tuple(resolved),
        updates=todo,
    )
