"""What the commands with a configuration share: opening it, and saying what happens."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from sqlite3 import Connection

from advisord.cli.progress import Watch
from advisord.cycle import recorded
from advisord.cycle.plugs import Plugs
from advisord.cycle.work import Say, Work
from advisord.errors import UsageError
from advisord.model.problem import Problem
from advisord.reports.plain import printable
from advisord.settings import Settings, load
from advisord.source_settings import RepositorySettings
from advisord.store.database import open_writer, telling

DEFAULT_CONFIG = "advisord.toml"
"""The configuration in the current folder, used when none is named."""


def settings_of(config: str | None) -> Settings:
    """The named configuration, else the advisord.toml of the current folder."""
    if config is None and not os.path.exists(DEFAULT_CONFIG):
        raise UsageError(
            f"no configuration: there is no {DEFAULT_CONFIG} here",
            hint="name one with --config FILE; `advisord manual advisord.toml` prints an example",
        )
    return load(config or DEFAULT_CONFIG)


@contextlib.contextmanager
def opened(
    settings: Settings, say: Say | None = None, progress: Callable[[str, int], None] | None = None
) -> Iterator[Work]:
    """A configuration at work on its database. `say` and `progress` replace the usual lines."""
    path = settings.store.path
    with (
        telling(path),
        contextlib.closing(open_writer(path)) as db,
        Plugs(os.path.dirname(path), clock) as plugs,
    ):
        recorded.configuration(db, settings, clock())
        with contextlib.closing(worker(settings, db, plugs, say, progress)) as work:
            yield work


def worker(
    settings: Settings,
    db: Connection,
    plugs: Plugs,
    say: Say | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Work:
    """Work with the real clock, which says what it does line by line."""
    watch = Watch()

    def aloud(text: str) -> None:
        watch.pause()
        print(printable(text), file=sys.stderr if text.startswith("error:") else sys.stdout, flush=True)

    return Work(settings, db, plugs, clock=clock, sleep=time.sleep, say=say or aloud, progress=progress or watch)


def chosen(settings: Settings, names: Sequence[str] | None) -> Sequence[RepositorySettings]:
    """The repositories of these names, all without names."""
    if not names:
        return settings.repositories
    by_name = {repository.name: repository for repository in settings.repositories}
    if unknown := [name for name in names if name not in by_name]:
        raise UsageError(f"no repository is called {unknown[0]!r}", hint=f"configured: {', '.join(by_name) or 'none'}")
    return [by_name[name] for name in names]


def status(problems: Sequence[Problem]) -> int:
    """The exit status of a run: 3 when something that matters could not be done."""
    return 3 if any(problem.blocking for problem in problems) else 0


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)
