"""What an answer means, in words that hold no secret."""

import json

import pytest

from advisord.errors import TransportError
from advisord.net.answers import Response, described, expect, is_html, said

URL = "https://user:secret@forge.example/x?token=secret"


def refused(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> TransportError:
    """The error of an answer."""
    with pytest.raises(TransportError) as caught:
        expect(Response(status, headers or {}, body, URL), {200}, {"Authorization": "Bearer topsecret"})
    return caught.value


@pytest.mark.parametrize(
    ("status", "headers", "code", "retryable"),
    [
        (404, {}, "not-found", False),
        (410, {}, "not-found", False),
        (401, {}, "forbidden", False),
        (403, {}, "forbidden", False),
        (403, {"x-ratelimit-remaining": "0"}, "rate-limited", True),
        (403, {"retry-after": "7"}, "rate-limited", True),
        (429, {}, "rate-limited", True),
        (500, {}, "transport", True),
        (503, {"retry-after": "7"}, "transport", True),
        (400, {}, "transport", False),
        (304, {}, "transport", False),
    ],
)
def test_never_or_later(status: int, headers: dict[str, str], code: str, retryable: bool) -> None:
    """What time heals is tried again; what lacks permission is not."""
    error = refused(status, headers)
    assert (error.code, error.retryable, error.status) == (code, retryable, status)
    assert error.retry_after == (7.0 if "retry-after" in headers else error.retry_after)
    assert "secret" not in error.message
    assert "forge.example/x" in error.message


def test_too_many_requests() -> None:
    """How long the server wants us to wait is told; one that does not say is not asked again at once."""
    assert "too many requests; it asks to wait 3,600 s" in refused(403, {"retry-after": "3600"}).message
    error = refused(403, {}, b'{"message": "You have exceeded a secondary rate limit."}')
    assert (error.code, error.retryable, error.retry_after) == ("rate-limited", False, None)


def test_what_is_accepted_passes() -> None:
    """Whatever stands in it."""
    expect(Response(200, {}, b"", URL), {200, 304}, {})
    expect(Response(304, {}, b"", URL), {200, 304}, {})


def test_the_server_s_words() -> None:
    """The message of a JSON error: printable, short, and without what the request kept secret."""
    body = json.dumps({"message": "bad token topsecret\x1b[31m\n" + "x" * 500}).encode()
    text = refused(422, {"content-type": "application/json"}, body).message
    assert "bad token …" in text
    assert "topsecret" not in text
    assert text.isprintable()
    assert len(said(body, {})) == 200
    cut = json.dumps({"message": "y" * 195 + "topsecret"}).encode()
    assert "tops" not in said(cut, {"PRIVATE-TOKEN": "topsecret"})


@pytest.mark.parametrize(
    "body", [b"", b"no JSON", b"[]", b'{"message": 5}', b"[" * 100_000, b"\xff", b'{"message": "cut']
)
def test_a_body_without_words(body: bytes) -> None:
    """It is no error of its own."""
    assert said(body, {}) == ""


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("", b"", "nothing"),
        ("application/json", b"\xef\xbb\xbf\n <!doctype html>", "an HTML page"),
        ("Text/HTML; charset=utf-8", b"x", "an HTML page"),
        ("text/plain; x", b"x", "text/plain"),
        ("\x1b[31m", b"x", "something unknown"),
        ("", b"x", "something unknown"),
        ("a" * 500, b"x", "a" * 60),
    ],
)
def test_what_a_body_is(kind: str, body: bytes, words: str) -> None:
    """A login page in an answer's place is named, whatever its headers say."""
    assert described({"content-type": kind}, body) == words
    assert is_html(body) is body.endswith(b"html>")
