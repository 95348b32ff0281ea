"""A server that misbehaves in every way, a real client, a real database: nothing is lost, and what follows is right.

Each fault stands in the way of the first load, then of a delta. The sync says what was wrong, what was stored stays, and
once the server is well again the database is the one of a mirror that never had any trouble.
"""

import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from feed_parts import Bucket
from loopback import CERTIFICATE, Answer, Loopback
from running import Advisord
from store_parts import dump

from advisord.cycle.poll import poll
from advisord.feeds.osv import OsvFeed
from advisord.net.http import Http
from advisord.net.objects import HttpObjects
from advisord.store import feeds
from advisord.store.database import open_writer

Spoil = Callable[[Loopback, Bucket], None]
_CSV, _ZIP, _ONE = "/npm/modified_id.csv", "/npm/all.zip", "/npm/A-3.json"
_DAYS = [f"2026-11-{day:02}T00:00:00Z" for day in range(1, 10)]
_HTML = b"<!doctype html><html><body>Sign in to the hotel's network</body></html>"
_RECORDS = 40


def _bucket(state: int) -> Bucket:
    """Two states of a feed; in the second one record has changed, one is new and one is gone."""
    bucket = Bucket()
    for number in range(_RECORDS):
        bucket.add(f"A-{number}", aliases=[f"CVE-{number // 2}"])
    if state:
        bucket.add("A-3", "2026-02-01T00:00:00Z", withdrawn="2026-02-01T00:00:00Z")
        bucket.add("B-1", "2026-02-02T00:00:00Z")
        del bucket.records["A-5"], bucket.listed["A-5"]
    return bucket


def _serve(server: Loopback, bucket: Bucket) -> None:
    for name, content in bucket.files().items():
        server.put(f"/{name}", content)


def _bomb(_: Bucket) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A-3.json", bytes(70_000_000))
    return file.getvalue()


def _every(path: str, body: Callable[[Bucket], bytes] = lambda _: b"", **more: object) -> Spoil:
    """Answer a path so until the server is well again."""
    return lambda server, bucket: server.put(path, body(bucket), **more)


def _first(path: str, count: int, **more: object) -> Spoil:
    """Answer so a few times."""
    return lambda server, _: server.fault(path, *[Answer(**more) for _ in range(count)])  # type: ignore[arg-type]


def _flipped(bucket: Bucket) -> bytes:
    """One record's checksum is wrong."""
    archive = bytearray(bucket.zip())
    archive[archive.index(b"A-3.json") - 16] ^= 0xFF
    place = archive.rindex(b"A-3.json") - 30
    archive[place] ^= 0xFF
    return bytes(archive)


def _half(bucket: Bucket) -> bytes:
    rows = bucket.csv().splitlines(keepends=True)
    return b"".join(rows[: len(rows) // 2])


FATAL: dict[str, tuple[str, str, Spoil]] = {
    "truncated zip": ("bad-archive", "a damaged or cut file came", _every(_ZIP, lambda b: b.zip()[:-40])),
    "zip bomb": ("bad-archive", "would unpack to 70,000,000 bytes", _every(_ZIP, _bomb)),
    "html instead of the zip": ("bad-archive", "an HTML page came", _every(_ZIP, lambda _: _HTML)),
    "html instead of the csv": ("feed", "an HTML page came", _every(_CSV, lambda _: _HTML)),
    "empty csv": ("suspect-feed", "the listing is empty", _every(_CSV)),
    "429 with retry-after": (
        "rate-limited",
        "too many requests",
        _every(_CSV, status=429, headers={"retry-after": "900"}),
    ),
    "429 without": ("rate-limited", "too many requests", _every(_CSV, status=429)),
    "503 with retry-after": ("transport", "answered 503", _every(_ZIP, status=503, headers={"retry-after": "1"})),
    "503 without": ("transport", "answered 503", _every(_ZIP, status=503)),
    "504": ("transport", "answered 504", _every(_CSV, status=504)),
    "a connection cut each time": (
        "connection",
        "the connection broke",
        _every(_ZIP, Bucket.zip, cut=700, tagged=False),
    ),
    "silence": ("timeout", "stopped answering", _every(_ZIP, Bucket.zip, pause=5.0)),
    "a redirect that never ends": ("redirect", "again and again", _every(_CSV, status=302, headers={"location": _CSV})),
}

PASSING: dict[str, Spoil] = {
    "corrupt zip": _every(_ZIP, _flipped),
    "no zip": lambda server, _: server.remove(_ZIP),
    "a 429 and its retry-after": _first(_CSV, 2, status=429, headers={"retry-after": "2"}),
    "a 503": _first(_ZIP, 2, status=503),
    "a 504": _first(_CSV, 2, status=504),
    "a connection cut once": lambda server, bucket: server.fault(_ZIP, Answer(bucket.zip(), cut=1000)),
}


class Mirror:
    """A database, and polls of the server into it, a day apart."""

    def __init__(self, db: sqlite3.Connection, url: str, http: Http) -> None:
        self.db = db
        self._source = HttpObjects(url, http)
        self._days = iter(_DAYS)

    def poll(self) -> tuple[str, str]:
        """The problem's code and message."""
        problem = poll(self.db, OsvFeed(self._source, ecosystems=["npm"]), "server", next(self._days)).problem
        return (problem.code, problem.message) if problem else ("", "")

    def live(self) -> set[tuple[str, str]]:
        """Record and modified of all that is not gone."""
        return set(self.db.execute("SELECT record, modified FROM advisory WHERE gone = ''"))


@pytest.fixture
def make(tmp_path: Path, server: Loopback, make_http: Callable[..., Http]) -> Iterator[Callable[[], Mirror]]:
    """Makes mirrors with empty databases."""
    opened: list[sqlite3.Connection] = []

    def mirror() -> Mirror:
        opened.append(open_writer(str(tmp_path / f"{len(opened)}.db")))
        return Mirror(opened[-1], server.url, make_http(attempts=3, read=0.3))

    yield mirror
    for db in opened:
        db.close()


@pytest.fixture
def untroubled(make: Callable[[], Mirror], server: Loopback) -> list[str]:
    """The dumps of a mirror without trouble in both states."""
    mirror, dumps = make(), []
    for state in (0, 1):
        _serve(server, _bucket(state))
        assert mirror.poll() == ("", "")
        dumps.append(dump(mirror.db))
    return dumps


@pytest.mark.parametrize("fault", FATAL)
def test_what_ends_a_sync(make: Callable[[], Mirror], server: Loopback, untroubled: list[str], fault: str) -> None:
    """The reason is said, nothing is lost or taken for fresh, and the next good sync makes up for it."""
    code, words, spoil = FATAL[fault]
    mirror = make()
    for state in (0, 1):
        bucket = _bucket(state)
        _serve(server, bucket)
        before, as_of = mirror.live(), [one.as_of for one in feeds.states(mirror.db)]
        spoil(server, bucket)
        said = mirror.poll()
        assert said[0] == code, said
        assert words in said[1]
        assert mirror.live() == before
        (after,) = feeds.states(mirror.db)
        assert (after.error_code, [after.as_of]) == (code, as_of or [""])
        _serve(server, bucket)
        assert mirror.poll() == ("", "")
        assert dump(mirror.db) == untroubled[state]


@pytest.mark.parametrize("fault", PASSING)
def test_what_a_sync_survives(make: Callable[[], Mirror], server: Loopback, untroubled: list[str], fault: str) -> None:
    """It ends well, with everything."""
    mirror = make()
    for state in (0, 1):
        bucket = _bucket(state)
        _serve(server, bucket)
        PASSING[fault](server, bucket)
        assert mirror.poll() == ("", "")
        assert dump(mirror.db) == untroubled[state]


def test_a_listing_that_lost_half(make: Callable[[], Mirror], server: Loopback, untroubled: list[str]) -> None:
    """Nothing vanishes because of it, nor of the same again."""
    mirror = make()
    _serve(server, _bucket(0))
    mirror.poll()
    server.put(_CSV, _half(_bucket(0)))
    for _ in range(2):
        assert mirror.poll()[0] == "suspect-feed"
        assert len(mirror.live()) == _RECORDS
    _serve(server, _bucket(1))
    assert mirror.poll() == ("", "")
    assert dump(mirror.db) == untroubled[1]


def test_a_listed_id_that_answers_404(make: Callable[[], Mirror], server: Loopback, untroubled: list[str]) -> None:
    """It is shown, asked for again although nothing else changes, and comes when it is there."""
    mirror = make()
    _serve(server, _bucket(0))
    mirror.poll()
    bucket = _bucket(1)
    _serve(server, bucket)
    server.put(_ZIP, bytes(10_000_000))  # so large that single records cost less
    server.remove(_ONE)
    before = dict(mirror.live())
    for _ in range(2):
        assert mirror.poll() == ("", "")
        assert dict(mirror.live())["A-3"] == before["A-3"]
        assert [one for (one,) in mirror.db.execute("SELECT record FROM rejected")] == ["A-3"]
    _serve(server, bucket)
    assert mirror.poll() == ("", "")
    assert dump(mirror.db) == untroubled[1]


def test_one_malformed_record_among_many(make: Callable[[], Mirror], server: Loopback) -> None:
    """All others come; it is in quarantine with its reason."""
    bucket = _bucket(0)
    for number in range(100, 3100):
        bucket.add(f"A-{number}")
    bucket.records["A-1234"] = b'{"id": "A-1234", "affected": {'
    _serve(server, bucket)
    mirror = make()
    assert mirror.poll() == ("", "")
    assert len(mirror.live()) == _RECORDS + 2999
    (row,) = mirror.db.execute("SELECT record, reason FROM rejected").fetchall()
    assert row[0] == "A-1234"
    assert "it is not JSON" in row[1]


def test_clocks_that_disagree(make: Callable[[], Mirror], server: Loopback, untroubled: list[str]) -> None:
    """Neither the server's clock nor ours decides what is new: a day ahead or a day behind, the same comes."""
    mirror = make()
    for state, date in ((0, "Sat, 01 Jan 2050 00:00:00 GMT"), (1, "Thu, 01 Jan 2015 00:00:00 GMT")):
        bucket = _bucket(state)
        _serve(server, bucket)
        for path in (_CSV, _ZIP):
            server.put(path, bucket.files()[path[1:]], headers={"date": date, "last-modified": date})
        assert mirror.poll() == ("", "")
        assert dump(mirror.db) == untroubled[state]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "is not trusted: self-signed certificate"),
        ({"SSL_CERT_FILE": str(CERTIFICATE)}, "which is not https"),
        ({"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}, "127.0.0.1"),
    ],
    ids=["a wrong certificate", "a redirect to http", "a proxy that is not there"],
)
def test_the_way_there(
    advisord: Advisord, tls_server: Loopback, environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    """The command says in a sentence what is in the way, ends with 3, and a database that was there keeps all it has."""
    tls_server.put("/npm/modified_id.csv", b"", status=302, headers={"location": "http://127.0.0.1:9/x"})
    _bucket(0).write(tmp_path / "osv")
    assert advisord("sync", "osv", "--from", "osv", "--db", "a.db").status == 0
    arguments = ("sync", "osv", "--ecosystem", "npm", "--from", tls_server.url, "--db", "a.db")
    ran = advisord(*arguments, env=environment)
    assert ran.status == 3, ran
    assert words in ran.err
    with closing(open_writer(str(tmp_path / "a.db"))) as db:
        assert db.execute("SELECT count(*) FROM advisory WHERE gone = ''").fetchone() == (_RECORDS,)


def test_through_a_proxy(advisord: Advisord, server: Loopback, tmp_path: Path) -> None:
    """Everything is asked of the proxy that the environment names."""
    for name, content in _bucket(0).files().items():
        server.put(f"http://feed.example/{name}", content)
        server.put(f"/{name}", content)
    ran = advisord(
        *("sync", "osv", "--ecosystem", "npm", "--from", "http://feed.example", "--db", "a.db"),
        env={"HTTP_PROXY": server.url, "ALL_PROXY": "", "NO_PROXY": ""},
    )
    assert ran.status == 0, ran
    assert {request.target.partition("/npm/")[0] for request in server.requests} == {"http://feed.example"}
