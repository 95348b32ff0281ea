"""The daemon's loop: APScheduler's timetable, one step at a time, and what comes from outside between the steps."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from types import FrameType
from typing import Any

from apscheduler.executors.debug import DebugExecutor
from apscheduler.job import Job
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import BaseScheduler

from advisord.cycle.work import Work
from advisord.daemon.log import Log
from advisord.daemon.notify import Notifier
from advisord.daemon.pulse import Pulse
from advisord.daemon.rhythm import Rhythm
from advisord.daemon.steps import Step, steps
from advisord.errors import AdvisordError, SettingsError
from advisord.settings import Settings
from advisord.times import stamp

_TURN = 2.0
"""Seconds between two looks at the clock and the configuration file when nothing is due."""
_JUMP = 5.0
_STOPPING = (signal.SIGTERM, signal.SIGINT)


class _Cut(BaseException):
    """The step under way is to end now; raised by a signal handler, so that git is stopped and transactions rolled back."""


class _OneByOne(MemoryJobStore):  # type: ignore[misc]  # APScheduler has no types
    """Gives out one step at a time: of those that are ready the one that is due longest.

    But feeds first, for what they bring concerns the others.
    """

    def __init__(self, ready: Callable[[str], bool]) -> None:
        super().__init__()
        self._ready = ready
        self.waiting: set[str] = set()
        """The steps that are due, and not ready."""

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """The next step, if one is due and ready."""
        due = super().get_due_jobs(now)
        self.waiting = set()
        for job in [job for job in due if job.id.startswith("feed ")] or due:
            if self._ready(job.id):
                return [job]
            self.waiting.add(job.id)
        return []

    def get_next_run_time(self) -> datetime | None:
        """When the next step is due, but for those that wait: somebody will say when they are ready."""
        return next((job.next_run_time for job in self.get_all_jobs() if job.id not in self.waiting), None)


class Daemon(BaseScheduler):  # type: ignore[misc]  # APScheduler has no types
    """Carries out the steps of a configuration until it is told to stop.

    Everything but asking git happens in the main thread, one step after the other; so the database has one writer, and a
    signal can end a step that takes too long. Once no feed is due any more, the repositories that the feeds' changes concern are seen to
    before all others. `load` reads the configuration at `path` again, `follow` is told of it and may refuse it.
    """

    def __init__(
        self,
        work: Work,
        log: Log,
        pulse: Pulse,
        notifier: Notifier,
        path: str,
        load: Callable[[], Settings],
        follow: Callable[[Settings], object],
    ) -> None:
        self._timetable = _OneByOne(self._is_ready)
        super().__init__(
            executors={"default": DebugExecutor()},
            jobstores={"default": self._timetable},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._work = work
        self._log = log
        self._pulse = pulse
        self._notifier = notifier
        self._path = path
        self._load = load
        self._follow = follow
        self._settings = work.settings
        self._rhythms: dict[str, tuple[Step, Rhythm]] = {}
        self._acting = self._reload = self._over = self._cut = False
        self._stopping: str = ""
        self._refused = False
        self._failure: BaseException | None = None
        self._file = self._seen = _version(path)
        self._offset = time.time() - time.monotonic()

    def wakeup(self) -> None:
        """Nothing: the loop looks at the timetable at every turn."""

    def shutdown(self, wait: bool = True) -> None:  # APScheduler asks every scheduler for it
        """Forget the timetable."""
        super().shutdown(wait)

    def run(self) -> bool:
        """Work until SIGTERM or SIGINT; whether the step under way came to its end. What is no data is raised."""
        self._arrange(first=True)
        super().start()
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._nudge = partial(_nudge, writing)
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, self._told) for number in (*_STOPPING, signal.SIGHUP, signal.SIGALRM)}
        try:
            self._pulse.start()
            self._notifier.ready()
            self._log("start", f"{len(self._rhythms)} steps; process {os.getpid()}")
            with selectors.DefaultSelector() as selector:
                selector.register(reading, selectors.EVENT_READ)
                wait: float | None = None
                while not self._over:
                    self._between()
                    if wait != 0:  # not in the middle of a round: every step is looked at
                        self._jumped()
                    wait = self._process_jobs()
                    self._pulse.beat()
                    if wait != 0 and not self._over:
                        self._wake()
                        self._idle()
                    if not self._over and selector.select(_TURN if wait is None else min(wait, _TURN)):
                        with suppress(BlockingIOError):
                            os.read(reading, 4096)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            self._work.close()  # before the pipe: until then other threads tell what is ready
            os.close(reading)
            os.close(writing)
            self._pulse.stop()
            self.shutdown()
        failure = self._failure or self._pulse.failure
        if failure:
            raise failure
        self._log("stop", "a step was cut off" if self._cut else "stopped; nothing was under way any more")
        return not self._cut

    def _told(self, number: int, _frame: FrameType | None) -> None:
        """A signal. Raises only in a step, or when all is over: everything else looks at what is noted here."""
        if number == signal.SIGHUP:
            self._reload = True
            return
        first, self._over = not self._over, True
        if number == signal.SIGALRM or not first:
            if self._acting:
                raise _Cut
            if self._pulse.failure:  # our own loop hangs, or waits
                raise self._pulse.failure
            return
        self._stopping = signal.Signals(number).name
        limit = self._work.settings.run.drain
        self._notifier.stopping()
        self._notifier.status(f"{self._stopping}: waiting up to {limit:.0f} s for the step under way")
        signal.setitimer(signal.ITIMER_REAL, max(limit, 0.001))

    def _between(self) -> None:
        """What may change while no step is under way: the configuration."""
        now = _version(self._path)
        # A file that is still being written changes again until the next turn.
        if now != self._file and now == self._seen:
            self._reload = True
        self._seen = now
        if self._reload:
            self._reload = False
            self._file = now
            self._load_again()
        if self._settings is not self._work.settings:
            changed = self._arrange()
            self._log("arrange", f"the repositories changed: {len(self._rhythms)} steps, {changed} changed")

    def _load_again(self) -> None:
        self._notifier.reloading()
        try:
            settings = self._load()
            if settings.store != self._work.settings.store:
                raise SettingsError(
                    "the store can't be changed while advisord runs", subject=self._path, hint="restart it"
                )
            self._follow(settings)
        except AdvisordError as exc:
            mistakes = "; ".join(f"{where}: {what}" for where, what in getattr(exc, "problems", ()))
            where = f"{exc.subject}: " if exc.subject not in {"", self._path} else ""
            text = f"{where}{exc.message}{': ' if mistakes else ''}{mistakes}"
            self._refused = True
            self._log("reload-refused", f"{self._path}: {text}; the configuration before it stays", level="error")
        else:
            self._work.settings = settings
            self._log.form = settings.run.log
            self._pulse.limit = settings.run.step_limit
            changed = self._arrange()
            how = "is well again" if self._refused else "was read again"
            self._refused = False
            self._log("reload", f"the configuration {how}; {len(self._rhythms)} steps, {changed} changed")
        self._notifier.ready()

    def _arrange(self, *, first: bool = False) -> int:
        """Make the timetable agree with the configuration: what is new or changed is due now. How many changed."""
        self._settings = self._work.settings
        wanted = {step.name: step for step in steps(self._work)}
        gone = self._rhythms.keys() - wanted.keys()
        for name in gone:
            del self._rhythms[name]
            self.remove_job(name)
        new = []
        for name, step in wanted.items():
            known = self._rhythms.get(name)
            if known and (known[0].settings, known[0].every) == (step.settings, step.every):
                self._rhythms[name] = (step, known[1])
                continue
            self._rhythms[name] = (step, Rhythm(step.every))
            new.append(step)
        if first:
            attempts = self._work.attempts()
            new.sort(key=lambda step: (step.action != "poll-feed", attempts.get(step.name, "")))
        now = datetime.now(UTC)
        for place, step in enumerate(new):
            self.add_job(
                self._act,
                self._rhythms[step.name][1],
                args=[step.name],
                id=step.name,
                next_run_time=now - timedelta(milliseconds=len(new) - place),
                replace_existing=True,
            )
        return len(new) + len(gone)

    def _act(self, name: str) -> None:
        """One step. It gives way when the daemon is to end, to read its configuration or to arrange its steps anew."""
        step, rhythm = self._rhythms[name]
        if self._over or self._reload or self._settings is not self._work.settings:
            rhythm.postpone()
            return
        if step.action != "poll-feed" and not self._wake():
            rhythm.postpone()
            return
        problems = self._carry_out(step, step.act)
        if problems is not None:
            self._ended(step, rhythm, problems)

    def _wake(self) -> bool:
        """See to the repositories that the feeds' changes concern; their own rhythm stays as it is. False: this is the end."""
        for name in self._work.woken():
            step, _ = self._rhythms.get(f"repository {name}", (None, None))
            if step and step.wake and not self._over:
                self._carry_out(step, step.wake)
        return not self._over

    def _is_ready(self, name: str) -> bool:
        return self._rhythms[name][0].ready(self._nudge)

    def _carry_out(self, step: Step, act: Callable[[], Sequence[Any]]) -> Sequence[Any] | None:
        """The problems of a step; None when it was cut off, or died."""
        name = step.name
        self._log.during(step.action, step.source)
        self._notifier.status(name)
        self._pulse.step(name)
        try:
            self._acting = True
            problems = act()
            self._acting = False
        except _Cut:
            self._cut = True
            self._log("cut", f"{name} was cut off; it is done again at the next start", level="error")
        except BaseException as exc:  # noqa: BLE001  (raised again by `run`: what is no data ends the daemon loudly)
            self._failure = exc
            self._over = True
        else:
            return problems
        finally:
            self._acting = False
            self._pulse.step("")
        return None

    def _ended(self, step: Step, rhythm: Rhythm, problems: Sequence[Any]) -> None:
        before = rhythm.failures
        rhythm.ended(well=not problems)
        if rhythm.failures:
            text = f"{step.name}: attempt {rhythm.failures} failed ({problems[0].code}); the next comes later"
            self._log("back-off", text, level="note", source=step.source)
        elif before:
            self._log("recovered", f"{step.name}: well again after {before} failures", source=step.source)

    def _jumped(self) -> None:
        """Keep the timetable when the clock was set; what is overdue after a sleep is due once.

        A step that was told its time by a clock that is right again, and was wrong between two looks, never waits
        longer than it was to.
        """
        offset = time.time() - time.monotonic()
        jump, self._offset = offset - self._offset, offset
        if abs(jump) >= _JUMP:
            self._log("clock-jump", f"the clock jumped by {jump:+.0f} s, or the machine slept", level="note")
        if jump <= -_JUMP:
            for job in self.get_jobs():
                job.modify(next_run_time=job.next_run_time + timedelta(seconds=jump))
        now = datetime.now(UTC)
        for job in self.get_jobs():
            latest = now + timedelta(seconds=self._rhythms[job.id][1].waits + _JUMP)
            if job.next_run_time > latest:
                job.modify(next_run_time=latest)

    def _idle(self) -> None:
        times = [job.next_run_time for job in self.get_jobs() if job.id not in self._timetable.waiting]
        waiting = f"waiting for git about {len(self._timetable.waiting)}; " if self._timetable.waiting else ""
        failing = sum(rhythm.failures > 0 for _, rhythm in self._rhythms.values())
        upcoming = f"next step at {stamp(min(times))}; " if times else ""
        refused = "the configuration was refused, the one before it stays; " if self._refused else ""
        self._notifier.status(f"{refused}{waiting}{upcoming}{len(self._rhythms)} steps, {failing} failing")


def _nudge(pipe: int) -> None:
    """Wake the loop up, from any thread. A full pipe is as good."""
    with suppress(BlockingIOError):
        os.write(pipe, b"\0")


def _version(path: str) -> tuple[int, int, int]:
    """What changes when a file is written or replaced."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)
