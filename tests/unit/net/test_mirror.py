"""Bare mirrors."""

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback

from advisord.errors import RepositoryError
from advisord.net import gitrun
from advisord.net.mirror import Mirror

Commit = Callable[..., str]


def failure(call: Callable[[], object]) -> RepositoryError:
    """The error that a call ends with."""
    with pytest.raises(RepositoryError) as caught:
        call()
    return caught.value


def test_a_mirror_follows(repository: Path, commit: Commit, tmp_path: Path) -> None:
    """Branches come, move and go as in the original, also by force, and HEAD is its default branch."""
    first = commit({"a": "1"})
    subprocess.run(["git", "-C", repository, "branch", "old"], check=True)
    mirror = Mirror(str(repository), str(tmp_path / "deep" / "mirror"))
    mirror.update()
    assert mirror.refs() == {"refs/heads/main": first, "refs/heads/old": first}
    subprocess.run(["git", "-C", repository, "branch", "-D", "-q", "old"], check=True)
    subprocess.run(["git", "-C", repository, "checkout", "-q", "--orphan", "next"], check=True)
    second = commit({"b": "1"})
    subprocess.run(["git", "-C", repository, "branch", "-f", "main", "next"], check=True)
    mirror.update()
    assert mirror.refs() == {"refs/heads/main": second, "refs/heads/next": second}
    assert mirror.resolve("HEAD") == second
    assert mirror.ls_remote()["refs/heads/next"] == second


def test_a_repository_of_another_user(
    repository: Path, commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service's user owns nothing but its own state; nothing of the repository is executed, so it may read it."""
    at = commit({"a": "1"})
    monkeypatch.setattr(gitrun, "_KEPT", (*gitrun._KEPT, "GIT_TEST_ASSUME_DIFFERENT_OWNER"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    mirror = Mirror(str(repository), str(tmp_path / "mirror"))
    mirror.update()
    assert mirror.resolve("main") == at
    assert mirror.ls_remote()["refs/heads/main"] == at


def test_from_a_bundle_and_from_a_clone(repository: Path, commit: Commit, tmp_path: Path) -> None:
    """A bundle file is a source, and so is a clone, whose remote branches are found by their plain names."""
    at = commit({"a": "1"})
    subprocess.run(["git", "-C", repository, "branch", "osv"], check=True)
    bundle, clone = tmp_path / "x.bundle", tmp_path / "clone"
    subprocess.run(["git", "-C", repository, "bundle", "create", "-q", bundle, "main", "osv"], check=True)
    subprocess.run(["git", "clone", "-q", "-b", "main", repository, clone], check=True)
    for number, source in enumerate((bundle, clone, f"file://{clone}")):
        mirror = Mirror(str(source), str(tmp_path / f"m{number}"))
        mirror.update()
        assert mirror.resolve("osv") == at


def test_from_a_shallow_clone(repository: Path, commit: Commit, tmp_path: Path) -> None:
    """What a job of a CI service checked out has one commit: that is enough, now and when another one comes."""
    commit({"a": "1"})
    clone = tmp_path / "clone"
    for number in (2, 3):
        last = commit({"a": str(number)})
        depth = ["--depth=1", repository.as_uri()]
        if number == 2:
            subprocess.run(["git", "clone", "-q", *depth, str(clone)], check=True)
        else:
            subprocess.run(["git", "-C", clone, "fetch", "-q", *depth], check=True)
            subprocess.run(["git", "-C", clone, "reset", "-q", "--hard", "FETCH_HEAD"], check=True)
        for name, address in (("path", str(clone)), ("url", clone.as_uri())):
            mirror = Mirror(address, str(tmp_path / name))
            mirror.update()
            assert mirror.resolve("main") == last
            assert [file.path for file in mirror.list_tree(last)] == ["a"]


def test_nothing_is_done_twice(
    repository: Path, commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the original lists what it listed, one git lists it and nothing else is started; a work tree beside it too."""
    commit({"a": "1"})
    subprocess.run(["git", "-C", repository, "tag", "-a", "-m", "x", "v1"], check=True)
    beside = tmp_path / "beside"
    subprocess.run(["git", "-C", repository, "worktree", "add", "-q", "-b", "next", beside], check=True)
    started: list[list[str]] = []
    start = gitrun.start

    def watched(arguments: list[str], **more: Any) -> Any:
        started.append(arguments)
        return start(arguments, **more)

    monkeypatch.setattr(gitrun, "start", watched)
    for number, path in enumerate((repository, beside)):
        mirror = Mirror(str(path), str(tmp_path / f"m{number}"))
        known = mirror.update()
        assert known.head == f"refs/heads/{('main', 'next')[number]}"
        assert mirror.refs() == known.refs
        started.clear()
        assert mirror.update(known) == known
        assert len(started) == 1
    at = commit({"a": "2"})
    assert mirror.update(known).refs["refs/heads/main"] == at
    assert mirror.resolve("main") == at


def test_a_server_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for as long as for a fetch: others wait behind it."""
    monkeypatch.setattr("advisord.net.mirror._PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"git://127.0.0.1:{silent.getsockname()[1]}/r.git"
        error = failure(Mirror(url, str(tmp_path / "mirror")).update)
    assert (error.code, error.retryable) == ("timeout", True)


def test_a_killed_fetch_is_mended(repository: Path, commit: Commit, tmp_path: Path) -> None:
    """Lock files of a git that was killed do not block the mirror for ever."""
    commit({"a": "1"})
    mirror = Mirror(str(repository), str(tmp_path / "mirror"))
    mirror.update()
    for name in ("HEAD.lock", "packed-refs.lock", "refs/heads/main.lock"):
        (tmp_path / "mirror" / name).touch()
    at = commit({"a": "2"})
    mirror.update()
    assert mirror.resolve("main") == at


def test_one_at_a_time(repository: Path, commit: Commit, tmp_path: Path) -> None:
    """Two processes never update one mirror at once."""
    commit({"a": "1"})
    folder = tmp_path / "mirror"
    mirror = Mirror(str(repository), str(folder))
    mirror.update()
    hold = (
        "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(folder / "advisord.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        error = failure(mirror.update)
        other.communicate()
    assert (error.code, error.retryable) == ("locked", True)
    mirror.update()


@pytest.mark.parametrize(
    "url", ["ext::sh -c id", "-uid", "gopher://a/b", "--upload-pack=id", "fd::17", "https://a\nb", "javascript://a"]
)
def test_refused_addresses(tmp_path: Path, url: str) -> None:
    """What is no address, or speaks what could run a program, is refused before git sees it."""
    assert failure(lambda: Mirror(url, str(tmp_path / "mirror"))).code == "url"


def test_missing(tmp_path: Path) -> None:
    """A path without a repository says so."""
    error = failure(Mirror(str(tmp_path / "no"), str(tmp_path / "mirror")).update)
    assert (error.code, error.hint) == ("not-found", "check the path")


def test_no_access(server: Loopback, tmp_path: Path) -> None:
    """A server that wants a name and a password is never asked for them on a terminal."""
    service = "/r.git/info/refs"
    server.put(service, b"", status=401, headers={"www-authenticate": 'Basic realm="x"'})
    error = failure(Mirror(server.url + "/r.git", str(tmp_path / "mirror")).update)
    assert (error.code, error.hint) == ("forbidden", "it needs a token, or the address is wrong")
    server.remove(service)
    assert failure(Mirror(server.url + "/r.git", str(tmp_path / "mirror")).update).code == "not-found"


def test_a_page_is_no_repository(server: Loopback, repository: Path, commit: Commit, tmp_path: Path) -> None:
    """An HTML page with status 200 (a captive portal) takes no branch away."""
    at = commit({"a": "1"})
    mirror = Mirror(str(repository), str(tmp_path / "mirror"))
    mirror.update()
    server.put("/r.git/info/refs", b"<html>", headers={"content-type": "text/html"})
    moved = Mirror(server.url + "/r.git", str(tmp_path / "mirror"))
    error = failure(moved.update)
    assert (error.code, error.subject) == ("no-branches", server.url + "/r.git")
    assert moved.resolve("main") == at


@pytest.mark.parametrize("partial", [False, True])
def test_a_served_repository(
    server: Loopback, repository: Path, commit: Commit, tmp_path: Path, *, partial: bool
) -> None:
    """A web server that knows nothing of git gives everything, whatever was wished; while nothing changed there, one question is all."""
    at = commit({"a": "1"})
    subprocess.run(["git", "-C", repository, "update-server-info"], check=True)
    for file in (repository / ".git").rglob("*"):
        if file.is_file():
            server.put(f"/r.git/{file.relative_to(repository / '.git')}", file.read_bytes())
    mirror = Mirror(server.url + "/r.git", str(tmp_path / "mirror"), partial=partial)
    mirror.update()
    assert mirror.resolve("HEAD") == at
    server.requests.clear()
    mirror.update()
    assert not any("objects" in path for path in server.asked())


def test_a_token_for_its_server_only(tmp_path: Path) -> None:
    """A token is tied to the address's own server, goes nowhere after a redirect, and is not sent in the clear."""
    settings = Mirror("https://git.example/r.git", str(tmp_path), token=lambda: "hunter2")._settings()
    assert "http.https://git.example:443/.extraHeader" in settings
    assert settings["http.followRedirects"] == "false"
    assert "hunter2" not in str(settings)
    plain = Mirror("http://git.example/r.git", str(tmp_path), token=lambda: "hunter2")._settings()
    assert plain == {"remote.origin.url": "http://git.example/r.git"}
