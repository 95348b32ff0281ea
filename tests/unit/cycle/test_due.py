"""What is promised for a finding, by what was decided of it."""

import pytest
from report_parts import finding

from advisord.cycle.due import due, promises
from advisord.model.decision import ENDED, Decision, Fact, Scope
from advisord.model.report import Judged
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.policy import compile as compiled

POLICY: CompiledPolicy = compiled(
    '[[rules]]\nid = "all"\nreason = "All."\nthen = "in"\n[deadlines]\nfix = "30 days"\n', "policy.toml"
)
SEEN = finding()._replace(first_seen="2026-11-01T00:00:00Z")


@pytest.mark.parametrize("scope", [Scope.OUT, Scope.ACCEPTED])
def test_nothing_is_due_of_what_is_not_tracked(scope: Scope) -> None:
    """Out of scope, or accepted: no dates."""
    assert promises(POLICY, Judged(SEEN, Decision(scope, "all", "All."))) == ()


def test_an_acceptance_stops_no_deadline_and_the_sum_says_so() -> None:
    """The time counts from the first day, accepted or not."""
    facts = (Fact(ENDED, "X-1 (policy): it held until 2026-12-21"),)
    (plain,) = promises(POLICY, Judged(SEEN, Decision(Scope.IN, "all", "All.")))
    (after,) = promises(POLICY, Judged(SEEN, Decision(Scope.IN, "all", "All.", facts)))
    assert plain.text == "fix: first seen 2026-11-01 + 30 days = 2026-12-01"
    assert (after.due, after.text) == (plain.due, f"{plain.text}; the time while the risk was accepted counts too")


def test_a_deadline_says_its_name_once() -> None:
    """An issue shows the label beside the sum, a notice before it."""
    ((shown,),) = due(POLICY, [Judged(SEEN, Decision(Scope.IN, "all", "All."))]).values()
    assert (shown.label, shown.due) == ("fix (target)", "first seen 2026-11-01 + 30 days = 2026-12-01")
