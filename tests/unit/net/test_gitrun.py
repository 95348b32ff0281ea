"""Running git: what it is given, how it is ended, and what its words mean."""

import os
import subprocess
from pathlib import Path

import pytest

from advisord.errors import RepositoryError
from advisord.net import gitrun


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a surrounding git comes through but how to reach a server; no protocol is allowed that is not named."""
    for name in (
        "GIT_DIR",
        "GIT_CONFIG_PARAMETERS",
        "GIT_EXTERNAL_DIFF",
        "GIT_ALLOW_PROTOCOL",
        "GIT_EXEC_PATH",
        "GIT_TRACE",
    ):
        monkeypatch.setenv(name, "evil")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.sshCommand")
    monkeypatch.setenv("GIT_SSL_CAINFO", "/etc/ca.pem")
    monkeypatch.setenv("SSH_ASKPASS", "evil")
    env = gitrun.environment()
    assert "evil" not in env.values()
    assert "GIT_CONFIG_KEY_0" not in env
    assert (env["GIT_SSL_CAINFO"], env["GIT_CONFIG_COUNT"]) == ("/etc/ca.pem", "0")
    assert env["GIT_ALLOW_PROTOCOL"] == "none"
    assert gitrun.environment("https")["GIT_ALLOW_PROTOCOL"] == "https"
    assert env["GIT_CONFIG_SYSTEM"] == "/dev/null"
    said = gitrun.run(["config", "--global", "--list"], subject="s", timeout=30)
    # Not by `-c`, which the other end of a fetch from a path, the one that packs, does not see.
    assert said == b"safe.directory=*\npack.threads=2\n", "nothing of the user's own; of as many cores as there are"
    assert "BatchMode=yes" in env["GIT_SSH_COMMAND"]


def test_only_the_named_protocol(repository: Path, tmp_path: Path) -> None:
    """Neither a local path nor a command is fetched from when another protocol was meant."""
    proof = tmp_path / "proof"
    for url in (str(repository), f"ext::sh -c 'touch {proof}'"):
        for protocols in ("", "https"):
            with pytest.raises(RepositoryError, match="not allowed"):
                gitrun.run(["ls-remote", url], subject="s", timeout=30, protocols=protocols)
    assert not proof.exists()
    assert gitrun.run(["ls-remote", str(repository)], subject="s", timeout=30, protocols="file") == b""


def test_the_configuration_of_a_repository(repository: Path, tmp_path: Path) -> None:
    """Hooks, the monitor, aliases of commands, pagers and helpers that it names never run."""
    proof = tmp_path / "proof"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {proof}\n")
    script.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(script)
    settings = {
        "core.hooksPath": str(hooks),
        "core.fsmonitor": str(script),
        "core.pager": str(script),
        "core.sshCommand": str(script),
        "alias.ls-files": f"!{script}",
        "credential.helper": str(script),
        "gpg.program": str(script),
        "log.showSignature": "true",
    }
    for key, value in settings.items():
        subprocess.run(["git", "-C", str(repository), "config", key, value], check=True)
    (repository / "a").write_text("a")
    at = ["-C", str(repository)]
    for arguments in (["add", "a"], ["status"], ["ls-files", "-s"], ["for-each-ref"]):
        gitrun.run([*at, *arguments], subject="s", timeout=30)
    assert not proof.exists()


def test_data_and_limits(repository: Path) -> None:
    """All of it goes in and comes out, however much; exactly at the limit is not above it."""
    data = os.urandom(1 << 20)
    at = ["-C", str(repository)]
    oid = gitrun.run([*at, "hash-object", "-w", "--stdin"], subject="s", timeout=30, data=data).decode().strip()
    assert gitrun.run([*at, "cat-file", "blob", oid], subject="s", timeout=30, limit=len(data)) == data
    with pytest.raises(RepositoryError, match="more than 1,048,575 bytes"):
        gitrun.run([*at, "cat-file", "blob", oid], subject="s", timeout=30, limit=len(data) - 1)


def test_what_becomes_too_large_is_ended() -> None:
    """Who asks for it is asked while it runs."""
    with pytest.raises(RepositoryError) as caught:
        gitrun.run(["-c", "alias.x=!sleep 60", "x"], subject="s", timeout=30, interrupt=lambda: gitrun.TOO_LARGE)
    assert caught.value.code == "too-large"


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (b"", "repository", "git: it ended without a word"),
        (b"hint: noise\nfatal: bad\x1b[31m\x07 thing\n", "repository", "git: bad [31m  thing"),
        (b"\xff\xfe\n", "repository", "git: \ufffd\ufffd"),
        (b"fatal: " + b"x" * 5000, "repository", "git: " + "x" * 300),
        (
            b"remote: error: want 12ab not valid\nfatal: the remote end hung up",
            gitrun.UNABLE,
            "git: the remote end hung up",
        ),
        (b"fatal: 'https://u:secret@h.example/x?t=secret': error: 403", "forbidden", ""),
    ],
)
def test_words(words: bytes, code: str, text: str) -> None:
    """One printable sentence of bounded length, without a secret, whatever a server made git say."""
    error = gitrun.failed(words, "s")
    assert error.code == code
    assert "secret" not in error.message
    assert error.message == text or not text


@pytest.mark.parametrize("protocols", ["ext", "https:ext", "fd", "none", "https ssh"])
def test_what_runs_a_program_is_never_spoken(protocols: str) -> None:
    """A setting `protocol.ext.allow=never` says nothing once the environment names what is allowed: we look before."""
    with pytest.raises(RepositoryError, match="is not spoken here"):
        gitrun.environment(protocols)


def test_what_a_repository_lacks_is_not_fetched(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing object would be asked of where its configuration says; neither it nor our own environment allows that."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ext")
    proof, script = tmp_path / "proof", tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {proof}\n")
    script.chmod(0o755)
    settings = {
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{script}",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
    }
    at = ["-C", str(repository)]
    for key, value in settings.items():
        subprocess.run(["git", *at, "config", key, value], check=True)
    subprocess.run(["git", *at, "config", "core.repositoryFormatVersion", "1"], check=True)
    for arguments in (["cat-file", "blob", "1" * 40], ["fetch", "origin"]):
        with pytest.raises(RepositoryError):
            gitrun.run([*at, *arguments], subject="s", timeout=30)
    assert not proof.exists()
    subprocess.run(["git", *at, "cat-file", "blob", "1" * 40], check=False, capture_output=True)
    assert proof.exists(), "plain git runs it"
