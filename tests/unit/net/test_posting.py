"""Sending to an address that is a secret: what an answer means, and that nobody is told the address."""

from collections.abc import Callable

import pytest
from loopback import Answer, Loopback

from advisord.errors import TransportError
from advisord.model.notice import REFUSED
from advisord.net.http import Http
from advisord.net.posting import Post

SECRET = "T012345/B067890/planted-token"
PATH = f"/services/{SECRET}"


def post(server: Loopback, make_http: Callable[..., Http], path: str = PATH) -> Post:
    """The address on the server."""
    return Post(make_http(), lambda: server.url + path)


def failure(one: Post) -> TransportError:
    """How sending fails; no part of the address is shown or chained."""
    with pytest.raises(TransportError) as error:
        one.send(b"{}", {})
    shown = f"{error.value}{error.value.hint}{error.value.subject}"
    assert not any(part in shown for part in (SECRET, *SECRET.split("/"), "user", "hunter22"))
    assert error.value.__suppress_context__ or error.value.__cause__ is None
    return error.value


@pytest.mark.parametrize(
    ("status", "what"), [(401, "check the secret"), (403, "check the secret"), (404, "check its address")]
)
def test_what_to_look_at(server: Loopback, make_http: Callable[..., Http], status: int, what: str) -> None:
    """Who is not believed may have a wrong secret; who is not there has another address."""
    server.put(PATH, b"", status=status, tagged=False)
    assert what in failure(post(server, make_http)).hint


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_taken(server: Loopback, make_http: Callable[..., Http], status: int) -> None:
    """Any 2xx, and the body as it was given."""
    server.put(PATH, b"ok" if status != 204 else b"", status=status, tagged=False)
    post(server, make_http).send(b'{"a": 1}', {"content-type": "application/json"})
    (request,) = server.requests
    assert (request.method, request.body) == ("POST", b'{"a": 1}')
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (500, "transport", True),
        (503, "transport", True),
        (408, "transport", True),
        (429, "transport", True),
        (301, "forbidden", False),
        (403, "forbidden", False),
        (404, "forbidden", False),
        (410, "forbidden", False),
        (400, REFUSED, False),
        (413, REFUSED, False),
        (422, REFUSED, False),
    ],
)
def test_what_an_answer_means(
    server: Loopback, make_http: Callable[..., Http], status: int, code: str, retryable: bool
) -> None:
    """Later; a wrong address; never this text. What the server says is told, without the address in it."""
    said = f"no: {server.url}{PATH} {SECRET}".encode()
    server.put(PATH, said, status=status, headers={"location": "/elsewhere"}, tagged=False)
    error = failure(post(server, make_http))
    assert (error.code, error.retryable, error.status) == (code, retryable, status)
    assert f"answered {status}: no: " in str(error)
    assert server.asked() == [PATH]


def test_retry_after(server: Loopback, make_http: Callable[..., Http]) -> None:
    """What the server asks for is in the error."""
    server.put(PATH, b"", status=429, headers={"retry-after": "77"}, tagged=False)
    assert failure(post(server, make_http)).retry_after == 77.0


def test_a_broken_connection(server: Loopback, make_http: Callable[..., Http]) -> None:
    """Nobody knows whether it was taken: it will be sent again."""
    server.fault(PATH, Answer(b"0123456789", cut=3))
    assert failure(post(server, make_http)).retryable


def test_nobody_there(make_http: Callable[..., Http]) -> None:
    """Nor the user, nor the password of the address are told."""
    one = Post(make_http(), lambda: f"http://user:hunter22@127.0.0.1:9{PATH}?key=hunter22")
    error = failure(one)
    assert error.retryable
    assert "http://127.0.0.1:9" in str(error)


@pytest.mark.parametrize(
    "address",
    [f"ftp://127.0.0.1/{SECRET}", SECRET, f"http:///{SECRET}", f"https://x/{SECRET}\nHost: y", f"http://[::1/{SECRET}"],
)
def test_no_address(make_http: Callable[..., Http], address: str) -> None:
    """What is no address of a web server is not asked."""
    assert failure(Post(make_http(), lambda: address)).code == "url"


def test_a_secret_is_not_sent_in_the_clear(make_http: Callable[..., Http]) -> None:
    """Unless it never leaves this machine, or it is no secret."""
    assert failure(Post(make_http(), lambda: f"http://chat.example{PATH}")).code == "url"


def test_looking_does_not_send(server: Loopback, make_http: Callable[..., Http]) -> None:
    """The server is asked, without the address."""
    assert post(server, make_http).check() == f"{server.url} answers"
    assert [(request.method, request.path) for request in server.requests] == [("HEAD", "/")]
