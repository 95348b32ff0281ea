"""Pages that end by themselves end what they are served beside."""

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, cast

import pytest

from advisord.errors import SettingsError
from advisord.settings import Settings, Web
from advisord.web.beside import Beside

if TYPE_CHECKING:
    from advisord.web.server import Service


class _Fake:
    """Serves until it is stopped, or fails at once."""

    address = "http://fake"

    def __init__(self, settings: Settings, failure: Exception | None) -> None:
        self.listen = (settings.web or Web()).listen
        self._failure = failure
        self._over = threading.Event()

    def run(self) -> None:
        if self._failure:
            raise self._failure
        self._over.wait(20)

    def stop(self) -> None:
        self._over.set()


def _beside(failure: Exception | None, said: list[str]) -> Beside:
    return Beside(lambda settings: cast("Service", _Fake(settings, failure)), said.append)


def test_a_failure_ends_the_other_and_is_raised() -> None:
    """Nobody believes that the pages are there when they are not."""
    ended = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        pages = _beside(ValueError("broken"), [])
        pages.follow(Settings(web=Web()))
        assert ended.wait(20)
        with pytest.raises(ValueError, match="broken"):
            pages.__exit__(None, None, None)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_without_a_table_nothing_is_served() -> None:
    """Nor is anything said."""
    said: list[str] = []
    with _beside(None, said) as pages:
        pages.follow(Settings())
        assert (said, [one for one in threading.enumerate() if one.name == "web"]) == ([], [])


def test_what_can_t_be_leaves_what_was() -> None:
    """The old pages go on when the new ones can't be had."""
    said: list[str] = []

    def listen(settings: Settings) -> "Service":
        if (settings.web or Web()).listen.endswith(":2"):
            raise SettingsError("can't listen there")
        return cast("Service", _Fake(settings, None))

    with Beside(listen, said.append) as pages:
        pages.follow(Settings(web=Web(listen="127.0.0.1:1")))
        with contextlib.suppress(SettingsError):
            pages.follow(Settings(web=Web(listen="127.0.0.1:2")))
        assert [one.name for one in threading.enumerate()].count("web") == 1
        pages.follow(Settings(web=Web(listen="127.0.0.1:3")))
        pages.follow(Settings())
    assert said == ["listening on http://fake"] * 2 + ["the pages are not served any more"]
