"""advisord with a wall clock that jumps: it is off by as many seconds as a file says. The monotonic clock goes on.

libfaketime can't do that: where it leaves the monotonic clock alone, sleeping fails (0.9.10).
"""

import datetime as dt
import os
import sys
import time
from pathlib import Path
from typing import Any

OFFSET = "SOAK_CLOCK"
"""The environment variable that names the file."""

_true_time = time.time


def _offset() -> float:
    return float(Path(os.environ[OFFSET]).read_text(encoding="ascii").strip() or "0")


def _time() -> float:
    return _true_time() + _offset()


class _Datetime(dt.datetime):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """By the clock that is off."""
        return cls.fromtimestamp(_time(), tz)


def main() -> int:
    """The command line, with that clock."""
    time.time = _time
    dt.datetime = _Datetime  # type: ignore[misc]
    from advisord.cli import main as advisord

    return advisord(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
