"""What would be done to an issue tracker, and what stands in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """The state of an issue in its tracker."""

    OPEN = "open"
    CLOSED = "closed"


class StateReason(StrEnum):
    """Why an issue is closed, in GitHub's words; a tracker without them maps to the nearest it has."""

    COMPLETED = "completed"
    NOT_PLANNED = "not_planned"
    DUPLICATE = "duplicate"


class Issue(NamedTuple):
    """One issue as its tracker shows it. `key` is our marker's key ("" when the body holds no marker of ours).

    `labels` are all labels, people's too. `closed_at` is RFC 3339 in UTC, "" when unknown.
    `by_person` says that the last change of the state was made by someone else than us (None: can't be known).
    """

    number: str
    key: str
    title: str
    body: str
    state: State
    state_reason: StateReason | None = None
    labels: tuple[str, ...] = ()
    author: str = ""
    url: str = ""
    closed_at: str = ""
    by_person: bool | None = None
    assignees: tuple[str, ...] = ()
    milestone: str = ""


class Verb(StrEnum):
    """The kinds of action."""

    OPEN = "open"
    UPDATE = "update"
    COMMENT = "comment"
    CLOSE = "close"
    REOPEN = "reopen"
    RELABEL = "relabel"


class Action(NamedTuple):
    """One step. `key` is the issue's stable key; `number` is "" only for `open`. `reason` is a sentence for people.

    `body` is our block only, "" to leave it; `comment` is written before the state changes; `add_labels` and
    `remove_labels` name our own labels only; `duplicate_of` is the number of the issue that stays. `assignees`,
    `milestone`, `parent` (the number of the digest issue) and `after` (of the closed issue that it continues, which is told
    so) are for `open` only.
    """

    verb: Verb
    key: str
    reason: str
    number: str = ""
    title: str = ""
    body: str = ""
    comment: str = ""
    state_reason: StateReason | None = None
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    duplicate_of: str = ""
    assignees: tuple[str, ...] = ()
    milestone: str = ""
    parent: str = ""
    after: str = ""


class Proposal(NamedTuple):
    """A person closed an issue as not planned: a risk that they propose to accept. `until` is RFC 3339 in UTC.

    `severity`, `fixed` and `exploited` are what the issue said when it was closed, "" for none: the risk is accepted as
    it was then.
    """

    key: str
    number: str
    ecosystem: str
    package: str
    ids: tuple[str, ...]
    since: str
    until: str
    severity: str = ""
    fixed: str = ""
    exploited: str = ""


class Plan(NamedTuple):
    """The ordered actions that make a repository's tracker agree with its decisions, and what is left alone and why.

    `seen` is the state of the tracker that it was made for: each issue's number and fingerprint.
    `formerly` are names that the repository had.
    """

    repository: str
    tracker: str
    actions: tuple[Action, ...]
    notes: tuple[str, ...] = ()
    seen: tuple[tuple[str, str], ...] = ()
    proposals: tuple[Proposal, ...] = ()
    formerly: tuple[str, ...] = ()


def action_from(fields: Mapping[str, Any]) -> Action:
    """An action from its JSON form. Raises ValueError, LookupError or TypeError when it is none."""
    plain: dict[str, Any] = {name: _flat(value) for name, value in fields.items()}
    reason = plain.pop("state_reason")
    return Action(verb=Verb(plain.pop("verb")), state_reason=StateReason(reason) if reason else None, **plain)


def proposal_from(fields: Mapping[str, Any]) -> Proposal:
    """A proposal from its JSON form. Raises TypeError when it is none."""
    return Proposal(**{name: _flat(value) for name, value in fields.items()})


def plan_from(fields: Mapping[str, Any]) -> Plan:
    """A plan from its JSON form. Raises ValueError, LookupError or TypeError when it is none."""
    return Plan(
        str(fields["repository"]),
        str(fields["tracker"]),
        tuple(action_from(action) for action in fields["actions"]),
        tuple(map(str, fields["notes"])),
        tuple((str(number), str(fingerprint)) for number, fingerprint in fields["seen"]),
        tuple(map(proposal_from, fields["proposals"])),
        tuple(map(str, fields.get("formerly", ()))),
    )


def _flat(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Known(NamedTuple):
    """What we last knew of one of our issues: a cache that finds an issue whose marker, label or author was changed.

    `block` is the digest of our block as we last wrote it (`advisord.tracking.identity.digest`).
    """

    key: str
    number: str
    ecosystem: str
    package: str
    ids: tuple[str, ...]
    block: str
    state: State
    url: str = ""


class Intent(NamedTuple):
    """An action that was about to be carried out and of which no outcome is recorded. `at` is RFC 3339 in UTC."""

    id: int
    action: Action
    at: str
