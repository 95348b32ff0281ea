"""Progress of long work, for a person who is watching: a moving line with the extra `ui`, else a counter."""

import sys
from typing import Any


class Watch:
    """Shows how many records of a feed have come; it shows nothing where nobody watches, so that logs stay plain."""

    def __init__(self) -> None:
        self._line: Any = None
        if sys.stderr.isatty():
            try:
                from rich.console import Console
                from rich.status import Status
            except ImportError:
                self._line = _Counter()
            else:
                self._line = Status("", console=Console(stderr=True))

    def __call__(self, feed: str, seen: int) -> None:
        """So many records of a feed have come so far."""
        if self._line is not None:
            self._line.update(f"{feed}: {seen:,} records")
            self._line.start()

    def pause(self) -> None:
        """Make room for a sentence."""
        if self._line is not None:
            self._line.stop()


class _Counter:
    """What there is without the extra: the number, written over itself."""

    def __init__(self) -> None:
        self._shown = False

    def update(self, text: str) -> None:
        print(f"\r{text}", end="", file=sys.stderr, flush=True)
        self._shown = True

    def start(self) -> None:
        """It has no motion."""

    def stop(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        self._shown = False
