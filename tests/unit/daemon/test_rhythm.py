"""When a step is due again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from advisord.daemon.rhythm import Rhythm

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def rhythm(every: float = 3600.0, jitter: float = 1.0) -> Rhythm:
    """A rhythm at a clock that stands still."""
    return Rhythm(every, lambda: NOW, lambda: jitter)


def test_later_and_later_up_to_four_intervals() -> None:
    """The first new attempt comes soon, then they become rarer; success brings the usual interval back."""
    steady = rhythm()
    delays = []
    for _ in range(8):
        steady.ended(well=False)
        delays.append(steady.delay())
    assert delays == [900.0, 1800.0, 3600.0, 7200.0, 14400.0, 14400.0, 14400.0, 14400.0]
    steady.ended(well=True)
    assert steady.delay() == 3600.0


def test_counted_from_the_end() -> None:
    """Whatever was missed, the next time is one interval from now."""
    assert rhythm().get_next_fire_time(NOW - timedelta(days=9), NOW) == NOW + timedelta(hours=1)


def test_a_clock_that_was_set_back_meanwhile() -> None:
    """APScheduler asks until the answer lies behind its `now`: else it would ask for two hours, without an end."""
    before = NOW + timedelta(hours=2)
    assert rhythm().get_next_fire_time(before, before) == before + timedelta(hours=1)


def test_a_step_that_gave_way_stays_due() -> None:
    """It is due since it was, once."""
    steady = rhythm()
    steady.postpone()
    assert steady.get_next_fire_time(NOW - timedelta(hours=2), NOW) == NOW - timedelta(hours=2)
    assert steady.get_next_fire_time(NOW, NOW) == NOW + timedelta(hours=1)


@given(every=st.floats(1, 1e7), failures=st.integers(0, 3000))
def test_bounds(every: float, failures: int) -> None:
    """No attempt waits longer than four intervals, none comes at once, and an interval is never made longer."""
    steady = Rhythm(every)
    steady.failures = failures
    assert 1.0 <= steady.delay() <= max(4 * every, 1.0)
    if not failures:
        assert steady.delay() <= max(every, 1.0)


def test_jitter_spreads() -> None:
    """Steps that began together do not stay together."""
    steady = Rhythm(1000.0)
    delays = {steady.delay() for _ in range(20)}
    assert len(delays) > 1
    assert 900.0 <= min(delays) <= max(delays) <= 1000.0
