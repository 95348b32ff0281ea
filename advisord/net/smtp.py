"""Handing a message to a mail server (RFC 5321), over TLS with a certificate that is verified."""

import base64
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from advisord.errors import TransportError
from advisord.model.notice import REFUSED

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""The usual port by the kind of security (RFC 8314, section 7.3)."""
_TIMEOUT = 30.0
_WORDS = 200


class Smtp:
    """One server. `security` is `tls`, `starttls` or `none`; `password` is asked for each time.

    No error shows the password. `context` is for tests.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: str,
        user: str,
        password: Callable[[], str],
        *,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._user = user
        self._password = password
        self._context = context

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> str:
        """Hand a message over; a sentence about recipients that were refused while others were taken ("": none).

        Raises TransportError, with the code `notice.REFUSED` when the server refuses the text itself.
        """
        with self._session() as server:
            refused = server.sendmail(sender, list(recipients), message)
        if not refused:
            return ""
        said = "; ".join(f"{address}: {self._said(*answer)}" for address, answer in refused.items())
        return f"{self._host} did not take it for some of the recipients: {said}"

    def check(self) -> str:
        """Connect and log in as `send` does; a sentence."""
        with self._session():
            return f"{self._host} answers" + (f" and knows {self._user}" if self._user else "")

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        with self._explained():
            server = self._connected()
            try:
                if self._user:
                    server.login(self._user, self._password())
                yield server
            finally:
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()

    def _connected(self) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=self._context())
        server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)
        try:
            if self._security == "starttls":
                server.starttls(context=self._context())
        except BaseException:
            server.close()
            raise
        return server

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what can go wrong into a TransportError; nothing of it is chained, a text could hold the password."""
        where = self._host
        try:
            yield
        except smtplib.SMTPNotSupportedError as exc:
            raise self._error(f"{where} can't do what is asked: {self._line(str(exc))}") from None
        except smtplib.SMTPAuthenticationError as exc:
            later = 400 <= exc.smtp_code < 500
            said = self._said(exc.smtp_code, exc.smtp_error)
            hint = "check the user and the password"
            raise TransportError(
                f"{where} does not let us in: {said}", hint=hint, code="forbidden", retryable=later
            ) from None
        except smtplib.SMTPRecipientsRefused as exc:
            later = any(400 <= code < 500 for code, _ in exc.recipients.values())
            said = "; ".join(f"{address}: {self._said(*answer)}" for address, answer in exc.recipients.items())
            raise self._error(f"{where} takes it for none of the recipients: {said}", later=later) from None
        except smtplib.SMTPDataError as exc:
            said = self._said(exc.smtp_code, exc.smtp_error)
            later = 400 <= exc.smtp_code < 500
            code = "transport" if later else REFUSED
            raise TransportError(f"{where} does not take the text: {said}", code=code, retryable=later) from None
        except smtplib.SMTPResponseException as exc:
            said = self._said(exc.smtp_code, exc.smtp_error)
            raise self._error(f"{where} answered {said}", later=exc.smtp_code < 500) from None
        except ssl.SSLCertVerificationError as exc:
            hint = "check the server's name, the clock, and SSL_CERT_FILE for a certificate authority of your own"
            raise TransportError(
                f"the certificate of {where} is not trusted: {exc.verify_message}", hint=hint, code="certificate"
            ) from None
        except smtplib.SMTPException as exc:
            raise self._error(f"{where}: {self._line(str(exc)) or 'the connection broke'}", later=True) from None
        except (OSError, UnicodeError) as exc:
            raise self._error(f"{where} can't be reached: {self._line(str(exc))}", later=True) from None

    @staticmethod
    def _error(message: str, *, later: bool = False) -> TransportError:
        return TransportError(message, code="connection" if later else "transport", retryable=later)

    def _said(self, code: int, answer: bytes | str) -> str:
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return f"{code} {self._line(text)}".strip()

    def _line(self, text: str) -> str:
        """One line of what the server said, without our password in any form in which it was sent."""
        if self._user:
            password = self._password()
            for part in (f"\0{self._user}\0{password}", password):
                text = text.replace(base64.b64encode(part.encode()).decode(), "…")
            text = text.replace(password, "…")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_WORDS]
