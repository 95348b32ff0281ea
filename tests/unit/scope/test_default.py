"""Deciding without a policy is deciding by the default policy."""

from datetime import UTC, datetime

import pytest
from report_parts import finding, place

from advisord.model.finding import Via
from advisord.model.inventory import Reach
from advisord.scope import default
from advisord.scope.compiled import DEFAULT_POLICY
from advisord.scope.decide import Decider

WAYS = (Via("services/api", "api", Reach.RUNTIME, ("h2",)), Via(".", "", Reach.DEV, ()))


@pytest.mark.parametrize("via", [None, (), WAYS, WAYS[1:]])
def test_the_same_decision(via: tuple[Via, ...] | None) -> None:
    """With every kind of way in, to the last fact."""
    found = finding(at=place(via=via))
    assert default.decide(found) == Decider(DEFAULT_POLICY).decide(found, datetime.now(UTC))
