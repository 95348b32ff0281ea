"""A short soak: the daemon among everything that breaks. `make soak` is the long one."""

import os
from pathlib import Path

from soak import Length, soak


def test_everything_holds(tmp_path: Path) -> None:
    """After a storm of faults, people and changes all laws hold; the seed is in the message when one does not."""
    seed = int(os.environ.get("ADVISORD_SEED", "7"))
    verdicts = soak(tmp_path / "soak", seed, Length(6.0, probes=1, rest=3.5), say=False, pace=3.0)
    assert len(verdicts) == 13
    assert [verdict for verdict in verdicts if verdict.faults] == [], seed
