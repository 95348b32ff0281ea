"""The quick sync of a scan: only the feeds and ecosystems that the local database lacks, or has too old."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime
from sqlite3 import Connection

from advisord.cli.progress import Watch
from advisord.cli.working import clock
from advisord.cycle.plugs import Plugs
from advisord.cycle.poll import poll
from advisord.errors import AdvisordError
from advisord.model.problem import Problem
from advisord.settings import FeedSettings
from advisord.store import feeds
from advisord.store.database import open_writer
from advisord.times import stamp
from advisord.versions import is_known

_FIRST = "osv"
"""The feed that has every ecosystem, each by itself."""


def refresh(
    path: str, ecosystems: Iterable[str], doubts: Callable[[Connection], Sequence[Problem]], now: datetime
) -> list[Problem]:
    """Bring the database up to date as far as `doubts` (see `scan.trust`) about these ecosystems ask for it.

    A feed comes from where it came before, at first from its own address; OSV from where ADVISORD_OSV says, if it does.
    The problems say what failed: what the database holds stays as old as it was.
    """
    problems = []
    watch = Watch()
    try:
        with closing(open_writer(path)) as db, Plugs(os.path.dirname(path) or ".", clock) as plugs:
            for name, settings in _wanted(db, sorted(filter(is_known, ecosystems)), doubts(db)).items():
                feed, source = plugs.feed(name, settings)
                if failed := poll(db, feed, source, stamp(now), watch).problem:
                    problems.append(_failed(failed))
    except AdvisordError as exc:
        problems.append(_failed(Problem(exc.code, exc.subject, exc.message)))
    finally:
        watch.pause()
    return problems


def _failed(problem: Problem) -> Problem:
    how = "`advisord sync --from FOLDER` reads a mirror, --online asks OSV's API"
    return problem._replace(message=f"the quick sync failed: {problem.message}; {how}")


def _wanted(db: Connection, ecosystems: Sequence[str], doubts: Iterable[Problem]) -> dict[str, FeedSettings]:
    """The feeds to poll."""
    stale = {doubt.subject for doubt in doubts if doubt.code == "stale-data"}
    missing = [doubt.subject for doubt in doubts if doubt.code == "no-data"]
    sources = {state.name: state.source for state in feeds.states(db) if state.as_of}
    if mirror := os.environ.get("ADVISORD_OSV"):
        sources[_FIRST] = mirror
    wanted = {}
    for name in sorted(stale | ({_FIRST} if missing else set())):
        source = sources.get(name, "")
        # A relative one meant another folder: here it may be a file of the repository that is looked at.
        if not source or "://" in source or os.path.isabs(source):
            only = tuple(ecosystems if name in stale else missing) if name == _FIRST else None
            wanted[name] = FeedSettings(source=source, ecosystems=only)
    return wanted
