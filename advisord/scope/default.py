"""Deciding without a policy: one rule, and none of what rules need. It stands alone, because people wait for it."""

from functools import lru_cache

from advisord.model.decision import Decision, Fact, Scope
from advisord.model.finding import Finding

RULE = "default"
REASON = "No policy says otherwise: every finding in a locked package is ours to act on."


def decide(finding: Finding) -> Decision:
    """The decision that a `Decider` of `DEFAULT_POLICY` makes of a finding in a work tree."""
    place = finding.places[0]
    through = (place.via[0].component or place.via[0].name) if place.via else ""
    return _at(f"{place.lockfile}, through {through}" if through else place.lockfile)


@lru_cache(maxsize=1 << 10)
def _at(where: str) -> Decision:
    return Decision(Scope.IN, RULE, REASON, (Fact("place", where),))
