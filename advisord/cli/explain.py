"""`advisord explain`: why a finding is, or is not, ours to act on."""

import argparse
import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from advisord import scan
from advisord.cli.arguments import AUTHORITY, POLICY, STDLIB, authorities
from advisord.cli.deciding import layers_of
from advisord.cli.options import Parser, add_config, add_database, add_exclude
from advisord.cli.working import DEFAULT_CONFIG, chosen, opened, settings_of
from advisord.cycle.due import promises
from advisord.errors import UsageError
from advisord.locations import default_database
from advisord.lockfiles.discovery import EXCLUDE
from advisord.model.decision import Scope
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.reports import explanation, wording
from advisord.reports.plain import printable
from advisord.scope.compiled import DEFAULT_POLICY, CompiledPolicy
from advisord.scope.ignores.proposal import example
from advisord.store.database import open_reader
from advisord.store.decisions import gone
from advisord.updates import advised
from advisord.words import counted

_EPILOG = """\
ADVISORY is any id of it: RUSTSEC-…, GHSA-…, CVE-…; a package's name instead lists that package's findings. With a configuration (--config, or ./advisord.toml) the stored
repositories are looked at, else the lockfiles of the folder named by --path, as `advisord scan` would, with its --policy,
--stdlib and --authority. Of a tracked finding the last lines are the TOML that would accept its risk.
Exit status: 0; 2 bad usage, or no such finding; 3 the database or a repository can't be read."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("explain", epilog=_EPILOG)
    parser.add_argument("advisory", metavar="ADVISORY", help="an id of the advisory or of any alias")
    parser.add_argument("package", metavar="PACKAGE", nargs="?", help="only this package")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--path", metavar="PATH", help="look at the lockfiles there instead of a configuration's")
    for option in (POLICY, STDLIB, AUTHORITY):
        option.add_to(parser)
    parser.add_argument("--repository", metavar="NAME", action="append", help="only this one (repeatable)")
    add_config(parser)
    add_database(parser)
    add_exclude(parser)
    options = parser.parse_args(arguments)

    stored = options.path is None and bool(options.config or os.path.exists(DEFAULT_CONFIG))
    source = _stored(options.config, options.repository) if stored else _scanned(options)
    wanted = options.advisory.upper()
    found, problems, of_package = [], [], []
    for item in source:
        if isinstance(item, Problem):
            problems.append(item)
        elif _is(item[0], wanted, options.package):
            judged, policy = item
            found.append((judged, promises(policy, judged)))
        elif item[0].finding.package.upper() == wanted:
            of_package.append(item)
    if not found and not of_package:
        raise _unknown(options, problems, stored=stored)
    if not found and options.format == "text":
        print("\n".join(_listed([judged for judged, _ in of_package])))
        return 0
    found = found or [(judged, promises(policy, judged)) for judged, policy in of_package]
    if options.format == "json":
        print(json.dumps([explanation.as_json(*one) for one in found], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(explanation.as_text(*one) for one in found))
        tracked = [one.finding for one, _promises in found if one.decision.scope in {Scope.IN, Scope.REGULAR}]
        today = datetime.now(UTC).date()
        examples = dict.fromkeys(example(finding, today) for finding in tracked)
        if examples:
            print(
                "\nTo accept the risk, put this into the policy (advisord-policy.toml at the top of the repository):\n"
            )
            print("\n".join(printable(line) for text in examples for line in text.splitlines()))
    return 0


def explained(policy: CompiledPolicy | None) -> Callable[[Judged], str]:
    """What says everything that was looked at for a finding, with the deadlines of this policy (None: the default)."""
    return lambda judged: explanation.as_text(judged, promises(policy or DEFAULT_POLICY, judged))


def _listed(found: Sequence[Judged]) -> Iterator[str]:
    """The findings of a package, one a line."""
    for judged in wording.worst_first(found):
        finding = judged.finding
        repository = f"{printable(finding.repository)}: " if finding.repository else ""
        versions = ", ".join(sorted({printable(place.version) for place in finding.places}))
        where = (
            counted(len(finding.places), "place") if len(finding.places) > 1 else printable(finding.places[0].lockfile)
        )
        rated = wording.rating(finding).replace("unknown", "severity unknown")
        level = f"{rated}, {wording.SCOPES[judged.decision.scope]}"
        yield f"{repository}{printable(finding.id)} in {printable(finding.package)} {versions}, {where}: {level}"
    yield "`advisord explain ID` says why, and who says so."


def _unknown(options: argparse.Namespace, problems: Sequence[Problem], *, stored: bool) -> UsageError:
    """That there is no such finding: it may be gone, it may not have been seen."""
    where = f" in {options.package}" if options.package else ""
    hint = "`advisord explain PACKAGE` lists a package's findings"
    if stored:
        with contextlib.closing(open_reader(settings_of(options.config).store.path)) as db:
            for one in gone(db, options.advisory, options.package):
                if not options.repository or one.repository in options.repository:
                    hint = f"{one.repository} had {one.subject}; it is gone since {one.at}\n  {hint}"
    else:
        hint = f"{hint}, `advisord scan --verbose` all"
    doubts = "".join(f"\n  {problem.subject}: {problem.message}" for problem in problems if problem.blocking)
    hint += f"; what could not be read:{doubts}" if doubts else ""
    return UsageError(f"no finding is known by {options.advisory}{where}", hint=hint)


def _is(judged: Judged, wanted: str, package: str | None) -> bool:
    finding = judged.finding
    names = {name.upper() for name in (*finding.ids, *finding.elsewhere)}
    return wanted in names and package in {None, finding.package}


def _stored(config: str | None, names: Sequence[str] | None) -> Iterator[tuple[Judged, CompiledPolicy] | Problem]:
    settings = settings_of(config)
    with opened(settings) as work:
        for repository in chosen(work.settings, names):
            assessment = work.assess(repository)
            policy = work.policy(repository)
            yield from ((judged, policy) for judged in assessment.judged)
            yield from assessment.problems


def _scanned(options: argparse.Namespace) -> Iterator[tuple[Judged, CompiledPolicy] | Problem]:
    now = datetime.now(UTC)
    path = options.path or "."
    layers, problems = layers_of(options.policy, path)
    lockfiles, unread = scan.read_paths([path], options.exclude or EXCLUDE)
    context = scan.context_of(lockfiles)
    known = authorities(options.authority)
    with contextlib.closing(open_reader(options.db or default_database())) as db:
        kept = scan.Kept({}, {})
        found = scan.match(db, lockfiles, standard_library=options.stdlib, kept=kept, authorities=known)
        decided = [Judged(finding, layers.decide(finding, now, context)) for finding in found]
        yield from ((judged, layers.ours) for judged in advised(db, decided, kept))
    yield from (*problems, *unread)
