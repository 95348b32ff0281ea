"""What is worth telling: each change once, nothing without evidence, and the same by the same id."""

import pytest
from notices import SURE, Teller, seen

from advisord.model.advisory import Severity
from advisord.model.decision import ENDED, Fact, Scope
from advisord.model.notice import Event
from advisord.notifying.news import Date, Evidence, Seen

SOON = Date("fix", "fix: 2026-03-05", over=False)
OVER = Date("fix", "fix: 2026-02-05", over=True)


def test_a_finding_is_told_once() -> None:
    """Opened, and then nothing as long as nothing changes."""
    tell = Teller()
    assert tell.events(seen()) == [Event.OPENED]
    assert tell.events(seen()) == []


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        (seen(), seen(severity=Severity.CRITICAL), [Event.SEVERITY]),
        (seen(), seen(known_exploited=True), [Event.EXPLOITED]),
        (seen(fixed=()), seen(fixed=("1.1.0",)), [Event.FIX]),
        (seen(fixed=("1.1.0",)), seen(fixed=("1.2.0",)), []),
        (seen(Scope.REGULAR), seen(), [Event.SCOPE]),
        (seen(), seen(dates=[SOON]), [Event.DUE_SOON]),
        (seen(dates=[SOON]), seen(dates=[OVER]), [Event.OVERDUE]),
        (seen(dates=[OVER]), seen(dates=[OVER]), []),
        (seen(Scope.ACCEPTED), seen(), [Event.ACCEPTANCE_ENDED]),
        (seen(Scope.OUT), seen(), [Event.OPENED]),
        (seen(), seen(Scope.OUT), [Event.EXCLUDED]),
        (seen(), seen(Scope.ACCEPTED), [Event.ACCEPTED]),
        (seen(Scope.ACCEPTED), seen(Scope.OUT), []),
    ],
)
def test_what_changed_is_told(before: Seen, after: Seen, events: list[Event]) -> None:
    """Each change that matters to a reader, and no other."""
    tell = Teller()
    tell(before)
    assert tell.events(after, evidence=SURE) == events
    assert tell.events(after, evidence=SURE) == []


def test_what_is_out_of_scope_is_not_told() -> None:
    """Nor is it remembered: there may be many."""
    tell = Teller()
    assert tell(seen(Scope.OUT)) == []
    assert tell.told == {}


def test_nothing_is_gone_without_evidence() -> None:
    """A finding that is not seen tells nothing until everything was read and explains it (law 6)."""
    tell = Teller()
    tell(seen())
    assert tell.events() == []
    assert tell.events(evidence=Evidence(sure=True)) == []
    assert tell.events(seen(Scope.OUT)) == []
    assert tell.events(evidence=SURE) == [Event.CLOSED]
    assert tell.events(evidence=SURE) == []


def test_withdrawn_is_another_event() -> None:
    """When all who had published it took it back."""
    tell = Teller()
    tell(seen())
    (item,) = tell(evidence=SURE._replace(withdrawn=True))
    assert item.notice.event is Event.WITHDRAWN
    assert item.notice.data["reason"] == SURE.why
    assert item.scope == "in"


def test_back_again_is_another_notice() -> None:
    """What comes back is told by an id of its own: a receiver that drops doubles takes it."""
    tell = Teller()
    (first,) = tell(seen())
    tell(evidence=SURE)
    (second,) = tell(seen())
    assert first.notice.event is second.notice.event is Event.OPENED
    assert first.notice.id != second.notice.id


def test_the_same_event_has_the_same_id() -> None:
    """Told again after a lost database it is a double, whenever that is."""
    one, other = Teller()(seen()), Teller()(seen(), at="2027-01-01T00:00:00Z")
    assert [item.notice.id for item in one] == [item.notice.id for item in other]
    assert "." not in one[0].notice.id


def test_aliases_are_no_news() -> None:
    """Another canonical id, and a group that grew, are the finding that was told."""
    tell = Teller()
    tell(seen(ids=("GHSA-1", "CVE-1")))
    assert tell.events(seen(name="CVE-1", ids=("CVE-1", "GHSA-1", "PYSEC-1"))) == []
    assert tell.events(seen(name="PYSEC-1", ids=("PYSEC-1", "CVE-1"))) == []


def test_two_that_become_one_are_not_gone() -> None:
    """What has come to the group of another is told by that one."""
    tell = Teller()
    tell(seen(), seen(name="CVE-2"))
    assert tell.events(seen(ids=("GHSA-1", "CVE-2")), evidence=SURE) == []


def test_channels_follow_a_finding() -> None:
    """Who was told of it is told how it went on, also where the policy names others now."""
    tell = Teller()
    assert tell(seen(channels=("a",)))[0].channels == ("a",)
    assert tell(seen(channels=("b",), severity=Severity.LOW))[0].channels == ("a", "b")
    assert tell(evidence=SURE)[0].channels == ("b",)


def test_why_an_acceptance_ended_is_told() -> None:
    """With the trigger, as the decision says it."""
    tell = Teller()
    tell(seen(Scope.ACCEPTED))
    (item,) = tell(seen(facts=(Fact(ENDED, "it held until 2026-02-01"),)))
    assert any(word.text == "it held until 2026-02-01" for word in item.notice.words)


def test_what_others_wrote_is_one_line() -> None:
    """Neither a line break nor an invisible character of an advisory comes through."""
    (item,) = Teller()(seen(summary="a\r\nb\u202e\x1b[31m\ud800c", package="x\ny"))
    text = "".join(word.text for word in item.notice.words)
    assert text.isprintable()
    assert item.notice.data["summary"] == "a b[31mc"


def test_a_summary_ends_once() -> None:
    """Whether or not its author wrote a full stop."""
    for summary in ("It leaks.", "It leaks"):
        (item,) = Teller()(seen(summary=summary))
        assert "It leaks. " in "".join(word.text for word in item.notice.words)


def test_issues_are_asked_for_news_only() -> None:
    """A finding about which nothing is told costs no look at its issues."""
    tell = Teller()
    asked = []
    tell.issues = lambda one: asked.append(one.id) or ["https://forge.example/1"]  # type: ignore[func-returns-value]
    assert tell(seen())[0].notice.data["issues"] == ["https://forge.example/1"]
    tell(seen())
    assert asked == ["GHSA-1"]
