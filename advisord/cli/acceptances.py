"""`advisord acceptances`: every accepted risk with its state, and what other tools' ignore files say."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from advisord import policies, scan
from advisord.cli.options import Parser, add_database, add_exclude
from advisord.locations import default_database
from advisord.lockfiles.discovery import EXCLUDE
from advisord.net import worktree
from advisord.reports.plain import printable
from advisord.scope.acceptances import Listed, listing
from advisord.scope.decide import Decider
from advisord.scope.ignores import registry as ignores
from advisord.scope.ignores.proposal import acceptance_text
from advisord.store.database import open_reader

SCHEMA = "advisord.acceptances/1"

_EPILOG = """\
An acceptance is active; ended or partly ended (a trigger fired, for all or some findings: they are in scope again);
unneeded (the rules call what it covers out of scope anyway); or stale (it covers nothing any more).
Ignore files of other tools accept something only where the policy says so ([repository] may_accept). --propose prints
what they say as acceptances for a policy, with the dates and triggers that their comments suggest, for you to decide.
Exit status: 0; 2 bad usage or policy; 3 there is no database."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("acceptances", epilog=_EPILOG)
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the repository (default: here)")
    parser.add_argument("--policy", metavar="FILE", help="the policy (default: the one at the top of PATH)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--propose", action="store_true", help="print ignore files' entries as acceptances in TOML")
    add_database(parser)
    add_exclude(parser)
    options = parser.parse_args(arguments)

    now = datetime.now(UTC)
    lockfiles, _ = scan.read_paths([options.path], options.exclude or EXCLUDE)
    context = scan.context_of(lockfiles)
    locked = {name: versions for held in context.locked.values() for name, versions in held.items()}
    top = worktree.top_of(options.path)
    imported, problems = policies.ignore_files(worktree.files(top), lambda path: worktree.read(top, path), locked)
    if options.propose:
        print("\n".join(acceptance_text(one, now.date().isoformat()) for one in imported), end="")
        return 0
    policy = policies.for_scan(options.policy, options.path)
    allowed = policy.delegation.accept
    policy = policy._replace(acceptances=(*policy.acceptances, *ignores.acceptances(imported, allowed)))
    decider = Decider(policy)
    with contextlib.closing(open_reader(options.db or default_database())) as db:
        findings = scan.match(db, lockfiles)
    listed = listing(policy, findings, [decider.decide(finding, now, context) for finding in findings])
    aliases = {name: finding.id for finding in findings for name in finding.ids}
    drifts = [drift.sentence for drift in ignores.drift(imported, aliases)]
    left = [one for one in imported if one.acceptance not in policy.acceptances]
    if options.format == "json":
        print(json.dumps(_document(listed, left, drifts), indent=2, ensure_ascii=False))
        return 0
    for line in _lines(listed, left, drifts):
        print(line)
    for problem in problems:
        print(f"note: {printable(problem.subject)}: {printable(problem.message)}")
    return 0


def _lines(listed: Sequence[Listed], left: Sequence[ignores.Imported], drifts: Sequence[str]) -> Iterator[str]:
    if not listed:
        yield "The policy accepts no risk."
    for one in listed:
        accepted = one.acceptance
        yield f"{one.state:9} {printable(accepted.name)}  ({printable(accepted.origin)})"
        who = f"by {accepted.who or 'nobody named'}, since {accepted.since or 'unknown'}"
        yield f"          {printable(accepted.why or 'no reason is given')} ({printable(who)})"
        for finding in one.findings:
            place = finding.places[0]
            what = f"{finding.id} in {printable(finding.package)} {printable(place.version)}"
            yield f"          covers {what}, {printable(place.lockfile)}"
        for sentence in one.ended:
            yield f"          ended: {printable(sentence)}"
    if left:
        yield ""
        yield "Ignored by other tools, and not accepted here:"
        for entry in left:
            name = entry.acceptance.name
            yield f"  {printable(name)}  ({printable(entry.acceptance.origin)}: {printable(entry.acceptance.why or 'no reason')})"
    for sentence in drifts:
        yield f"drift: {printable(sentence)}"


def _document(listed: Sequence[Listed], left: Sequence[ignores.Imported], drifts: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "acceptances": [
            {
                "advisory": one.acceptance.advisory or None,
                "package": one.acceptance.package or None,
                "component": one.acceptance.component or None,
                "who": one.acceptance.who or None,
                "why": one.acceptance.why or None,
                "since": one.acceptance.since or None,
                "origin": one.acceptance.origin,
                "state": one.state,
                "ended": list(one.ended),
                "findings": [
                    {"id": finding.id, "package": finding.package, "version": finding.places[0].version}
                    for finding in one.findings
                ],
            }
            for one in listed
        ],
        "not_accepted": [
            {"name": entry.acceptance.name, "origin": entry.acceptance.origin, "why": entry.acceptance.why or None}
            for entry in left
        ],
        "drift": list(drifts),
    }
