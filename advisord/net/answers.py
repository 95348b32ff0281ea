"""What a server sent, in words for an error, and what it meant by it."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from advisord.errors import TransportError
from advisord.net import waiting
from advisord.net.urls import shown

_SLOWLY = re.compile(r"rate limit|wait a few minutes", re.IGNORECASE)
_SECRET = {"authorization", "private-token", "proxy-authorization", "cookie", "x-api-key"}


class Response(NamedTuple):
    """An answer. Header names are in lower case; `content` is decoded, and empty when it went to a file."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str


def expect(answer: Response, accept: Collection[int], asked: Mapping[str, str]) -> None:
    """Raise the TransportError that an answer outside `accept` means; `asked` are the request's own headers."""
    status, headers, body, url = answer
    if status in accept:
        return
    later = waiting.passing(status, headers)
    wait = waiting.asked(status, headers)
    words = said(body, asked)
    sentence = f"{shown(url)} answered {status} with {described(headers, body)}" + (f": {words}" if words else "")
    code, hint = "transport", ""
    if status in {403, 429} and (later or _SLOWLY.search(words)):
        patience = f"; it asks to wait {wait:,.0f} s" if wait else ""
        code, sentence = "rate-limited", f"{shown(url)} answered {status}: too many requests{patience}"
        hint = "try later, or give a token with a larger allowance"
    elif status in {401, 403, 407}:
        code, hint = "forbidden", "check the token and what it may do"
    elif status in {404, 410}:
        code = "not-found"
    raise TransportError(sentence, hint=hint, code=code, retryable=later, status=status, retry_after=wait)


def described(headers: Mapping[str, str], body: bytes) -> str:
    """What a body is, for a sentence: `an HTML page`, `nothing`, `text/plain`."""
    if not body:
        return "nothing"
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if is_html(body) or kind == "text/html":
        return "an HTML page"
    return kind[:60] if kind.isprintable() and kind else "something unknown"


def is_html(body: bytes) -> bool:
    """Whether these bytes begin like an HTML (or XML) page."""
    return body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def said(body: bytes, asked: Mapping[str, str]) -> str:
    """The `message` of a JSON error, in at most 200 printable characters, without a secret of the request."""
    try:
        value: Any = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        return ""
    message = value.get("message") if isinstance(value, dict) else None
    if not isinstance(message, str):
        return ""
    text = "".join(c if c.isprintable() else " " for c in message)
    for name, secret in asked.items():
        if name.lower() in _SECRET:
            for part in secret.split():
                if len(part) > 6:
                    text = text.replace(part, "…")
    return text[:200]
