"""`advisord plan`: what would be done to the issue trackers."""

import json
from collections.abc import Sequence

from advisord.cli.options import Parser, add_config
from advisord.cli.working import chosen, opened, settings_of, status
from advisord.cycle.said import as_problem
from advisord.defuse import code, prose
from advisord.errors import AdvisordError
from advisord.model.plan import Plan
from advisord.model.problem import Problem
from advisord.reports.entries import problem as problem_entry
from advisord.reports.plain import printable

SCHEMA = "advisord.plan/1"
_ROWS = 200
_MOST = 58_000
"""Characters: GitHub takes 65,536 in a comment."""

_EPILOG = """\
The plan is made from what the database holds; nothing is fetched (see `advisord sync` and `advisord run --once`) and
nothing is written to a tracker. `advisord apply --plan FILE` carries out a plan that was written with --format json.
Exit status: 0; 2 bad usage or configuration; 3 a plan could not be made, or is made on data that can't be trusted."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("plan", epilog=_EPILOG)
    add_config(parser)
    parser.add_argument("--repository", metavar="NAME", action="append", help="only this one (repeatable)")
    parser.add_argument("--format", choices=tuple(_FORMS), default="text", help="markdown: for a comment")
    options = parser.parse_args(arguments)

    settings = settings_of(options.config)
    plans: list[Plan] = []
    problems: list[Problem] = []
    with opened(settings) as work:
        for repository in chosen(work.settings, options.repository):
            try:
                assessment, made = work.plans(repository)
            except AdvisordError as exc:
                problems.append(as_problem(exc, repository.name))
            else:
                plans += made
                problems += assessment.problems
    print(_FORMS[options.format](plans, problems))
    return status(problems)


def _json(plans: Sequence[Plan], problems: Sequence[Problem]) -> str:
    document = {
        "schema": SCHEMA,
        "plans": [
            {
                **plan._asdict(),
                "actions": [action._asdict() for action in plan.actions],
                "proposals": [p._asdict() for p in plan.proposals],
            }
            for plan in plans
        ],
        "problems": [problem_entry(problem) for problem in problems],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _markdown(plans: Sequence[Plan], problems: Sequence[Problem]) -> str:
    """The same as a comment of a pull request: foreign text is shown and does nothing, and its length is bounded."""
    parts = []
    for plan in plans:
        parts.append(f"### {prose(plan.repository)}: {_count(plan)} in {code(plan.tracker)}")
        if plan.actions:
            rows = [
                f"| {action.verb.value} | {prose(f'issue {action.number}' if action.number else action.title)} "
                f"| {prose(action.reason)} |"
                for action in plan.actions[:_ROWS]
            ]
            parts.append("\n".join(("| Action | Issue | Why |", "| --- | --- | --- |", *rows)))
        if len(plan.actions) > _ROWS:
            parts.append(f"… and {len(plan.actions) - _ROWS} more actions; `advisord plan` lists them all.")
        parts.append("\n".join(f"- Note: {prose(note)}" for note in plan.notes[:_ROWS]))
    shown = problems[:_ROWS]
    lines = [f"- {'Error' if one.blocking else 'Note'}: {code(one.subject)}: {prose(one.message)}" for one in shown]
    parts += ["### Problems", "\n".join(lines)] if lines else []
    text = "\n\n".join(part for part in parts if part)
    return text if len(text) <= _MOST else f"{text[:_MOST].rpartition(chr(10))[0]}\n\n… (shortened)"


def _count(plan: Plan) -> str:
    count = len(plan.actions)
    return f"{count or 'no'} action{'' if count == 1 else 's'}"


def _text(plans: Sequence[Plan], problems: Sequence[Problem]) -> str:
    lines = []
    for plan in plans:
        lines.append(f"{plan.repository} ({plan.tracker}): {_count(plan)}")
        for action in plan.actions:
            lines.append(f"  {action.verb.value:8} {printable(f'#{action.number}' if action.number else action.title)}")
            lines.append(f"           {printable(action.reason)}")
        lines += [f"  note: {printable(note)}" for note in plan.notes]
    for problem in problems:
        word = "error" if problem.blocking else "note"
        lines.append(f"{word}: {printable(problem.subject)}: {printable(problem.message)}")
    return "\n".join(lines)


_FORMS = {"text": _text, "json": _json, "markdown": _markdown}
