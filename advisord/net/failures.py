"""What can go wrong on the way to a server, as sentences."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from advisord.errors import TransportError
from advisord.net.urls import shown


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn every exception of httpx into a TransportError. Its own texts are used only where they hold no secret."""
    import httpx

    where = shown(url)
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as exc:
        raise TransportError(f"{where}: no connection in time", code="timeout", retryable=True) from exc
    except httpx.TimeoutException as exc:
        raise TransportError(f"{where} stopped answering", code="timeout", retryable=True) from exc
    except httpx.ConnectError as exc:
        distrust = _distrust(exc)
        if distrust:
            hint = "check the address, the clock, and SSL_CERT_FILE for a certificate authority of your own"
            raise TransportError(
                f"the certificate of {where} is not trusted: {distrust}", hint=hint, code="certificate"
            ) from exc
        raise TransportError(f"{where} can't be reached: {_short(exc)}", code="connection", retryable=True) from exc
    except httpx.ProxyError as exc:
        raise TransportError(f"the proxy refused the way to {where}: {_short(exc)}", code="proxy") from exc
    except (httpx.NetworkError, httpx.RemoteProtocolError) as exc:
        raise TransportError(
            f"{where}: the connection broke: {_short(exc)}", code="connection", retryable=True
        ) from exc
    except httpx.DecodingError as exc:
        raise TransportError(f"{where} sent a damaged body", retryable=True) from exc
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
        raise TransportError(f"{where} is not an http or https URL", code="url") from exc
    except (httpx.HTTPError, UnicodeError, ValueError, TypeError):
        # For instance a line break in a token: the text would show it, so the chain is cut too.
        raise TransportError(f"the request to {where} can't be sent: a header or the URL is malformed") from None


def _distrust(exc: BaseException | None) -> str:
    """Why the certificate was refused, "" when that was not the reason."""
    for _ in range(10):
        if exc is None:
            return ""
        if isinstance(exc, ssl.SSLCertVerificationError):
            return exc.verify_message or "it can't be verified"
        exc = exc.__cause__ or exc.__context__
    return ""


def _short(exc: Exception) -> str:
    text = str(exc) or type(exc).__name__
    return "".join(c if c.isprintable() else " " for c in text)[:200]
