"""What other tools' ignore files say of findings that count here all the same: said, so that nobody has to wonder."""

import os
from collections.abc import Iterable
from functools import partial

from advisord.model.decision import Scope
from advisord.model.problem import Problem
from advisord.model.report import Judged
from advisord.net import worktree

_USUAL = (
    "deny.toml",
    ".cargo/audit.toml",
    "osv-scanner.toml",
    ".trivyignore",
    ".trivyignore.yaml",
    ".grype.yaml",
    ".snyk",
)
"""Where such files stand mostly. A scan that people wait for looks nowhere else; `advisord acceptances` does."""


def unheard(path: str, findings: Iterable[Judged]) -> list[Problem]:
    """A note for each such file of the repository that `path` is in, with the findings that it ignores."""
    top = worktree.top_of(path)
    there = [name for name in _USUAL if os.path.exists(os.path.join(top, name))]
    if not there:
        return []
    from advisord import policies  # only here: what reads such files reads YAML too

    counting = {
        name
        for judged in findings
        if judged.decision.scope in {Scope.IN, Scope.REGULAR} and not judged.decision.ended
        for name in judged.finding.ids
    }
    imported, _ = policies.ignore_files(there, partial(worktree.read, top))
    ignored: dict[str, dict[str, None]] = {}
    for one in imported:
        if one.entry.advisory in counting:
            ignored.setdefault(one.file, {})[f"{one.entry.advisory} (line {one.entry.line})"] = None
    return [_note(file, list(names)) for file, names in ignored.items()]


def _note(file: str, names: list[str]) -> Problem:
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
    message = f'ignores {shown}, which counts here until a policy says `[repository] may_accept = ["{file}"]`'
    return Problem("not-accepted", file, message, blocking=False)
