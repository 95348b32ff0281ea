"""What people accept by closing an issue: as an acceptance, and until when."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tracking import Desk, decision, finding, place

from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.model.plan import Issue, Plan, Proposal, State, StateReason, plan_from
from advisord.scope.compiled import DEFAULT_POLICY
from advisord.scope.decide import Decider
from advisord.tracking.accepting import acceptances, over
from advisord.tracking.interface import Listing

PROPOSAL = Proposal(
    "0" * 16, "7", "crates.io", "tokio", ("A-1", "CVE-1"), "2026-03-01T12:00:00Z", "2026-05-30T12:00:00Z", "high"
)
UNFIXED = finding("A-1", places=(place(fixed=""),), known_exploited=False)
DURING, AFTER = datetime(2026, 5, 30, 23, tzinfo=UTC), datetime(2026, 5, 31, 1, tzinfo=UTC)


def scope(proposal: Proposal, now: datetime = DURING, **changes: Any) -> Scope:
    """What is decided of the finding under the proposal."""
    found = UNFIXED._replace(**changes)
    policy = DEFAULT_POLICY._replace(acceptances=acceptances([proposal], [found]))
    return Decider(policy).decide(found, now).scope


def test_it_holds_until_its_day_is_over() -> None:
    """With its origin as a fact of the decision."""
    assert scope(PROPOSAL) is Scope.ACCEPTED
    assert scope(PROPOSAL, AFTER) is Scope.IN
    policy = DEFAULT_POLICY._replace(acceptances=acceptances([PROPOSAL], [UNFIXED]))
    (fact,) = [fact for fact in Decider(policy).decide(UNFIXED, DURING).facts if fact.name == "accepted"]
    assert "issue #7" in str(fact.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"places": (place(),)},
        {"rating": UNFIXED.rating._replace(severity=Severity.CRITICAL)},
        {"known_exploited": True},
        {"ids": ("B-1",), "id": "B-1"},
        {"package": "hyper"},
        {"ecosystem": "npm"},
    ],
)
def test_another_risk_is_not_accepted(changes: dict[str, Any]) -> None:
    """A fix, a higher severity, exploitation; another advisory, another package."""
    assert scope(PROPOSAL, **changes) is Scope.IN


def test_what_was_so_already_ends_nothing() -> None:
    """A fix and exploitation that the person knew of; a severity that nobody knew, until someone does."""
    assert scope(PROPOSAL._replace(fixed="1.0.1"), places=(place(),)) is Scope.ACCEPTED
    assert scope(PROPOSAL._replace(exploited="yes"), known_exploited=True) is Scope.ACCEPTED
    unknown = PROPOSAL._replace(severity="unknown")
    assert scope(unknown, rating=UNFIXED.rating._replace(severity=Severity.UNKNOWN)) is Scope.ACCEPTED
    assert scope(unknown, rating=UNFIXED.rating._replace(severity=Severity.LOW)) is Scope.IN
    critical = UNFIXED.rating._replace(severity=Severity.CRITICAL)
    assert scope(PROPOSAL._replace(severity="critical"), rating=critical) is Scope.ACCEPTED


def test_another_canonical_id_keeps_it() -> None:
    """Any id that overlaps is enough; one that reads as a pattern accepts nothing."""
    assert scope(PROPOSAL, ids=("B-1", "CVE-1"), id="B-1") is Scope.ACCEPTED
    assert scope(PROPOSAL._replace(ids=("*",)), ids=("*",), id="*") is Scope.IN


@pytest.mark.parametrize(
    ("state", "reason", "why"),
    [
        (State.CLOSED, StateReason.NOT_PLANNED, ""),
        (State.CLOSED, StateReason.COMPLETED, "another reason"),
        (State.OPEN, None, "open again"),
    ],
)
def test_a_person_s_later_action_counts(state: State, reason: StateReason | None, why: str) -> None:
    """Opened again, or closed for another reason: it is not accepted any more."""
    listing = Listing((Issue("7", "0" * 16, "t", "b", state, reason),), complete=True)
    assert why in over([PROPOSAL], listing).get(PROPOSAL.key, "")
    assert bool(over([PROPOSAL], listing)) is bool(why)


def test_a_list_that_breaks_off_takes_nothing_back() -> None:
    """An issue that is not in it may be there; in a whole list it is gone."""
    assert over([PROPOSAL], Listing((), complete=False)) == {}
    assert "not in the tracker" in over([PROPOSAL], Listing((), complete=True))[PROPOSAL.key]


def test_a_plan_keeps_what_was_known_when_it_was_closed() -> None:
    """Severity and fix as the issue said them; they survive the plan's JSON form."""
    desk = Desk()
    found = (finding(severity=Severity.MEDIUM), decision())
    desk.run(found)
    desk.tracker.person_closes("1", StateReason.NOT_PLANNED)
    desk.clock.pass_by(hours=2)
    made = desk.plan(found)
    (proposal,) = made.proposals
    assert (proposal.severity, proposal.fixed, proposal.exploited) == ("medium", "1.0.1", "")
    document = made._asdict() | {
        "actions": [action._asdict() for action in made.actions],
        "proposals": [one._asdict() for one in made.proposals],
    }
    again: Plan = plan_from(document)
    assert again.proposals == made.proposals
