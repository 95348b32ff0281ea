"""`advisord run`: the daemon, or one whole cycle."""

from collections.abc import Sequence

from advisord.cli.options import Parser, add_config
from advisord.cli.working import opened, settings_of, status


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("run", epilog="Exit status: 0; 2 bad usage or configuration; 3 something could not be done.")
    add_config(parser)
    parser.add_argument("--once", action="store_true", help="one whole cycle, then end")
    options = parser.parse_args(arguments)

    with opened(settings_of(options.config)) as work:
        if options.once:
            return status(work.once())
        from advisord import daemon

        daemon.run(work)
    return 0
