"""Single records of a source, several at a time."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from advisord.errors import AdvisordError, TransportError
from advisord.feeds.interface import Rejected
from advisord.feeds.json_text import MAX_BYTES
from advisord.feeds.source import Source

_WORKERS = 8
_AHEAD = 200
_FAILED = {500, 502, 503, 504}
FEW = 3
"""So many records may make a server stumble that is well otherwise."""


def stumbled(error: AdvisordError) -> bool:
    """Whether a server failed on what it was asked for, which says nothing of the rest: it did not ask to wait."""
    return isinstance(error, TransportError) and error.status in _FAILED and error.retry_after is None


def fetch(source: Source, folder: str, records: Sequence[str]) -> Iterator[tuple[str, bytes | Rejected]]:
    """The bytes of `<folder>/<ID>.json`, in order; Rejected for one that is not there or can't be given.

    Raises TransportError when the server can't be reached, asks to wait, or fails on more than a few of them or on all:
    nothing is said of the records then.
    """
    failures: list[TransportError] = []

    def read(record: str) -> tuple[str, bytes | Rejected]:
        try:
            content = source.read(f"{folder}/{record}.json", MAX_BYTES)
        except TransportError as error:
            if error.retryable:
                if not stumbled(error) or len(failures) >= min(FEW, len(records) - 1):
                    raise
                failures.append(error)
            return record, Rejected(record, error.message)
        if content is None:
            return record, Rejected(record, "it is listed, but not there yet: asked for again at the next poll")
        return record, content

    if source.near:
        yield from map(read, records)
        return
    pool = ThreadPoolExecutor(_WORKERS)
    try:
        for start in range(0, len(records), _AHEAD):
            yield from pool.map(read, records[start : start + _AHEAD])
    finally:
        pool.shutdown(cancel_futures=True)
