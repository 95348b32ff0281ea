"""A mail server on the loopback interface: it keeps what it takes, and answers first what it is told to."""

import base64
import ssl
import threading
from collections import deque
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import NamedTuple

CERTIFICATE = Path(__file__).with_name("self_signed.pem")


class Taken(NamedTuple):
    """A message as it came. `login` is the user and the password that it came with, `secure` whether over TLS."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    login: str
    secure: bool


class MailServer:
    """The server. `faults` maps a verb (`DATA` is the command, `.` the end of the text) to answers given first."""

    def __init__(self, *, tls: bool = False, starttls: bool = False) -> None:
        self.taken: list[Taken] = []
        self.faults: dict[str, deque[str]] = {}
        self.starttls = starttls
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(CERTIFICATE)
        self._server = ThreadingTCPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if tls:
            self._server.socket = self.context.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def fault(self, verb: str, *answers: str) -> None:
        """Answer this verb with these, one each."""
        self.faults.setdefault(verb, deque()).extend(answers)

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


def _handler(owner: MailServer) -> type[StreamRequestHandler]:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            try:
                self._converse()
            except (OSError, ValueError):
                return
            finally:
                if self.connection is not self.request:
                    self.wfile.close()
                    self.rfile.close()
                    self.connection.close()

        def _converse(self) -> None:
            sender, recipients, login, secure = "", list[str](), "", False
            self._say("220 mail.example")
            while line := self.rfile.readline(4096).decode().rstrip("\r\n"):
                verb = line.split(" ")[0].upper()
                if owner.faults.get(verb):
                    answer = owner.faults[verb].popleft()
                    if not answer:
                        return
                    self._say(answer)
                elif verb == "EHLO":
                    more = "250-STARTTLS\r\n" if owner.starttls and not secure else ""
                    self._say(f"250-mail.example\r\n{more}250 AUTH PLAIN")
                elif verb == "STARTTLS":
                    self._say("220 go on")
                    self.connection = owner.context.wrap_socket(self.connection, server_side=True)
                    self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
                    secure = True
                elif verb == "AUTH":
                    login = base64.b64decode(line.split(" ")[2]).decode()
                    self._say("235 welcome")
                elif verb == "MAIL":
                    sender = line
                    self._say("250 ok")
                elif verb == "RCPT":
                    recipients.append(line[line.index("<") + 1 : line.index(">")])
                    self._say("250 ok")
                elif verb == "DATA":
                    self._say("354 go on")
                    data = self._text()
                    if owner.faults.get("."):
                        answer = owner.faults["."].popleft()
                        if not answer:
                            return
                        self._say(answer)
                        continue
                    owner.taken.append(Taken(sender, tuple(recipients), data, login, secure))
                    self._say("250 kept")
                else:
                    self._say("221 bye" if verb == "QUIT" else "250 ok")

        def _text(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line.removeprefix(b"."))
            return b"".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())
            self.wfile.flush()

    return Handler
