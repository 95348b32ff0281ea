"""The health of a feed."""

from datetime import UTC, datetime

import pytest

from advisord.store.feeds import FeedState

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("records", "newest", "quiet"),
    [(3, "2026-10-21T00:00:00Z", True), (3, "2026-11-01T00:00:00Z", False), (0, "", False), (3, "", False)],
)
def test_a_copy_that_nobody_keeps_up(records: int, newest: str, *, quiet: bool) -> None:
    """It was read a moment ago and is old all the same; a feed without records says nothing either way."""
    state = FeedState("osv", "", "mirror", "2026-11-21T00:00:00Z", "", "", "", records, 0, newest)
    assert state.quiet(NOW) is quiet
