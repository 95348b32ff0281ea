"""What a change introduced and what it resolved: the same scan at the commit where the change began, by git objects."""

from collections.abc import Container, Iterable, Sequence
from posixpath import dirname
from typing import NamedTuple

from advisord import policies, scan
from advisord.errors import RepositoryError, SettingsError, UsageError
from advisord.lockfiles.discovery import EXCLUDE, discover
from advisord.lockfiles.interface import Read
from advisord.lockfiles.uncovered import uncovered
from advisord.model.decision import Scope
from advisord.model.finding import Verdict
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.net import worktree
from advisord.net.git import Git
from advisord.scope.compiled import DEFAULT_POLICY, CompiledPolicy
from advisord.versions import normalise_name

_ABSENT = "its content is not in this clone, or too large; a clone without a filter has it"
_PARTED = (
    "the history that is here does not tell where the change began, so the ref itself is compared with: what was fixed"
    " there since looks introduced here; fetch the whole history"
)
_SCOPES = (Scope.OUT, Scope.ACCEPTED, Scope.REGULAR, Scope.IN)


class Base(NamedTuple):
    """A commit of the repository whose work tree stands at `top`, with the id of every regular file.

    `doubt` says why it may not be the commit where the change began. `others` are further ones where it began: branches
    that were merged into each other have several.
    """

    top: str
    commit: str
    git: Git
    oids: dict[str, str]
    doubt: Problem | None = None
    others: tuple["Base", ...] = ()

    def read(self, path: str) -> bytes | None:
        """A file's bytes at the commit, None where there is none. Raises RepositoryError where this clone does not hold it."""
        oid = self.oids.get(path)
        if oid is None:
            return None
        # Most files of a repository are untouched by a change: what is on disk needs no process of git's.
        data = worktree.read(self.top, path)
        if data is not None and _blob_id(data, oid) == oid:
            return data
        try:
            content = next((content for _, content in self.git.read_blobs([oid])), None)
        except RepositoryError as exc:
            raise RepositoryError(_ABSENT, subject=path, code="absent") from exc
        if content is None:
            raise RepositoryError(_ABSENT, subject=path, code="absent")
        return content


def _blob_id(data: bytes, like: str) -> str:
    """The id that git gives a content, by the hash that the other id is made with."""
    import hashlib

    blob = b"blob %d\0" % len(data) + data
    return (hashlib.sha1(blob, usedforsecurity=False) if len(like) == 40 else hashlib.sha256(blob)).hexdigest()


def base_of(paths: Sequence[str], ref: str) -> Base:
    """Where the work tree that holds the paths parted from `ref`.

    Raises UsageError outside git and for paths of several work trees, else RepositoryError.
    """
    path, *rest = paths
    top = worktree.top_of(path)
    if not worktree.is_work_tree(top):
        raise UsageError("--base needs a git work tree", subject=path)
    if apart := [other for other in rest if worktree.top_of(other) != top]:
        raise UsageError(f"--base compares one repository: {apart[0]} is not in that of {path}")
    git = Git(top)
    try:
        commits = git.merge_bases(ref)
        doubt = None if commits else Problem("no-common-commit", ref, _PARTED, blocking=False)
        commits = commits or [git.started(ref)]
    except RepositoryError as exc:
        if exc.code == "ref-not-found":
            exc.hint = f"{exc.hint}; if it is right, fetch it first (in CI: a checkout with the whole history)"
        raise
    first, *others = [
        Base(top, commit, git, {entry.path: entry.oid for entry in git.list_tree(commit)}) for commit in commits
    ]
    return first._replace(doubt=doubt, others=tuple(others))


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
        try:
            return policies.parse(data, f"{path} at {base.commit[:12]}"), []
        except SettingsError as exc:
            exc.hint = f"{exc.hint} A change that mends it is scanned with --policy-from head.".lstrip()
            raise
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


def lockfiles_at(
    base: Base, heads: Sequence[Read], exclude: Sequence[str] | None
) -> tuple[list[list[Read]], list[Problem]]:
    """For each commit of the base the lockfiles that tell what was there before: of the same path, or gone since.

    What stood in a lockfile that is gone may have moved anywhere. An unreadable one is a note: whatever is in its
    successor counts as introduced.
    """
    problems = [base.doubt] if base.doubt else []
    found = []
    for one in (base, *base.others):
        reads, notes = _lockfiles_at(one, heads, exclude)
        found.append(reads)
        problems += [note for note in notes if note not in problems]
    return found, problems


def _lockfiles_at(base: Base, heads: Sequence[Read], exclude: Sequence[str] | None) -> tuple[list[Read], list[Problem]]:
    shown = {read.place: read.path for read in heads}
    formats = dict(discover(base.oids, exclude or EXCLUDE).lockfiles)
    formats |= {read.place: read.format for read in heads if read.place in base.oids}
    present = set(worktree.files(base.top))
    found = []
    problems = []
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


def gone(before: Iterable[Read], heads: Iterable[Read]) -> set[str]:
    """The paths of lockfiles before that are there no more, or whose packages stand as they were under another path now.

    The latter is how lockfiles look that changed places.
    """
    now = {read.path: read.inventory.packages for read in heads}
    return {
        read.path
        for read in before
        if read.path not in now
        or (now[read.path] != read.inventory.packages and read.inventory.packages in now.values())
    }


def lost(base: Base, befores: Iterable[Iterable[Read]], problems: Iterable[Problem]) -> list[Problem]:
    """A note for each lockfile before that is gone while a manifest that it locked is still there, without one now.

    What it had is then not gone: nobody knows.
    """
    present = set(worktree.files(base.top))
    bare = {_inside(base, problem.subject) for problem in problems if problem.code == "not-covered"}
    folders = {dirname(manifest) for manifest in bare - {gap.manifest for gap in uncovered(base.oids)}}
    absent = {read.place for reads in befores for read in reads if read.place not in present}
    message = (
        "this change takes it away, while what it locked is still wanted: nothing that was found in it is resolved"
    )
    return [
        Problem("lockfile-lost", place, message, blocking=False)
        for place in sorted(absent)
        if any(f"{folder}/".startswith(f"{dirname(place)}/".lstrip("/")) for folder in folders)
    ]


def named(heads: Iterable[Read]) -> set[tuple[str, str, str]]:
    """(lockfile, ecosystem, name) of what is named now without a release of the public registry; the lockfile "" is any."""
    found = {(read.path, *package) for read in heads for package in scan.unpinned(read.inventory)}
    return found | {("", *package[1:]) for package in found}


def compare(
    heads: Sequence[Judged],
    befores: Sequence[tuple[Sequence[Judged], Container[str]]],
    unpinned: Container[tuple[str, ...]] = (),
) -> tuple[list[Judged], list[Judged]]:
    """(the findings, each with whether it is introduced; the findings before that are gone).

    `befores` are the findings at each commit of the base, with the paths of the lockfiles there that are gone. A finding
    was there before when the same vulnerability of the same package stood in the same lockfile or in one that is gone, as
    clearly affected, and no farther out of scope. It may be another version, as long as there are not more of them: who
    locks a second affected version introduces that one. Nothing is gone of what is named still (`unpinned`).
    """
    told = [_there_before(heads, before, gone) for before, gone in befores]
    marked = [
        judged._replace(introduced=not any(number in there for there in told)) for number, judged in enumerate(heads)
    ]
    now = {_key(judged, ()) for judged in heads}
    now |= {("", *key[1:]) for key in now}
    first, *others = ([(judged, _key(judged, gone)) for judged in before] for before, gone in befores)
    elsewhere = [{key for _, key in other} for other in others]
    return marked, [
        judged
        for judged, key in first
        if not (key in now or key[:3] in unpinned) and all(key in keys for keys in elsewhere)
    ]


def _there_before(heads: Sequence[Judged], before: Sequence[Judged], gone: Container[str]) -> set[int]:
    """Which of the findings stood there before: of each its index."""
    known: dict[tuple[str, ...], list[Judged]] = {}
    for judged in before:
        known.setdefault(_key(judged, gone), []).append(judged)
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, judged in enumerate(heads):
        alike.setdefault(_key(judged, ()), []).append(number)
    there: set[int] = set()
    for key, numbers in alike.items():
        left = [*known.get(key, ()), *known.get(("", *key[1:]), ())]
        # The same version first: what is left over may be what another one was before.
        for same in (True, False):
            for number in numbers:
                old = next((old for old in left if number not in there and _stays(old, heads[number], same)), None)
                if old:
                    left.remove(old)
                    there.add(number)
    return there


def _key(judged: Judged, gone: Container[str]) -> tuple[str, ...]:
    finding = judged.finding
    lockfile = finding.places[0].lockfile
    # Lockfiles write names as people do; that of another format may write the same one in another way.
    name = normalise_name(finding.ecosystem, finding.package)
    return ("" if lockfile in gone else lockfile, finding.ecosystem, name, finding.vulnerability)


def _stays(old: Judged, new: Judged, same: bool) -> bool:
    if same and old.finding.places[0].version != new.finding.places[0].version:
        return False
    if _SCOPES.index(old.decision.scope) < _SCOPES.index(new.decision.scope):
        return False
    return old.finding.verdict is Verdict.AFFECTED or new.finding.verdict is Verdict.UNDECIDED
