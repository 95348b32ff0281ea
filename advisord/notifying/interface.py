"""What a channel is, what delivering needs to remember, and what a channel needs of the network."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from advisord.model.notice import Line, Parcel


class Channel(Protocol):
    """A way to tell people, or programs. It takes at most `most` notices at once."""

    most: int

    def send(self, parcel: Parcel) -> str:
        """Send it once, and return when the receiver has taken it; what it said against a part of it ("": nothing).

        Raises TransportError, with the code `notice.REFUSED` where the same can never be taken, and SettingsError where
        a secret is not there, or none. No error shows a secret.
        """

    def check(self) -> str:
        """Look whether it could be sent, without sending anything; a sentence. Raises as `send` does."""


class Queue(Protocol):
    """What waits for one channel. Every method is one transaction; moments are RFC 3339 in UTC."""

    def line(self) -> Line:
        """How the queue is."""

    def take(self, now: str, most: int, digest_before: str) -> Parcel | None:
        """What is to be sent next, the same until it is delivered or refused; None when nothing is.

        What is urgent does not wait for the digest; the rest does, until the last one was made at `digest_before`.
        """

    def delivered(self, parcel: str, now: str, note: str = "") -> None:
        """The receiver has taken it."""

    def refused(self, parcel: str, now: str, why: str) -> None:
        """The receiver will never take it as it is."""

    def failed(self, parcel: str, not_before: str, code: str, why: str) -> None:
        """It was not taken; nothing is sent to the channel before that moment."""


class Post(Protocol):
    """One address on a web server; it may be a secret, and nobody is told it."""

    def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """POST once; returns when the server answered with 2xx. Raises as `Channel.send` does."""

    def check(self) -> str:
        """Look whether the server answers, without the address; a sentence."""


class Mailer(Protocol):
    """A mail server."""

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> str:
        """Hand a message over; a sentence about recipients that were refused while others were taken ("": none)."""

    def check(self) -> str:
        """Connect and log in as `send` does; a sentence."""
