"""Whether a finding is ours to act on, by which rule, and on which facts."""

from enum import StrEnum
from typing import NamedTuple


class Scope(StrEnum):
    """The outcome of a policy, strongest first."""

    IN = "in"
    REGULAR = "regular"
    """Tracked, but not a security matter."""
    ACCEPTED = "accepted"
    """In scope, with the risk accepted until a trigger."""
    OUT = "out"


ACCEPTED = "accepted"
ENDED = "acceptance ended"
"""Names of the facts that say which acceptance holds, and why one ended."""


class Fact(NamedTuple):
    """One thing that a rule looked at. `value` is a text for people; None means that it is unknown."""

    name: str
    value: str | None


class Decision(NamedTuple):
    """What a policy says of one finding. `rule` is the deciding rule's id, `reason` the rule's own sentence.

    `facts` are what the deciding rule looked at; `unknown` names the facts that earlier rules needed and nobody knows:
    they never make a finding out of scope in silence. `route` names the policy's route for it ("" for the default).
    """

    scope: Scope
    rule: str
    reason: str
    facts: tuple[Fact, ...] = ()
    unknown: tuple[str, ...] = ()
    route: str = ""
