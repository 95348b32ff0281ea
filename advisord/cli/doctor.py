"""`advisord doctor`: is everything there that advisord needs?"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisord.cli.options import Parser, add_config
from advisord.cli.working import DEFAULT_CONFIG, clock, settings_of
from advisord.locations import default_database
from advisord.words import counted

if TYPE_CHECKING:
    from advisord.settings import Settings

_EPILOG = """\
One line for each thing: ok, warn or error, with what to do. Without a configuration it looks at what a scan needs: git,
the database, the disk, the feeds and the clock. Nothing is left behind. `advisord status` looks at the data.
Exit status: 0 no error; 2 bad usage; 3 an error."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("doctor", epilog=_EPILOG)
    add_config(parser)
    options = parser.parse_args(arguments)

    from advisord.cycle.checkup import Check, Level, checkup
    from advisord.cycle.plugs import Plugs
    from advisord.errors import SettingsError
    from advisord.net.http import Http

    worst = Level.OK

    def say(check: Check) -> None:
        nonlocal worst
        worst = Level.ERROR if Level.ERROR in {worst, check.level} else check.level
        todo = f"\n       {check.todo}" if check.todo else ""
        print(f"{check.level.value:5}  {check.subject}: {check.message}{todo}", flush=True)

    try:
        settings = _settings(options.config)
    except SettingsError as exc:
        for where, what in exc.problems or (("", exc.message),):
            say(Check(Level.ERROR, "configuration", f"{where}: {what}" if where else what, exc.hint))
        return 3
    counts = [
        counted(len(settings.feeds), "feed"),
        counted(len(settings.trackers), "tracker"),
        counted(len(settings.repositories), "repository", "repositories"),
        *([counted(len(settings.organisations), "organisation")] if settings.organisations else ()),
    ]
    here = options.config or os.path.exists(DEFAULT_CONFIG)
    none = f"none here ({DEFAULT_CONFIG}, or --config FILE): what a scan needs is looked at"
    say(Check(Level.OK, "configuration", ", ".join(counts) if here else none))
    http = Http(attempts=1)
    try:
        with Plugs(os.path.dirname(settings.store.path), clock) as plugs:
            for check in checkup(settings, plugs, http, clock):
                say(check)
    finally:
        http.close()
    return 3 if worst is Level.ERROR else 0


def _settings(config: str | None) -> "Settings":
    """The configuration; where there is none and none was named, that of the commands that need none."""
    from advisord.settings import Settings, Store

    if config is None and not os.path.exists(DEFAULT_CONFIG):
        return Settings(store=Store(path=default_database()))
    return settings_of(config)
