"""Step three: what a repository's lockfiles mean under its policy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from advisord import policies, scan, updates
from advisord.cycle.tree import Tree
from advisord.errors import SettingsError
from advisord.matching.findings import merge
from advisord.model.decision import Decision
from advisord.model.finding import Finding
from advisord.model.plan import Proposal
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.net.git import Git
from advisord.scope.compiled import CompiledPolicy, dump
from advisord.scope.decide import Decider, layered
from advisord.scope.facts import Context
from advisord.store import audit, decisions
from advisord.store import findings as finding_store
from advisord.store import lockfiles as store
from advisord.times import seconds_between, stamp
from advisord.tracking.accepting import acceptances


class Assessment(NamedTuple):
    """A repository's findings with their decisions, and everything that could not be settled.

    `context` is what the decisions looked at beside the findings.
    """

    repository: str
    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    context: Context = Context()


def assess(
    db: Connection,
    name: str,
    git: Git,
    policy: CompiledPolicy,
    now: datetime,
    max_age: float,
    lines: Mapping[str, str] = {},
    proposals: Sequence[Proposal] = (),
    authorities: Mapping[str, str] = {},
) -> Assessment:
    """Match and decide everything that is known of a repository. `lines` maps a ref to its supported line.

    `proposals` are the risks that people accepted in its trackers, `authorities` the databases whose denial counts.

    The lockfiles that hold a hit are read anew from git for the evidence (paths, components, lines); the others are
    not touched. Raises RepositoryError when git can't give what it gave before.
    """
    repository = store.repository_id(db, name)
    places = store.places(db, repository)
    hit = store.affected_lockfiles(db, repository)
    trees: dict[str, Tree] = {}
    reads, problems = [], []
    for place in places:
        subject = f"{name} {place.ref} {place.path}"
        if place.error:
            problems.append(Problem("unreadable-lockfile", subject, place.error))
        problems += [problem._replace(subject=f"{subject} {problem.subject}".rstrip()) for problem in place.problems]
        if (place.ref, place.path) not in hit:
            continue
        tree = trees.setdefault(place.commit, Tree(git, place.commit))
        read, problem = scan.read_one(place.path, place.path, place.format, tree.read, tree.paths)
        if read:
            reads.append(read._replace(ref=place.ref, commit=place.commit))
        if problem:
            problems.append(problem._replace(subject=subject))
    doubts, _ = scan.trust(db, store.ecosystems(db, repository), lambda moment: seconds_between(moment, now), max_age)
    kept = scan.Kept({}, {})
    matched = scan.match(db, reads, kept=kept, authorities=authorities)
    matched = updates.required(matched, kept.inventories)
    found = merge(finding._replace(repository=name) for finding in matched)
    for read in reads:
        later = scan.later_problems([read], kept)
        problems += [problem._replace(subject=f"{name} {read.ref} {problem.subject}") for problem in later]
    top = next(iter(trees.values()), None)
    if top:
        policy, complaints = policies.delegated(policy, top.paths(), top.read)
        problems += complaints
    theirs, complaint = _own_policy(name, top)
    texts = {"server": dump(policy)} | ({"repository": dump(theirs)} if theirs else {})
    audit.changed(db, stamp(now), "policy", texts, name)
    policy = policy._replace(acceptances=(*policy.acceptances, *acceptances(proposals, found)))
    if theirs:
        # A risk that the server accepts is accepted there too: silence about it is no wish to be stricter.
        theirs = theirs._replace(acceptances=(*theirs.acceptances, *policy.acceptances))
    deciders = Decider(policy), Decider(theirs) if theirs else None
    context = scan.context_of(reads, lines)
    judged = tuple(
        Judged(finding, _decide(deciders, finding, now, context))
        for finding in finding_store.remember(db, repository, found, stamp(now))
    )
    decisions.record(db, repository, name, ((one.finding, one.decision) for one in judged), stamp(now))
    left = _reading_problems(db, repository, name)
    return Assessment(name, judged, (*problems, *doubts, *complaint, *left), context)


def _decide(deciders: tuple[Decider, Decider | None], finding: Finding, now: datetime, context: Context) -> Decision:
    """The server's decision, made stricter by the repository's own policy, or weaker where the server delegates that.

    The route is always the server's: a branch does not choose the tracker that its findings go to.
    """
    ours, theirs = deciders
    decision = ours.decide(finding, now, context)
    if theirs is None:
        return decision
    both = layered(decision, theirs.decide(finding, now, context), ours.policy)
    return both._replace(route=decision.route)


def _own_policy(name: str, tree: Tree | None) -> tuple[CompiledPolicy | None, Sequence[Problem]]:
    """The policy at the top of the repository, read where its first lockfile was; a broken one is a problem."""
    data = tree.read(policies.FILE_NAME) if tree else None
    if data is None:
        return None, ()
    try:
        return policies.parse(data, f"{name} {policies.FILE_NAME}"), ()
    except SettingsError as exc:
        mistakes = "; ".join(f"{where}: {what}" for where, what in exc.problems) or exc.message
        message = f"the repository's own policy is not used: {mistakes}"
        return None, (Problem("repository-policy", f"{name} {policies.FILE_NAME}", message, blocking=False),)


def _reading_problems(db: Connection, repository: int, name: str) -> Iterable[Problem]:
    state = store.state(db, repository)
    if state.error_code:
        yield Problem(state.error_code, name, f"{state.error} (last read completely: {state.read_at or 'never'})")
