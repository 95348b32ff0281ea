"""GitHub's advisories over a web server, in pages, and from files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from feed_parts import Store
from loopback import Answer, Loopback

from advisord.errors import FeedError, TransportError
from advisord.feeds import github
from advisord.feeds.github import GitHubFeed, GitHubFiles
from advisord.net.http import Http


def record(number: int, hour: int = 0, **more: Any) -> dict[str, Any]:
    """A record that was updated at an hour of a day."""
    entry = {"package": {"ecosystem": "npm", "name": "p"}, "vulnerable_version_range": "< 2.0.0"}
    moment = f"2026-01-01T{hour:02}:00:00Z"
    return {
        "ghsa_id": f"GHSA-{number:04}",
        "type": "reviewed",
        "updated_at": moment,
        "vulnerabilities": [entry],
        **more,
    }


def first(stream: str, since: str = "") -> str:
    """The request for a list's first page."""
    query = {"reviewed": "type=reviewed", "malware": "type=malware"}[stream.removesuffix("-withdrawn")]
    query += "&is_withdrawn=true" if stream.endswith("-withdrawn") else ""
    query += "&sort=updated&direction=asc&per_page=100"
    return f"/advisories?{query}" + (f"&modified=%3E%3D{since.replace(':', '%3A')}" if since else "")


def body(*records: Any) -> bytes:
    """A page."""
    return json.dumps(records).encode()


@pytest.fixture
def api(server: Loopback) -> Loopback:
    """Three pages of reviewed advisories, one of malware, nothing withdrawn; every other request finds nothing new."""
    server.put("/advisories", b"[]")
    link = '<{0}/advisories?after=0>; rel="prev", <{0}/advisories?after={1}>; rel="next"'
    server.put(first("reviewed"), body(record(1), record(2)), headers={"link": link.format(server.url, "2")})
    server.put("/advisories?after=2", body(record(3, 3)), headers={"link": link.format(server.url, "3")})
    server.put("/advisories?after=3", body(record(4, 5)))
    server.put(first("malware"), body(record(5, 9, type="malware")))
    server.put(first("reviewed", "2026-01-01T04:00:00Z"), body(record(4, 5)))
    server.put(first("malware", "2026-01-01T08:00:00Z"), body(record(5, 9, type="malware")))
    return server


@pytest.fixture
def feed(api: Loopback, make_http: Callable[..., Http]) -> GitHubFeed:
    """The feed over the server."""
    return GitHubFeed(make_http(attempts=2), base=api.url, token=lambda: "hunter2")


def test_pages_and_silence(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """Every page of every list, with the token; then the overlap of an hour, which changes nothing."""
    pages = store.poll(feed)
    assert store.advisories.keys() == {f"GHSA-{number:04}" for number in range(1, 6)}
    assert "npm" in store.ecosystems
    assert pages[-1].ecosystems
    assert not any(page.ecosystems for page in pages[:-1])
    asked = api.requests[0].headers
    assert asked["authorization"] == "Bearer hunter2"
    assert asked["x-github-api-version"] == "2022-11-28"
    api.requests.clear()
    assert store.poll(feed) == []
    since = [parse_qs(urlsplit(request.target).query).get("modified") for request in api.requests]
    assert since == [[">=2026-01-01T04:00:00Z"], None, [">=2026-01-01T08:00:00Z"], None]


def test_news(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """A change behind the watermark's overlap is seen, what is known already is not sent again."""
    store.poll(feed)
    api.put(
        first("reviewed", "2026-01-01T04:00:00Z"), body(record(4, 5), record(1, 6, withdrawn_at="2026-01-01T06:00:00Z"))
    )
    pages = store.poll(feed)
    assert [advisory.id for page in pages for advisory in page.advisories] == ["GHSA-0001"]
    assert store.advisories["GHSA-0001"].withdrawn


def test_a_list_that_was_left_in_the_middle(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """After a rate limit, the list goes on where it stopped; nothing counts as complete before."""
    api.fault("/advisories?after=2", Answer(status=403, headers={"retry-after": "3600"}))
    with pytest.raises(TransportError) as caught:
        store.poll(feed)
    assert (caught.value.code, caught.value.retry_after) == ("rate-limited", 3600.0)
    assert store.advisories.keys() == {"GHSA-0001", "GHSA-0002"}
    assert store.ecosystems == set()
    api.requests.clear()
    store.poll(feed)
    assert api.requests[0].target == "/advisories?after=2"
    assert len(store.advisories) == 5
    assert store.ecosystems


def test_a_link_that_grew_too_old(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """Where the server does not know its own link any more, the list starts again at the watermark."""
    api.fault("/advisories?after=3", Answer(status=503), Answer(status=503), Answer(status=422))
    with pytest.raises(TransportError):
        store.poll(feed)
    api.put(first("reviewed", "2026-01-01T02:00:00Z"), body(record(3, 3), record(4, 5)))
    store.poll(feed)
    assert len(store.advisories) == 5


def test_a_wrong_token(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """A refusal without rate headers is told at once, and not as a rate limit."""
    api.fault(first("reviewed"), Answer(b'{"message": "Bad credentials"}', 401))
    with pytest.raises(TransportError, match=r"answered 401 .*Bad credentials") as caught:
        store.poll(feed)
    assert (caught.value.code, caught.value.retryable, len(api.requests)) == ("forbidden", False, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<html>", "HTML page"), (b'{"message": "x"}', "another kind of JSON"), (b"[{", "not JSON"), (b"[]", "is empty")],
)
def test_no_list(api: Loopback, feed: GitHubFeed, store: Store, content: bytes, words: str) -> None:
    """What is no list of advisories is an error, and so is an empty one where there was none before."""
    api.fault(first("reviewed"), Answer(content))
    with pytest.raises(FeedError, match=words):
        store.poll(feed)


@pytest.mark.parametrize(
    "link",
    [
        '</advisories?after=x>; rel="next"',
        "<?after=x>;rel=next",
        '<{}/advisories?after=x>; title="a, b"; rel="next"',
        "<{}/advisories?after=x>; REL='Next'",
        '<{0}/z>; rel="prev last", <{0}/advisories?after=x>; rel="next last", <{0}/y>; title=next',
    ],
)
def test_forms_of_a_link(api: Loopback, feed: GitHubFeed, store: Store, link: str) -> None:
    """Whatever RFC 8288 and servers allow: a page that is overlooked would be lost."""
    api.put(first("reviewed"), body(record(1)), headers={"link": link.format(api.url)})
    api.put("/advisories?after=x", body(record(77)))
    store.poll(feed)
    assert "GHSA-0077" in store.advisories


def test_a_link_that_is_none(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """It is an error in words."""
    api.put(first("reviewed"), body(record(1)), headers={"link": '<http://[::1>; rel="next"'})
    with pytest.raises(FeedError, match="link to its next page is none"):
        store.poll(feed)


def test_a_version_of_the_api_that_is_not_served(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """The other one is asked for from then on; a request that is wrong otherwise is an error."""
    refusal = Answer(b'{"message": "API version is not supported"}', 400)
    api.fault(first("reviewed"), refusal)
    store.poll(feed)
    versions = [request.headers["x-github-api-version"] for request in api.requests]
    assert versions == ["2022-11-28", *["2026-03-10"] * (len(versions) - 1)]
    api.fault(first("malware", "2026-01-01T08:00:00Z"), refusal)
    with pytest.raises(TransportError, match="is not supported"):
        store.poll(feed)


@pytest.mark.parametrize("link", ["<http://evil.example/x>; rel=next", '<//evil.example/x>; rel="next"'])
def test_a_link_to_another_server(api: Loopback, feed: GitHubFeed, store: Store, link: str) -> None:
    """The next page is never fetched from elsewhere."""
    api.put(first("reviewed"), body(record(1)), headers={"link": link})
    with pytest.raises(FeedError, match="leads to another server"):
        store.poll(feed)


def test_pages_in_a_circle(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """Pages that lead back to each other end."""
    api.put("/advisories?after=3", body(record(4, 5)), headers={"link": "</advisories?after=2>; rel=next"})
    with pytest.raises(FeedError, match="lead back to each other"):
        store.poll(feed)


def test_it_speaks_for_what_it_has_records_of(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """Of an ecosystem without a record nobody knows whether it was asked; a later first record makes it one."""
    store.poll(feed)
    assert store.ecosystems == {"npm"}
    entry = {"package": {"ecosystem": "erlang", "name": "p"}, "vulnerable_version_range": "< 2.0.0"}
    later = record(6, 7, vulnerabilities=[entry])
    api.put(first("reviewed", "2026-01-01T04:00:00Z"), body(record(4, 5), later))
    assert store.poll(feed)[-1].ecosystems == ("Hex", "npm")
    assert feed.complete == ("Hex", "npm")
    assert store.ecosystems == {"Hex", "npm"}


def test_files_speak_for_what_they_hold(tmp_path: Path, store: Store) -> None:
    """Also when they are as they were: nothing is read then."""
    (tmp_path / "advisories.json").write_bytes(body(record(1)))
    store.poll(GitHubFiles(str(tmp_path)))
    assert store.ecosystems == {"npm"}
    again = GitHubFiles(str(tmp_path))
    assert store.poll(again) == []
    assert again.complete == ("npm",)


def test_a_date_in_the_future(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """One wrong date does not push the watermark past what is still to come."""
    wrong = record(4) | {"updated_at": "2999-01-01T00:00:00Z"}
    api.put("/advisories?after=3", body(wrong), headers={"date": "Thu, 01 Jan 2026 07:00:00 GMT"})
    store.poll(feed)
    assert json.loads(store.cursor)["reviewed"] == ["2026-01-01T07:00:00Z", "", ["npm"]]


def test_a_malformed_record(api: Loopback, feed: GitHubFeed, store: Store) -> None:
    """The others go on."""
    api.put("/advisories?after=3", body(5, record(4, 5)))
    store.poll(feed)
    assert len(store.advisories) == 5
    assert list(store.rejected.values()) == ["it is not a JSON object"]


@pytest.mark.parametrize("cursor", ["{", "[]", '{"reviewed": 5}', '{"reviewed": []}'])
def test_a_cursor_of_something_else(feed: GitHubFeed, store: Store, cursor: str) -> None:
    """A cursor that can't be read is as good as none."""
    store.cursor = cursor
    store.poll(feed)
    assert len(store.advisories) == 5


def test_files(tmp_path: Path, store: Store) -> None:
    """A folder with the whole list, with pages, or one file; unchanged files yield nothing; what is gone has vanished."""
    records = [record(number) for number in range(20)]
    (tmp_path / "page1.json").write_bytes(body(*records[:10]))
    (tmp_path / "page2.json").write_bytes(body(*records[10:], 7))
    feed = GitHubFiles(str(tmp_path))
    store.poll(feed)
    assert (len(store.advisories), len(store.rejected)) == (20, 1)
    assert store.poll(feed) == []
    (tmp_path / "advisories.json").write_bytes(body(*records[1:19], record(19, 5)))
    pages = store.poll(feed)
    assert [advisory.id for page in pages for advisory in page.advisories] == ["GHSA-0019"]
    assert len(store.advisories) == 19
    other = Store()
    other.poll(GitHubFiles(str(tmp_path / "advisories.json")))
    assert other.listed == store.listed


def test_a_file_that_is_too_large(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read into memory, and several files are."""
    monkeypatch.setattr(github, "MAX_BYTES", 1000)
    (tmp_path / "1.json").write_bytes(body(*[record(number) for number in range(20)]))
    with pytest.raises(FeedError, match="more than 1,000 bytes"):
        store.poll(GitHubFiles(str(tmp_path)))


def test_files_without_times(tmp_path: Path, store: Store) -> None:
    """A record that does not say when it changed is there all the same."""
    (tmp_path / "advisories.json").write_bytes(body({**record(1), "updated_at": None}, record(2)))
    store.poll(GitHubFiles(str(tmp_path)))
    assert len(store.advisories) == 2


@pytest.mark.parametrize(
    ("content", "words"), [(b"[]", "no advisory in it"), (b"<html>", "HTML page"), (None, "no advisories in it")]
)
def test_bad_files(tmp_path: Path, store: Store, content: bytes | None, words: str) -> None:
    """A file that is none, an empty one, a folder without any."""
    if content is not None:
        (tmp_path / "advisories.json").write_bytes(content)
    with pytest.raises(FeedError, match=words):
        store.poll(GitHubFiles(str(tmp_path)))


def test_shrunken_files(tmp_path: Path, store: Store) -> None:
    """A list that lost half of its records takes nothing away unless a person accepts it."""
    path = tmp_path / "advisories.json"
    path.write_bytes(body(*[record(number) for number in range(20)]))
    store.poll(GitHubFiles(str(path)))
    path.write_bytes(body(*[record(number) for number in range(10)]))
    with pytest.raises(FeedError, match="10 of 20 records are missing"):
        store.poll(GitHubFiles(str(path)))
    assert len(store.advisories) == 20
    store.poll(GitHubFiles(str(path), accept_losses=True))
    assert len(store.advisories) == 10
