"""What the daemon does, line by line: sentences for people, or JSON for machines."""

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

from advisord.reports.plain import printable
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
            line, stream = json.dumps(entry, ensure_ascii=False), sys.stdout
        else:
            line = printable(text if level == "info" else f"{level}: {text}")
            stream = sys.stderr if level == "error" else sys.stdout
        # One write: the pages are served from another thread, which has things to say too.
        stream.write(f"{line}\n")
        stream.flush()

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Write down what libraries report by `logging` too, from warnings on; it would go to standard error in their own form."""
        handler = _Heard(self)
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)


class _Heard(logging.Handler):
    """Hands on what was logged; its `action` is the record's own, else `library`."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write down one record; of an exception its last line alone."""
        text = record.getMessage().strip()
        if record.exc_info and record.exc_info[1]:
            text = f"{text}: {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        level = "error" if record.levelno >= logging.ERROR else "note"
        self._log(getattr(record, "action", "library"), text, level=level, source=record.name)
