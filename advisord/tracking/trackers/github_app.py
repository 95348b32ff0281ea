"""Tokens of a GitHub App: a signed statement of who we are, exchanged for a token of little power, renewed in time.

The statement is a JSON Web Token (RFC 7519) signed with RS256 (RFC 7518, section 3.3) by the program `openssl`: the key
never enters this process.
"""

import base64
import json
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from advisord.errors import TrackerError, TransportError
from advisord.times import stamp
from advisord.tracking.interface import HttpClient
from advisord.tracking.trackers.rest import Rest, field

_EARLY = timedelta(minutes=5)
_SIGNING = 20.0


ISSUES = {"issues": "write", "metadata": "read"}
"""What keeping issues needs."""
CONTENTS = {"contents": "read", "metadata": "read"}
"""What reading lockfiles needs."""


class AppTokens:
    """Calling it gives a valid token for `repository` (`owner/name`), or for all that the app may see of an `owner`.

    The token may do what `permissions` say there, no more. `app` is the app's number or client id, `sign` makes the
    RS256 signature of a text.
    """

    def __init__(
        self,
        app: str,
        repository: str,
        client: HttpClient,
        sign: Callable[[bytes], bytes],
        clock: Callable[[], datetime],
        *,
        url: str = "https://api.github.com",
        permissions: Mapping[str, str] = ISSUES,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._app = app
        self._owner, _, name = repository.partition("/")
        self._wish: dict[str, Any] = {"permissions": dict(permissions)} | ({"repositories": [name]} if name else {})
        self._sign = sign
        self._clock = clock
        self._token = ""
        self._until = ""
        self._login = ""
        self._number = 0
        self._asking = threading.Lock()
        self._rest = Rest(
            client,
            url,
            lambda: {
                "accept": "application/vnd.github+json",
                "authorization": f"Bearer {self._statement()}",
                "x-github-api-version": "2022-11-28",
            },
            sleep,
        )

    def __call__(self) -> str:
        """The token, a new one when the old one is about to expire. Threads may share it: one of them asks."""
        with self._asking:
            return self._current()

    def _current(self) -> str:
        if stamp(self._clock() + _EARLY) >= self._until:
            path = f"/app/installations/{self._installation()}/access_tokens"
            try:
                data = self._rest.call("POST", path, self._wish, (201,)).data
            except TrackerError:
                self._number = 0  # it may have been installed anew
                raise
            token, until = field(data, "token"), field(data, "expires_at")
            if not isinstance(token, str) or not isinstance(until, str):
                raise TransportError("GitHub's answer is not a token", code="broken", retryable=True)
            self._token, self._until = token, until
        return self._token

    def login(self) -> str:
        """The account that writes the app's issues."""
        if not self._login:
            slug = field(self._rest.get("/app").data, "slug")
            if not isinstance(slug, str) or not slug:
                raise TransportError("GitHub does not say what the app is called", code="broken", retryable=True)
            self._login = f"{slug}[bot]"
        return self._login

    def granted(self) -> dict[str, str]:
        """What the app may do at the owner, as its installation says: permission → read, write or admin."""
        said = field(self._installed(), "permissions")
        return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}

    def _installation(self) -> int:
        if not self._number:
            self._number = int(self._installed()["id"])
        return self._number

    def _installed(self) -> dict[str, Any]:
        for page in self._rest.pages("/app/installations?per_page=100"):
            for data in page:
                login = str(field(field(data, "account"), "login") or "")
                if login.casefold() == self._owner.casefold() and isinstance(field(data, "id"), int):
                    return dict(data)
        wanted = ", ".join(f"{name}: {value}" for name, value in self._wish["permissions"].items())
        raise TrackerError(
            f"the app is not installed at {self._owner}", hint=f"install it there, with {wanted}", code="denied"
        )

    def _statement(self) -> str:
        """Who we are, for nine minutes; a minute back, for clocks that differ (GitHub allows ten in all)."""
        now = int(self._clock().timestamp())
        head = _encoded({"alg": "RS256", "typ": "JWT"})
        claims = _encoded({"iat": now - 60, "exp": now + 540, "iss": self._app})
        text = head + b"." + claims
        return (text + b"." + _base64(self._sign(text))).decode()


def signed_by(key_file: str) -> Callable[[bytes], bytes]:
    """A signer with the private key (PEM) in a file."""

    def sign(text: bytes) -> bytes:
        try:
            with open(key_file, "rb"):  # openssl's own words would hide which file it is, and that it is not there
                pass
        except OSError as exc:
            raise TrackerError(
                f"the app's private key {key_file} can't be read: {exc.strerror}",
                subject=key_file,
                hint="`app_key_file` names it",
                code="denied",
            ) from exc
        try:
            done = subprocess.run(  # noqa: S603  (a fixed program; the key's path is the configuration's)
                ["openssl", "dgst", "-sha256", "-sign", key_file],  # noqa: S607  (found by PATH, as git is)
                input=text,
                capture_output=True,
                timeout=_SIGNING,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as exc:
            raise TrackerError(
                f"the app's statement can't be signed with {key_file}",
                subject=key_file,
                hint="the program openssl and a private key in PEM form are needed",
                code="denied",
            ) from exc
        return done.stdout

    return sign


def _encoded(value: dict[str, Any]) -> bytes:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
