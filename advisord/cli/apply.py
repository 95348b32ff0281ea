"""`advisord apply`: do what the plan says."""

import json
from collections.abc import Sequence
from typing import Any

from advisord.cli.options import Parser, add_config
from advisord.cli.plan import SCHEMA
from advisord.cli.working import chosen, opened, settings_of, status
from advisord.cycle import track
from advisord.cycle.said import applied_problems, applied_sentences, as_problem
from advisord.cycle.work import Work
from advisord.errors import AdvisordError, UsageError
from advisord.model.plan import Plan, plan_from
from advisord.model.problem import Problem
from advisord.source_settings import RepositorySettings

_EPILOG = """\
Without --plan the plan is made anew from what the database holds. With it, exactly that plan is carried out, and
nothing at all when the tracker has changed since it was made. --only picks actions: by an issue's number, its key (as
`advisord plan --format json` shows it) or a verb: open, update, comment, close, reopen, relabel.
Exit status: 0; 2 bad usage or configuration; 3 something could not be done."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("apply", epilog=_EPILOG)
    add_config(parser)
    parser.add_argument("--repository", metavar="NAME", action="append", help="only this one (repeatable)")
    parser.add_argument("--plan", metavar="FILE", help="a plan that `advisord plan --format json` wrote")
    parser.add_argument(
        "--only", metavar="KEY|NUMBER|VERB", action="append", default=[], help="only these actions (repeatable)"
    )
    options = parser.parse_args(arguments)

    settings = settings_of(options.config)
    made = _read(options.plan) if options.plan else None
    problems: list[Problem] = []
    plans: list[Plan] = []
    with opened(settings) as work:
        for repository in chosen(work.settings, options.repository or (list(made) if made is not None else None)):
            if made is None:
                plans += _made(work, repository, problems)
            elif repository.name in made:
                plans += made[repository.name]
            else:
                raise UsageError(f"{options.plan} has no plan for {repository.name!r}")
        if unknown := track.unknown(options.only, plans):
            raise UsageError(
                f"no action of the plan is {unknown[0]!r}: it names an issue's number or key, or a verb",
                hint="`advisord plan` shows the actions",
            )
        for plan in plans:
            try:
                applied = work.apply(plan, options.only)
            except AdvisordError as exc:
                problems.append(as_problem(exc, plan.repository))
            else:
                for sentence in applied_sentences(plan.repository, applied):
                    print(sentence)
                problems += applied_problems(plan, applied)
    for problem in problems:
        print(f"{'error' if problem.blocking else 'note'}: {problem.subject}: {problem.message}")
    return status(problems)


def _made(work: Work, repository: RepositorySettings, problems: list[Problem]) -> Sequence[Plan]:
    try:
        assessment, plans = work.plans(repository)
    except AdvisordError as exc:
        problems.append(as_problem(exc, repository.name))
        return ()
    problems += assessment.problems
    return plans


def _read(path: str) -> dict[str, list[Plan]]:
    """The plans of a file by repository."""
    try:
        with open(path, encoding="utf-8") as file:
            document: Any = json.load(file)
        if document["schema"] != SCHEMA:
            raise UsageError(f"{path} is not a plan of this release: its schema is {document['schema']!r}")
        found: dict[str, list[Plan]] = {}
        for plan in map(plan_from, document["plans"]):
            found.setdefault(plan.repository, []).append(plan)
    except OSError as exc:
        raise UsageError(f"the plan can't be read: {exc.strerror}", hint=path) from exc
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise UsageError(f"{path} is not a plan that `advisord plan --format json` wrote: {exc!r}") from exc
    return found
