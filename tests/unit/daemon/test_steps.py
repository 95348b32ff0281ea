"""The steps of a configuration: telling is one of them, where there is somebody to tell."""

from typing import cast

from advisord.cycle.work import Work
from advisord.daemon.steps import steps
from advisord.model.problem import Problem
from advisord.settings import Settings

CHANNELS = {"notifications": {"chat": {"kind": "chat", "url_env": "CHAT"}}, "feeds": {}}


class Telling:
    """Work that tells, and fails to."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.told = 0

    def notify(self) -> list[Problem]:
        """A channel fails."""
        self.told += 1
        return [Problem("notifications", "notifications.chat", "no answer")]


def test_what_is_due_is_sent_every_minute() -> None:
    """Its queue knows when a channel that failed is tried again: the step itself is never put off for one of them."""
    work = Telling(Settings.model_validate(CHANNELS))
    (step,) = steps(cast(Work, work))
    assert (step.name, step.every, step.settings) == ("notify", 60.0, work.settings.notifications)
    assert list(step.act()) == []
    assert work.told == 1


def test_nobody_to_tell() -> None:
    """Without channels there is no such step."""
    assert steps(cast(Work, Telling(Settings.model_validate({"feeds": {}})))) == []
