"""Telling people and programs, by the real command and real servers on the loopback interface."""

import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from loopback import Answer, Loopback, Request
from mail_server import MailServer
from running import Advisord, Ran

from advisord.demo import feeds, repository

KEY = b"planted-webhook-secret-0123456789"
SECRETS = {
    "HOOK_SECRET": f"whsec_{base64.b64encode(KEY).decode()}",
    "CHAT_TOKEN": "planted-chat-token",
    "MAIL_PASSWORD": "planted-mail-password",
}
HOOK = '[notifications.hook]\nkind = "webhook"\nurl = "{url}/hook"\nsecret_env = "HOOK_SECRET"\n'
CHAT = '[notifications.chat]\nkind = "chat"\nurl_env = "CHAT_URL"\n'
CHAT_PATH = f"/services/{SECRETS['CHAT_TOKEN']}"
MAIL = """\
[notifications.mail]
kind = "email"
host = "127.0.0.1"
port = {port}
security = "none"
sender = "advisord@example.org"
recipients = ["team@example.org"]
"""


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that takes everything."""
    running = MailServer()
    yield running
    running.close()


def configure(world: Path, *tables: str) -> None:
    """Add channels to the world's configuration."""
    config = world / "advisord.toml"
    config.write_text("\n".join((config.read_text(encoding="utf-8"), *tables)), encoding="utf-8")


def once(advisord: Advisord, server: Loopback, *command: str) -> Ran:
    """One cycle, with every secret there; none of them is ever shown."""
    ran = advisord(*(command or ("run", "--once")), env=secrets(server))
    for secret in (*SECRETS.values(), KEY.decode()):
        assert secret not in ran.out + ran.err
    return ran


def secrets(server: Loopback) -> dict[str, str]:
    """The environment."""
    return {**SECRETS, "CHAT_URL": server.url + CHAT_PATH}


def received(server: Loopback) -> list[dict[str, Any]]:
    """What came to the webhook, each verified as a receiver would: by its own code, over the body as it came."""
    found = []
    for request in server.requests:
        if request.path != "/hook":
            continue
        headers = request.headers
        assert abs(time.time() - int(headers["webhook-timestamp"])) < 300
        signed = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), request.body))
        expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        document = json.loads(request.body)
        assert (document["schema"], document["id"]) == ("advisord.notification/1", headers["webhook-id"])
        found.append(document)
    return found


def told(server: Loopback) -> list[tuple[str, str]]:
    """(type, package) of what came to the webhook."""
    return [(one["type"], one["data"].get("package", "")) for one in received(server)]


def test_a_webhook_hears_what_happens_once(advisord: Advisord, world: Path, server: Loopback) -> None:
    """Five findings are opened, a second run says nothing, and what is fixed is closed, with the evidence."""
    server.put("/hook", b"")
    configure(world, HOOK.format(url=server.url))
    ran = once(advisord, server)
    assert ran.status == 0
    assert "hook: 5 notices delivered" in ran.out
    opened = [("finding.opened", name) for name in ("atty", "h2", "hyper", "minimist", "regex")]
    assert sorted(told(server)) == opened
    first = next(one for one in received(server) if one["data"]["package"] == "regex")
    assert (first["data"]["severity"], first["data"]["fixed"]) == ("high", ["1.5.5"])
    assert once(advisord, server).status == 0
    assert len(told(server)) == 5
    repository.fix(repository.Workshop(str(world / "shop")))
    assert once(advisord, server).status == 0
    assert told(server)[5:] == [("finding.closed", "regex")]
    assert received(server)[5]["data"]["reason"] == "no affected version is locked any more."
    assert len({one["id"] for one in received(server)}) == 6


def test_silence_tells_nothing(advisord: Advisord, world: Path, server: Loopback) -> None:
    """A feed that fails and a repository that is gone close nothing; they are told of once they are too old."""
    server.put("/hook", b"")
    configure(world, HOOK.format(url=server.url), '[run]\nmax_age = "1s"\n')
    once(advisord, server)
    (world / "feeds/osv").rename(world / "feeds/elsewhere")
    (world / "shop").rename(world / "away")
    configure(world)
    time.sleep(1.1)
    text = (world / "advisord.toml").read_text(encoding="utf-8")
    (world / "advisord.toml").write_text(text.replace("shop/advisord-policy.toml", "away/advisord-policy.toml"))
    assert once(advisord, server).status == 3
    assert sorted(told(server)[5:]) == [("feed.failing", ""), ("repository.failing", "")]
    (world / "feeds/elsewhere").rename(world / "feeds/osv")
    (world / "away").rename(world / "shop")
    (world / "advisord.toml").write_text(text)
    once(advisord, server)
    assert sorted(told(server)[7:]) == [("feed.recovered", ""), ("repository.recovered", "")]


def test_a_failure_passes(advisord: Advisord, world: Path, server: Loopback) -> None:
    """After a 500 the channel is left alone, and shown; later the same is sent by the same id."""
    server.put("/hook", b"")
    server.fault("/hook", Answer(b"a defect", 500, tagged=False))
    configure(world, HOOK.format(url=server.url))
    ran = once(advisord, server)
    assert ran.status == 3
    assert f"notifications.hook: {server.url} answered 500: a defect" in ran.err
    assert once(advisord, server).status == 0
    assert len(received(server)) == 1
    ran = once(advisord, server, "status", "--format", "json")
    assert ran.status == 3
    (line,) = json.loads(ran.out)["channels"]
    assert (line["state"], line["waiting"], line["delivered"]) == ("failing", 5, 0)
    assert once(advisord, server, "notify", "--again", "hook").status == 0
    assert len({one["id"] for one in received(server)}) == 5
    assert received(server)[0] == received(server)[1]
    assert "hook       ok" in once(advisord, server, "status").out


def test_a_refusal_is_kept(advisord: Advisord, world: Path, server: Loopback) -> None:
    """What a receiver will never take does not stop the others, and is not lost."""
    server.put("/hook", b"")
    server.fault("/hook", Answer(b"", 422, tagged=False))
    configure(world, HOOK.format(url=server.url))
    assert once(advisord, server).status == 3
    assert len(received(server)) == 5
    assert "4 notices delivered, 1 refused" in once(advisord, server, "status").out
    assert "1 refused notices are tried again" in once(advisord, server, "notify", "--again", "hook").out
    assert Counter(one["id"] for one in received(server)).most_common(1)[0][1] == 2


class Killer(Loopback):
    """Kills the process that sends, once it has sent, before it has its answer."""

    process: subprocess.Popen[bytes] | None = None

    def answer(self, request: Request) -> Answer:
        """Take it; and the sender is gone."""
        found = super().answer(request)
        if self.process and len(self.requests) == 3:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        return found


def test_killed_between_sending_and_noting_it(advisord: Advisord, world: Path) -> None:
    """The same comes again by the same id; nothing else does, and nothing is lost."""
    server = Killer()
    try:
        server.put("/hook", b"")
        configure(world, HOOK.format(url=server.url))
        command = [sys.executable, "-m", "advisord", "run", "--once"]
        environment = {**os.environ, **secrets(server)}
        server.process = subprocess.Popen(command, cwd=world, env=environment, stdout=subprocess.DEVNULL)
        assert server.process.wait(60) == -signal.SIGKILL
        third = received(server)[2]
        assert once(advisord, server).status == 0
        counts = Counter(one["id"] for one in received(server))
        assert counts.pop(third["id"]) == 2
        assert list(counts.values()) == [1] * 4
    finally:
        server.close()


HOSTILE = "<!channel> @here [log in](https://evil.example) <https://evil.example|ours>\r\nBcc: all@example.org"


def test_hostile_text_does_nothing(
    advisord: Advisord, world: Path, server: Loopback, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an advisory says neither pings nor links in a chat, and adds no header to a mail."""
    shutil.rmtree(world / "feeds")
    for name in ("RUSTSEC", "NPM"):
        monkeypatch.setattr(feeds, name, tuple(one._replace(summary=HOSTILE) for one in getattr(feeds, name)))
    monkeypatch.setattr(feeds, "_GITHUB", tuple((*row[:7], feeds.RUSTSEC[0]) for row in feeds._GITHUB))
    feeds.write(str(world / "feeds"))
    server.put(CHAT_PATH, b"ok")
    configure(world, CHAT, MAIL.format(port=mail_server.port))
    assert once(advisord, server).status == 0
    (post,) = server.requests
    text = json.loads(post.body)["text"]
    assert text.count("•") == 5
    assert "<" not in text
    assert not any(part in text for part in ("@here", "](", "://", "evil.example"))
    (taken,) = mail_server.taken
    message = BytesParser(policy=policy.default).parsebytes(taken.data)
    assert message["Bcc"] is None
    assert message["Subject"] == "advisord: 5 notices, worst critical: shop"
    assert taken.recipients == ("team@example.org",)
    assert str(message.get_body().get_content()).count("\n* shop: ") == 5  # type: ignore[union-attr]


def test_a_digest_waits(advisord: Advisord, world: Path, server: Loopback, mail_server: MailServer) -> None:
    """The first comes at once, what is new a day later; after a temporary refusal the same message comes again."""
    mail_server.fault(".", "451 try later")
    configure(world, MAIL.format(port=mail_server.port))
    assert once(advisord, server).status == 3
    assert once(advisord, server, "notify", "--again", "mail").status == 0
    repository.fix(repository.Workshop(str(world / "shop")))
    assert once(advisord, server).status == 0
    (taken,) = mail_server.taken
    assert taken.data.count(b"\r\n* shop: ") == 5
    assert "1 waiting" in once(advisord, server, "status").out


def test_the_policy_says_who_hears(advisord: Advisord, world: Path, server: Loopback) -> None:
    """Of a finding those that it names, and nobody else; a name that is not configured is an error."""
    server.put("/hook", b"")
    server.put(CHAT_PATH, b"ok")
    configure(world, HOOK.format(url=server.url), CHAT)
    rules = world / "shop/advisord-policy.toml"
    routed = '\n[[notify]]\nto = ["hook"]\nwhen = { ecosystem = "npm" }\n'
    rules.write_text(rules.read_text(encoding="utf-8") + routed, encoding="utf-8")
    assert once(advisord, server).status == 0
    assert told(server) == [("finding.opened", "minimist")]
    assert len(server.requests) == 1
    rules.write_text(rules.read_text(encoding="utf-8") + '[[notify]]\nto = "https://evil.example/"\n', encoding="utf-8")
    ran = once(advisord, server)
    assert ran.status == 3
    assert "the policy names the channel 'https://evil.example/'; configured in [notifications]: hook, chat" in ran.err
    ran = once(advisord, server, "doctor")
    assert ran.status == 3
    assert f"ok     notifications.chat: {server.url} answers" in ran.out
    assert "error  repository shop: the policy names the channel" in ran.out


def test_trying_a_channel(advisord: Advisord, world: Path, server: Loopback) -> None:
    """A test is sent at once and alone; a channel that there is not is a mistake of usage."""
    server.put("/hook", b"")
    configure(world, HOOK.format(url=server.url))
    assert once(advisord, server, "notify", "--test", "hook").out == "hook: taken\n"
    assert told(server) == [("notices.test", "")]
    assert once(advisord, server, "notify", "--test", "other").status == 2
    assert once(advisord, server, "notify").status == 0
    assert len(received(server)) == 1


def test_no_secret_of_a_channel_gets_out(
    advisord: Advisord, world: Path, server: Loopback, mail_server: MailServer, tls_server: Loopback
) -> None:
    """Servers that refuse it, say it back, or can't be trusted: no secret is in logs, the database or a message."""
    mail_server.starttls = True
    server.put("/hook", SECRETS["HOOK_SECRET"].encode(), status=403, tagged=False)
    server.put(CHAT_PATH, f"no: {server.url}{CHAT_PATH}".encode(), status=400, tagged=False)
    mail = MAIL.format(port=mail_server.port).replace('"none"', '"starttls"')
    mail += 'user = "us"\npassword_env = "MAIL_PASSWORD"\n'
    other = CHAT.replace("chat]", "other]").replace("CHAT_URL", "OTHER_URL")
    configure(world, HOOK.format(url=server.url), CHAT, mail, other, '[run]\nlog = "json"\n')
    env = {**secrets(server), "OTHER_URL": tls_server.url + CHAT_PATH}
    said = ""
    for command in (("run", "--once"), ("status", "--format", "json"), ("doctor",), ("notify", "--again", "chat")):
        ran = advisord(*command, env=env)
        assert ran.status == 3
        said += ran.out + ran.err
    assert said.count("answered 403") >= 1
    assert "certificate" in said
    kept = {path: path.read_bytes() for path in world.rglob("*") if path.is_file()}
    assert any(path.name == "advisord.db" for path in kept)
    for secret in (*SECRETS.values(), KEY.decode()):
        assert secret not in said
        assert [path for path, data in kept.items() if secret.encode() in data] == []
