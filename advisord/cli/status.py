"""`advisord status`: how fresh the data are, and what is wrong with them."""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from advisord.cli.options import Parser, add_config, add_database, duration
from advisord.cli.working import DEFAULT_CONFIG, clock, settings_of
from advisord.locations import default_database
from advisord.model.notice import Line
from advisord.model.problem import SUSPECT
from advisord.reports.plain import printable
from advisord.store import feeds, health, latency, notices, organisations, trouble, watching
from advisord.store.database import open_reader, telling
from advisord.times import fresh, seconds_between
from advisord.words import counted

SCHEMA = "advisord.status/1"
_MANY = 20
"""So many repositories are listed one by one; of more only those that are not ok."""

_EPILOG = """\
Exit status: 0 everything is fresh, could be read and judged, and its issues are kept; 2 bad usage or configuration;
3 something is stale, suspect, failed, missing, unread, unjudged or untracked, or a channel does not take what it is told."""


class State(NamedTuple):
    """One feed, repository or organisation.

    `state` is ok, stale, failed, suspect (a feed that shrank beyond belief) or never; of a repository also unjudged,
    untracked (its issues are not kept) or unread (not every lockfile could be).
    """

    name: str
    state: str


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("status", epilog=_EPILOG)
    add_database(parser)
    add_config(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--verbose", action="store_true", help="text: every repository, and every record that can't be read"
    )
    parser.add_argument("--max-age", metavar="DURATION", type=duration, default=None, help="what counts as stale (24h)")
    options = parser.parse_args(arguments)

    path, oldest = options.db or default_database(), 86400.0
    channels: Collection[str] | None = None
    listed: Collection[str] | None = None
    if options.config or (options.db is None and os.path.exists(DEFAULT_CONFIG)):
        settings = settings_of(options.config)
        path, oldest = options.db or settings.store.path, settings.run.max_age
        channels = settings.notifications
        listed = [one.name for one in settings.organisations]
    if options.max_age is not None:
        oldest = options.max_age
    with telling(path), contextlib.closing(open_reader(path)) as db:
        found = _Found(
            latency.delays(db),
            feeds.states(db),
            feeds.coverage(db),
            health.rejected(db),
            health.undecided(db),
            health.repositories(db),
            [(line, _channel_state(line, channels)) for line in notices.lines(db)],
            [one for one in organisations.states(db) if listed is None or one.name in listed],
            watching.unwatched(db),
        )
    now = clock()
    states = [
        *(State(feed.name, _state(feed.as_of, feed.error_code, now, oldest)) for feed in found.feeds),
        *(State(one.name, trouble.word(one.state, one.read_at, now, oldest)) for one in found.repositories),
        *(State(one.name, _state(one.listed_at, one.error_code, now, oldest)) for one in found.organisations),
    ]
    if options.format == "json":
        print(_json(path, found, states, now))
    else:
        print("\n".join([*_text(path, found, states, now, verbose=options.verbose), *_delays(**found.delays)]))
    well = all(state.state == "ok" for state in states) and all(state in {"ok", "gone"} for _, state in found.channels)
    return 0 if found.feeds and well else 3


class _Found(NamedTuple):
    delays: dict[str, latency.Delay]
    feeds: Sequence[feeds.FeedState]
    coverage: Sequence[tuple[str, str, str, str]]
    rejected: Sequence[health.Rejected]
    undecided: dict[str, int]
    repositories: Sequence[health.Repository]
    channels: Sequence[tuple[Line, str]]
    organisations: Sequence[organisations.State]
    unwatched: Sequence[watching.Unwatched]


def _state(as_of: str, error_code: str, now: datetime, oldest: float) -> str:
    if error_code:
        return "suspect" if error_code == SUSPECT else "failed"
    if not as_of:
        return "never"
    return "ok" if fresh(as_of, now, oldest) else "stale"


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
        "delays": {stage: latency.shown(delay) for stage, delay in found.delays.items()},
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
                "quiet": feed.quiet(now),
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
            for one, state in zip(found.repositories, word[len(found.feeds) :], strict=False)
        ],
        "organisations": [
            {
                "name": owner.name,
                "state": state,
                "listed_at": owner.listed_at or None,
                "age_seconds": _age(owner.listed_at, now),
                "repositories": owner.members,
                "error": {"code": owner.error_code, "message": owner.error} if owner.error_code else None,
            }
            for owner, state in zip(found.organisations, word[len(word) - len(found.organisations) :], strict=True)
        ],
        "unwatched": [
            {"name": gone.name, "since": gone.since, "findings": [last._asdict() for last in gone.last]}
            for gone in found.unwatched
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
        if feed.quiet(now):
            yield f"           its newest record is of {feed.newest[:10]}: is its source still kept up?"
        names = [name for of, name, _, _ in found.coverage if of == feed.name]
        if names:
            yield f"           covers {', '.join(map(printable, names))}"
        for bad in found.rejected if verbose else ():
            if bad.feed == feed.name:
                yield f"           {printable(bad.record)}: {printable(bad.reason)} (since {bad.since})"
    for owner, state in zip(found.organisations, word[len(word) - len(found.organisations) :], strict=True):
        yield f"{printable(owner.name):10} {state:8} listed {_when(owner.listed_at, now)}: {counted(owner.members, 'repository', 'repositories')}"
        if owner.error_code:
            yield f"           {printable(owner.error)} [{owner.error_code}]"
    standing = list(zip(found.repositories, word[len(found.feeds) :], strict=False))
    shown = standing if verbose or len(standing) <= _MANY else [pair for pair in standing if pair[1] != "ok"][:_MANY]
    for one, state in shown:
        unreadable = f" ({one.unreadable} unreadable)" if one.unreadable else ""
        yield (
            f"{printable(one.name):10} {state:8} read {_when(one.read_at, now)}: {counted(one.lockfiles, 'lockfile')}{unreadable}"
            f" at {counted(one.refs, 'ref')}, {counted(one.findings, 'finding')}, {counted(one.open_issues, 'open issue')}"
        )
        if one.error_code:
            yield f"           {printable(one.error)} [{one.error_code}]"
    if len(shown) < len(standing):
        yield _together(standing, len(shown))
    for gone in found.unwatched:
        yield f"{printable(gone.name):10} no longer watched since {gone.since}"
        if gone.last:
            few = ", ".join(f"{last.package} {last.version} ({last.id})" for last in gone.last[:3])
            more = f" and {len(gone.last) - 3} more" if len(gone.last) > 3 else ""
            yield f"           findings then: {printable(few)}{more}"
    for line, state in found.channels:
        counts = [(line.waiting, "waiting"), (line.refused, "refused"), (line.dropped, "not kept")]
        more = "".join(f", {count:,} {what}" for count, what in counts if count)
        yield (
            f"{printable(line.channel):10} {state:8} told {_when(line.delivered_at, now)}:"
            f" {counted(line.delivered, 'notice')} delivered{more}"
        )
        if line.error:
            yield f"           {printable(line.error)} [{line.code}]"


def _together(standing: Sequence[tuple[health.Repository, str]], shown: int) -> str:
    """One line instead of one for each of many repositories."""
    states = Counter(state for _, state in standing)
    said = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    unreadable = sum(one.unreadable for one, _ in standing)
    counts = ", ".join(
        (
            counted(sum(one.lockfiles for one, _ in standing), "lockfile")
            + (f" ({unreadable:,} unreadable)" if unreadable else ""),
            counted(sum(one.findings for one, _ in standing), "finding"),
            counted(sum(one.open_issues for one, _ in standing), "open issue"),
        )
    )
    left = len(standing) - states["ok"] - shown
    more = f"; {left:,} more that are not ok" if left else ""
    return f"{len(standing):,} repositories: {said}; {counts}{more} (--verbose lists them all)"


def _delays(published_to_seen: latency.Delay, seen_to_opened: latency.Delay) -> Iterator[str]:
    """How fast changes of the feeds became issues; nothing where none did."""
    if seen_to_opened.median is not None:
        seen = "" if published_to_seen.median is None else f"seen {_took(published_to_seen.median)} after the change, "
        yield (
            f"issues     {seen_to_opened.issues:,} opened for changes of feeds: {seen}opened"
            f" {_took(seen_to_opened.median)} after it was seen (medians; {_took(seen_to_opened.worst or 0.0)} at the most)"
        )


def _took(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _counts(feed: feeds.FeedState, found: _Found) -> str:
    counts = [
        (feed.rejected, "can't be read (--verbose says why)"),
        (
            found.undecided.get(feed.name, 0),
            "with a range that can't be decided, so that what it may affect is undecided",
        ),
    ]
    return ", ".join([counted(feed.records, "record"), *(f"{count:,} {what}" for count, what in counts if count)])


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
