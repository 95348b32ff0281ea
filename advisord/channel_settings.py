"""The part of the configuration that says who else is told: `[notifications.NAME]`."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from advisord.model.notice import Event
from advisord.validation import Duration, Table

_Level = Literal["unknown", "none", "low", "medium", "high", "critical"]
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def _mailbox(text: str) -> str:
    if not _MAILBOX.fullmatch(text):
        raise ValueError("must be a plain address, such as security@example.org")
    return text


Mailbox = Annotated[str, AfterValidator(_mailbox)]


class ChannelSettings(Table):
    """`[notifications.NAME]`: who else is told: a signed webhook, a chat's incoming webhook, a digest by e-mail.

    A webhook has `url` and a secret, a chat an address that is a secret itself, an e-mail a `host`, a `sender` and
    `recipients`. `repositories`, `events`, `scopes` and `severity_from` say what it wants to hear. A digest is made every
    `digest_every`; what is at least as severe as `urgent_from` does not wait for it.
    """

    kind: Literal["webhook", "chat", "email"]
    url: str = ""
    url_env: str = ""
    url_file: str = ""
    secret_env: str = ""
    secret_file: str = ""
    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: str = ""
    password_file: str = ""
    sender: Mailbox | None = None
    recipients: tuple[Mailbox, ...] = ()
    repositories: tuple[str, ...] = ("*",)
    events: tuple[Event, ...] = ()
    scopes: tuple[Literal["in", "regular"], ...] = ()
    severity_from: _Level | None = None
    urgent_from: _Level | None = None
    digest_every: Duration | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        address = bool(self.url or self.url_env or self.url_file)
        key = bool(self.secret_env or self.secret_file)
        mail = bool(self.host or self.user or self.sender or self.recipients or self.password_env or self.password_file)
        if self.kind == "email":
            if not (self.host and self.sender and self.recipients) or address or key:
                raise ValueError("an email channel needs `host`, `sender` and `recipients`, and has no `url` or secret")
            if bool(self.user) != bool(self.password_env or self.password_file):
                raise ValueError("`user` and `password_env` or `password_file` belong together")
            if self.user and self.security == "none":
                raise ValueError("a password is not sent without encryption: set `security` to starttls or tls")
            return self
        if mail or not address:
            raise ValueError(f"a {self.kind} channel needs `url_env` or `url_file`, and nothing of e-mail")
        if self.kind == "chat" and (self.url or key):
            raise ValueError("a chat's address is its secret: name it by `url_env` or `url_file`, and no other secret")
        if self.kind == "webhook" and not key:
            raise ValueError("a webhook is signed: it needs `secret_env` or `secret_file`")
        if self.kind == "webhook" and (self.digest_every is not None or self.urgent_from):
            raise ValueError("a webhook is told everything at once: it has no `digest_every` and no `urgent_from`")
        return self

    @property
    def digest(self) -> float:
        """Seconds between two digests; 0: everything is told at once."""
        return (86400.0 if self.kind == "email" else 0.0) if self.digest_every is None else self.digest_every
