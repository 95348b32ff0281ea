"""The daemon with work that only writes down what it is asked to do."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from advisord import daemon
from advisord.cycle.work import Work
from advisord.daemon.log import Log
from advisord.settings import Settings


class FakeWork:
    """Work that only writes down what it is asked to do."""

    def __init__(self, settings: Settings, act: Callable[[str], object] = lambda _: None) -> None:
        self.settings = settings
        self.done: list[str] = []
        self.failed: set[str] = set()
        self.attempted: dict[str, str] = {}
        self.concerned: list[str] = []
        self._act = act

    def watch(self) -> None:
        """Which repositories are watched."""

    def attempts(self) -> dict[str, str]:
        """When each step was last tried."""
        return self.attempted

    def begin(self) -> None:
        """Nothing is new here."""

    def feed(self, name: str, _settings: object) -> Any:
        """One feed."""
        self.done.append(f"feed {name}")
        return self._act(name) or []

    def ready(self, _repository: Any, _told: Any) -> bool:
        """Nothing is waited for."""
        return True

    def close(self) -> None:
        """Nothing is under way."""

    def woken(self) -> list[str]:
        """The repositories that the feeds' changes concern."""
        names, self.concerned = self.concerned, []
        return names

    def wake(self, repository: Any) -> Any:
        """One repository, because of a feed."""
        self.done.append(f"wake {repository.name}")
        return self._act(f"wake {repository.name}") or []

    def organisation(self, organisation: Any) -> Any:
        """One organisation."""
        self.done.append(f"organisation {organisation.name}")
        return self._act(organisation.name) or []

    def repository(self, repository: Any) -> Any:
        """One repository."""
        self.done.append(f"repository {repository.name}")
        return self._act(repository.name) or []


def configuration(folder: Path, *names: str, every: str = "1h", drain: str = "5s") -> Settings:
    """Three feeds and some repositories."""
    return Settings.model_validate(
        {
            "store": {"path": str(folder / "x.db")},
            "trackers": {"notes": {"kind": "local", "folder": "x"}},
            "repositories": [{"name": name, "git": name, "tracker": "notes"} for name in names or ("shop",)],
            "run": {"feeds_every": every, "repositories_every": every, "drain": drain},
        }
    )


def run(work: FakeWork, folder: Path, load: Callable[[], Settings] | None = None) -> bool:
    """The daemon at this work."""
    config = folder / "advisord.toml"
    if not config.exists():
        config.write_text("")
    return daemon.run(
        cast(Work, work),
        Log("text", lambda: pytest.fail("no clock in text")),
        str(config),
        load or (lambda: work.settings),
    )


def stop() -> None:
    """End the daemon, as a service manager does."""
    os.kill(os.getpid(), signal.SIGTERM)
