"""Objects of a web server."""

import shutil
from collections.abc import Callable

import pytest
from loopback import Loopback

from advisord.errors import TransportError
from advisord.net.http import Http
from advisord.net.objects import HttpObjects

Make = Callable[..., Http]


def test_read_stat_save(server: Loopback, make_http: Make) -> None:
    """An object's bytes, its tag and its size; names are encoded."""
    objects = HttpObjects(server.url + "/base/", make_http())
    server.put("/base/GitHub Actions/x[1].csv", b"abc")
    name = "GitHub Actions/x[1].csv"
    assert objects.read(name, 10) == b"abc"
    file = objects.open(name, None, 10)
    assert file is not None
    with file:
        file.seek(0)
        assert file.read() == b"abc"
    stat = objects.stat(name)
    assert stat is not None
    assert stat[1] == 3
    server.put("/base/GitHub Actions/x[1].csv", b"abd")
    assert objects.stat(name) != stat
    assert server.requests[0].target == "/base/GitHub%20Actions/x%5B1%5D.csv"
    assert objects.location == server.url + "/base"


def test_absent(server: Loopback, make_http: Make) -> None:
    """What is not there is an answer, not an error."""
    objects = HttpObjects(server.url, make_http())
    assert objects.stat("x") is None
    assert objects.read("x", 10) is None
    assert objects.open("x", None, 10) is None
    assert objects.folders() is None


def test_checksum_rather_than_tag(server: Loopback, make_http: Make) -> None:
    """Google's checksum stays when the same content is written again, unlike an entity tag."""
    objects = HttpObjects(server.url, make_http())
    server.put("/x", b"abc", headers={"x-goog-hash": "crc32c=AAAAAA==,md5=BBBB", "etag": '"1"'})
    before = objects.stat("x")
    server.put("/x", b"abc", headers={"x-goog-hash": "crc32c=AAAAAA==,md5=BBBB", "etag": '"2"'})
    assert objects.stat("x") == before == ("crc32c=AAAAAA==-3", 3, -1.0)


def test_a_server_without_head_or_tags(server: Loopback, make_http: Make) -> None:
    """Where nothing can be known of an object, that is said."""
    objects = HttpObjects(server.url, make_http())
    server.put("/x", b"", status=405)
    assert objects.stat("x") == ("", -1, -1.0)
    server.put("/x", b"abc", tagged=False)
    assert objects.stat("x") == ("", 3, -1.0)


def test_age(server: Loopback, make_http: Make) -> None:
    """How old an object is, by the server's clock alone."""
    dates = {"date": "Sat, 21 Nov 2026 10:00:00 GMT", "last-modified": "Sat, 21 Nov 2026 09:59:00 GMT"}
    server.put("/x", b"abc", headers=dates)
    stat = HttpObjects(server.url, make_http()).stat("x")
    assert stat is not None
    assert stat[2] == 60.0


def test_no_room(server: Loopback, make_http: Make) -> None:
    """A folder for temporary files that is not there is an error in words."""
    with pytest.raises(TransportError, match="no temporary file can be made"):
        HttpObjects(server.url, make_http()).open("x", "/nonexistent", 10)


def test_forbidden(server: Loopback, make_http: Make) -> None:
    """A refusal says nothing of the object."""
    server.put("/x", b"", status=403)
    with pytest.raises(TransportError, match="answered 403"):
        HttpObjects(server.url, make_http()).read("x", 10)


def test_neither_memory_nor_disk_is_filled(server: Loopback, make_http: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the one who asks would take, and also when the server does not say how much will come."""
    objects = HttpObjects(server.url, make_http(attempts=1))
    server.put("/x", b"abc" * 100_000, chunked=True)
    monkeypatch.setattr("advisord.net.objects._IN_MEMORY", 1000)
    with pytest.raises(TransportError, match="more than 1,000 bytes"):
        objects.read("x", 1 << 40)
    usage = shutil.disk_usage("/")._replace(free=(1 << 30) + 2000)
    monkeypatch.setattr("advisord.net.objects.shutil.disk_usage", lambda _: usage)
    with pytest.raises(TransportError, match="more than 2,000 bytes"):
        objects.open("x", None, 1 << 40)
