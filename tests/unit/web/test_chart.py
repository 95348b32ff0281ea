"""Charts: whatever the days hold, everything lies within the picture, and its numbers can be read."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from advisord.web.chart import over_time

_WIDTH, _HEIGHT = 560, 200
_COUNT = st.integers(0, 10**9)


def _days(*counts: tuple[int, int, int]) -> list[dict[str, Any]]:
    first = date(2026, 2, 27)
    return [
        {"day": str(first + timedelta(days=number)), "opened": opened, "closed": closed, "open": standing}
        for number, (opened, closed, standing) in enumerate(counts)
    ]


def _points(page: str) -> list[tuple[float, float]]:
    (said,) = re.findall(r'<polyline points="([^"]*)"', page)
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in said.split())]


def _bars(page: str) -> list[dict[str, str]]:
    return [dict(re.findall(r'(\w+)="([^"]*)"', attributes)) for attributes in re.findall(r"<rect([^>]*)>", page)]


@given(st.lists(st.tuples(_COUNT, _COUNT, st.integers(-5, 10**9)), min_size=1, max_size=40))
def test_everything_lies_within_the_picture(counts: list[tuple[int, int, int]]) -> None:
    """One point a day, from left to right, the highest at the top; a bar for every count that is not nought."""
    page = over_time(_days(*counts), "Findings")
    points = _points(page)
    assert len(points) == len(counts)
    assert points == sorted(points, key=lambda point: point[0])
    assert all(0 <= x <= _WIDTH and 0 <= y <= _HEIGHT for x, y in points)
    highest = max(standing for _, _, standing in counts)
    if highest > 0:
        assert min(y for _, y in points) == points[[one[2] for one in counts].index(highest)][1]
    bars = _bars(page)
    assert len(bars) == sum(bool(opened) + bool(closed) for opened, closed, _ in counts)
    for bar in bars:
        top, bottom = float(bar["y"]), float(bar["y"]) + float(bar["height"])
        assert -1 <= top < bottom <= _HEIGHT + 1
        assert float(bar["x"]) + float(bar["width"]) <= _WIDTH + 1


def test_opened_goes_up_and_closed_down() -> None:
    """From one line in the middle, each in proportion, and nobody is too small to be seen."""
    up, down, small = _bars(over_time(_days((1000, 0, 5), (0, 500, 5), (1, 0, 5)), "x"))
    assert (up["class"], down["class"]) == ("opened", "closed")
    assert float(up["y"]) + float(up["height"]) == float(down["y"])
    assert float(up["height"]) == 2 * float(down["height"])
    assert float(small["height"]) == 1.0


def test_the_numbers_are_there_as_text() -> None:
    """For those who don't see pictures: a sentence, and a table of the days on which anything came or went, newest first."""
    page = over_time(_days((3, 0, 1500), (0, 0, 1500), (0, 1, 1499)), "Findings <in> scope")
    assert "Findings &lt;in&gt; scope: 3 opened and 1 closed in 3 days; open now: 1,499." in page
    assert re.findall(r'scope="row"[^>]*>([^<]+)<', page) == ["2026-03-01", "2026-02-27"]
    assert page.count('role="img"') == page.count("aria-label") - 1 == 2
    assert "Nothing was opened or closed." in over_time(_days((0, 0, 7)), "x")


def test_days_are_written_below() -> None:
    """Some of them: first the first, with room for each."""
    days = [(0, 0, 1)] * 90
    written = re.findall(r'<text x="([\d.]+)" y="194">(\d\d-\d\d)</text>', over_time(_days(*days), "x"))
    assert [words for _, words in written[:2]] == ["02-27", "03-14"]
    places = [float(place) for place, _ in written[: len(written) // 2]]
    assert all(after - before >= 60 for before, after in pairwise(places))
    assert max(places) < _WIDTH - 30


def test_a_longer_time_than_one_day_is_said_so() -> None:
    """One day is one."""
    assert "in 1 day;" in over_time(_days((1, 0, 1)), "x")
