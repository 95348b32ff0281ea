"""Handing a message to a mail server: TLS that is verified, what its answers mean, and no password in any error."""

import base64
import socket
import ssl
from collections.abc import Iterator

import pytest
from mail_server import CERTIFICATE, MailServer

from advisord.errors import TransportError
from advisord.model.notice import REFUSED
from advisord.net.smtp import Smtp

PASSWORD = "planted-password-4711"
MESSAGE = b"Subject: x\r\n\r\nfirst\r\n.\r\n..second\r\n"


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything, without TLS."""
    running = MailServer()
    yield running
    running.close()


def trusting() -> ssl.SSLContext:
    """A context that knows our test certificate (it names no host)."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    context.check_hostname = False
    return context


def client(server: MailServer, security: str = "none", user: str = "") -> Smtp:
    """What sends to it."""
    return Smtp("127.0.0.1", server.port, security, user, lambda: PASSWORD, context=trusting)


def send(smtp: Smtp) -> str:
    """One message to two people."""
    return smtp.send("us@example.org", ["a@example.org", "b@example.org"], MESSAGE)


def failure(smtp: Smtp) -> TransportError:
    """How sending fails; nothing that is shown or chained holds the password."""
    with pytest.raises(TransportError) as error:
        send(smtp)
    for form in (PASSWORD, base64.b64encode(f"\0me\0{PASSWORD}".encode()).decode()):
        assert form not in f"{error.value}{error.value.hint}"
    assert error.value.__suppress_context__
    return error.value


def test_a_message_arrives_as_it_is(server: MailServer) -> None:
    """Byte for byte, a line of one full stop too."""
    assert send(client(server)) == ""
    (taken,) = server.taken
    assert taken.data == MESSAGE
    assert taken.recipients == ("a@example.org", "b@example.org")
    assert (taken.login, taken.secure) == ("", False)


def test_starttls_comes_before_the_password() -> None:
    """And the certificate is verified."""
    server = MailServer(starttls=True)
    try:
        assert send(client(server, "starttls", "me")) == ""
        assert (server.taken[0].login, server.taken[0].secure) == (f"\0me\0{PASSWORD}", True)
        strict = Smtp("127.0.0.1", server.port, "starttls", "me", lambda: PASSWORD)
        assert failure(strict).code == "certificate"
        assert client(server, "starttls", "me").check() == "127.0.0.1 answers and knows me"
    finally:
        server.close()


def test_tls_from_the_beginning() -> None:
    """As port 465 has it."""
    server = MailServer(tls=True)
    try:
        assert send(client(server, "tls")) == ""
        assert failure(Smtp("127.0.0.1", server.port, "tls", "", lambda: "")).code == "certificate"
    finally:
        server.close()


def test_nothing_is_sent_without_the_encryption_that_was_asked_for(server: MailServer) -> None:
    """A server, or somebody in between, that does not offer STARTTLS gets neither password nor text."""
    error = failure(client(server, "starttls", "me"))
    assert not error.retryable
    assert error.code != REFUSED
    assert server.taken == []


@pytest.mark.parametrize(
    ("verb", "answer", "code", "retryable"),
    [
        (".", "451 greylisted", "transport", True),
        (".", "554 this is spam", REFUSED, False),
        (".", "", "connection", True),
        ("DATA", "552 too large", REFUSED, False),
        ("MAIL", "550 who are you", "transport", False),
        ("MAIL", "421 busy", "connection", True),
        ("EHLO", "", "connection", True),
    ],
)
def test_what_an_answer_means(server: MailServer, verb: str, answer: str, code: str, retryable: bool) -> None:
    """Later, never this text, or never at all from us."""
    server.fault(verb, answer)
    error = failure(client(server))
    assert (error.code, error.retryable) == (code, retryable)
    assert server.taken == []


def test_recipients_that_are_refused(server: MailServer) -> None:
    """Some: it is told, and the others have it. All: it was not sent; later, when one may be taken later."""
    server.fault("RCPT", "550 no such mailbox")
    assert "a@example.org: 550 no such mailbox" in send(client(server))
    assert server.taken[0].recipients == ("b@example.org",)
    server.fault("RCPT", "550 no", "550 no")
    assert not failure(client(server)).retryable
    server.fault("RCPT", "550 no", "450 later")
    assert failure(client(server)).retryable


def test_a_refused_login_shows_no_password() -> None:
    """Even when the server says it back, in the form in which it was sent."""
    server = MailServer(starttls=True)
    try:
        said = base64.b64encode(f"\0me\0{PASSWORD}".encode()).decode()
        server.fault("AUTH", f"535 bad: {said} {PASSWORD}")
        error = failure(client(server, "starttls", "me"))
        assert error.code == "forbidden"
        assert "535 bad" in str(error)
    finally:
        server.close()


def test_nobody_there() -> None:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert failure(Smtp("127.0.0.1", port, "none", "", lambda: "")).retryable
