"""What the server library answers by itself, said with our headers: a request that is no HTTP never gets to the application."""

import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from advisord.web.guard import HEADERS

_SENTENCES = {
    431: "The request's header is too large.",
    501: "This kind of transfer encoding is not known here.",
}


class Protocol(H11Protocol):
    """HTTP/1.1."""

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
