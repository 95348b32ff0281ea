"""`advisord sync`: bring the advisory feeds up to date."""

import contextlib
import os
import sys
from collections.abc import Sequence

from advisord import settings as configuration
from advisord.cli.options import Parser, add_config, add_database
from advisord.cli.working import DEFAULT_CONFIG, clock, settings_of, worker
from advisord.cycle.plugs import Plugs
from advisord.errors import UsageError
from advisord.feeds.registry import FEEDS
from advisord.locations import default_database
from advisord.settings import FeedSettings
from advisord.store.database import open_writer
from advisord.versions.registry import strange

_UNREACHED = {"connection", "timeout", "proxy"}

_EPILOG = """\
FEED is osv, rustsec or github; without one, all that are configured. --from reads the same layout from elsewhere:
  osv      a base URL, a folder or a zip with <ECOSYSTEM>/all.zip and <ECOSYSTEM>/modified_id.csv
  rustsec  a git URL, a local repository or a bundle, with the branches osv and main
  github   a base URL of the REST API, or a folder or file with its JSON answers
It also takes a folder with one entry of each feed's name (osv, rustsec.bundle, github).
Exit status: 0 all feeds are up to date; 2 bad usage or configuration; 3 a feed could not be read."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("sync", epilog=_EPILOG)
    parser.add_argument("feeds", metavar="FEED", nargs="*", help=", ".join(FEEDS))
    add_database(parser)
    add_config(parser)
    parser.add_argument("--from", dest="source", metavar="DIR|URL", help="read the feed from there")
    parser.add_argument("--ecosystem", metavar="NAME", action="append", help="only this ecosystem of OSV (repeatable)")
    options = parser.parse_intermixed_args(arguments)  # `osv --db DB rustsec` too

    if unknown := [name for name in options.feeds if name not in FEEDS]:
        raise UsageError(f"there is no feed {unknown[0]!r}", hint=f"the feeds are {', '.join(FEEDS)}")
    for name in options.ecosystem or ():
        if why := strange(name):
            raise UsageError(f"--ecosystem {name}: {why}")
    configured = options.config is not None or (options.db is None and os.path.exists(DEFAULT_CONFIG))
    chosen = settings_of(options.config) if configured else configuration.Settings()
    feeds: dict[str, FeedSettings] = {
        name: feed for name, feed in chosen.feeds.items() if (name in options.feeds if options.feeds else feed.enabled)
    }
    for name in options.feeds:
        feeds.setdefault(name, FeedSettings())
    if options.source:
        feeds = _from(options.source, feeds, explicit=bool(options.feeds))
    if options.ecosystem and "osv" in feeds:
        feeds["osv"] = feeds["osv"].model_copy(update={"ecosystems": tuple(options.ecosystem)})
    database = options.db or (chosen.store.path if configured else default_database())
    with contextlib.closing(open_writer(database)) as db, Plugs(os.path.dirname(database) or ".", clock) as plugs:
        work = worker(chosen, db, plugs)
        problems = [problem for name, feed in feeds.items() for problem in work.feed(name, feed)]
    if not options.source and any(problem.code in _UNREACHED for problem in problems):
        print("Without a way to the feeds: advisord sync --from FOLDER|URL reads a mirror of them", file=sys.stderr)
    return 3 if problems else 0


def _from(source: str, feeds: dict[str, FeedSettings], *, explicit: bool) -> dict[str, FeedSettings]:
    """The feeds with their source: the one that is named, or each that the folder has an entry for."""
    if explicit:
        if len(feeds) > 1:
            raise UsageError(
                "--from with several feeds: name one feed, or none and a folder that holds one of each name"
            )
        return {
            name: feed.model_copy(update={"source": _entry(source, name) or source}) for name, feed in feeds.items()
        }
    if not os.path.isdir(source):
        raise UsageError(f"--from {source} without FEED must be a folder with an entry for each feed")
    entries = {name: _entry(source, name) for name in feeds}
    found = {name: feed.model_copy(update={"source": entries[name]}) for name, feed in feeds.items() if entries[name]}
    if not found:
        raise UsageError(f"{source} holds no entry for a feed", hint="name the feed: advisord sync osv --from DIR")
    return found


def _entry(folder: str, name: str) -> str:
    """What a folder of mirrors holds of a feed, "" for nothing."""
    paths = (
        os.path.join(folder, entry) for entry in (name, f"{name}.git", f"{name}.bundle", f"{name}.zip", f"{name}.json")
    )
    return next((path for path in paths if os.path.exists(path)), "")
