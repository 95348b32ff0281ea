"""A web server on the loopback interface that can misbehave in every way that feeds must survive."""

import hashlib
import ssl
import threading
import time
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

CERTIFICATE = Path(__file__).with_name("self_signed.pem")


class Answer(NamedTuple):
    """What to answer. `cut` ends the connection after so many bytes of the body, `pause` waits before each byte.

    `chunked` gives no content-length; `tagged` gives an entity tag and takes ranges.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    cut: int | None = None
    pause: float = 0.0
    chunked: bool = False
    tagged: bool = True


class Request(NamedTuple):
    """What was asked. `target` is the request's own text: a path with its query, or a whole URL by a proxy's client."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path alone, decoded."""
        return unquote(urlsplit(self.target).path)


class Loopback:
    """The server. `put` says what a path answers for good, `fault` what it answers first, in order (not to HEAD)."""

    def __init__(self, *, tls: bool = False) -> None:
        self.requests: list[Request] = []
        self._answers: dict[str, Answer] = {}
        self._faults: dict[str, deque[Answer]] = {}
        self._server, self.url = serving(_handler(self), tls=tls)

    def put(self, path: str, body: bytes, **more: object) -> None:
        """Answer this path with this body from now on."""
        self._answers[path] = Answer(body, **more)  # type: ignore[arg-type]

    def remove(self, path: str) -> None:
        """Answer 404 from now on."""
        self._answers.pop(path, None)

    def fault(self, path: str, *answers: Answer) -> None:
        """Answer the next requests of this path with these, one each."""
        self._faults.setdefault(path, deque()).extend(answers)

    def asked(self, method: str = "") -> list[str]:
        """The paths asked for so far, in order."""
        return [request.path for request in self.requests if method in {"", request.method}]

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> Answer:
        """What to say to a request."""
        self.requests.append(request)
        for key in (urlsplit(request.target)._replace(scheme="", netloc="").geturl(), request.path):
            if self._faults.get(key) and request.method != "HEAD":
                return self._faults[key].popleft()
            if key in self._answers:
                return self._answers[key]
        return Answer(b"nothing here", 404, {"content-type": "text/plain"}, tagged=False)


def serving(handler: type[BaseHTTPRequestHandler], *, tls: bool) -> tuple[ThreadingHTTPServer, str]:
    """A server on a loopback port of its own, at work, and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server, f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"


def _handler(owner: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            length = int(headers.get("content-length", "0"))
            body = self.rfile.read(length)
            answer = owner.answer(Request(self.command, self.path, headers, body))
            try:
                self._send(answer, headers)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_HEAD = do_POST = do_PATCH = do_GET  # noqa: N815  (names of http.server)

        def _send(self, answer: Answer, headers: Mapping[str, str]) -> None:
            body, status = answer.body, answer.status
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            extra = dict(answer.headers)
            if status == 200 and answer.tagged:
                extra.setdefault("etag", tag)
                start = headers.get("range", "").removeprefix("bytes=").removesuffix("-")
                if start.isdecimal() and headers.get("if-range") == extra["etag"]:
                    extra["content-range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                    status, body = 206, body[int(start) :]
            self.send_response_only(status)
            extra.setdefault("date", self.date_time_string())
            for name, value in extra.items():
                self.send_header(name, value)
            if answer.chunked:
                self.send_header("transfer-encoding", "chunked")
            else:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            self._write(body, answer)

        def _write(self, body: bytes, answer: Answer) -> None:
            shown = body if answer.cut is None else body[: answer.cut]
            if answer.pause:
                for byte in shown:
                    time.sleep(answer.pause)
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            elif answer.chunked:
                for start in range(0, len(shown), 4096):
                    piece = shown[start : start + 4096]
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                self.wfile.write(b"0\r\n\r\n")
            else:
                self.wfile.write(shown)
            self.wfile.flush()
            self.close_connection = self.close_connection or answer.cut is not None

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            """Say nothing."""

    return Handler
