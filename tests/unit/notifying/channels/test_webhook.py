"""The signed webhook: the specification's scheme, a body that programs read, a secret that is one."""

import base64
import json
from collections.abc import Mapping

import pytest
from notices import AT, notice
from tracking import Clock

from advisord.errors import SettingsError
from advisord.model.notice import Parcel
from advisord.notifying.channels import webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Post:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Mapping[str, str]]] = []

    def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Take it."""
        self.sent.append((body, headers))

    def check(self) -> str:
        """It is there."""
        return "there"


def sent(secret: str) -> tuple[bytes, Mapping[str, str]]:
    """One notice, sent with this secret."""
    post = Post()
    one = notice(1, issues=["https://forge.example/1"])
    webhook.Webhook("hook", post, lambda: secret, Clock()).send(Parcel(one.id, AT, (one,)))
    return post.sent[0]


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that the libraries of Standard Webhooks test themselves with."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    found = webhook.signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_body_says_it_for_programs() -> None:
    """Schema, id, type, moment, and the notice's data with its sentence."""
    body, headers = sent(SECRET)
    document = json.loads(body)
    assert document == {
        "schema": "advisord.notification/1",
        "id": headers["webhook-id"],
        "type": "finding.opened",
        "timestamp": AT,
        "data": {"text": "shop: number 1 is said", "issues": ["https://forge.example/1"]},
    }
    assert headers["webhook-timestamp"] == "1772366400"


def test_two_secrets_sign_twice() -> None:
    """While one replaces the other, a receiver with either of them verifies it."""
    _, headers = sent(f"{SECRET} {'A' * 32}")
    one, other = headers["webhook-signature"].split(" ")
    assert one == sent(SECRET)[1]["webhook-signature"]
    assert other == sent("A" * 32)[1]["webhook-signature"]


@pytest.mark.parametrize("secret", ["", "short", "whsec_c2hvcnQ=", "é" * 32, f"{SECRET} nonsense!", "A" * 100])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    """Without showing it."""
    with pytest.raises(SettingsError) as error:
        sent(secret)
    assert not secret or secret not in f"{error.value}{error.value.hint}"
