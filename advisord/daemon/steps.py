"""What the daemon does again and again: one step for each feed, organisation and repository."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from advisord.cycle.work import Work
from advisord.model.problem import Problem
from advisord.settings import FeedSettings

_NOTIFY_EVERY = 60.0


class Step(NamedTuple):
    """One step. `act` gives back why it could not be carried out; `settings` is what its configuration says of it.

    `wake` is the part of a repository's step that a feed's change makes due. `ready` says whether it can be carried out
    now; else it begins, in another thread, what the step has to wait for, and calls what it is given when that is done.
    """

    name: str
    action: str
    source: str
    every: float
    settings: object
    act: Callable[[], Sequence[Problem]]
    wake: Callable[[], Sequence[Problem]] | None = None
    ready: Callable[[Callable[[], object]], bool] = lambda _: True


def steps(work: Work) -> list[Step]:
    """Every step of the configuration: feeds first, so that repositories are judged by what they say."""
    settings = work.settings
    feeds = [
        Step(
            f"feed {name}",
            "poll-feed",
            name,
            settings.run.feeds_every,
            feed,
            lambda name=name, feed=feed: _poll(work, name, feed),  # type: ignore[misc]
        )
        for name, feed in settings.feeds.items()
        if feed.enabled
    ]
    organisations = [
        Step(
            f"organisation {one.name}",
            "list-organisation",
            one.name,
            settings.run.organisations_every,
            one,
            lambda one=one: work.organisation(one),  # type: ignore[misc]
        )
        for one in settings.organisations
    ]
    repositories = [
        Step(
            f"repository {one.name}",
            "track-repository",
            one.name,
            settings.run.repositories_every,
            (one, settings.trackers[one.tracker]),
            lambda one=one: _failures(work, one.name, work.repository(one)),  # type: ignore[misc]
            lambda one=one: _failures(work, one.name, work.wake(one)),  # type: ignore[misc]
            lambda told, one=one: work.ready(one, told),  # type: ignore[misc]
        )
        for one in settings.repositories
    ]
    return [*feeds, *organisations, *repositories, *_notifying(work)]


def _poll(work: Work, name: str, feed: FeedSettings) -> Sequence[Problem]:
    if name == "osv" and feed.ecosystems is None:
        work.begin()
    return work.feed(name, feed)


def _notifying(work: Work) -> list[Step]:
    """What is due is sent every minute. A channel that fails is left alone for longer by its own queue."""

    def act() -> Sequence[Problem]:
        work.notify()
        return ()

    channels = work.settings.notifications
    return [Step("notify", "notify", "", _NOTIFY_EVERY, channels, act)] if channels else []


def _failures(work: Work, name: str, problems: Sequence[Problem]) -> Sequence[Problem]:
    """The problems of a repository that could not be read or tracked; those of its content are no reason to wait."""
    return [problem for problem in problems if problem.blocking] if name in work.failed else []
