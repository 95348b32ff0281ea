"""A sync may die at any moment, and have company: what comes of it in the end is what comes of an undisturbed one."""

import os
import random
import shutil
from pathlib import Path

import pytest
from killing import killed, start, state, sync, write

KILLS = int(os.environ.get("ADVISORD_KILLS", "6"))
"""How many syncs are killed; `make test-kills` kills 50."""


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two states of the same feed: `0` and `1` name what `now` is set to."""
    folder = tmp_path_factory.mktemp("feed")
    for number in (0, 1):
        write(folder / str(number), number)
    return folder


def turn(feed: Path, number: int) -> Path:
    """Put the feed into a state; it stays in the same place."""
    now = feed / "now"
    if now.exists():
        shutil.rmtree(now)
    shutil.copytree(feed / str(number), now)
    return now


def test_killed_syncs_converge(feed: Path, tmp_path: Path) -> None:
    """From nothing and from an older state, with one to three kills on the way, at random moments."""
    chance = random.Random(int(os.environ.get("ADVISORD_SEED", "11")))
    undisturbed, first = tmp_path / "undisturbed.db", tmp_path / "first.db"
    lasts = sync(undisturbed, turn(feed, 0))
    expected = [state(undisturbed)]
    shutil.copy(undisturbed, first)
    lasts = max(lasts, sync(undisturbed, turn(feed, 1)))
    expected.append(state(undisturbed))
    assert expected[0] != expected[1]
    tried = effective = trial = 0
    while effective < KILLS and tried < 4 * KILLS:  # some syncs end before their moment comes
        number = trial % 2
        database = tmp_path / f"trial{trial}.db"
        if number:
            shutil.copy(first, database)
        now = turn(feed, number)
        for _ in range(chance.randint(1, 3)):
            effective += killed(database, now, lasts, chance)
            tried += 1
        sync(database, now)
        assert state(database) == expected[number], trial
        trial += 1
    assert effective >= KILLS // 2


def test_two_syncs_at_once(feed: Path, tmp_path: Path) -> None:
    """Both make the database, migrate it, fill it; neither fails, and nothing is there twice."""
    now = turn(feed, 0)
    sync(tmp_path / "alone.db", now)
    together = tmp_path / "together.db"
    both = [start(together, now) for _ in range(2)]
    for process in both:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
    assert state(together) == state(tmp_path / "alone.db")
