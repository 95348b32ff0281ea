"""What makes a scan fail."""

import pytest
from report_parts import judged, place

from advisord.gate import Gate, fails
from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import ENDED, Fact, Scope
from advisord.model.finding import Verdict
from advisord.model.report import Judged

IN = judged()
UNDECIDED = judged(at=place(verdict=Verdict.UNDECIDED))
EXPIRED = IN._replace(decision=IN.decision._replace(facts=(Fact(ENDED, "x: it held until 2020-01-01"),)))


@pytest.mark.parametrize(
    ("found", "gate", "expected"),
    [
        (IN, Gate(), True),
        (judged(scope=Scope.REGULAR), Gate(), False),
        (judged(scope=Scope.ACCEPTED), Gate(), False),
        (judged(scope=Scope.OUT), Gate(undecided=True, expired=True), False),
        (UNDECIDED, Gate(), False),
        (UNDECIDED, Gate(undecided=True), True),
        (IN, Gate(Severity.CRITICAL), True),
        (judged(rating=Rating(Severity.HIGH)), Gate(Severity.CRITICAL), False),
        (judged(rating=Rating()), Gate(Severity.CRITICAL), True),
        (judged(rating=Rating(), kind=Kind.UNMAINTAINED), Gate(Severity.LOW), False),
        (judged(rating=Rating(), kind=Kind.UNMAINTAINED), Gate(), True),
        (IN, Gate(fixable=lambda _: True), True),
        (IN, Gate(fixable=lambda _: False), False),
        (IN._replace(introduced=False), Gate(), True),
        (IN._replace(introduced=False), Gate(introduced=True), False),
        (IN._replace(introduced=True), Gate(introduced=True), True),
        (EXPIRED._replace(introduced=False), Gate(introduced=True), False),
        (EXPIRED._replace(introduced=False), Gate(introduced=True, expired=True), True),
        (EXPIRED._replace(decision=EXPIRED.decision._replace(scope=Scope.REGULAR)), Gate(expired=True), True),
        (EXPIRED._replace(decision=EXPIRED.decision._replace(scope=Scope.ACCEPTED)), Gate(expired=True), False),
    ],
)
def test_gate(found: Judged, gate: Gate, expected: bool) -> None:
    """In scope, affected, and nothing that was asked for speaks against it."""
    assert fails(found, gate) is expected
