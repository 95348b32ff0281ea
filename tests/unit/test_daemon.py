"""`advisord run`: every step in its rhythm, a clean end, and a loud one."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from advisord import daemon
from advisord.cycle.work import Work
from advisord.settings import Settings


class FakeWork:
    """Work that only writes down what it is asked to do."""

    def __init__(self, settings: Settings, act: Callable[[str], object] = lambda _: None) -> None:
        self.settings = settings
        self.done: list[str] = []
        self._act = act

    def feed(self, name: str, _settings: object) -> None:
        """One feed."""
        self.done.append(f"feed {name}")
        self._act(name)

    def repository(self, repository: Any) -> None:
        """One repository."""
        self.done.append(f"repository {repository.name}")
        self._act(repository.name)


@pytest.fixture
def settings() -> Settings:
    """Three feeds and one repository, every hour."""
    return Settings.model_validate(
        {
            "trackers": {"notes": {"kind": "local", "folder": "x"}},
            "repositories": [{"name": "shop", "git": "shop", "tracker": "notes"}],
            "run": {"feeds_every": "1h", "repositories_every": "1h"},
        }
    )


@pytest.fixture(autouse=True)
def handlers() -> Any:
    """The signal handlers as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_steps(settings: Settings) -> None:
    """Feeds first, then repositories, each with its own rhythm."""
    work = cast(Work, SimpleNamespace(settings=settings))
    assert [(name, every) for name, _, every in daemon.steps(work)] == [
        ("feed github", 3600.0),
        ("feed osv", 3600.0),
        ("feed rustsec", 3600.0),
        ("repository shop", 3600.0),
    ]


def test_it_works_at_once_and_drains_on_sigterm(settings: Settings) -> None:
    """Every step is done at the start, in order; a step under way when SIGTERM comes is finished."""
    finished = []

    def act(name: str) -> None:
        if name == "shop":
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.2)
            finished.append(name)

    work = FakeWork(settings, act)
    daemon.run(cast(Work, work))
    assert work.done == ["feed github", "feed osv", "feed rustsec", "repository shop"]
    assert finished == ["shop"]


def test_a_step_that_dies_ends_the_daemon_loudly(settings: Settings) -> None:
    """An error that is not data (the database is gone) is raised, not logged and forgotten."""

    def act(name: str) -> None:
        if name == "osv":
            raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        daemon.run(cast(Work, FakeWork(settings, act)))
    assert threading.active_count() < 10
