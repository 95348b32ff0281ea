"""`advisord run`: the steps again and again, each feed and each repository in its own rhythm."""

import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from types import FrameType

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from advisord.cycle.work import Work


def run(work: Work) -> None:
    """Work until SIGTERM or SIGINT; the step that is under way is finished first.

    One thread does all the steps, feeds before repositories at the start, so that the database has one writer. A step
    that comes late runs once, however often it was missed. An error that is not data ends the daemon: it is raised.
    """
    scheduler = BlockingScheduler(
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    for place, (name, step, every) in enumerate(steps(work)):
        begin = datetime.now(UTC) + timedelta(milliseconds=place)
        scheduler.add_job(step, "interval", seconds=every, id=name, next_run_time=begin)

    failures: list[BaseException] = []

    def failed(event: JobExecutionEvent) -> None:
        failures.append(event.exception)
        # From another thread: a scheduler can't wait for the thread that asks it to stop.
        Thread(target=scheduler.shutdown, daemon=True).start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        scheduler.shutdown()

    scheduler.add_listener(failed, EVENT_JOB_ERROR)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    scheduler.start()
    if failures:
        raise failures[0]


def steps(work: Work) -> list[tuple[str, Callable[[], object], float]]:
    """Every step of the configuration: name, what to do, and every how many seconds."""
    settings = work.settings
    feeds = [
        (f"feed {name}", lambda name=name, feed=feed: work.feed(name, feed), settings.run.feeds_every)
        for name, feed in settings.feeds.items()
        if feed.enabled
    ]
    repositories = [
        (f"repository {one.name}", lambda one=one: work.repository(one), settings.run.repositories_every)
        for one in settings.repositories
    ]
    return [*feeds, *repositories]
