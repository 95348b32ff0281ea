"""The brake: a feed that loses a lot at once is broken, more probably than right."""

from collections.abc import Sized

from advisord.errors import FeedError
from advisord.model.problem import SUSPECT

SHARE = 0.10
"""What a feed may lose at once; OSV uses the same share on its own sources."""


def brake(lost: int, held: Sized, subject: str) -> None:
    """Raise FeedError `suspect-feed` when more than 10 % of the held records (and more than one) are lost."""
    if lost > 1 and lost > SHARE * len(held):
        raise suspect(f"{lost:,} of {len(held):,} records are missing at once", subject)


def suspect(what: str, subject: str) -> FeedError:
    """The error of a feed that is not believed: what is stored stays as it is."""
    hint = "nothing is withdrawn because of it; if the loss is right, set accept_losses of the feed for one sync"
    return FeedError(f"{what}: the feed is not believed", subject=subject, hint=hint, code=SUSPECT)
