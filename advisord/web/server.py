"""Serving the application: on one socket, until it is told to stop."""

import signal
import socket

import uvicorn
from starlette.types import Receive, Scope, Send

from advisord.errors import SettingsError
from advisord.settings import Settings, Web
from advisord.web.app import make
from advisord.web.protocol import Protocol

_DRAIN_SECONDS = 10


class Service:
    """The pages of a configuration, listening. Raises SettingsError when the address or the token is not to be had."""

    def __init__(self, settings: Settings) -> None:
        self.show(settings)
        web = settings.web or Web()
        self.listen = web.listen
        host, port = web.address
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._socket = socket.create_server((host, port), family=family)
        except OSError as exc:
            raise SettingsError(
                f"can't listen there: {exc.strerror or exc}",
                subject=f"[web] listen = {web.listen!r}",
                hint="does another program listen on this port? When it is this one, with another address: restart it",
            ) from exc
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._answer,
                interface="asgi3",
                lifespan="off",
                log_config=None,
                log_level="error",  # requests that are no HTTP are nobody's concern
                access_log=False,
                server_header=False,
                proxy_headers=False,
                http=Protocol,
                ws="none",
                timeout_graceful_shutdown=_DRAIN_SECONDS,
            )
        )

    def show(self, settings: Settings) -> None:
        """Answer by this configuration from the next request on. Raises SettingsError, and stays as it is."""
        self._application = make(settings)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, send)

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def run(self) -> None:
        """Serve until `stop`; requests under way are answered first. In the main thread SIGTERM and SIGINT stop it too."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Have `run` end, from any thread."""
        self._server.should_exit = True


def run_until_signal(service: Service) -> None:
    """Serve until SIGTERM or SIGINT."""
    # The server raises the signal again when it has ended: by then that must not end us otherwise than by returning.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    service.run()
