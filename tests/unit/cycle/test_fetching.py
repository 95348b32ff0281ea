"""Asking git about several repositories at a time."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from advisord.cycle import fetching
from advisord.cycle.fetching import ABREAST, Fetched, Fetchers, Question
from advisord.cycle.refs import Refs
from advisord.net import gitrun
from advisord.net.mirror import Mirror

NOW = "2026-05-01T00:00:00Z"


class Git:
    """Answers when it is let go; writes down who was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = threading.Event()

    def __call__(self, question: Question) -> Fetched:
        """One answer."""
        self.asked.append(question.asked)
        self.go.wait(30)
        return Fetched(question.asked)


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch) -> Git:
    """A git that waits."""
    one = Git()
    monkeypatch.setattr(fetching, "fetch", one)
    return one


@pytest.fixture
def fetchers(git: Git) -> Iterator[Fetchers]:
    """Which is let go at the end."""
    one = Fetchers()
    yield one
    git.go.set()
    one.close()


def about(name: str) -> Callable[[], Question]:
    """A question."""
    return lambda: Question(Mirror(name, "/nowhere"), lambda _: Refs({}), (), None, {}, name)


def settled(condition: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_few_at_a_time(git: Git, fetchers: Fetchers) -> None:
    """Nobody is asked twice; who comes when all hands are full waits until an answer was taken."""
    names = [str(number) for number in range(ABREAST + 1)]
    told: list[int] = []
    for _ in range(2):
        assert not any(fetchers.ready(name, "", about(name), lambda: told.append(1)) for name in names)
    settled(lambda: len(git.asked) == ABREAST)
    assert not fetchers.is_asking(names[-1])
    git.go.set()
    settled(lambda: len(told) == ABREAST)
    assert fetchers.ready(names[0], "", about(names[0]))
    assert fetchers.take(names[0], "") == Fetched(names[0])
    assert fetchers.take(names[0], "") is None
    assert not fetchers.ready(names[-1], "", about(names[-1]))
    assert fetchers.take(names[-1], "") == Fetched(names[-1])  # waited for


def test_an_answer_to_another_question(git: Git, fetchers: Fetchers) -> None:
    """It is dropped; the new question is asked once the old one is out of the way."""
    assert not fetchers.ready("shop", "old", about("1"))
    assert not fetchers.ready("shop", "new", about("2"))
    settled(lambda: git.asked == ["1"])
    git.go.set()
    settled(lambda: fetchers.ready("shop", "new", about("2")))
    assert git.asked == ["1", "2"]
    assert fetchers.take("shop", "newer") is None


def test_nobody_waits_any_more(git: Git, fetchers: Fetchers) -> None:
    """What is not watched any more takes no room."""
    names = [str(number) for number in range(ABREAST)]
    for name in names:
        fetchers.ready(name, "", about(name))
    fetchers.keep(names[:1])
    assert [name for name in names if fetchers.is_asking(name)] == names[:1]
    git.go.set()
    assert fetchers.take(names[0], "")


def test_what_is_a_defect_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody sees it, not in a thread that nobody looks at."""

    def broken(_: Question) -> Fetched:
        raise OSError(28, "no space left")

    monkeypatch.setattr(fetching, "fetch", broken)
    with contextlib.closing(Fetchers()) as fetchers:
        fetchers.ready("shop", "", about("shop"))
        with pytest.raises(OSError, match="no space left"):
            fetchers.take("shop", "")


def test_a_server_that_hangs(tmp_path: Path) -> None:
    """It takes the connection and says nothing: others are answered meanwhile, and closing ends git at once."""
    processes = []
    real = gitrun.start

    def start(arguments: Sequence[str], **options: object) -> object:
        processes.append(real(arguments, **options))  # type: ignore[arg-type]
        return processes[-1]

    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr(gitrun, "start", start)
        url = f"git://127.0.0.1:{server.getsockname()[1]}/shop"
        fetchers = Fetchers()
        hanging = Mirror(url, str(tmp_path / "mirror"), stopped=fetchers.stopped)
        question = Question(hanging, lambda _: Refs({"HEAD": ""}), (), None, {}, NOW)
        missing = question._replace(mirror=Mirror(str(tmp_path / "gone"), str(tmp_path / "other")))
        fetchers.ready("hangs", "", lambda: question)
        fetchers.ready("gone", "", lambda: missing)
        answer = fetchers.take("gone", "")
        assert answer
        assert answer.error
        assert not fetchers.ready("hangs", "", lambda: question)
        begun = time.monotonic()
        fetchers.close()
    assert time.monotonic() - begun < 20
    assert all(process.poll() is not None for process in processes)
    error = fetching.fetch(question._replace(mirror=Mirror(url, str(tmp_path / "mirror"), stopped=lambda: True))).error
    assert error
    assert (error.code, error.retryable) == (gitrun.STOPPED, True)
