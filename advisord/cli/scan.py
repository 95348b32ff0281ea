"""`advisord scan`: which locked packages are affected, and which of that is in scope."""

import contextlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from advisord import policies, scan
from advisord.cli.options import Parser, add_database, add_exclude, duration
from advisord.errors import StoreError
from advisord.locations import default_database
from advisord.lockfiles.discovery import EXCLUDE
from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Verdict
from advisord.model.problem import Problem
from advisord.model.report import FeedData, Judged, Report
from advisord.reports import registry as reports
from advisord.scope.decide import Decider
from advisord.store.database import open_reader
from advisord.times import seconds_between

_LEVELS = tuple(Severity)
_THRESHOLDS = tuple(level.value for level in _LEVELS[2:])
_NEVER_RATED = frozenset({Kind.UNMAINTAINED, Kind.NOTICE})

_EPILOG = """\
Without PATH the current folder is scanned. In a git work tree the lockfiles that are committed or staged count.
Exit status: 0 nothing at or above the threshold in scope; 1 findings; 2 bad usage or policy;
3 the answer can't be trusted (no data, stale data, an unreadable lockfile): never green by silence."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("scan", epilog=_EPILOG)
    parser.add_argument("paths", metavar="PATH|LOCKFILE", nargs="*", default=["."], help="folders or lockfiles")
    add_database(parser)
    parser.add_argument(
        "--offline", action="store_true", help="never use the network (a scan with a database never does)"
    )
    parser.add_argument("--format", choices=reports.FORMATS, default="text", help="text (default) or json")
    parser.add_argument("--output", metavar="FILE", help="write the report there instead of to the terminal")
    parser.add_argument("--fail-on", choices=_THRESHOLDS, help="findings below this severity do not fail the scan")
    parser.add_argument(
        "--policy", metavar="FILE", help="the policy (default: advisord-policy.toml in the scanned folder)"
    )
    parser.add_argument(
        "--max-age", metavar="DURATION", type=duration, default=86400.0, help="oldest data to trust (24h)"
    )
    parser.add_argument("--stdlib", action="store_true", help="judge Go's standard library by go.mod's version too")
    add_exclude(parser)
    options = parser.parse_args(arguments)

    report = scan_report(
        options.paths,
        database=options.db or default_database(),
        policy_file=options.policy,
        max_age=options.max_age,
        exclude=options.exclude or EXCLUDE,
        standard_library=options.stdlib,
    )
    text = reports.render(options.format, report)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        sys.stdout.write(text)
    if not report.trusted:
        return 3
    return 1 if any(fails(judged, options.fail_on) for judged in report.findings) else 0


def scan_report(
    paths: Sequence[str],
    *,
    database: str,
    policy_file: str | None,
    max_age: float | None,
    exclude: Sequence[str],
    standard_library: bool,
) -> Report:
    """Read, match and decide. A database that can't be used is a blocking problem: the report is then not trusted."""
    now = datetime.now(UTC)
    policy = policies.for_scan(policy_file, paths[0])
    lockfiles, problems = scan.read_paths(paths, exclude)
    problems += scan.inventory_problems(lockfiles)
    if not lockfiles and not problems:
        problems.append(Problem("no-lockfile", " ".join(paths), "holds no lockfile that advisord reads"))
    findings: list[Finding] = []
    data: dict[str, FeedData] = {}
    decider = Decider(policy)
    try:
        db = open_reader(database)
    except StoreError as exc:
        problems.append(Problem(exc.code, exc.subject, f"{exc.message}; {exc.hint}"))
    else:
        with contextlib.closing(db):
            doubts, data = scan.trust(
                db, scan.ecosystems_of(lockfiles), lambda moment: seconds_between(moment, now), max_age
            )
            problems += doubts
            findings = scan.match(db, lockfiles, standard_library=standard_library)
    return Report(
        findings=tuple(Judged(finding, decider.decide(finding, now)) for finding in findings),
        problems=tuple(problems),
        data=data,
        lockfiles=len(lockfiles),
        packages=sum(len(read.inventory.packages) for read in lockfiles),
    )


def fails(judged: Judged, threshold: str | None) -> bool:
    """Whether a finding fails the scan: in scope, affected, and not known to be below the threshold.

    An unknown severity is not known to be low, so it counts, except for kinds that nobody rates.
    """
    finding, decision = judged
    if decision.scope is not Scope.IN or finding.verdict is not Verdict.AFFECTED:
        return False
    if threshold is None:
        return True
    severity = finding.rating.severity
    if severity is Severity.UNKNOWN:
        return finding.kind not in _NEVER_RATED
    return _LEVELS.index(severity) >= _LEVELS.index(Severity(threshold))
