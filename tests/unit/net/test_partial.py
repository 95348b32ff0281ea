"""Mirrors of a real git server: what is fetched, in how many requests, and what a server that can't do so gets asked."""

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from git_server import GitServer
from loopback import CERTIFICATE

from advisord.errors import RepositoryError
from advisord.net.mirror import Mirror

LIST = "GET /shop.git/info/refs"
ASK = "POST /shop.git/git-upload-pack"
FILES = {"Cargo.lock": "locked", "src/main.rs": "x" * 5000, **{f"crates/c{n}/Cargo.toml": f"{n}" for n in range(30)}}


@pytest.fixture(params=["http", "https"])
def git(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    """A git server with one repository, with and without TLS."""
    monkeypatch.setenv("GIT_SSL_CAINFO", str(CERTIFICATE))
    with contextlib.closing(served(tmp_path, tls=request.param == "https")) as server:
        yield server


def served(folder: Path, **options: bool) -> GitServer:
    """A git server with the repository `shop.git`."""
    (folder / "served").mkdir()
    server = GitServer(folder / "served", **options)
    server.make("shop.git", FILES)
    return server


def mirror(git: GitServer, tmp_path: Path, **options: object) -> Mirror:
    """A partial mirror of the shop."""
    return Mirror(f"{git.url}/shop.git", str(tmp_path / "mirror"), partial=True, **options)  # type: ignore[arg-type]


def oid(text: str) -> str:
    """The id of a blob."""
    return hashlib.sha1(f"blob {len(text)}\0{text}".encode(), usedforsecurity=False).hexdigest()


def here(tmp_path: Path) -> set[str]:
    """The kinds of objects that the mirror holds, with their ids."""
    command = ["git", "-C", str(tmp_path / "mirror"), "cat-file", "--batch-all-objects", "--batch-check"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {line.rpartition(" ")[0] for line in out.splitlines()}


def failure(call: Callable[[], object]) -> RepositoryError:
    """The error that a call ends with."""
    with pytest.raises(RepositoryError) as caught:
        call()
    return caught.value


def test_only_what_is_asked_for_is_fetched_and_at_once(git: GitServer, tmp_path: Path) -> None:
    """No file comes with the refs; then all wanted ones in one request, however many; then none again."""
    for number in range(3):
        git.commit("shop.git", {"history": str(number)})
    copy = mirror(git, tmp_path)
    copy.update()
    assert git.asked() == [LIST, ASK, LIST, ASK, ASK]
    assert not any(one.endswith("blob") for one in here(tmp_path))
    assert len([one for one in here(tmp_path) if one.endswith("commit")]) == 1
    entries = {entry.path: entry.oid for entry in copy.list_tree(copy.resolve("main"))}
    assert entries["Cargo.lock"] == oid("locked")
    assert git.asked() == []
    wanted = [one for path, one in entries.items() if path.startswith(("Cargo", "crates"))]
    assert all(data is not None for _, data in copy.read_blobs(wanted))
    asked = git.asked()
    assert asked == [LIST, ASK]
    assert next(data for _, data in copy.read_blobs([oid("locked"), *wanted])) == b"locked"
    assert git.asked() == []
    assert f"{oid('x' * 5000)} blob" not in here(tmp_path)


def test_unchanged_refs_cost_one_question(git: GitServer, tmp_path: Path) -> None:
    """Their list is asked for, and nothing else: two requests of git's protocol, no object among them."""
    copy = mirror(git, tmp_path)
    copy.update()
    git.asked()
    copy.update()
    assert git.asked() == [LIST, ASK]
    assert not any(b"command=fetch" in one.body for one in git.requests)


def test_it_follows_everything_that_happens(git: GitServer, tmp_path: Path) -> None:
    """Commits, rewritten history, branches that go, another default branch, moved tags."""
    copy = mirror(git, tmp_path)
    copy.update()
    for name, files, anew in (("a", {"Cargo.lock": "a"}, False), ("b", {"Cargo.lock": "b"}, True)):
        at = git.commit("shop.git", files, anew=anew)
        git.git("tag", "-f", "v1", at, at="shop.git")
        copy.update()
        assert copy.resolve("main") == copy.resolve("v1") == at
        (entry,) = [one for one in copy.list_tree(at) if one.path == "Cargo.lock"]
        assert list(copy.read_blobs([entry.oid])) == [(entry.oid, name.encode())]
    git.git("branch", "-m", "main", "trunk", at="shop.git")
    copy.update()
    assert copy.head() == "trunk"
    assert copy.resolve("HEAD") == at
    assert failure(lambda: copy.resolve("main")).code == "ref-not-found"
    git.git("tag", "-f", "-a", "-m", "annotated", "v1", "trunk", at="shop.git")
    copy.update()
    assert copy.resolve("v1") == at


def test_a_server_that_can_t_filter(tmp_path: Path) -> None:
    """It gives everything; what is read is here already."""
    with contextlib.closing(served(tmp_path, filters=False)) as git:
        copy = mirror(git, tmp_path)
        copy.update()
        git.asked()
        assert list(copy.read_blobs([oid("locked")])) == [(oid("locked"), b"locked")]
        assert git.asked() == []


def test_a_server_that_gives_out_no_single_objects(
    git: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first version of the protocol may refuse them: then the mirror is made anew with everything, and stays so."""
    real = Mirror._settings
    monkeypatch.setattr(Mirror, "_settings", lambda self: {**real(self), "protocol.version": "0"})
    copy = mirror(git, tmp_path)
    copy.update()
    assert not any(one.endswith("blob") for one in here(tmp_path))
    assert list(copy.read_blobs([oid("locked")])) == [(oid("locked"), b"locked")]
    at = git.commit("shop.git", {"Cargo.lock": "new"})
    again = mirror(git, tmp_path)
    again.update()
    assert again.resolve("main") == at
    git.asked()
    assert list(again.read_blobs([oid("new")])) == [(oid("new"), b"new")]
    assert git.asked() == []


def test_a_file_that_the_server_does_not_have(git: GitServer, tmp_path: Path) -> None:
    """It is an error of this moment, never an empty file; the mirror stays as it is."""
    copy = mirror(git, tmp_path)
    copy.update()
    error = failure(lambda: list(copy.read_blobs([oid("never committed")])))
    assert (error.subject, error.retryable) == (f"{git.url}/shop.git", True)
    assert not any(one.endswith("blob") for one in here(tmp_path))


def test_a_token_is_sent_and_seen_by_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with every request; no file of the mirror and no argument holds it; a wrong one is refused in a sentence."""
    monkeypatch.setenv("GIT_SSL_CAINFO", str(CERTIFICATE))
    with contextlib.closing(served(tmp_path, tls=True)) as git:
        git.token = "planted-s3cret"
        copy = mirror(git, tmp_path, token=lambda: git.token)
        copy.update()
        assert dict(copy.read_blobs([oid("locked")])) == {oid("locked"): b"locked"}
        assert {one.token for one in git.requests} == {git.token}
        kept = b"".join(path.read_bytes() for path in (tmp_path / "mirror").rglob("*") if path.is_file())
        assert git.token.encode() not in kept
        wrong = failure(Mirror(copy.url, str(tmp_path / "other"), token=lambda: "wr0ng").update)
        assert wrong.code == "forbidden"
        assert "wr0ng" not in str(wrong)


def test_a_token_goes_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that redirects gets it alone; without one a redirect is followed."""
    monkeypatch.setenv("GIT_SSL_CAINFO", str(CERTIFICATE))
    (tmp_path / "other").mkdir()
    with (
        contextlib.closing(served(tmp_path, tls=True)) as git,
        contextlib.closing(GitServer(tmp_path / "other", tls=True)) as thief,
    ):
        thief.make("stolen.git", {"a": "b"})
        git.moved["shop.git"] = f"{thief.url}/stolen.git"
        error = failure(mirror(git, tmp_path, token=lambda: "planted-s3cret").update)
        assert error.code == "moved"
        assert thief.requests == []
        mirror(git, tmp_path).update()
        assert {one.token for one in thief.requests} == {""}


def test_a_server_that_stumbles(git: GitServer, tmp_path: Path) -> None:
    """What it does not say now is no reason to fetch everything: the next time it is a part again."""
    copy = mirror(git, tmp_path)
    copy.update()
    git.commit("shop.git", {"Cargo.lock": "new"})
    git.stumbles = 1
    assert failure(copy.update).retryable
    copy.update()
    assert not any(one.endswith("blob") for one in here(tmp_path))


def test_a_repository_that_hangs(git: GitServer, tmp_path: Path) -> None:
    """It is left after its time."""
    error = failure(Mirror(f"{git.url}/hangs.git", str(tmp_path / "mirror"), timeout=0.5).update)
    assert (error.code, error.retryable) == ("timeout", True)


def test_a_repository_that_is_too_large(git: GitServer, tmp_path: Path) -> None:
    """More than the limit is not kept, and what came of it is gone at the next attempt."""
    git.commit("shop.git", {"big": os.urandom(200_000).hex()})
    git.slow = True
    small = Mirror(f"{git.url}/shop.git", str(tmp_path / "mirror"), limit=100_000)
    assert failure(small.update).code == "too-large"
    git.slow = False
    packs = tmp_path / "mirror/objects/pack"
    (packs / "tmp_pack_left").write_bytes(b"x")
    Mirror(f"{git.url}/shop.git", str(tmp_path / "mirror")).update()
    assert not list(packs.glob("tmp_*"))


def test_over_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By ssh it is the same: a stand-in runs what ssh is told to run at the other end."""
    with contextlib.closing(served(tmp_path)) as git:
        stand_in = tmp_path / "ssh"
        stand_in.write_text('#!/bin/sh\nfor last; do :; done\necho "$@" >> "$0.log"\nexec sh -c "$last"\n')
        stand_in.chmod(0o755)
        monkeypatch.setenv("GIT_SSH_COMMAND", str(stand_in))
        git.git("config", "uploadpack.allowFilter", "true", at="shop.git")
        copy = Mirror(f"git@localhost:{git.folder}/shop.git", str(tmp_path / "mirror"), partial=True)
        copy.update()
        assert not any(one.endswith("blob") for one in here(tmp_path))
        wanted = [entry.oid for entry in copy.list_tree(copy.resolve("HEAD")) if "crates" in entry.path]
        before = (tmp_path / "ssh.log").read_text().count("git-upload-pack")
        assert all(data for _, data in copy.read_blobs(wanted))
        assert (tmp_path / "ssh.log").read_text().count("git-upload-pack") == before + 1


def test_a_hostile_repository(git: GitServer, tmp_path: Path) -> None:
    """Submodules are not fetched, links not followed, filters and hooks not run, names of refs are no options."""
    evil = tmp_path / "evil"
    work = git.folder / "work"
    git.make("evil.git", {"a": "b"})
    git.git("clone", "-q", str(git.folder / "evil.git"), str(work), within=False)
    (work / ".gitmodules").write_text(f'[submodule "x"]\n\tpath = x\n\turl = {git.url}/other.git\n')
    (work / ".gitattributes").write_text("* filter=evil diff=evil\n*.lock filter=lfs\n")
    (work / "Cargo.lock").symlink_to("/etc/passwd")
    (work / "folder").symlink_to("/etc")
    (work / "package-lock.json").write_text("version https://git-lfs.github.com/spec/v1\n")
    at = git.git("rev-parse", "HEAD", at=work)
    git.git("update-index", "--add", "--cacheinfo", f"160000,{at},x", at=work)
    git.git("add", ".gitmodules", ".gitattributes", "Cargo.lock", "folder", "package-lock.json", at=work)
    git.git("commit", "-q", "-m", "evil", at=work)
    git.git("push", "-q", "origin", "HEAD:main", at=work)
    for name in (
        f"refs/heads/--upload-pack=touch {evil}".replace(" ", "$IFS"),
        "refs/tags/-x",
        "refs/heads/--output=x",
    ):
        git.git("update-ref", name, at, at="evil.git")
    git.asked()
    copy = Mirror(f"{git.url}/evil.git", str(tmp_path / "mirror"), partial=True)
    copy.update()
    assert set(copy.refs()) >= {"refs/heads/main", "refs/tags/-x", "refs/heads/--output=x"}
    entries = {entry.path: entry.oid for entry in copy.list_tree(copy.resolve("main"))}
    assert set(entries) == {"a", ".gitmodules", ".gitattributes", "package-lock.json"}
    assert all(data is not None for _, data in copy.read_blobs(entries.values()))
    assert not any("other.git" in one for one in git.asked())
    assert not evil.exists()
    assert failure(lambda: copy.resolve("-x")).code == "ref-not-found"
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"mirror", "served"}] == []
