"""`advisord serve`: the pages, the API and the metrics of a configuration's database."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisord.cli.options import Parser, add_config
from advisord.cli.working import clock, settings_of
from advisord.errors import UsageError
from advisord.settings import Settings, lacking

if TYPE_CHECKING:
    from advisord.web.server import Service

_EPILOG = """\
It listens at `[web] listen` (127.0.0.1:8080), only reads, and ends on SIGTERM. Tools that ask osv.dev can ask it too:
/v1/query, /v1/querybatch, /v1/vulns/ID. It needs the extra `web` (starlette and uvicorn). `advisord run` serves the same
when its configuration has a table [web]: one of the two is enough. Exit status: 0; 2 bad usage or configuration."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("serve", epilog=_EPILOG)
    add_config(parser)
    options = parser.parse_args(arguments)

    settings = settings_of(options.config)
    service = service_of(settings)
    from advisord.daemon.log import Log
    from advisord.web.server import run_until_signal

    log = Log(settings.run.log, clock)
    log("serve", f"listening on {service.address}")
    with log.listening():
        run_until_signal(service)
    return 0


def service_of(settings: Settings) -> "Service":
    """The pages of a configuration, listening. Raises UsageError when the extra is missing."""
    if missing := lacking():
        raise UsageError(
            f"{' and '.join(missing)} can't be found: the pages need the extra `web`",
            hint="install advisord with it, `pip install 'advisord[web]'`, or those two by name",
        )
    from advisord.web.server import Service

    return Service(settings)
