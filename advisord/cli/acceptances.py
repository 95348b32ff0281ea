"""`advisord acceptances`: every accepted risk with its state, and what other tools' ignore files say."""

import argparse
import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from advisord import policies, scan
from advisord.cli import absent
from advisord.cli.arguments import AUTHORITY, POLICY, STDLIB, authorities
from advisord.cli.deciding import layers_of
from advisord.cli.options import Parser, add_database, add_exclude
from advisord.cli.working import chosen, opened, settings_of
from advisord.locations import default_database
from advisord.lockfiles.discovery import EXCLUDE
from advisord.model.problem import Problem
from advisord.net import worktree
from advisord.reports.plain import printable
from advisord.scope.acceptances import Listed, listing, until_sentence
from advisord.scope.ignores import registry as ignores
from advisord.scope.ignores.proposal import acceptance_text
from advisord.store.database import open_reader
from advisord.tracking.accepting import idle

SCHEMA = "advisord.acceptances/1"

_EPILOG = """\
An acceptance is active; ended or partly ended (a trigger fired, for all or some findings: they are in scope again);
unneeded (the rules call what it covers out of scope anyway); or stale (it covers nothing any more).
With --config the stored repositories are looked at, each with what people accepted by closing an issue as not planned.
Ignore files of other tools accept something only where the policy says so ([repository] may_accept). --propose prints
what they say as acceptances for a policy, with the dates and triggers that their comments suggest, for you to decide.
Exit status: 0; 2 bad usage or policy; 3 there is no database, or a repository can't be read."""


class _Found(NamedTuple):
    """What there is to say of one repository ("" when it is the one at PATH)."""

    repository: str
    listed: Sequence[Listed]
    left: Sequence[ignores.Imported] = ()
    drifts: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    none: str = "No risk is accepted."


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("acceptances", epilog=_EPILOG)
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the repository (default: here)")
    for option in (POLICY, STDLIB, AUTHORITY):
        option.add_to(parser)
    parser.add_argument("--config", metavar="FILE", help="the repositories of this configuration instead of PATH")
    parser.add_argument("--repository", metavar="NAME", action="append", help="with --config: only this (repeatable)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--propose", action="store_true", help="print ignore files' entries as acceptances in TOML")
    add_database(parser)
    add_exclude(parser)
    options = parser.parse_args(arguments)

    if options.config and options.propose:
        parser.error("--propose reads the ignore files at PATH; it takes no --config")
    found = list(_stored(options) if options.config else _scanned(options))
    if options.propose:
        now = datetime.now(UTC).date().isoformat()
        print("\n".join(acceptance_text(entry, now) for one in found for entry in one.left), end="")
    elif options.format == "json":
        documents = [_document(one) for one in found]
        document = {"repositories": documents} if options.config else documents[0]
        print(json.dumps({"schema": SCHEMA, **document}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(line for one in found for line in _lines(one)))
    return 0


def _scanned(options: argparse.Namespace) -> Iterator[_Found]:
    """The repository at PATH."""
    now = datetime.now(UTC)
    lockfiles, _ = scan.read_paths([options.path], options.exclude or EXCLUDE)
    context = scan.context_of(lockfiles)
    locked = {name: versions for held in context.locked.values() for name, versions in held.items()}
    top = worktree.top_of(options.path)
    imported, problems = policies.ignore_files(worktree.files(top), lambda path: worktree.read(top, path), locked)
    problems += absent.ignore_files(options.path)
    if options.propose:
        yield _Found("", (), imported)
        return
    layers, notes = layers_of(options.policy, options.path)
    known = authorities(options.authority)
    with contextlib.closing(open_reader(options.db or default_database())) as db:
        findings = scan.match(db, lockfiles, standard_library=options.stdlib, authorities=known)
    accepted = layers.ours.acceptances
    listed = listing(accepted, findings, [layers.decide(finding, now, context) for finding in findings])
    aliases = {name: finding.id for finding in findings for name in finding.ids}
    drifts = [drift.sentence for drift in ignores.drift(imported, aliases)]
    left = [one for one in imported if one.acceptance not in accepted]
    named = policies.file_of(options.policy, options.path)
    none = "The policy accepts no risk." if named else "There is no policy, so no risk is accepted."
    yield _Found("", listed, left, drifts, [*dict.fromkeys((*notes, *problems))], none)


def _stored(options: argparse.Namespace) -> Iterator[_Found]:
    """The repositories of a configuration, as they were read the last time."""
    settings = settings_of(options.config)
    with opened(settings) as work:
        for repository in chosen(work.settings, options.repository):
            assessment = work.assess(repository)
            accepted = assessment.acceptances
            every = (*accepted, *idle(work.accepted(repository), accepted))
            findings = [judged.finding for judged in assessment.judged]
            yield _Found(
                repository.name,
                listing(every, findings, [judged.decision for judged in assessment.judged]),
                problems=[problem for problem in assessment.problems if problem.blocking],
            )


def _lines(found: _Found) -> Iterator[str]:
    if found.repository:
        yield f"{printable(found.repository)}:"
    if not found.listed:
        yield found.none
    for one in found.listed:
        accepted = one.acceptance
        yield f"{one.state:9} {printable(accepted.name)}  ({printable(accepted.origin)})"
        who = f"by {accepted.who or 'nobody named'}, since {accepted.since or 'unknown'}"
        yield f"          {printable(accepted.why or 'no reason is given')} ({printable(who)})"
        yield f"          {printable(until_sentence(accepted.until))}"
        for finding in one.findings:
            place = finding.places[0]
            what = f"{finding.id} in {printable(finding.package)} {printable(place.version)}"
            yield f"          covers {what}, {printable(place.lockfile)}"
        for sentence in one.ended:
            yield f"          ended: {printable(sentence)}"
    if found.left:
        yield ""
        yield "Ignored by other tools, and not accepted here:"
        for entry in found.left:
            name = entry.acceptance.name
            yield f"  {printable(name)}  ({printable(entry.acceptance.origin)}: {printable(entry.acceptance.why or 'no reason')})"
    for sentence in found.drifts:
        yield f"drift: {printable(sentence)}"
    for problem in found.problems:
        yield f"{'error' if problem.blocking else 'note'}: {printable(problem.subject)}: {printable(problem.message)}"


def _document(found: _Found) -> dict[str, Any]:
    return {
        **({"repository": found.repository} if found.repository else {}),
        "acceptances": [
            {
                "advisory": one.acceptance.advisory or None,
                "package": one.acceptance.package or None,
                "component": one.acceptance.component or None,
                "who": one.acceptance.who or None,
                "why": one.acceptance.why or None,
                "since": one.acceptance.since or None,
                "until": until_sentence(one.acceptance.until).removeprefix("until "),
                "origin": one.acceptance.origin,
                "state": one.state,
                "ended": list(one.ended),
                "findings": [
                    {"id": finding.id, "package": finding.package, "version": finding.places[0].version}
                    for finding in one.findings
                ],
            }
            for one in found.listed
        ],
        "not_accepted": [
            {"name": entry.acceptance.name, "origin": entry.acceptance.origin, "why": entry.acceptance.why or None}
            for entry in found.left
        ],
        "drift": list(found.drifts),
    }
