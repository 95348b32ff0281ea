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
ON_ISSUE = "issue #"
"""How the origin of an acceptance begins that a person proposed by closing an issue."""


class Fact(NamedTuple):
    """One thing that a rule looked at. `value` is a text for people; None means that it is unknown."""

    name: str
    value: str | None


class Accepted(NamedTuple):
    """The acceptance that decided: what it accepts, where it is written (`policy`, `deny.toml:52`), by whom, until when.

    `until` is a sentence (`until 2026-12-21, or a fix appears`), `date` its last day ("": none), `since` a date or "".
    """

    name: str
    origin: str
    who: str
    since: str
    until: str
    date: str = ""


class Decision(NamedTuple):
    """What a policy says of one finding. `rule` is the deciding rule's id, `reason` the rule's own sentence.

    An `accepted` one was decided by its `acceptance`, with its reason; `rule` is then the rule that it would be in scope by.

    `facts` are what the deciding rule looked at; `unknown` names the facts that earlier rules needed and nobody knows:
    they never make a finding out of scope in silence. `route` names the policy's route for it ("" for the default).
    """

    scope: Scope
    rule: str
    reason: str
    facts: tuple[Fact, ...] = ()
    unknown: tuple[str, ...] = ()
    route: str = ""
    acceptance: Accepted | None = None

    @property
    def by(self) -> str:
        """Who decided, for people: `rule shipped`, or which acceptance, by whom and until when."""
        if self.acceptance is None:
            return f"rule {self.rule}"
        one = self.acceptance
        return f"the acceptance of {one.name} ({one.origin}) by {one.who or 'nobody named'}, {one.until}"

    @property
    def ended(self) -> tuple[str, ...]:
        """The acceptances that ended: which one, and what ended it."""
        return tuple([fact.value for fact in self.facts if fact.name == ENDED and fact.value])

    @property
    def lapsed(self) -> tuple[str, ...]:
        """Those of them that stand in a file, where they stay: what a person accepted on an issue is over only once."""
        return tuple([one for one in self.ended if f"({ON_ISSUE}" not in one])
