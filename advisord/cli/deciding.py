"""By which policy the findings of a scan are decided: the default without its machinery, or a policy with all of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
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

Decide = Callable[[Sequence[Read], Sequence[Finding]], list[Judged]]
"""Decides the findings of some lockfiles."""


def deciding(options: Options, base: "Base | None", now: datetime) -> tuple[Decide, list[Problem]]:
    """How findings are decided, and what can't be used of the policy. Raises SettingsError."""
    if base is None and policies.file_of(options.policy, options.paths[0]) is None:
        return _by_default, []
    if base is not None and options.policy_from == "base":
        from advisord import comparison

        policy, problems = comparison.policy_at(base, options.policy)
    else:
        policy, problems = policies.for_scan(options.policy, options.paths[0]), []
    if policy.delegation.accept:
        policy, notes = _with_ignore_files(policy, options, base)
        problems += notes
    return _by_policy(policy, now), problems


def _by_default(_lockfiles: Sequence[Read], findings: Sequence[Finding]) -> list[Judged]:
    return [Judged(finding, default.decide(finding)) for finding in findings]


def _by_policy(policy: "CompiledPolicy", now: datetime) -> Decide:
    # Only here: rules and their facts take longer to import than a lockfile to read.
    from advisord.scope.decide import Decider
    from advisord.scope.facts import Context

    decider = Decider(policy)

    def decide(lockfiles: Sequence[Read], findings: Sequence[Finding]) -> list[Judged]:
        context = scan.context_of(lockfiles) if policy.acceptances else Context()
        return [Judged(finding, decider.decide(finding, now, context)) for finding in findings]

    return decide


def _with_ignore_files(
    policy: "CompiledPolicy", options: Options, base: "Base | None"
) -> tuple["CompiledPolicy", list[Problem]]:
    """The policy with what it lets other tools' ignore files accept, read where the policy was read."""
    if base is not None and options.policy_from == "base":
        return policies.delegated(policy, base.oids, base.read)
    from advisord.net import worktree

    top = worktree.top_of(options.paths[0])
    return policies.delegated(policy, worktree.files(top), lambda path: worktree.read(top, path))
