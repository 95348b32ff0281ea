"""Pages of a list, whatever a server says of the next one."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from github_fake import Reply

from advisord.errors import TrackerError, TransportError
from advisord.tracking.trackers.rest import Rest

HERE = "https://forge.example"
SECOND = f'<{HERE}/list?page=2>; rel="next"'


class Server:
    """A list of 250 numbers in pages of 100; what it says of the first page is given."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers
        self.asked: list[str] = []

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object | None = None) -> Reply:
        """A page."""
        assert urlsplit(url).netloc == "forge.example", "the token went elsewhere"
        assert (method, headers, json) == ("GET", {"authorization": "token secret"}, None)
        self.asked.append(url)
        page = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
        if not page.isdecimal():
            return Reply(422, {}, b"")
        number = int(page)
        return Reply(
            200, self.headers if number == 1 else {}, dumped(list(range(250))[100 * (number - 1) : 100 * number])
        )


def dumped(data: object) -> bytes:
    """As JSON."""
    return json.dumps(data).encode()


def read(headers: Mapping[str, str]) -> int:
    """How many entries are read when the first page has these headers."""
    rest = Rest(Server(headers), HERE, lambda: {"authorization": "token secret"}, sleep=lambda _: None)
    return sum(len(page) for page in rest.pages("/list?limit=100"))


@pytest.mark.parametrize(
    ("headers", "count"),
    [
        ({}, 100),
        ({"link": SECOND}, 200),
        ({"link": f'<{HERE}/list?page=9>; rel="last", {SECOND}, <{HERE}/list>; rel="first"'}, 200),
        ({"link": f"<{HERE}/list?page=2>; title=\"a, b\"; REL='last next'"}, 200),
        ({"link": f'<{HERE}/list?page=1>; rel="prev"; title="next", <{HERE}/list?page=2>; rel=next'}, 200),
        ({"link": f'<{HERE}/list?page=2>; rel="nextish"; x="next"'}, 100),
        ({"link": '</list?page=2>; rel="next"'}, 200),
        ({"link": '</list?page=2>; rel="next"', "x-total-count": "200"}, 200),
        ({"x-total-count": "250"}, 200),
        ({"x-total-count": "100"}, 100),
        ({"x-total-count": "many"}, 100),
        ({"x-total-count": "9" * 5000}, 200),
        ({"x-total-count": "250", "link": '<http://localhost:3000/list?page=2>; rel="next"'}, 200),
        ({"x-total-count": "250", "link": '<https://[forge/list>; rel="next"'}, 200),
        ({"x-next-page": "2", "link": '<http://forge.example/list?page=2>; rel="next"'}, 200),
        ({"x-next-page": "", "x-total": "100"}, 100),
    ],
)
def test_which_page_is_next(headers: Mapping[str, str], count: int) -> None:
    """By its link; where that is missing and more was promised, or leads elsewhere and pages have numbers, by its number."""
    assert read(headers) == count


@pytest.mark.parametrize(
    "link",
    [
        '<https://evil.example/list?page=2>; rel="next"',
        '<https://forge.example@evil.example/list?page=2>; rel="next"',
        '<https://[forge/list>; rel="next"',
        f'<{HERE}/list?page=ten>; rel="next"',
        '<.evil.example/list?page=2>; rel="next"',
    ],
)
def test_what_leads_nowhere(link: str) -> None:
    """A link to another server, or to no page, is an error, and never the end of the list."""
    with pytest.raises((TrackerError, TransportError)):
        read({"link": link})


def test_pages_without_an_end() -> None:
    """A server that always knows one more page is left."""
    server = Server({"link": f'<{HERE}/list?page=1>; rel="next"'})
    rest = Rest(server, HERE, lambda: {"authorization": "token secret"}, sleep=lambda _: None)
    with pytest.raises(TrackerError, match="more than 2000 pages"):
        list(rest.pages("/list?limit=100"))
    assert len(server.asked) == 2000
