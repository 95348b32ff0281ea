"""Deciding without a policy: one rule, and none of what rules need. It stands alone, because people wait for it."""

from advisord.model.decision import Decision, Fact, Scope
from advisord.model.finding import Finding

RULE = "default"
REASON = "No policy says otherwise: every finding in a locked package is ours to act on."


def decide(finding: Finding) -> Decision:
    """The decision that a `Decider` of `DEFAULT_POLICY` makes of a finding in a work tree."""
    place = finding.places[0]
    where = f"{place.lockfile}, through {place.via[0].component}" if place.via else place.lockfile
    return Decision(Scope.IN, RULE, REASON, (Fact("place", where),))
