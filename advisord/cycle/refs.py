"""Which refs of a repository are read: those of the configuration, else the policy's supported lines."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from advisord.model.problem import Problem
from advisord.net.mirror import Listing
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.facts import short_ref
from advisord.scope.lines import Ref, choose


class Refs(NamedTuple):
    """What to read: ref → the supported line that it stands for ("" where the configuration names it)."""

    lines: Mapping[str, str]
    problems: Sequence[Problem] = ()


def refs_of(
    name: str, listed: Callable[[], Listing], configured: Sequence[str], policy: CompiledPolicy, now: datetime
) -> Refs:
    """The refs to read. `listed` is asked only for a policy with lines, and what it raises is raised."""
    if configured:
        return Refs(dict.fromkeys(configured, ""))
    if not policy.lines.supported:
        return Refs({"HEAD": ""})
    refs, head = listed()
    there = [Ref(ref) for ref in refs if ref.startswith(("refs/heads/", "refs/tags/")) and _is_text(ref)]
    choice = choose(policy.lines, there, head.removeprefix("refs/heads/"), now)
    problems = [Problem("supported-line", name, note, blocking=False) for note in choice.notes]
    return Refs({short_ref(chosen.ref): chosen.line for chosen in choice.refs}, problems)


def _is_text(ref: str) -> bool:
    """Whether a name is UTF-8: no other one can be stored, or be meant by a policy."""
    return ref.isascii() or ref.encode("utf-8", "ignore").decode() == ref
