"""What can go wrong on the way to a server, as sentences."""

import ssl

import httpx
import pytest

from advisord.errors import TransportError
from advisord.net.failures import explained

URL = "https://user:secret@feed.example/x?token=secret"


def told(exc: Exception) -> TransportError:
    """What becomes of an exception."""
    with pytest.raises(TransportError) as caught, explained(URL):
        raise exc
    return caught.value


@pytest.mark.parametrize(
    ("exc", "code", "retryable"),
    [
        (httpx.ConnectTimeout(""), "timeout", True),
        (httpx.PoolTimeout(""), "timeout", True),
        (httpx.ReadTimeout(""), "timeout", True),
        (httpx.WriteTimeout(""), "timeout", True),
        (httpx.ConnectError("refused"), "connection", True),
        (httpx.ReadError(""), "connection", True),
        (httpx.RemoteProtocolError("cut"), "connection", True),
        (httpx.DecodingError("gzip"), "transport", True),
        (httpx.ProxyError("no"), "proxy", False),
        (httpx.InvalidURL("secret"), "url", False),
        (httpx.UnsupportedProtocol("secret"), "url", False),
        (httpx.LocalProtocolError("Illegal header value b'secret'"), "transport", False),
        (UnicodeEncodeError("ascii", "secret", 0, 1, "x"), "transport", False),
        (ValueError("secret"), "transport", False),
    ],
)
def test_each_is_one_of_ours(exc: Exception, code: str, retryable: bool) -> None:
    """With a code that stays, whether it may pass, and no secret."""
    error = told(exc)
    assert (error.code, error.retryable) == (code, retryable)
    assert "secret" not in error.message
    assert "feed.example" in error.message


def test_a_certificate_that_is_not_trusted() -> None:
    """However deep it stands in the chain; it is not tried again."""
    distrust = ssl.SSLCertVerificationError(1, "x")
    distrust.verify_message = "self-signed certificate"
    middle = OSError("wrapped")
    middle.__cause__ = distrust
    top = httpx.ConnectError("wrapped again")
    top.__context__ = middle
    error = told(top)
    assert (error.code, error.retryable) == ("certificate", False)
    assert "self-signed certificate" in error.message
    assert "SSL_CERT_FILE" in error.hint


def test_a_chain_without_an_end() -> None:
    """Is not followed for ever."""
    one, other = httpx.ConnectError("a"), OSError("b")
    one.__context__, other.__context__ = other, one
    assert told(one).code == "connection"


def test_a_secret_is_not_in_the_chain() -> None:
    """A text of httpx that may show a header's value is not shown by a traceback either."""
    error = told(httpx.LocalProtocolError("Illegal header value b'secret'"))
    assert error.__suppress_context__
    assert error.__cause__ is None


def test_what_is_not_of_the_way_passes() -> None:
    """A defect stays a defect; a full disk stays one."""
    for exc in (KeyError("x"), OSError("disk"), KeyboardInterrupt()):
        with pytest.raises(type(exc)), explained(URL):
            raise exc
