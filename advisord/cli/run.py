"""`advisord run`: the daemon, or one whole cycle."""

from collections.abc import Sequence

from advisord.cli.options import Parser, add_config
from advisord.cli.serve import service_of
from advisord.cli.working import DEFAULT_CONFIG, clock, opened, settings_of, status

_EPILOG = """\
Without --once it works until it is told to end, and serves the pages where the configuration has a table [web].
SIGTERM and SIGINT end it after the step under way, a second one at once; SIGHUP and a change of the file read the
configuration again.
Exit status: 0; 2 bad usage or configuration; 3 something could not be done, or another one works on the same store."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("run", epilog=_EPILOG)
    add_config(parser)
    parser.add_argument("--once", action="store_true", help="one whole cycle, then end")
    options = parser.parse_args(arguments)

    from advisord import daemon
    from advisord.daemon.log import Log
    from advisord.web.beside import Beside

    settings = settings_of(options.config)
    log = Log(settings.run.log, clock)
    try:
        with log.listening(), opened(settings, log.say, log.progress) as work:
            if options.once:
                return status(work.once(log.during))
            with Beside(service_of, lambda text: log("serve", text)) as pages:
                done = daemon.run(
                    work, log, options.config or DEFAULT_CONFIG, lambda: settings_of(options.config), pages.follow
                )
    except Exception as exc:
        if log.form == "json":  # as text it is told where every command's error is
            log("failed", f"advisord ends: {exc}", level="error")
        raise
    return 0 if done else 3
