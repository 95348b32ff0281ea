"""OSV's layout, over a web server and from folders, with everything that can be wrong with it."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from feed_parts import Bucket, Store
from loopback import Answer, Loopback

from advisord.errors import FeedError, TransportError
from advisord.feeds.osv import OsvFeed
from advisord.feeds.source import FolderSource, ZipSource
from advisord.model.listing import Listing
from advisord.net.http import Http
from advisord.net.objects import HttpObjects

Serve = Callable[[Bucket], None]
_LATER = "2026-02-01T00:00:00Z"


@pytest.fixture
def serve(server: Loopback) -> Serve:
    """Puts a bucket on the server."""

    def put(bucket: Bucket) -> None:
        for name, content in bucket.files().items():
            server.put(f"/{name}", content)

    return put


@pytest.fixture
def remote(server: Loopback, make_http: Callable[..., Http]) -> OsvFeed:
    """The feed over the server."""
    return OsvFeed(HttpObjects(server.url, make_http(attempts=2)))


def fails(store: Store, feed: OsvFeed) -> FeedError:
    """The error of a poll."""
    with pytest.raises(FeedError) as caught:
        store.poll(feed)
    return caught.value


def test_first_load_and_silence(server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store) -> None:
    """The archive comes once, whole; an unchanged ecosystem costs one request and yields nothing."""
    serve(bucket)
    store.poll(remote)
    assert store.advisories.keys() == bucket.records.keys()
    assert store.listed == {"npm": bucket.listed}
    assert store.ecosystems == {"npm"}
    server.requests.clear()
    assert store.poll(OsvFeed(remote._source, ecosystems=["npm"])) == []
    assert [(request.method, request.path) for request in server.requests] == [("HEAD", "/npm/modified_id.csv")]


def test_one_request_for_all_ecosystems(
    serve: Serve, server: Loopback, make_bucket: Callable[[str], Bucket], remote: OsvFeed, store: Store
) -> None:
    """While the listing of everything, once it has settled, stays the same, no ecosystem is asked about."""
    buckets = [make_bucket(ecosystem) for ecosystem in ("npm", "PyPI")]
    for bucket in buckets:
        bucket.add("A-1")
        serve(bucket)
    server.put("/ecosystems.txt", b"npm\nPyPI\n")
    dates = {"date": "Sat, 21 Nov 2026 10:00:00 GMT", "last-modified": "Sat, 21 Nov 2026 09:59:00 GMT"}
    server.put("/modified_id.csv", b"1", headers=dates)
    store.poll(remote)
    server.requests.clear()
    assert store.poll(remote) == []
    assert len(server.requests) == 4  # a minute old: what belongs to it may still be on its way
    server.put("/modified_id.csv", b"1", headers=dates | {"last-modified": "Sat, 21 Nov 2026 08:00:00 GMT"})
    store.poll(remote)
    server.requests.clear()
    assert store.poll(remote) == []
    assert [(request.method, request.path) for request in server.requests] == [("HEAD", "/modified_id.csv")]
    buckets[1].add("A-2", _LATER)
    serve(buckets[1])
    server.put("/modified_id.csv", b"2", headers=dates)
    store.poll(remote)
    assert "A-2" in store.advisories
    assert store.poll(OsvFeed(remote._source, ecosystems=["npm", "PyPI"])) == []


def test_delta_by_single_records(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few changes are fetched one by one; what the listing has no more has vanished."""
    serve(bucket)
    store.poll(remote)
    bucket.add("A-3", _LATER, withdrawn=_LATER)
    bucket.add("B-1", "2026-02-01T00:00:00.5Z")
    del bucket.listed["A-4"]
    serve(bucket)
    server.put("/npm/all.zip", bytes(10_000_000))  # so large that single records cost less
    server.requests.clear()
    store.poll(remote)
    assert sorted(server.asked("GET")[2:]) == ["/npm/A-3.json", "/npm/B-1.json"]
    assert store.advisories["A-3"].withdrawn == _LATER
    assert "A-4" not in store.advisories
    assert store.listed["npm"] == bucket.listed


def test_delta_by_the_archive(server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store) -> None:
    """Where the archive costs less than single requests, only the changed records are read from it."""
    serve(bucket)
    store.poll(remote)
    bucket.add("A-3", _LATER)
    serve(bucket)
    server.requests.clear()
    pages = store.poll(remote)
    assert [advisory.id for page in pages for advisory in page.advisories] == ["A-3"]
    assert "/npm/A-3.json" not in server.asked()


def test_a_listed_record_that_is_not_there_yet(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store
) -> None:
    """A listed id that answers 404 is shown, stays unknown, and is asked for again although nothing else changes."""
    bucket.add("B-1")
    serve(bucket)
    server.put("/npm/all.zip", bucket.zip(leave_out=["B-1"]))
    server.remove("/npm/B-1.json")
    store.poll(remote)
    assert "asked for again" in store.rejected["B-1"]
    assert store.listed["npm"]["B-1"] == ""
    serve(bucket)
    store.poll(remote)
    assert "B-1" in store.advisories
    assert store.rejected == {}
    assert store.poll(remote) == []


@pytest.mark.parametrize("lacking", [["A-1", "A-2", "A-3"], [f"A-{number}" for number in range(20)]])
def test_too_many_listed_records_that_are_not_there(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store, lacking: list[str]
) -> None:
    """A mirror that lacks a tenth of what it lists can't answer for the ecosystem; what it has is kept."""
    serve(bucket)
    server.put("/npm/all.zip", bucket.zip(leave_out=lacking))
    for record in lacking:
        server.remove(f"/npm/{record}.json")
    error = fails(store, remote)
    assert f"{len(lacking)} of 20 listed records can't be had, neither" in str(error)
    assert (len(store.advisories), store.ecosystems) == (20 - len(lacking), set())
    serve(bucket)
    store.poll(remote)
    assert (len(store.advisories), store.ecosystems) == (20, {"npm"})


@pytest.mark.parametrize(
    ("listing", "words"), [(True, "not one of its records can be had and read"), (False, "no record in it")]
)
def test_nothing_that_can_be_read(
    tmp_path: Path, make_bucket: Callable[[str], Bucket], store: Store, listing: bool, words: str
) -> None:
    """An archive without records, or with none that can be read, is no clean bill."""
    bucket = make_bucket("npm")
    bucket.write(tmp_path)
    if listing:
        bucket.records["A-1"], bucket.listed["A-1"] = b"{}", _LATER
        bucket.write(tmp_path)
    else:
        (tmp_path / "npm" / "modified_id.csv").unlink()
    assert words in str(fails(store, OsvFeed(FolderSource(str(tmp_path)))))
    assert store.ecosystems == set()


def test_an_update_that_is_not_there_yet(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store
) -> None:
    """A record that still comes in its old form is asked for again; it is neither lost nor taken for up to date."""
    serve(bucket)
    store.poll(remote)
    bucket.listed["A-3"] = _LATER
    server.put("/npm/modified_id.csv", bucket.csv())
    store.poll(remote)
    assert store.listed["npm"]["A-3"] == "2026-01-01T00:00:00Z"
    bucket.add("A-3", _LATER)
    serve(bucket)
    store.poll(remote)
    assert store.advisories["A-3"].modified == _LATER
    assert store.poll(remote) == []


def test_times_that_never_agree(serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store) -> None:
    """A record whose own time differs from the listing for good is not fetched for ever."""
    bucket.listed["A-3"] = "2026-01-01T00:00:00.000Z"
    bucket.listed["A-4"] = "2025-06-01T00:00:00Z"
    bucket.listed["A-5"] = "2026-01-10T00:00:00Z"
    bucket.add("Z-1", _LATER)
    serve(bucket)
    store.poll(remote)
    assert store.poll(remote) == []


def test_only_in_the_archive(server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store) -> None:
    """A record that the archive has and the listing not yet is not lost."""
    serve(bucket)
    del bucket.listed["A-7"]
    server.put("/npm/modified_id.csv", bucket.csv())
    store.poll(remote)
    assert "A-7" in store.advisories
    assert store.poll(remote) == []


def test_an_older_archive_revives_nothing(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store
) -> None:
    """A record that vanished from the listing has vanished, even if the archive still holds it."""
    serve(bucket)
    store.poll(remote)
    bucket.add("A-3", _LATER)
    del bucket.listed["A-4"]
    serve(bucket)
    store.poll(remote)
    assert "A-4" not in store.advisories


@pytest.mark.parametrize(
    "listing",
    [b"", b"2026-01-01T00:00:00Z,A-1\n2026-01-01T00:00:00Z,A-2\n"],
    ids=["empty", "half-lost"],
)
def test_a_shrunken_listing_is_not_believed(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store, listing: bytes
) -> None:
    """A listing that lost a lot withdraws nothing, until it is good again or a person accepts the loss."""
    serve(bucket)
    store.poll(remote)
    before = dict(store.listed["npm"])
    server.put("/npm/modified_id.csv", listing)
    assert fails(store, remote).code == "suspect-feed"
    assert store.listed["npm"] == before
    assert fails(store, remote).code == "suspect-feed"
    if listing:
        store.poll(OsvFeed(remote._source, accept_losses=True))
        assert store.listed["npm"].keys() == {"A-1", "A-2"}
    serve(bucket)
    store.poll(remote)
    assert store.listed["npm"] == before


def test_html_instead_of_a_listing(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store
) -> None:
    """A page with status 200 takes nothing away."""
    serve(bucket)
    store.poll(remote)
    server.put("/npm/modified_id.csv", b"<html>Sign in</html>", headers={"content-type": "text/html"})
    error = fails(store, remote)
    assert (error.subject, str(error)) == (
        "osv",
        "npm: an HTML page came where a listing (modified_id.csv) was expected",
    )
    assert len(store.advisories) == 20


@pytest.mark.parametrize(
    ("limit", "chunked"),
    [("_MAX_LISTING", False), ("_MAX_LISTING", True), ("_MAX_ARCHIVE", False)],
    ids=["listing", "listing-unannounced", "archive"],
)
def test_too_large_a_listing_or_archive(
    server: Loopback,
    serve: Serve,
    bucket: Bucket,
    remote: OsvFeed,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    chunked: bool,
) -> None:
    """No more than the limit is ever read of it, whether or not its size is said before; nothing is taken away."""
    serve(bucket)
    store.poll(remote)
    bucket.add("B-1", _LATER)
    serve(bucket)
    for name in ("modified_id.csv", "all.zip"):
        server.put(f"/npm/{name}", bucket.files()[f"npm/{name}"], chunked=chunked)
    with monkeypatch.context() as patched:
        patched.setattr(f"advisord.feeds.osv.{limit}", 100)
        with pytest.raises(TransportError, match="more than 100 bytes") as caught:
            store.poll(remote)
        assert caught.value.code == "too-large"
    assert len(store.advisories) == 20
    store.poll(remote)
    assert len(store.advisories) == 21


def test_html_instead_of_a_record(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store
) -> None:
    """A page in a record's place is shown and asked for again; the record as it was stays."""
    serve(bucket)
    store.poll(remote)
    bucket.add("A-3", _LATER)
    serve(bucket)
    server.put("/npm/all.zip", bytes(10_000_000))
    server.fault("/npm/A-3.json", Answer(b"<html>"))
    store.poll(remote)
    assert "HTML page" in store.rejected["A-3"]
    assert store.advisories["A-3"].modified != _LATER
    store.poll(remote)
    assert store.advisories["A-3"].modified == _LATER


@pytest.mark.parametrize(
    "damage", [lambda z: z[:-30], lambda _: b"<html>", lambda _: b""], ids=["cut", "html", "empty"]
)
def test_a_broken_archive(
    server: Loopback,
    serve: Serve,
    bucket: Bucket,
    remote: OsvFeed,
    store: Store,
    damage: Callable[[bytes], bytes],
) -> None:
    """No archive, no progress: the error says so, and the next good one is taken."""
    serve(bucket)
    server.put("/npm/all.zip", damage(bucket.zip()))
    assert fails(store, remote).code == "bad-archive"
    assert (store.cursor, store.advisories) == ("", {})
    serve(bucket)
    store.poll(remote)
    assert len(store.advisories) == 20


def test_a_damaged_record_in_the_archive(
    server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store, tmp_path: Path
) -> None:
    """A record with a wrong checksum is fetched alone; where it can't be, the poll fails and the others are stored."""
    serve(bucket)
    broken = bytearray(bucket.zip())
    broken[broken.index(b"A-5.json") + 12] ^= 0xFF
    server.put("/npm/all.zip", bytes(broken))
    store.poll(remote)
    assert len(store.advisories) == 20
    bucket.write(tmp_path)
    (tmp_path / "npm" / "all.zip").write_bytes(broken)
    other = Store()
    error = fails(other, OsvFeed(FolderSource(str(tmp_path))))
    assert (error.code, str(error)) == (
        "bad-archive",
        "npm: 1 record of its archive can't be unpacked, the first is A-5",
    )
    assert len(other.advisories) == 19
    assert "npm" not in other.ecosystems


def test_one_malformed_record_among_many(tmp_path: Path, make_bucket: Callable[[str], Bucket], store: Store) -> None:
    """The others are read, it is named with its reason, and it is looked at again only when it changes."""
    bucket = make_bucket("npm")
    for number in range(3000):
        bucket.add(f"A-{number}")
    bucket.records["A-1234"] = b'{"id": "A-1234", "affected": 5}'
    bucket.records["A-1235"] = b'{"id": "A-0"}'
    bucket.write(tmp_path)
    feed = OsvFeed(FolderSource(str(tmp_path)))
    pages = store.poll(feed)
    assert max(len(page.advisories) for page in pages) <= 2000
    assert len(store.advisories) == 2998
    assert store.rejected == {
        "A-1234": "`affected` is not a list",
        "A-1235": "its file holds the record 'A-0'",
    }
    assert store.poll(feed) == []
    bucket.add("A-1234", _LATER)
    bucket.write(tmp_path)
    pages = store.poll(feed)
    assert [advisory.id for page in pages for advisory in page.advisories] == ["A-1234"]


def test_unreadable_rows(server: Loopback, serve: Serve, bucket: Bucket, remote: OsvFeed, store: Store) -> None:
    """A listing with a broken row brings its news and takes nothing away."""
    serve(bucket)
    store.poll(remote)
    bucket.add("B-1", _LATER)
    serve(bucket)
    server.put("/npm/modified_id.csv", bucket.csv().replace(b"A-19\n", b"\n"))
    assert "1 row of its listing can't be read, such as " in str(fails(store, remote))
    assert store.advisories.keys() >= {"A-19", "B-1"}


def test_other_ecosystems_go_on(
    serve: Serve, server: Loopback, make_bucket: Callable[[str], Bucket], remote: OsvFeed, store: Store
) -> None:
    """One ecosystem that can't be had does not stop the others; all failures are told."""
    for ecosystem in ("GitHub Actions", "PyPI"):
        bucket = make_bucket(ecosystem)
        bucket.add("A-1")
        serve(bucket)
    feed = OsvFeed(remote._source, ecosystems=["Hex", "GitHub Actions", "Pub", "PyPI:suffix"])
    error = fails(store, feed)
    assert error.code == "no-ecosystem"
    assert "the ecosystem 'Hex'; and Pub: " in str(error)
    assert store.ecosystems == {"GitHub Actions", "PyPI"}
    assert "/GitHub%20Actions/modified_id.csv" in [request.target for request in server.requests]


@pytest.mark.parametrize(
    ("trouble", "goes_on"),
    [
        (Answer(cut=10, tagged=False), False),
        (Answer(status=429), False),
        (Answer(status=503, headers={"retry-after": "0"}), False),
        (Answer(status=503), True),
    ],
)
def test_a_server_that_is_down(
    serve: Serve,
    server: Loopback,
    make_bucket: Callable[[str], Bucket],
    make_http: Callable[..., Http],
    store: Store,
    trouble: Answer,
    goes_on: bool,
) -> None:
    """A server that can't be reached, or asks to wait, ends the poll at once; one that fails at one thing does not."""
    for ecosystem in ("npm", "PyPI"):
        bucket = make_bucket(ecosystem)
        bucket.add("A-1")
        serve(bucket)
    feed = OsvFeed(HttpObjects(server.url, make_http(attempts=2)), ecosystems=["npm", "PyPI"])
    server.put("/npm/all.zip", bytes(100), **{k: v for k, v in trouble._asdict().items() if k != "body"})
    with pytest.raises(TransportError) as caught:
        store.poll(feed)
    assert caught.value.retryable
    assert store.ecosystems == ({"PyPI"} if goes_on else set())


def test_a_cut_archive_goes_on(serve: Serve, server: Loopback, bucket: Bucket, remote: OsvFeed, store: Store) -> None:
    """A connection that breaks in the middle of the archive costs the rest of it, not all of it."""
    serve(bucket)
    server.fault("/npm/all.zip", Answer(bucket.zip(), cut=1000))
    store.poll(remote)
    assert len(store.advisories) == 20
    ranges = [request.headers.get("range") for request in server.requests if request.path == "/npm/all.zip"]
    assert ranges[-1] == "bytes=1000-"


def test_an_interrupted_load_is_resumed(tmp_path: Path, make_bucket: Callable[[str], Bucket], store: Store) -> None:
    """A poll that is dropped after a page has kept that page, and the next one brings the rest."""
    bucket = make_bucket("npm")
    for number in range(3000):
        bucket.add(f"A-{number}")
    bucket.write(tmp_path)
    feed = OsvFeed(FolderSource(str(tmp_path)))
    first = next(feed.poll("", lambda _: Listing()))
    store.listed["npm"] = {advisory.id: advisory.modified for advisory in first.advisories}
    store.cursor = first.cursor
    pages = store.poll(feed)
    assert sum(len(page.advisories) for page in pages) == 1000
    assert store.listed["npm"] == bucket.listed


def test_tags_are_not_needed(serve: Serve, server: Loopback, bucket: Bucket, remote: OsvFeed, store: Store) -> None:
    """A server without entity tags is read each time, and yields nothing when nothing changed."""
    serve(bucket)
    server.put("/npm/modified_id.csv", bucket.csv(), tagged=False)
    store.poll(remote)
    assert store.poll(remote) == []


def test_a_folder_without_listing(tmp_path: Path, bucket: Bucket, store: Store) -> None:
    """A mirror of archives only: the archive is its own listing, with the same brake."""
    bucket.write(tmp_path)
    (tmp_path / "npm" / "modified_id.csv").unlink()
    (tmp_path / "ecosystems.txt").unlink()
    feed = OsvFeed(FolderSource(str(tmp_path)))
    store.poll(feed)
    assert store.listed == {"npm": bucket.listed}
    assert store.poll(feed) == []
    for record in list(bucket.records)[:10]:
        del bucket.records[record]
    (tmp_path / "npm" / "all.zip").write_bytes(bucket.zip())
    assert fails(store, feed).code == "suspect-feed"
    assert store.listed == {"npm": bucket.listed}


def test_a_record_without_a_time_of_change(tmp_path: Path, bucket: Bucket, store: Store) -> None:
    """It is not lost where no listing says that it changed, and is looked at again whenever the archive is another."""
    bucket.add("NONE", None)
    bucket.add("BAD", "yesterday")
    bucket.write(tmp_path)
    (tmp_path / "npm" / "modified_id.csv").unlink()
    feed = OsvFeed(FolderSource(str(tmp_path)))
    store.poll(feed)
    assert {"NONE", "BAD"} < store.advisories.keys()
    bucket.add("NONE", None, summary="more")
    (tmp_path / "npm" / "all.zip").write_bytes(bucket.zip())
    store.poll(feed)
    assert store.advisories["NONE"].summary == "more"


def test_from_a_zip(tmp_path: Path, bucket: Bucket, store: Store) -> None:
    """A zip of the layout, and one ecosystem's own archive."""
    whole, flat = tmp_path / "whole.zip", tmp_path / "all.zip"
    with zipfile.ZipFile(whole, "w") as made:
        for name, content in bucket.files(singles=False).items():
            made.writestr(name, content)
    flat.write_bytes(bucket.zip())
    for path in (whole, flat):
        other = Store()
        feed = OsvFeed(ZipSource(str(path)))
        other.poll(feed)
        assert other.listed == {"npm": bucket.listed}
        assert other.poll(feed) == []


def test_nothing_known_in_the_source(tmp_path: Path, store: Store) -> None:
    """A folder that holds no feed says so."""
    assert "no list of ecosystems" in str(fails(store, OsvFeed(FolderSource(str(tmp_path)))))


@pytest.mark.parametrize("cursor", ["{", "[]", '{"npm": 5}', "null"])
def test_a_cursor_of_something_else(tmp_path: Path, bucket: Bucket, store: Store, cursor: str) -> None:
    """A cursor that can't be read is as good as none."""
    bucket.write(tmp_path)
    store.cursor = cursor
    store.poll(OsvFeed(FolderSource(str(tmp_path))))
    assert len(store.advisories) == 20
