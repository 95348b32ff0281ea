"""How long to wait."""

import pytest

from advisord.net.waiting import asked, back_off, passing


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (503, {"retry-after": "12"}, 12.0),
        (503, {"retry-after": "soon"}, None),
        (503, {}, None),
        (503, {"retry-after": "Sat, 21 Nov 2026 10:00:00 GMT", "date": "Sat, 21 Nov 2026 10:00:30 GMT"}, 0.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795255230", "date": "x"}, None),
        (403, {"x-ratelimit-remaining": "5", "x-ratelimit-reset": "1795255230"}, None),
        (403, {"x-ratelimit-remaining": "0"}, None),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795255230"}, None),
    ],
)
def test_asked(status: int, headers: dict[str, str], seconds: float | None) -> None:
    """What the headers say, None when they say nothing that can be understood."""
    if headers.get("date") == "x":
        assert asked(status, headers) is not None  # by the clock here
    else:
        assert asked(status, headers) == seconds


def test_back_off_grows_and_ends() -> None:
    """Pauses double, with jitter, up to half a minute."""
    assert 0.25 <= back_off(0) <= 0.5
    assert 15.0 <= back_off(50) <= 30.0


def test_passing() -> None:
    """What may be over soon, and what will not."""
    assert [status for status in (400, 401, 403, 404, 429, 500, 501, 503) if passing(status, {})] == [429, 500, 503]
    assert passing(403, {"retry-after": "1"})
