"""`advisord run`: every step in its rhythm, a clean end, and a loud one."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from daemon_parts import FakeWork, configuration, run, stop

from advisord.cycle.work import Work
from advisord.daemon.rhythm import Rhythm
from advisord.daemon.steps import steps
from advisord.errors import SettingsError, StoreError
from advisord.model.problem import Problem
from advisord.settings import Settings
from advisord.source_settings import OrganisationSettings
from advisord.store.database import open_writer
from advisord.store.lease import Lease

FIRST = ["feed github", "feed osv", "feed rustsec", "repository shop"]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The signal handlers are as before, and no thread is left."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    assert before == {number: signal.getsignal(number) for number in before}
    assert "pulse" not in {thread.name for thread in threading.enumerate()}


def test_steps(tmp_path: Path) -> None:
    """Feeds first, then repositories, each with its own rhythm."""
    work = cast(Work, FakeWork(configuration(tmp_path)))
    assert [(step.name, step.every) for step in steps(work)] == [(name, 3600.0) for name in FIRST]


def test_a_new_repository_of_an_organisation_is_read_at_once(tmp_path: Path) -> None:
    """What the listing brings or takes away is arranged before the next step; the others keep their times."""
    octo = OrganisationSettings.model_validate({"name": "octo", "kind": "github", "tracker": "notes"})

    def with_octo(*names: str) -> Settings:
        return configuration(tmp_path, *names).model_copy(update={"organisations": (octo,)})

    def act(name: str) -> None:
        if name == "octo":
            work.settings = with_octo("new", "shop")
        if {"repository new", "repository shop"} <= set(work.done):
            stop()

    work = FakeWork(with_octo("old", "shop"), act)
    work.attempted = {"repository shop": "2026-01-02", "repository old": "2026-01-01"}
    assert run(work, tmp_path)
    assert work.done[:4] == ["feed github", "feed osv", "feed rustsec", "organisation octo"]
    assert sorted(work.done[4:]) == ["repository new", "repository shop"]


def test_it_works_at_once_and_drains_on_sigterm(tmp_path: Path) -> None:
    """Every step is done at the start, in order; a step under way when SIGTERM comes is finished, no other begun."""
    finished = []

    def act(name: str) -> None:
        if name == "rustsec":
            stop()
            time.sleep(0.2)
            finished.append(name)

    work = FakeWork(configuration(tmp_path), act)
    assert run(work, tmp_path)
    assert work.done == FIRST[:3]
    assert finished == ["rustsec"]


def test_oldest_first(tmp_path: Path) -> None:
    """After a restart, what was tried longest ago comes first, feeds still before repositories."""
    work = FakeWork(configuration(tmp_path, "a", "b", "c"), lambda name: stop() if name == "a" else None)
    work.attempted = {"feed github": "2026-01-03", "feed osv": "2026-01-01", "repository a": "2026-01-02"}
    assert run(work, tmp_path)
    assert work.done == ["feed rustsec", "feed osv", "feed github", "repository b", "repository c", "repository a"]


def test_a_change_of_a_feed_wakes(tmp_path: Path) -> None:
    """Once all feeds are done, before anything else, whom it concerns and who is still configured; the rest is as it was."""
    work = FakeWork(configuration(tmp_path, "a", "b", "c"))

    def act(name: str) -> None:
        if name == "github":
            work.concerned += ["gone", "b"]
        if name == "c":
            stop()

    work._act = act
    assert run(work, tmp_path)
    assert work.done == [*FIRST[:3], "wake b", "repository a", "repository b", "repository c"]


def test_a_feed_wakes_between_the_rounds(tmp_path: Path) -> None:
    """Nobody waits for the next round: it begins long after."""
    settings = configuration(tmp_path, "a", "b", every="1s")
    work = FakeWork(settings.model_copy(update={"run": settings.run.model_copy(update={"repositories_every": 60.0})}))

    def act(name: str) -> None:
        if name == "osv" and work.done.count("feed osv") == 2:
            work.concerned += ["b"]
        if name == "wake b":
            stop()

    work._act = act
    assert run(work, tmp_path)
    assert work.done.count("repository b") == work.done.count("wake b") == 1
    assert work.done.index("wake b") > 5


@pytest.mark.parametrize("second", [False, True])
def test_a_step_that_takes_too_long_is_cut(tmp_path: Path, second: bool) -> None:
    """When the time to drain is over, or a second signal comes, the step ends at once and cleans up after itself."""
    cleaned = []

    def act(_: str) -> None:
        stop()
        if second:
            threading.Timer(0.1, stop).start()
        try:
            time.sleep(30)
        finally:
            cleaned.append(1)

    began = time.monotonic()
    assert not run(FakeWork(configuration(tmp_path, drain="60s" if second else "1s"), act), tmp_path)
    assert time.monotonic() - began < 5
    assert cleaned == [1]


def test_a_step_that_dies_ends_the_daemon_loudly(tmp_path: Path) -> None:
    """An error that is not data (the database is gone) is raised, not logged and forgotten."""

    def act(name: str) -> None:
        if name == "osv":
            raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        run(FakeWork(configuration(tmp_path), act), tmp_path)


def test_a_dead_side_thread_ends_the_daemon_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in the middle of a step."""

    def broken(_: object) -> None:
        raise RuntimeError("no thread any more")

    monkeypatch.setattr("advisord.daemon.pulse.Pulse.check", broken)
    with pytest.raises(RuntimeError, match="no thread any more"):
        run(FakeWork(configuration(tmp_path), lambda _: time.sleep(30)), tmp_path)


def test_a_loop_that_hangs_ends_the_daemon_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no service manager looks after it."""

    def hanging(_: object) -> None:
        raise StoreError("no progress", code="stalled")

    monkeypatch.setattr("advisord.daemon.pulse.Pulse.check", hanging)
    monkeypatch.setattr("advisord.daemon.loop.Daemon._between", lambda _: time.sleep(60))
    begun = time.monotonic()
    with pytest.raises(StoreError, match="no progress"):
        run(FakeWork(configuration(tmp_path)), tmp_path)
    assert time.monotonic() - begun < 30


def test_one_instance_per_store(tmp_path: Path) -> None:
    """A second one says who holds the store; when the first has ended, the store is free."""
    settings = configuration(tmp_path)
    db = open_writer(settings.store.path)
    other = Lease(db, "daemon")
    assert other.claim(60)
    with pytest.raises(StoreError, match=f"works on this store: process {os.getpid()} on") as caught:
        run(FakeWork(settings), tmp_path)
    assert caught.value.exit_code == 3
    other.release()
    assert run(FakeWork(settings, lambda _: stop()), tmp_path)
    assert other.claim(60)
    db.close()


def test_failures_wait_longer_and_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A failing feed comes again, sooner at first; a repository with bad content keeps its rhythm."""
    times: list[float] = []

    def act(name: str) -> list[Problem]:
        if name == "osv":
            times.append(time.monotonic())
            if len(times) < 3:
                return [Problem("connection", "osv", "no answer")]
            stop()
        return [Problem("unreadable-lockfile", "shop main Cargo.lock", "torn")] if name == "shop" else []

    work = FakeWork(configuration(tmp_path, every="4s"), act)
    assert run(work, tmp_path)
    assert work.done.count("feed osv") == 3
    assert 0.8 <= times[1] - times[0] < 2.5
    assert times[2] - times[1] > times[1] - times[0]
    out = capsys.readouterr().out
    assert "note: feed osv: attempt 1 failed (connection); the next comes later" in out
    assert "feed osv: well again after 2 failures" in out
    assert "repository shop: attempt" not in out


def test_sighup_reads_the_configuration_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is new is done at once, what is gone no more, and the rest keeps its rhythm, also in the middle of a round."""
    after = configuration(tmp_path, "b", "c")

    def act(name: str) -> None:
        if name == "osv":
            os.kill(os.getpid(), signal.SIGHUP)
        if name == "c":
            stop()

    work = FakeWork(configuration(tmp_path, "a", "b"), act)
    assert run(work, tmp_path, lambda: after)
    assert work.done == [*FIRST[:3], "repository b", "repository c"]
    assert work.settings is after
    assert "the configuration was read again; 5 steps, 2 changed" in capsys.readouterr().out


def test_a_bad_configuration_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its mistakes are told, and the one before it stays; so is another store."""
    answers: list[Callable[[], Settings]] = [
        lambda: (_ for _ in ()).throw(SettingsError("one problem in it", problems=(("run.log", "line 3: wrong"),))),
        lambda: configuration(tmp_path / "elsewhere"),
    ]

    def act(name: str) -> None:
        if answers:
            os.kill(os.getpid(), signal.SIGHUP)
        if name == "shop":
            stop()

    before = configuration(tmp_path)
    work = FakeWork(before, act)
    assert run(work, tmp_path, lambda: answers.pop(0)())  # noqa: PLW0108  (another one each time)
    assert work.settings is before
    assert work.done == FIRST
    err = capsys.readouterr().err
    assert "one problem in it: run.log: line 3: wrong; the configuration before it stays" in err
    assert "the store can't be changed while advisord runs" in err


def test_a_configuration_that_is_well_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After a refusal it is said, also when nothing has changed since; the next time it is a reading as any other."""
    before = configuration(tmp_path)
    answers: list[Callable[[], Settings]] = [
        lambda: (_ for _ in ()).throw(SettingsError("one problem in it")),
        lambda: before,
        lambda: before,
    ]

    def act(name: str) -> None:
        if answers:
            os.kill(os.getpid(), signal.SIGHUP)
        if name == "shop":
            stop()

    assert run(FakeWork(before, act), tmp_path, lambda: answers.pop(0)())  # noqa: PLW0108  (another one each time)
    out = capsys.readouterr().out
    assert out.count("the configuration is well again; ") == 1
    assert out.index("is well again") < out.index("was read again")


def test_a_changed_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any signal, when the file has settled."""
    monkeypatch.setattr("advisord.daemon.loop._TURN", 0.05)
    file = tmp_path / "advisord.toml"

    def act(name: str) -> None:
        if name == "shop":
            file.write_text("# new")
        if name == "second":
            stop()

    work = FakeWork(configuration(tmp_path), act)
    assert run(work, tmp_path, lambda: configuration(tmp_path, "shop", "second"))
    assert work.done == [*FIRST, "repository second"]


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_the_clock_jumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], jump: float
) -> None:
    """A clock that was set back does not silence the daemon; the jump is told once."""
    monkeypatch.setattr("advisord.daemon.loop._TURN", 0.05)
    real = time.time
    shift = 0.0
    monkeypatch.setattr("advisord.daemon.loop.time.time", lambda: real() + shift)
    moved: list[Any] = []

    def modify(job: Any, **changes: Any) -> None:
        moved.append((changes["next_run_time"] - job.next_run_time).total_seconds())

    monkeypatch.setattr("apscheduler.job.Job.modify", modify)

    def act(name: str) -> None:
        nonlocal shift
        if name == "shop":
            shift = jump
            threading.Timer(0.5, stop).start()

    assert run(FakeWork(configuration(tmp_path), act), tmp_path)
    assert capsys.readouterr().out.count("the clock jumped by") == 1
    assert [round(seconds) for seconds in moved] == ([-86400] * 4 if jump < 0 else [])


def test_a_clock_that_was_wrong_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that got its time from it does not wait until then, also when nobody saw the clock jump."""
    monkeypatch.setattr("advisord.daemon.loop._TURN", 0.05)
    monkeypatch.setattr("advisord.daemon.loop._JUMP", 0.1)
    right = Rhythm.get_next_fire_time

    def told(rhythm: Rhythm, before: Any, now: Any) -> Any:
        moment = right(rhythm, before, now)
        assert moment
        return moment + timedelta(days=1)

    monkeypatch.setattr(Rhythm, "get_next_fire_time", told)

    def act(name: str) -> None:
        if name == "shop" and work.done.count("repository shop") == 2:
            stop()

    work = FakeWork(configuration(tmp_path, every="1s"), act)
    limit = threading.Timer(20, stop)
    limit.start()
    assert run(work, tmp_path)
    limit.cancel()
    assert work.done.count("repository shop") == 2


def test_the_manager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready, what is done, reloading, stopping; and its watchdog."""
    said: list[str] = []
    monkeypatch.setattr("advisord.daemon.notify.Notifier.__call__", lambda _, *lines, **__: said.extend(lines))

    def act(name: str) -> None:
        if name == "osv":
            os.kill(os.getpid(), signal.SIGHUP)
        if name == "shop":
            time.sleep(0.1)
            stop()

    assert run(FakeWork(configuration(tmp_path), act), tmp_path)
    told = [line for line in said if not line.startswith(("MONOTONIC", "WATCHDOG"))]
    assert told[:3] == ["READY=1", "STATUS=feed github", "STATUS=feed osv"]
    assert told[told.index("RELOADING=1") + 1] == "READY=1"
    assert "STOPPING=1" in told
    assert "WATCHDOG=1" in said


class Waiting(FakeWork):
    """Repositories that have to wait for git; `let_go` is called when one of them is asked about."""

    def __init__(self, settings: Settings, act: Callable[[str], object], let_go: Callable[[str, Any], object]) -> None:
        super().__init__(settings, act)
        self.answered: set[str] = set()
        self.looks = 0
        self.closed = False
        self._let_go = let_go

    def ready(self, repository: Any, told: Any) -> bool:
        """Whether it was answered."""
        self.looks += 1
        if repository.name not in self.answered:
            self._let_go(repository.name, told)
        return repository.name in self.answered

    def close(self) -> None:
        """Nobody waits any more."""
        self.closed = True


def test_who_waits_for_git_holds_up_nobody(tmp_path: Path) -> None:
    """The others go on; it has its turn as soon as git has answered, and nobody asks for it all the time."""

    def answer(name: str, told: Callable[[], object]) -> None:
        work.answered.add(name)
        told()

    def let_go(name: str, told: Callable[[], object]) -> None:
        if name != "slow":
            work.answered.add(name)
        elif work.looks == 1:
            threading.Timer(0.6, answer, [name, told]).start()

    work = Waiting(configuration(tmp_path, "slow", "a", "b"), lambda name: stop() if name == "slow" else None, let_go)
    begun = time.monotonic()
    assert run(work, tmp_path)
    assert work.done[3:] == ["repository a", "repository b", "repository slow"]
    assert 0.5 < time.monotonic() - begun < 30
    assert work.looks < 40
    assert work.closed


def test_the_end_does_not_wait_for_git(tmp_path: Path) -> None:
    """SIGTERM while only git is waited for: nothing of ours is under way."""
    begun = time.monotonic()
    work = Waiting(
        configuration(tmp_path, "slow"), lambda _: None, lambda _name, _told: threading.Timer(0.2, stop).start()
    )
    assert run(work, tmp_path)
    assert work.done == FIRST[:3]
    assert time.monotonic() - begun < 30
    assert work.closed
