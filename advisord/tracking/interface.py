"""What an issue tracker is, what carrying out a plan needs to remember, and what a tracker needs of HTTP."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from advisord.model.plan import Action, Intent, Issue, Known, StateReason


class Visibility(StrEnum):
    """Who can read a tracker. Unknown is treated as public: private details never go there."""

    PUBLIC = "public"
    PRIVATE = "private"
    UNKNOWN = "unknown"


class Absent(NamedTuple):
    """An issue that was there once. `why` is `deleted` or `transferred`; `url` says where it went, "" when unknown."""

    number: str
    why: str
    url: str = ""


class Listing(NamedTuple):
    """The issues that we wrote, open and closed, lowest number first; never pull requests, never other people's.

    One whose marker a person took away is among them (its `key` is "").
    `complete` is False when a page failed or an issue could not be read; `problem` then says so in a sentence.
    `absent` are issues that we knew by number and that are gone (filled in by `advisord.tracking.state`).
    """

    issues: tuple[Issue, ...]
    complete: bool
    problem: str = ""
    absent: tuple[Absent, ...] = ()


class More(NamedTuple):
    """What a new issue is given once, as far as the tracker can; what people make of it later is theirs.

    `milestone` is a title: there is one of that name afterwards. `parent` is the number of the issue that it belongs to.
    """

    assignees: tuple[str, ...] = ()
    milestone: str = ""
    parent: str = ""


class Look(NamedTuple):
    """How a label that is made on demand looks: six hexadecimal digits, and a line that says what it means."""

    colour: str = "b60205"
    description: str = "Set by advisord"


NOTHING = More()
"""A new issue as it is."""


class Tracker(Protocol):
    """An issue tracker of one repository.

    `name` is its name in the configuration, `kind` the plug-in's. `body_limit` and `title_limit` count characters.
    Every method raises TransportError when no usable answer came and TrackerError when the tracker refused; both say
    by `retryable` whether the same call can succeed later.
    """

    name: str
    kind: str
    body_limit: int
    title_limit: int

    def list_issues(self) -> Listing:
        """All our issues in every state. A failure on the way gives an incomplete listing, never an empty one."""

    def get(self, number: str) -> Issue | Absent:
        """One issue by its number, whoever wrote it."""

    def create(self, title: str, body: str, labels: Sequence[str], more: More = NOTHING) -> Issue:
        """File an issue and give back what the tracker made of it: it may have dropped labels, people, the milestone."""

    def update(self, number: str, *, title: str | None = None, body: str | None = None) -> Issue:
        """Replace the title, the body or both; None leaves it alone. Labels are never touched."""

    def comment(self, number: str, text: str, marker: str) -> bool:
        """Add a comment unless one of ours that holds `marker` is there; True when it was added."""

    def close(self, number: str, reason: StateReason, *, body: str | None = None, duplicate_of: str = "") -> Issue:
        """Close and, in the same step, replace the body. `duplicate_of` is the number of the issue that stays."""

    def reopen(self, number: str, *, body: str | None = None) -> Issue:
        """Open again and, in the same step, replace the body."""

    def add_labels(self, number: str, labels: Sequence[str]) -> None:
        """Add labels, creating those that the tracker does not know; other labels stay."""

    def remove_labels(self, number: str, labels: Sequence[str]) -> None:
        """Take labels away; one that is not there is no error."""

    def visibility(self) -> Visibility:
        """Ask the tracker who can read it; UNKNOWN when it does not say."""


class Outbox(Protocol):
    """What carrying out a plan remembers, for one repository in one tracker. Every method is one transaction."""

    def claim(self, seconds: float) -> bool:
        """Take the lease, or extend it when it is ours; False when another process holds it."""

    def release(self) -> None:
        """Give the lease back."""

    def known(self) -> Mapping[str, Known]:
        """The issues that we know of, by key."""

    def begin(self, action: Action, at: str) -> int:
        """Record that `action` is about to be carried out; the id of the intent."""

    def finish(self, intent: int, outcome: str, at: str, known: Known | None = None) -> None:
        """Record how an intent ended (`done`, `skipped`, `failed: …`) and, with it, what we know of the issue now."""

    def pending(self) -> Sequence[Intent]:
        """The intents without an outcome, oldest first: a process died, or an answer never came."""

    def remember(self, known: Known) -> None:
        """Put down what is known of an issue that was found in the tracker."""

    def created_since(self, moment: str) -> int:
        """How many `open` intents began at or after `moment` and did not fail, in this tracker: for the budget."""


class HttpResponse(Protocol):
    """An answer of any status. Header names are looked up in lower case."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, names in lower case."""

    @property
    def content(self) -> bytes:
        """The body, decoded of its transfer and content encodings."""


class HttpClient(Protocol):
    """What a tracker needs of HTTP."""

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object | None = None) -> HttpResponse:
        """Send one request and give back the answer whatever its status; redirects are not followed.

        Raises TransportError when no answer came. Nothing is sent twice: a write is repeated by its caller only, after
        looking whether it happened.
        """
