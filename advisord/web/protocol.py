"""What the server library answers by itself, said with our headers: a request that is no HTTP never gets to the application."""

import asyncio
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from advisord.web.guard import HEADERS

_SENTENCES = {
    431: "The request's header is too large.",
    501: "This kind of transfer encoding is not known here.",
}


PATIENCE = 30.0
"""Seconds within which a request's header has to be there: whoever only holds a connection open loses it."""


class Protocol(H11Protocol):
    """HTTP/1.1."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the library has it
        """Somebody is there."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A part of a request, or all of it."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        elif self._late:
            self._late.cancel()
            self._late = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        if self._late:
            self._late.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """The header has to be there in time, counted from its first byte or from the beginning of the connection."""
        self._late = self._late or self.loop.call_later(PATIENCE, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (the library's own words)
        """Refuse what can't be understood, as far as it can still be told: not in the middle of another answer."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            # Called where the library handles its own error, which alone says what was wrong.
            status = getattr(sys.exception(), "error_status_hint", 400)
            said = f"{_SENTENCES.get(status, 'This is no HTTP request that can be understood.')}\n".encode()
            told = {
                "Content-Type": "text/plain; charset=utf-8",
                "Content-Length": str(len(said)),
                "Connection": "close",
            }
            answer = h11.Response(status_code=status, headers=[*told.items(), *HEADERS.items()], reason=b"")
            for event in (answer, h11.Data(data=said), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
