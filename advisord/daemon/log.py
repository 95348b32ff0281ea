"""What the daemon does, line by line: sentences for people, or JSON for machines."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from advisord.times import stamp


class Log:
    """Writes one line per event. `action` is a slug that stays the same between releases.

    As text, errors go to standard error; as JSON, every line goes to standard output, with its level.
    `beat` is called for every sign of progress in a step.
    """

    def __init__(self, form: Literal["text", "json"], clock: Callable[[], datetime]) -> None:
        self.form = form
        self._clock = clock
        self._action = "run"
        self._source = ""
        self.beat: Callable[[], object] = lambda: None

    def during(self, action: str, source: str) -> None:
        """What the sentences of `say` belong to from now on."""
        self._action, self._source = action, source

    def say(self, text: str) -> None:
        """A sentence of the step that is under way; one that begins with `error:` is an error."""
        self.beat()
        level, _, rest = text.partition(": ")
        known = level in {"error", "note"}
        self(self._action, rest if known else text, level=level if known else "info", source=self._source)

    def progress(self, feed: str, seen: int) -> None:
        """Records of a feed have come."""
        self.beat()
        if sys.stderr.isatty():
            print(f"{feed}: {seen} records", end="\r", file=sys.stderr, flush=True)  # noqa: T201

    def __call__(self, action: str, text: str, *, level: str = "info", source: str = "") -> None:
        """Write down one event."""
        if self.form == "json":
            entry = {"at": stamp(self._clock()), "level": level, "action": action}
            entry |= ({"source": source} if source else {}) | {"message": text}
            print(json.dumps(entry, ensure_ascii=False), flush=True)  # noqa: T201
            return
        line = " ".join((text if level == "info" else f"{level}: {text}").splitlines())
        print(line, file=sys.stderr if level == "error" else sys.stdout, flush=True)
