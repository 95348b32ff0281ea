"""Who the policy names to hear of a finding (`[[notify]]`)."""

from datetime import datetime

from advisord.model.decision import Scope
from advisord.model.finding import Finding
from advisord.scope.compiled import CompiledPolicy, Rule
from advisord.scope.decide import Decider
from advisord.scope.facts import Context

_YES = "told"
_NO = Rule("not told", "", Scope.OUT)


class Listeners:
    """A policy ready to name them."""

    def __init__(self, policy: CompiledPolicy) -> None:
        # The strongest outcome wins, place by place and whatever is unknown: so nobody is left out for a missing fact.
        self._deciders = [
            (entry.to, Decider(policy._replace(rules=(Rule(_YES, "", Scope.IN, entry.when), _NO), acceptances=())))
            for entry in policy.notify
        ]

    def of(self, finding: Finding, now: datetime, context: Context = Context()) -> tuple[str, ...] | None:  # noqa: B008
        """The channels that hear of it; None when the policy names none for anything: then each decides for itself."""
        if not self._deciders:
            return None
        named = [to for to, decider in self._deciders if decider.decide(finding, now, context).scope is Scope.IN]
        return tuple(dict.fromkeys(channel for to in named for channel in to))


def named(policy: CompiledPolicy) -> tuple[str, ...]:
    """Every channel that the policy names."""
    return tuple(dict.fromkeys(channel for entry in policy.notify for channel in entry.to))
