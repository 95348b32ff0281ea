"""A GitHub App's tokens."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from github_fake import GitHub
from openapi import described
from tracking import Clock, Desk, decision, finding

from advisord.errors import TrackerError
from advisord.times import stamp
from advisord.tracking.trackers.github import GitHubTracker
from advisord.tracking.trackers.github_app import AppTokens, signed_by

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "github-rest.json"


def made(clock: Clock) -> tuple[GitHub, AppTokens]:
    """A GitHub and an app that is installed there."""
    hub = GitHub(lambda: stamp(clock()), described(CONTRACT))
    return hub, AppTokens("Iv1.abc", "octo/crab", hub, lambda _: b"signature", clock, url=hub.url)


def test_a_token_is_for_one_repository_and_for_issues() -> None:
    """No more than is needed."""
    hub, tokens = made(Clock())
    assert tokens() == "ghs_2"
    assert hub.wishes == [{"repositories": ["crab"], "permissions": {"issues": "write", "metadata": "read"}}]
    assert tokens.login() == "advisord[bot]"


def test_it_is_kept_and_renewed_in_time() -> None:
    """Five minutes before it expires there is a new one."""
    clock = Clock()
    hub, tokens = made(clock)
    assert tokens() == tokens()
    clock.pass_by(minutes=56)
    hub.expiry = "2026-03-01T14:00:00Z"
    assert tokens() == "ghs_3"


def test_an_app_keeps_issues() -> None:
    """The whole way: statement, token, list, issue."""
    desk = Desk()
    hub, tokens = made(desk.clock)
    tracker = GitHubTracker("hub", "octo/crab", hub, tokens, url=hub.url, login=tokens.login(), sleep=lambda _: None)
    desk.tracker = tracker  # type: ignore[assignment]
    desk.run((finding(), decision()))
    assert hub.issues[1]["user"]["login"] == "advisord[bot]"


def test_an_app_that_is_not_installed() -> None:
    """It is said, with what to do."""
    hub, tokens = made(Clock())
    hub.app_installed = False
    with pytest.raises(TrackerError, match="not installed at octo"):
        tokens()


def test_a_key_that_is_none(tmp_path: Path) -> None:
    """It is said, and the key's text is not."""
    key = tmp_path / "key.pem"
    key.write_text("not a key", encoding="utf-8")
    with pytest.raises(TrackerError, match="can't be signed"):
        signed_by(str(key))(b"text")
    key.unlink()
    with pytest.raises(TrackerError, match=r"private key .*key\.pem can't be read: No such file"):
        signed_by(str(key))(b"text")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
def test_the_signature_is_one(tmp_path: Path) -> None:
    """Openssl itself verifies what was signed, over exactly the two parts before it."""
    key, public, signature = tmp_path / "key.pem", tmp_path / "public.pem", tmp_path / "signature"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", str(key), "-pubout", "-out", str(public)], check=True, capture_output=True)
    hub, _ = made(Clock())
    sent: list[str] = []
    answer = hub.answer

    def spying(method: str, target: str, headers: dict[str, str], data: object) -> object:
        sent.append(headers["authorization"].removeprefix("Bearer "))
        return answer(method, target, headers, data)

    hub.answer = spying  # type: ignore[method-assign,assignment]
    AppTokens("7", "octo/crab", hub, signed_by(str(key)), Clock(), url=hub.url)()
    text, _, signed = sent[0].rpartition(".")
    signature.write_bytes(base64.urlsafe_b64decode(signed + "=="))
    verify = ["openssl", "dgst", "-sha256", "-verify", str(public), "-signature", str(signature)]
    assert subprocess.run(verify, input=text.encode(), capture_output=True, check=False).returncode == 0
    claims = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("7", 600)
