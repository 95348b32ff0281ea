"""`advisord apply`: do what the plan says."""

import json
from collections.abc import Sequence
from typing import Any

from advisord.cli.options import Parser, add_config
from advisord.cli.plan import SCHEMA
from advisord.cli.working import chosen, opened, settings_of, status
from advisord.cycle.work import applied_problems, applied_sentences, as_problem
from advisord.errors import AdvisordError, UsageError
from advisord.model.plan import Plan, plan_from
from advisord.model.problem import Problem

_EPILOG = """\
Without --plan the plan is made anew from what the database holds. With it, exactly that plan is carried out, and
nothing at all when the tracker has changed since it was made.
Exit status: 0; 2 bad usage or configuration; 3 something could not be done."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("apply", epilog=_EPILOG)
    add_config(parser)
    parser.add_argument("--repository", metavar="NAME", action="append", help="only this one (repeatable)")
    parser.add_argument("--plan", metavar="FILE", help="a plan that `advisord plan --format json` wrote")
    options = parser.parse_args(arguments)

    settings = settings_of(options.config)
    made = _read(options.plan) if options.plan else None
    problems: list[Problem] = []
    with opened(settings) as work:
        for repository in chosen(settings, options.repository or (list(made) if made is not None else None)):
            try:
                if made is None:
                    assessment, plan = work.plan(repository)
                    problems += assessment.problems
                elif repository.name in made:
                    plan = made[repository.name]
                else:
                    raise UsageError(f"{options.plan} has no plan for {repository.name!r}")
                applied = work.apply(repository, plan)
            except AdvisordError as exc:
                problems.append(as_problem(exc, repository.name))
            else:
                for sentence in applied_sentences(repository.name, applied):
                    print(sentence)
                problems += applied_problems(repository, applied)
    for problem in problems:
        print(f"{'error' if problem.blocking else 'note'}: {problem.subject}: {problem.message}")
    return status(problems)


def _read(path: str) -> dict[str, Plan]:
    """The plans of a file by repository."""
    try:
        with open(path, encoding="utf-8") as file:
            document: Any = json.load(file)
        if document["schema"] != SCHEMA:
            raise UsageError(f"{path} is not a plan of this release: its schema is {document['schema']!r}")
        return {plan["repository"]: plan_from(plan) for plan in document["plans"]}
    except OSError as exc:
        raise UsageError(f"the plan can't be read: {exc.strerror}", hint=path) from exc
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise UsageError(f"{path} is not a plan that `advisord plan --format json` wrote: {exc!r}") from exc
