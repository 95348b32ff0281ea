"""The trackers that there are."""

from collections.abc import Callable
from typing import Any

from advisord.tracking.interface import Tracker
from advisord.tracking.trackers.forgejo import ForgejoTracker
from advisord.tracking.trackers.github import GitHubTracker
from advisord.tracking.trackers.gitlab import GitLabTracker
from advisord.tracking.trackers.local import LocalTracker

TRACKERS: dict[str, Callable[..., Tracker]] = {
    "local": LocalTracker,
    "github": GitHubTracker,
    "gitlab": GitLabTracker,
    "forgejo": ForgejoTracker,
}


def make(kind: str, name: str, **options: Any) -> Tracker:
    """A tracker of this kind; what the options are, its class says."""
    return TRACKERS[kind](name, **options)
