"""Step three: what a repository's lockfiles mean under its policy."""

from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from advisord import scan
from advisord.cycle.tree import Tree
from advisord.matching.findings import merge
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.net.git import Git
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.decide import Decider
from advisord.store import findings as finding_store
from advisord.store import lockfiles as store
from advisord.times import seconds_between, stamp


class Assessment(NamedTuple):
    """A repository's findings with their decisions, and everything that could not be settled."""

    repository: str
    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]


def assess(db: Connection, name: str, git: Git, policy: CompiledPolicy, now: datetime, max_age: float) -> Assessment:
    """Match and decide everything that is known of a repository.

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
    found = merge(finding._replace(repository=name) for finding in scan.match(db, reads))
    decider = Decider(policy)
    return Assessment(
        name,
        tuple(
            Judged(finding, decider.decide(finding, now))
            for finding in finding_store.remember(db, repository, found, stamp(now))
        ),
        (*problems, *doubts, *_reading_problems(db, repository, name)),
    )


def _reading_problems(db: Connection, repository: int, name: str) -> Iterable[Problem]:
    state = store.state(db, repository)
    if state.error_code:
        yield Problem(state.error_code, name, f"{state.error} (last read completely: {state.read_at or 'never'})")
