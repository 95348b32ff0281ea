"""Step three: what a repository's lockfiles mean under its policy."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from sqlite3 import Connection
from typing import Any, NamedTuple

from advisord import policies, scan, updates
from advisord.cycle.tree import Tree
from advisord.errors import RepositoryError
from advisord.lockfiles.interface import Read
from advisord.matching.findings import merge
from advisord.model.plan import Proposal
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.net.git import Git
from advisord.scope.compiled import Acceptance, CompiledPolicy, dump
from advisord.scope.decide import Layers
from advisord.scope.facts import Context
from advisord.store import audit, decisions
from advisord.store import findings as finding_store
from advisord.store import lockfiles as store
from advisord.times import seconds_between, stamp
from advisord.tracking.accepting import acceptances

NEVER_READ = "never-read"
"""The code of a problem: nothing is known of a repository."""


class Assessment(NamedTuple):
    """A repository's findings with their decisions, and everything that could not be settled.

    `context` is what the decisions looked at beside the findings; `acceptances` are the risks that somebody accepted: in
    the server's policy, in files that it lets accept, on issues. `never_read` says that nothing is known of it; `unread`
    has one problem for each lockfile of which not all is known.
    """

    repository: str
    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    context: Context = Context()
    acceptances: tuple[Acceptance, ...] = ()
    never_read: bool = False
    unread: tuple[Problem, ...] = ()


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

    The repository's own policy and what its files accept are those of the default branch, where that is read, else of
    the first of `lines`. The lockfiles that hold a hit are read anew from git for the evidence (paths, components, lines); the others are
    not touched. Raises RepositoryError when git can't give what it gave before.
    """
    repository = store.repository_id(db, name)
    places = store.places(db, repository)
    hit = store.affected_lockfiles(db, repository)
    trees: dict[str, Tree] = {}
    parsed: dict[Any, Any] = {}  # `read_one` keeps what it parsed: most lines lock the same
    reads: list[Read] = []
    problems: list[Problem] = []
    unread: list[Problem] = []
    for place in places:
        began = len(problems)
        subject = f"{name} {place.ref} {place.path}"
        if place.error:
            problems.append(Problem("unreadable-lockfile", subject, place.error))
        problems += [problem._replace(subject=f"{subject} {problem.subject}".rstrip()) for problem in place.problems]
        unread += [problem for problem in problems[began:] if problem.blocking][:1]
        if (place.ref, place.path) not in hit:
            continue
        tree = trees.setdefault(place.commit, Tree(git, place.commit))
        read, problem = scan.read_one(place.path, place.path, place.format, tree.read, tree.paths, parsed)
        if read:
            reads.append(read._replace(ref=place.ref, commit=place.commit))
        if problem:
            problems.append(problem._replace(subject=subject))
    doubts, _ = scan.trust(db, store.ecosystems(db, repository), lambda moment: seconds_between(moment, now), max_age)
    kept = scan.Kept({}, {})
    matched = scan.match(db, reads, kept=kept, authorities=authorities)
    found = merge(finding._replace(repository=name) for finding in matched)
    for read in reads:
        later = scan.later_problems([read], kept)
        problems += [problem._replace(subject=f"{name} {read.ref} {problem.subject}") for problem in later]
    top = None
    if trees:
        commit = _leading(git, store.commits(db, repository), lines)
        top = trees.setdefault(commit, Tree(git, commit))
        policy, complaints = policies.delegated(policy, top.paths(), top.read)
        problems += complaints
    theirs, complaint = policies.own(top.read(policies.FILE_NAME) if top else None, f"{name} {policies.FILE_NAME}")
    complaint += policies.not_delegated(policy, theirs, f"{name} {policies.FILE_NAME}")
    texts = {"server": dump(policy)} | ({"repository": dump(theirs)} if theirs else {})
    audit.changed(db, stamp(now), "policy", texts, name)
    policy = policy._replace(acceptances=(*policy.acceptances, *acceptances(proposals, found)))
    layers = Layers(policy, theirs)
    context = scan.context_of(reads, lines)
    remembered = finding_store.remember(db, repository, found, stamp(now))
    decided = [Judged(finding, layers.decide(finding, now, context)) for finding in remembered]
    judged = tuple(updates.advised(db, decided, kept))
    decisions.record(db, repository, name, ((one.finding, one.decision) for one in judged), stamp(now))
    state = store.state(db, repository)
    left = _reading_problems(state, name)
    return Assessment(
        name,
        judged,
        (*problems, *doubts, *complaint, *left),
        context,
        policy.acceptances,
        never_read=not state.read_at,
        unread=tuple(unread),
    )


def _leading(git: Git, commits: Mapping[str, str], lines: Iterable[str]) -> str:
    """The commit whose policy and ignore files count for all: of the default branch if it is read, else of the first ref.

    Another branch, which may be anybody's, can't silence what is found in this one by a policy of its own.
    """
    names = [*lines, *commits]
    if len(commits) > 1:
        with suppress(RepositoryError):
            names.insert(0, git.head())
    return next(commits[name] for name in names if name in commits)


def _reading_problems(state: store.RepositoryState, name: str) -> Iterable[Problem]:
    if state.error_code:
        yield Problem(state.error_code, name, f"{state.error} (last read completely: {state.read_at or 'never'})")
    elif not state.read_at:
        yield Problem(NEVER_READ, name, "it was never read, so nothing is known of it; run `advisord run --once`")
