"""A webhook: each notice as JSON, signed as the Standard Webhooks specification says (version 1.0.0)."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from datetime import datetime

from advisord.errors import SettingsError
from advisord.model.notice import Notice, Parcel
from advisord.notifying import words
from advisord.notifying.interface import Post

SCHEMA = "advisord.notification/1"
_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""Bytes of a secret ("Signature scheme": at least 192 bits, at most 512)."""


class Webhook:
    """One receiver. `secret` gives its secret, or several apart by spaces while one replaces another."""

    most = 1

    def __init__(self, name: str, post: Post, secret: Callable[[], str], clock: Callable[[], datetime]) -> None:
        self.name = name
        self._post = post
        self._secret = secret
        self._clock = clock

    def send(self, parcel: Parcel) -> str:
        """Send the notice."""
        (notice,) = parcel.notices
        content = body(notice)
        moment = str(int(self._clock().timestamp()))
        signed = " ".join(signature(key, notice.id, moment, content) for key in self._keys())
        headers = {
            "content-type": "application/json",
            "webhook-id": notice.id,
            "webhook-timestamp": moment,
            "webhook-signature": signed,
        }
        self._post.send(content, headers)
        return ""

    def check(self) -> str:
        """The secret is one, and the server answers."""
        self._keys()
        return f"{self._post.check()}; its secret is there"

    def _keys(self) -> list[bytes]:
        found = [_key(text) for text in self._secret().split()]
        if not found or None in found:
            raise SettingsError(
                f"the secret is none: it must be {_SHORTEST} to {_LONGEST} random bytes in base64",
                subject=self.name,
                hint=f"make one: echo {_PREFIX}$(openssl rand -base64 32)",
            )
        return [key for key in found if key]


def body(notice: Notice) -> bytes:
    """The request's body ("Payload structure")."""
    document = {
        "schema": SCHEMA,
        "id": notice.id,
        "type": notice.event,
        "timestamp": notice.at,
        "data": {"text": words.text(notice.words), **notice.data},
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def signature(key: bytes, identifier: str, moment: str, content: bytes) -> str:
    """One entry of the header ("Signature scheme"): HMAC-SHA256 over id, moment and body, with full stops between."""
    signed = b".".join((identifier.encode(), moment.encode(), content))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def _key(text: str) -> bytes | None:
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if _SHORTEST <= len(key) <= _LONGEST else None
