"""By which policy the findings of a scan are decided: the default without its machinery, or a policy with all of it."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from advisord import policies, scan
from advisord.cli.arguments import Options
from advisord.lockfiles.interface import Read
from advisord.model.finding import Finding
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.scope import default

if TYPE_CHECKING:
    from advisord.comparison import Base
    from advisord.scope.compiled import CompiledPolicy
    from advisord.scope.decide import Layers

Decide = Callable[[Sequence[Read], Sequence[Finding]], list[Judged]]
"""Decides the findings of some lockfiles."""


def deciding(
    options: Options, base: "Base | None", now: datetime
) -> tuple[Decide, "CompiledPolicy | None", list[Problem]]:
    """How findings are decided, whose deadlines count (None: no policy's), what there is to say of the policies.

    Raises SettingsError.
    """
    if base is None and policies.file_of(options.policy, options.paths[0]) is None:
        return _by_default, None, []
    layers, problems = layers_of(options.policy, options.paths[0], base if options.policy_from == "base" else None)
    if allowed := layers.ours.delegation.accept:
        from advisord.cli import absent

        problems = [*problems, *absent.ignore_files(options.paths[0], allowed)]
    return _by_policy(layers, now), layers.ours, problems


def _by_default(_lockfiles: Sequence[Read], findings: Sequence[Finding]) -> list[Judged]:
    return [Judged(finding, default.decide(finding)) for finding in findings]


def _by_policy(layers: "Layers", now: datetime) -> Decide:
    # Only here: rules and their facts take longer to import than a lockfile to read.
    from advisord.scope.facts import Context

    def decide(lockfiles: Sequence[Read], findings: Sequence[Finding]) -> list[Judged]:
        context = scan.context_of(lockfiles) if layers.ours.acceptances else Context()
        return [Judged(finding, layers.decide(finding, now, context)) for finding in findings]

    return decide


def layers_of(policy_file: str | None, path: str, base: "Base | None" = None) -> tuple["Layers", list[Problem]]:
    """The policies of the repository that `path` is in: the named one and its own, or its own alone, or the default.

    They are read at `base` where that is given, with what they let other tools' ignore files accept. The problems say what
    can't be used and, where there are two policies, that both counted. Raises SettingsError.
    """
    from advisord.net import worktree
    from advisord.scope.decide import Layers

    read: Callable[[str], bytes | None]
    if base is not None:
        from advisord import comparison

        top, read = base.top, base.read
        ours, problems = comparison.policy_at(base, policy_file)
    else:
        top = worktree.top_of(path)
        read = partial(worktree.read, top)
        ours, problems = policies.for_scan(policy_file, path), []
    if ours.delegation.accept:
        ours, notes = policies.delegated(ours, worktree.files(top) if base is None else base.oids, read)
        problems += notes
    if policy_file is None or _same(policy_file, os.path.join(top, policies.FILE_NAME)):
        return Layers(ours), problems
    theirs, notes = policies.own(read(policies.FILE_NAME), policies.FILE_NAME)
    if theirs:
        said = f"decided by it, made stricter by the repository's own {policies.FILE_NAME}"
        notes = [Problem("two-policies", policy_file, said, blocking=False)]
    return Layers(ours, theirs), problems + notes


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
