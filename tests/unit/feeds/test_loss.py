"""The brake."""

import pytest

from advisord.errors import FeedError
from advisord.feeds.loss import brake


@pytest.mark.parametrize(
    ("held", "lost", "suspect"),
    [(100, 10, False), (100, 11, True), (3, 1, False), (4, 2, True), (2, 2, True), (0, 0, False), (1, 1, False)],
)
def test_brake(held: int, lost: int, suspect: bool) -> None:
    """More than a tenth at once is not believed; one single record may always vanish."""
    records = list(map(str, range(held)))
    if suspect:
        with pytest.raises(FeedError, match=f"{lost} of {held} records are missing") as caught:
            brake(lost, records, "s")
        assert caught.value.code == "suspect-feed"
    else:
        brake(lost, records, "s")
