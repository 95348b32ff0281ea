"""Reading repositories, friendly and hostile."""

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisord.errors import RepositoryError
from advisord.net import gitrun
from advisord.net.git import Git

Commit = Callable[..., str]


def failure(call: Callable[[], object]) -> RepositoryError:
    """The error that a call ends with."""
    with pytest.raises(RepositoryError) as caught:
        call()
    return caught.value


def test_resolve(repository: Path, commit: Commit) -> None:
    """A branch, a tag, a full name, HEAD and an id all mean the commit."""
    first = commit({"a": "1"})
    subprocess.run(["git", "-C", repository, "tag", "-a", "-m", "x", "v1"], check=True)
    git = Git(str(repository))
    assert {git.resolve(ref) for ref in ("main", "v1", "refs/heads/main", "HEAD", first, first[:12])} == {first}
    assert git.refs().keys() == {"refs/heads/main", "refs/tags/v1"}


@pytest.mark.parametrize(
    "ref", ["nope", "-h", "--all", "a..b", "main:a", "main^", "main@{1}", "", "x\ny", "f" * 40, "HEAD~1"]
)
def test_no_such_ref(repository: Path, commit: Commit, ref: str) -> None:
    """What is no name of a ref is never handed to git as an option or an expression."""
    commit({"a": "1"})
    commit({"a": "2"})
    assert failure(lambda: Git(str(repository)).resolve(ref)).code == "ref-not-found"


def test_list_tree(repository: Path, commit: Commit) -> None:
    """Regular files of any name, with sizes; no symbolic links, no submodules."""
    (repository / "link").symlink_to("/etc/passwd")
    sub = "160000,1111111111111111111111111111111111111111,sub"
    subprocess.run(["git", "-C", repository, "update-index", "--add", "--cacheinfo", sub], check=True)
    at = commit({"dir/é \t\n.lock": "12345", "run": "#!", ":(glob)*": "x"})
    git = Git(str(repository))
    entries = git.list_tree(at)
    assert {entry.path for entry in entries} == {"dir/é \t\n.lock", "run", ":(glob)*"}
    assert [entry.path for entry in git.list_tree(at, "dir")] == ["dir/é \t\n.lock"]
    assert git.list_tree(at, "no such dir") == []


def test_read_blobs(repository: Path, commit: Commit) -> None:
    """Contents in the order asked for; None for what is missing, too large, or no blob; more than a pipe holds."""
    at = commit({f"{number}": f"{number}\n" * 200 for number in range(700)})
    git = Git(str(repository))
    oids = {entry.path: entry.oid for entry in git.list_tree(at)}
    asked = [oids["7"], "1" * 40, at, oids["699"], *oids.values()]
    answers = list(git.read_blobs(asked, limit=800))
    assert [oid for oid, _ in answers] == asked
    assert [content and len(content) for _, content in answers[:4]] == [400, None, None, 800]
    assert [content for _, content in git.read_blobs([oids["10"], oids["7"]], limit=500)] == [None, b"7\n" * 200]
    partly = git.read_blobs(asked)
    next(partly)
    partly.close()  # type: ignore[attr-defined]
    assert failure(lambda: list(git.read_blobs(["--batch-all-objects"]))).code == "ref-not-found"


def test_list_index(repository: Path, commit: Commit) -> None:
    """What is committed or staged, also below a folder; not what merely lies about."""
    commit({"a": "1", "sub/b": "1"})
    (repository / "staged").write_text("x")
    (repository / "loose").write_text("x")
    subprocess.run(["git", "-C", repository, "add", "staged"], check=True)
    git = Git(str(repository))
    assert [entry.path for entry in git.list_index()] == ["a", "staged", "sub/b"]
    assert [entry.path for entry in git.list_index("sub")] == ["sub/b"]


def test_nothing_of_a_repository_runs(repository: Path, commit: Commit, tmp_path: Path) -> None:
    """A hostile configuration (a file system monitor, a pager, an external diff) starts nothing."""
    at = commit({"a": "1"})
    commit({"a": "2"})
    trap, proof = tmp_path / "trap", tmp_path / "proof"
    trap.write_text(f"#!/bin/sh\ntouch {proof}\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "core.editor", "core.sshCommand"):
        subprocess.run(["git", "-C", repository, "config", key, str(trap)], check=True)
    git = Git(str(repository))
    git.list_index()
    git.list_tree(git.resolve("main"))
    git.merge_bases(at)
    assert not proof.exists()


def test_the_environment_does_not_lead_astray(
    repository: Path, commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables of a surrounding git (a hook) do not point us to another repository."""
    at = commit({"a": "1"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert Git(str(repository)).resolve("HEAD") == at


def test_secrets_stay_out_of_arguments() -> None:
    """A setting with a secret goes by the environment."""
    env = gitrun.environment("https", {"http.https://a/.extraHeader": "Authorization: x"})
    assert (env["GIT_CONFIG_COUNT"], env["GIT_CONFIG_VALUE_0"]) == ("1", "Authorization: x")
    assert env["GIT_TERMINAL_PROMPT"] == "0"


def test_not_a_repository(tmp_path: Path) -> None:
    """A folder that is none, and one that is not there."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        error = failure(lambda folder=folder: Git(str(folder)).resolve("HEAD"))  # type: ignore[misc]
        assert (error.code, error.hint) == ("not-found", "check the path")


def test_no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git is told to install it."""
    monkeypatch.setenv("PATH", "/nonexistent")
    error = failure(lambda: Git(".").resolve("HEAD"))
    assert (error.code, error.hint) == ("no-git", "install git")


@pytest.mark.parametrize(
    ("what", "exc"),
    [
        ("subprocess.Popen", BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")),
        ("threading.Thread.start", RuntimeError("can't start new thread")),
    ],
)
def test_no_room(repository: Path, monkeypatch: pytest.MonkeyPatch, what: str, exc: Exception) -> None:
    """At the limit of processes it is not git that is missing, nor the ref; git is not left alone."""
    started: list[subprocess.Popen[bytes]] = []
    start = gitrun.start

    def noted(*args: Any, **more: Any) -> "subprocess.Popen[bytes]":
        started.append(start(*args, **more))
        return started[-1]

    def full(*_: object, **__: object) -> None:
        raise exc

    monkeypatch.setattr(gitrun, "start", noted)
    monkeypatch.setattr(what, full)
    error = failure(lambda: Git(str(repository)).resolve("HEAD"))
    assert (error.code, error.retryable) == ("no-git", True)
    assert "TasksMax" in error.hint
    assert all(process.returncode is not None for process in started)


@pytest.fixture
def fake_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script in git's place."""

    def make(script: str) -> None:
        (tmp_path / "git").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "git").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return make


def test_timeout(fake_git: Callable[[str], None]) -> None:
    """A git that hangs, and what it started, is ended."""
    fake_git("sleep 60 | sleep 60")
    error = failure(lambda: gitrun.run(["x"], subject="s", timeout=0.2))
    assert (error.code, error.retryable, str(error)) == ("timeout", True, "git took more than 0 s")


def test_too_much(fake_git: Callable[[str], None]) -> None:
    """A git that talks without end is ended."""
    fake_git("yes")
    assert failure(lambda: gitrun.run(["x"], subject="s", timeout=60, limit=1000)).code == "too-large"


@pytest.mark.parametrize(
    ("words", "code", "retryable"),
    [
        ("fatal: could not read Username for 'https://a': terminal prompts disabled", "forbidden", False),
        ("fatal: unable to access 'https://u:pw@a/?t=pw': Could not resolve host: a", "connection", True),
        ("fatal: repository 'https://a/' not found", "not-found", False),
        ("fatal: SSL certificate problem: self-signed certificate", "certificate", False),
        ("", "repository", True),
    ],
)
def test_words_of_git(fake_git: Callable[[str], None], words: str, code: str, retryable: bool) -> None:
    """What git says becomes a code, a hint and a sentence without secrets."""
    fake_git(f'echo "warning: noise" >&2; [ -z "{words}" ] || echo "{words}" >&2; exit 128')
    error = failure(lambda: gitrun.run(["x"], subject="s", timeout=60))
    assert (error.code, error.retryable) == (code, retryable)
    assert "pw" not in str(error)


def test_a_dying_git_while_reading(fake_git: Callable[[str], None]) -> None:
    """A git that ends in the middle of a batch is an error, not a short answer."""
    fake_git("exit 1")
    assert failure(lambda: list(Git(".").read_blobs(["1" * 40] * 10))).retryable
