"""`advisord plan`: what would be done to the issue trackers."""

import json
from collections.abc import Sequence

from advisord.cli.options import Parser, add_config
from advisord.cli.working import chosen, opened, settings_of, status
from advisord.cycle.work import as_problem
from advisord.errors import AdvisordError
from advisord.model.plan import Plan
from advisord.model.problem import Problem
from advisord.reports.entries import problem as problem_entry
from advisord.reports.plain import printable

SCHEMA = "advisord.plan/1"

_EPILOG = """\
The plan is made from what the database holds; nothing is fetched (see `advisord sync` and `advisord run --once`) and
nothing is written to a tracker. `advisord apply --plan FILE` carries out a plan that was written with --format json.
Exit status: 0; 2 bad usage or configuration; 3 a plan could not be made, or is made on data that can't be trusted."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("plan", epilog=_EPILOG)
    add_config(parser)
    parser.add_argument("--repository", metavar="NAME", action="append", help="only this one (repeatable)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)

    settings = settings_of(options.config)
    plans: list[Plan] = []
    problems: list[Problem] = []
    with opened(settings) as work:
        for repository in chosen(settings, options.repository):
            try:
                assessment, plan = work.plan(repository)
            except AdvisordError as exc:
                problems.append(as_problem(exc, repository.name))
            else:
                plans.append(plan)
                problems += assessment.problems
    print(_json(plans, problems) if options.format == "json" else _text(plans, problems))
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


def _text(plans: Sequence[Plan], problems: Sequence[Problem]) -> str:
    lines = []
    for plan in plans:
        count = len(plan.actions)
        lines.append(f"{plan.repository} ({plan.tracker}): {count or 'no'} action{'' if count == 1 else 's'}")
        for action in plan.actions:
            lines.append(f"  {action.verb.value:8} {printable(f'#{action.number}' if action.number else action.title)}")
            lines.append(f"           {printable(action.reason)}")
        lines += [f"  note: {printable(note)}" for note in plan.notes]
    for problem in problems:
        word = "error" if problem.blocking else "note"
        lines.append(f"{word}: {printable(problem.subject)}: {printable(problem.message)}")
    return "\n".join(lines)
