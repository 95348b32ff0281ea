"""`advisord status`: how fresh the data are, and what is wrong with them."""

import contextlib
import json
import os
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from advisord.cli.options import Parser, add_config, add_database, duration
from advisord.cli.working import DEFAULT_CONFIG, clock, settings_of
from advisord.locations import default_database
from advisord.model.notice import Line
from advisord.reports.plain import printable
from advisord.store import feeds, health, notices
from advisord.store.database import open_reader
from advisord.times import seconds_between

SCHEMA = "advisord.status/1"

_EPILOG = """\
Exit status: 0 everything is fresh and could be read; 2 bad usage or configuration; 3 something is stale, suspect,
failed or missing, or a channel does not take what it is told."""


class State(NamedTuple):
    """One feed or repository: `state` is ok, stale, failed, suspect (a feed that shrank beyond belief) or never."""

    name: str
    state: str


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("status", epilog=_EPILOG)
    add_database(parser)
    add_config(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--verbose", action="store_true", help="text: every record that can't be read, with the reason")
    parser.add_argument("--max-age", metavar="DURATION", type=duration, default=None, help="what counts as stale (24h)")
    options = parser.parse_args(arguments)

    path, oldest = options.db or default_database(), 86400.0
    channels: Collection[str] | None = None
    if options.config or (options.db is None and os.path.exists(DEFAULT_CONFIG)):
        settings = settings_of(options.config)
        path, oldest = options.db or settings.store.path, settings.run.max_age
        channels = settings.notifications
    if options.max_age is not None:
        oldest = options.max_age
    with contextlib.closing(open_reader(path)) as db:
        found = _Found(
            feeds.states(db),
            feeds.coverage(db),
            health.rejected(db),
            health.undecided(db),
            health.repositories(db),
            [(line, _channel_state(line, channels)) for line in notices.lines(db)],
        )
    now = clock()
    states = [
        *(State(feed.name, _state(feed.as_of, feed.error_code, now, oldest)) for feed in found.feeds),
        *(State(one.name, _state(one.read_at, one.error_code, now, oldest)) for one in found.repositories),
    ]
    if options.format == "json":
        print(_json(path, found, states, now))
    else:
        print("\n".join(_text(path, found, states, now, verbose=options.verbose)))
    well = all(state.state == "ok" for state in states) and all(state in {"ok", "gone"} for _, state in found.channels)
    return 0 if found.feeds and well else 3


class _Found(NamedTuple):
    feeds: Sequence[feeds.FeedState]
    coverage: Sequence[tuple[str, str, str, str]]
    rejected: Sequence[health.Rejected]
    undecided: dict[str, int]
    repositories: Sequence[health.Repository]
    channels: Sequence[tuple[Line, str]]


def _state(as_of: str, error_code: str, now: datetime, oldest: float) -> str:
    if error_code:
        return "suspect" if error_code == "suspect-feed" else "failed"
    if not as_of:
        return "never"
    return "stale" if seconds_between(as_of, now) > oldest else "ok"


def _channel_state(line: Line, configured: Collection[str] | None) -> str:
    """`ok`, `refused` (it keeps something that was refused), `failing`, or `gone` from the configuration."""
    if configured is not None and line.channel not in configured:
        return "gone"
    return "failing" if line.failures else "refused" if line.refused else "ok"


def _age(as_of: str, now: datetime) -> float | None:
    return seconds_between(as_of, now) if as_of else None


def _json(path: str, found: _Found, states: Sequence[State], now: datetime) -> str:
    word = [state.state for state in states]
    document = {
        "schema": SCHEMA,
        "database": path,
        "feeds": [
            {
                "name": feed.name,
                "state": state,
                "as_of": feed.as_of or None,
                "age_seconds": _age(feed.as_of, now),
                "attempted": feed.attempted or None,
                "source": feed.source,
                "records": feed.records,
                "newest": feed.newest or None,
                "undecided": found.undecided.get(feed.name, 0),
                "ecosystems": {name: as_of for of, name, as_of, _ in found.coverage if of == feed.name},
                "rejected": [
                    {"id": bad.record, "reason": bad.reason, "since": bad.since}
                    for bad in found.rejected
                    if bad.feed == feed.name
                ],
                "error": {"code": feed.error_code, "message": feed.error} if feed.error_code else None,
            }
            for feed, state in zip(found.feeds, word, strict=False)
        ],
        "repositories": [
            {
                "name": one.name,
                "state": state,
                "read_at": one.read_at or None,
                "age_seconds": _age(one.read_at, now),
                "refs": one.refs,
                "lockfiles": one.lockfiles,
                "unreadable": one.unreadable,
                "findings": one.findings,
                "open_issues": one.open_issues,
                "error": {"code": one.error_code, "message": one.error} if one.error_code else None,
            }
            for one, state in zip(found.repositories, word[len(found.feeds) :], strict=True)
        ],
        "channels": [
            {
                "name": line.channel,
                "state": state,
                "waiting": line.waiting,
                "oldest_waiting": line.since or None,
                "refused": line.refused,
                "dropped": line.dropped,
                "delivered": line.delivered,
                "delivered_at": line.delivered_at or None,
                "next_attempt": line.not_before or None,
                "error": {"code": line.code, "message": line.error} if line.error else None,
            }
            for line, state in found.channels
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _text(path: str, found: _Found, states: Sequence[State], now: datetime, *, verbose: bool) -> Iterator[str]:
    word = [state.state for state in states]
    if not found.feeds:
        yield f"{path}: no feed was ever read; run `advisord sync`"
    for feed, state in zip(found.feeds, word, strict=False):
        yield f"{feed.name:10} {state:8} as of {_when(feed.as_of, now)}: {_counts(feed, found)}, from {printable(feed.source)}"
        if feed.error_code:
            yield f"           {printable(feed.error)} [{feed.error_code}]"
        names = [name for of, name, _, _ in found.coverage if of == feed.name]
        if names:
            yield f"           covers {', '.join(map(printable, names))}"
        for bad in found.rejected if verbose else ():
            if bad.feed == feed.name:
                yield f"           {printable(bad.record)}: {printable(bad.reason)} (since {bad.since})"
    for one, state in zip(found.repositories, word[len(found.feeds) :], strict=True):
        unreadable = f" ({one.unreadable} unreadable)" if one.unreadable else ""
        yield (
            f"{printable(one.name):10} {state:8} read {_when(one.read_at, now)}: {one.lockfiles} lockfiles{unreadable}"
            f" at {one.refs} refs, {one.findings} findings, {one.open_issues} open issues"
        )
        if one.error_code:
            yield f"           {printable(one.error)} [{one.error_code}]"
    for line, state in found.channels:
        counts = [(line.waiting, "waiting"), (line.refused, "refused"), (line.dropped, "not kept")]
        more = "".join(f", {count:,} {what}" for count, what in counts if count)
        yield (
            f"{printable(line.channel):10} {state:8} told {_when(line.delivered_at, now)}:"
            f" {line.delivered:,} notices delivered{more}"
        )
        if line.error:
            yield f"           {printable(line.error)} [{line.code}]"


def _counts(feed: feeds.FeedState, found: _Found) -> str:
    counts = [(feed.rejected, "can't be read"), (found.undecided.get(feed.name, 0), "in part undecided")]
    return ", ".join([f"{feed.records:,} records", *(f"{count:,} {what}" for count, what in counts if count)])


def _when(moment: str, now: datetime) -> str:
    """A moment and how long ago it is; a clock that has been set back makes it lie ahead."""
    if not moment:
        return "never"
    seconds = seconds_between(moment, now)
    if seconds < 0:
        return f"{moment} (ahead of this machine's clock)"
    minutes = int(seconds // 60)
    ago = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
    return f"{moment} ({ago} ago)"
