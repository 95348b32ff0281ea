"""`advisord doctor`: is everything there that advisord needs?"""

import os
from collections.abc import Sequence

from advisord.cli.options import Parser, add_config
from advisord.cli.working import clock, settings_of

_EPILOG = """\
One line for each thing: ok, warn or error, with what to do. Nothing is written. `advisord status` looks at the data.
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
        settings = settings_of(options.config)
    except SettingsError as exc:
        for where, what in exc.problems or (("", exc.message),):
            say(Check(Level.ERROR, "configuration", f"{where}: {what}" if where else what, exc.hint))
        return 3
    counts = (
        f"{len(settings.feeds)} feeds, {len(settings.trackers)} trackers, {len(settings.repositories)} repositories"
        + (f", {len(settings.organisations)} organisations" if settings.organisations else "")
    )
    say(Check(Level.OK, "configuration", counts))
    http = Http(attempts=1)
    try:
        with Plugs(os.path.dirname(settings.store.path), clock) as plugs:
            for check in checkup(settings, plugs, http, clock):
                say(check)
    finally:
        http.close()
    return 3 if worst is Level.ERROR else 0
