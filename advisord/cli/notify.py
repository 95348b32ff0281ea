"""`advisord notify`: tell the channels what is news, and try one."""

import contextlib
import os
from collections.abc import Sequence
from secrets import token_hex

from advisord.cli.options import Parser, add_config
from advisord.cli.working import clock, opened, settings_of, status
from advisord.cycle.plugs import Plugs
from advisord.cycle.said import as_problem
from advisord.cycle.work import Work
from advisord.errors import AdvisordError, UsageError
from advisord.model.notice import Event, Notice, Parcel, Word
from advisord.model.problem import Problem
from advisord.settings import Settings
from advisord.store import notices
from advisord.store.database import open_writer
from advisord.times import stamp

_EPILOG = """\
`advisord run` does this by itself; whoever calls `advisord sync`, `plan` and `apply` one by one calls this at the end.
--test sends one notice that says that it is a test. --again tries at once what the channel has refused, and what waits
because it failed.
Exit status: 0; 2 bad usage or configuration; 3 a channel did not take what it was sent."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("notify", epilog=_EPILOG)
    add_config(parser)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--test", metavar="NAME", help="send a test to this channel, and nothing else")
    chosen.add_argument("--again", metavar="NAME", help="try again what this channel has refused, or failed to take")
    options = parser.parse_args(arguments)

    settings = settings_of(options.config)
    for name in filter(None, (options.test, options.again)):
        if name not in settings.notifications:
            known = ", ".join(settings.notifications) or "none"
            raise UsageError(f"no channel of [notifications] is called {name!r}", hint=f"configured: {known}")
    if options.test:
        return _test(settings, options.test)
    if options.again:
        with contextlib.closing(open_writer(settings.store.path)) as db:
            count = notices.Queue(db, options.again).again()
        print(f"{options.again}: {count} refused notices are tried again")
    with opened(settings) as work:
        told = [] if options.again else _told(work, settings)
        return status([*told, *work.notify()])


def _test(settings: Settings, name: str) -> int:
    now = stamp(clock())
    identifier = f"msg_test{token_hex(12)}"
    words = (Word("This is a test of the channel "), Word(name, "code"), Word(": advisord can tell you things here."))
    notice = Notice(identifier, Event.TEST, now, words)
    with Plugs(os.path.dirname(settings.store.path), clock) as plugs:
        note = plugs.channel(name, settings.notifications[name]).send(Parcel(identifier, now, (notice,)))
    print(f"{name}: taken{f', but {note}' if note else ''}")
    return 3 if note else 0


def _told(work: Work, settings: Settings) -> list[Problem]:
    """Put down what is news, by what is stored."""
    problems: list[Problem] = []
    for repository in settings.repositories:
        try:
            problems += work.tell(repository, work.assess(repository))
        except AdvisordError as exc:
            problems.append(as_problem(exc, repository.name))
    for problem in problems:
        print(f"error: {problem.subject}: {problem.message}")
    return problems
