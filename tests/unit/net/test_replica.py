"""A database from a web server: used only when it is what its checksum says."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import Loopback

from advisord.errors import TransportError, UsageError
from advisord.net.http import Http
from advisord.net.replica import replica


@pytest.fixture
def http(make_http: Callable[..., Http]) -> Http:
    """A client that never really sleeps."""
    return make_http()


def publish(server: Loopback, content: bytes, digest: str = "") -> None:
    """What `advisord db export` writes, on the server."""
    server.put("/a.db", content)
    server.put("/a.db.sha256", f"{digest or hashlib.sha256(content).hexdigest()}  a.db\n".encode())


def asked(server: Loopback) -> list[str]:
    """The paths that were asked for since the last time."""
    paths = [request.path for request in server.requests]
    server.requests.clear()
    return paths


def test_fetched_when_it_is_new(server: Loopback, http: Http, tmp_path: Path) -> None:
    """Else only its checksum is asked for."""
    url, folder = f"{server.url}/a.db", str(tmp_path / "cache")
    publish(server, b"one")
    path, note = replica(url, folder, http)
    assert (Path(path).read_bytes(), note) == (b"one", "")
    assert asked(server) == ["/a.db.sha256", "/a.db"]
    assert replica(url, folder, http) == (path, "")
    assert asked(server) == ["/a.db.sha256"]
    publish(server, b"two")
    assert replica(url, folder, http) == (path, "")
    assert Path(path).read_bytes() == b"two"
    Path(path).unlink()
    assert Path(replica(url, folder, http).path).read_bytes() == b"two"
    assert sorted(file.name for file in Path(folder).iterdir()) == [Path(path).name, f"{Path(path).name}.sha256"]


def test_what_is_not_what_it_says_is_not_used(server: Loopback, http: Http, tmp_path: Path) -> None:
    """An error, also beside an older copy, which stays; a page in the checksum's place names no database."""
    url, folder = f"{server.url}/a.db", str(tmp_path)
    publish(server, b"one")
    path = replica(url, folder, http).path
    publish(server, b"hostile", digest="0" * 64)
    with pytest.raises(TransportError, match="does not have its checksum") as caught:
        replica(url, folder, http)
    assert caught.value.code == "checksum"
    assert Path(path).read_bytes() == b"one"
    for digest in (b"", b"<html>", b"0" * 63, b"0" * 65, b" " + b"0" * 64, ("A" * 64).encode()):
        server.put("/a.db.sha256", digest)
        known = replica(url, folder, http)
        assert "no SHA-256 came" in known.note
        assert Path(known.path).read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 2


def test_without_an_answer(server: Loopback, http: Http, tmp_path: Path) -> None:
    """An older copy is used, and it is said; without one there is an error."""
    url = f"{server.url}/a.db"
    with pytest.raises(TransportError):
        replica(url, str(tmp_path), http)
    with pytest.raises(TransportError, match="--offline forbids"):
        replica(url, str(tmp_path), http, offline=True)
    publish(server, b"one")
    path = replica(url, str(tmp_path), http).path
    server.remove("/a.db.sha256")
    old = replica(url, str(tmp_path), http)
    assert old.path == path
    assert old.note.endswith("the copy of an earlier time is used")
    asked(server)
    assert replica(url, str(tmp_path), http, offline=True) == (path, "")
    assert asked(server) == []


def test_a_download_that_is_cut(server: Loopback, http: Http, tmp_path: Path) -> None:
    """No part of it is taken for a database."""
    publish(server, b"one" * 1000)
    server.put("/a.db", b"one" * 1000, cut=100, tagged=False)
    with pytest.raises(TransportError):
        replica(f"{server.url}/a.db", str(tmp_path / "cache"), http)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    "url", ["http://db.example/a.db", "ftp://localhost/a.db", "file:///etc/passwd", "a.db", "https://"]
)
def test_by_https_only(url: str, http: Http, tmp_path: Path) -> None:
    """But from this machine: who is in between could say that nothing is affected."""
    with pytest.raises((UsageError, TransportError)):
        replica(url, str(tmp_path), http)
