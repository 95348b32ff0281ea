"""What a change introduced and what it resolved: the same scan at the commit where the change began, by git objects."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisord import policies, scan
from advisord.errors import RepositoryError, UsageError
from advisord.lockfiles.discovery import EXCLUDE, discover
from advisord.lockfiles.interface import Read
from advisord.model.decision import Scope
from advisord.model.finding import Verdict
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.net import worktree
from advisord.net.git import Git
from advisord.scope.compiled import DEFAULT_POLICY, CompiledPolicy

_SCOPES = (Scope.OUT, Scope.ACCEPTED, Scope.REGULAR, Scope.IN)


class Base(NamedTuple):
    """A commit of the repository whose work tree stands at `top`, with the id of every regular file.

    `doubt` says why it may not be the commit where the change began.
    """

    top: str
    commit: str
    git: Git
    oids: dict[str, str]
    doubt: Problem | None = None

    def read(self, path: str) -> bytes | None:
        """A file's bytes at the commit, None where there is none."""
        oid = self.oids.get(path)
        if oid is None:
            return None
        # Most files of a repository are untouched by a change: what is on disk needs no process of git's.
        data = worktree.read(self.top, path)
        if data is not None and _blob_id(data, oid) == oid:
            return data
        return next((content for _, content in self.git.read_blobs([oid])), None)


def _blob_id(data: bytes, like: str) -> str:
    """The id that git gives a content, by the hash that the other id is made with."""
    import hashlib

    blob = b"blob %d\0" % len(data) + data
    return (hashlib.sha1(blob, usedforsecurity=False) if len(like) == 40 else hashlib.sha256(blob)).hexdigest()


def base_of(path: str, ref: str) -> Base:
    """Where the work tree that holds `path` parted from `ref`. Raises UsageError outside git, else RepositoryError."""
    top = worktree.top_of(path)
    if not worktree.is_work_tree(top):
        raise UsageError("--base needs a git work tree", subject=path)
    git = Git(top)
    try:
        commit, common = git.merge_base(ref)
    except RepositoryError as exc:
        if exc.code == "ref-not-found":
            exc.hint = "fetch it first (in CI: a checkout with the whole history)"
        raise
    message = (
        "the history that is here does not tell where the change began, so the ref itself is compared with: what was fixed"
        " there since looks introduced here; fetch the whole history"
    )
    doubt = None if common else Problem("no-common-commit", ref, message, blocking=False)
    return Base(top, commit, git, {entry.path: entry.oid for entry in git.list_tree(commit)}, doubt)


def policy_at(base: Base, policy_file: str | None) -> tuple[CompiledPolicy, list[Problem]]:
    """The policy as it stood at the base, so that a change can't silence what it introduces.

    A policy outside the repository is read where it is. Notes say which of the files that count at the base the change
    edits: the policies, and other tools' ignore files where they may accept. Raises SettingsError.
    """
    policy, problems = _policy_at(base, policy_file)
    counting = {policies.FILE_NAME, *([] if policy_file is None else [_inside(base, policy_file)])}
    if policy.delegation.accept:
        counting.update(policies.names_of_ignore_files({*base.oids, *worktree.files(base.top)}))
    counting -= {problem.subject for problem in problems}
    return policy, problems + _edits(base, counting)


def _inside(base: Base, path: str) -> str:
    """The path as the repository names it; one outside of it begins with `../`."""
    import os

    return os.path.relpath(os.path.realpath(path), os.path.realpath(base.top)).replace(os.sep, "/")


def _policy_at(base: Base, policy_file: str | None) -> tuple[CompiledPolicy, list[Problem]]:
    import os

    path = policies.FILE_NAME
    if policy_file is not None:
        path = _inside(base, policy_file)
        if path.startswith("../"):
            return policies.read(policy_file), []
    data = base.read(path)
    if data is not None:
        return policies.parse(data, f"{path} at {base.commit[:12]}"), []
    if not os.path.isfile(os.path.join(base.top, path)):
        return DEFAULT_POLICY, []
    message = "is not at the base yet, so it does not count; --policy-from head takes it as it is now"
    return DEFAULT_POLICY, [Problem("policy-not-at-base", path, message, blocking=False)]


def _edits(base: Base, paths: Iterable[str]) -> list[Problem]:
    message = "this change edits it, and the base's was used; --policy-from head takes it as the change leaves it"
    return [
        Problem("policy-at-base", path, message, blocking=False)
        for path in sorted(paths)
        if not path.startswith("../") and base.read(path) != worktree.read(base.top, path)
    ]


def lockfiles_at(base: Base, heads: Sequence[Read], exclude: Sequence[str] | None) -> tuple[list[Read], list[Problem]]:
    """The lockfiles at the base that tell what was there before: those of the same path, and those that are gone.

    What stood in a lockfile that is gone may have moved anywhere. An unreadable one is a note: whatever is in its
    successor counts as introduced.
    """
    shown = {read.place: read.path for read in heads}
    formats = dict(discover(base.oids, exclude or EXCLUDE).lockfiles)
    formats |= {read.place: read.format for read in heads if read.place in base.oids}
    present = set(worktree.files(base.top))
    found = []
    problems = [base.doubt] if base.doubt else []
    for place, format_ in sorted(formats.items()):
        if place not in shown and place in present:
            continue
        read, problem = scan.read_one(shown.get(place, place), place, format_, base.read, lambda: base.oids)
        if read:
            found.append(read._replace(commit=base.commit))
        if problem:
            message = f"at the base {problem.message}: all that is in it counts as introduced"
            problems.append(Problem("unreadable-base", problem.subject, message, blocking=False))
    return found, problems


def compare(
    heads: Iterable[Judged], before: Iterable[Judged], lockfiles: Iterable[str]
) -> tuple[list[Judged], list[Judged]]:
    """(the findings, each with whether it is introduced; the findings before that are gone).

    `lockfiles` are the paths that are scanned now; a finding of another one was in a lockfile that is gone. A finding was
    there before when the same vulnerability of the same package stood in the same lockfile or in one that is gone,
    in whatever version, as clearly affected, and no farther out of scope.
    """
    present = set(lockfiles)
    known: dict[tuple[str, ...], list[Judged]] = {}
    heads, before = list(heads), list(before)
    for judged in before:
        known.setdefault(_key(judged, present), []).append(judged)
    marked = [
        judged._replace(
            introduced=not any(
                _as_strong(old, judged)
                for key in (_key(judged, present), ("", *_key(judged, present)[1:]))
                for old in known.get(key, ())
            )
        )
        for judged in heads
    ]
    now = {_key(judged, present) for judged in heads}
    now |= {("", *key[1:]) for key in now}
    return marked, [judged for judged in before if _key(judged, present) not in now]


def _key(judged: Judged, present: set[str]) -> tuple[str, ...]:
    finding = judged.finding
    lockfile = finding.places[0].lockfile
    return (lockfile if lockfile in present else "", finding.ecosystem, finding.package, finding.vulnerability)


def _as_strong(old: Judged, new: Judged) -> bool:
    if _SCOPES.index(old.decision.scope) < _SCOPES.index(new.decision.scope):
        return False
    return old.finding.verdict is Verdict.AFFECTED or new.finding.verdict is Verdict.UNDECIDED
