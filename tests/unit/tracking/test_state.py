"""What a tracker holds, completed by what is known."""

from tracking import Desk, decision, finding

from advisord.errors import TransportError
from advisord.tracking import state
from advisord.tracking.interface import Absent, Listing


def test_an_issue_that_left_the_list_is_asked_for() -> None:
    """Another author or label hides it from the list, not from its number."""
    desk = Desk()
    desk.run((finding(), decision()))
    desk.tracker.person_edits("1", author="renamed-bot")
    listing = state.read(desk.tracker, desk.outbox.known())
    assert [issue.number for issue in listing.issues] == ["1"]
    assert desk.plan((finding(), decision())).actions == ()


def test_one_that_is_gone_is_told() -> None:
    """With how it went."""
    desk = Desk()
    desk.run((finding(), decision()))
    desk.tracker.person_removes("1", "transferred")
    assert state.read(desk.tracker, desk.outbox.known()).absent == (Absent("1", "transferred"),)


def test_no_answer_is_an_incomplete_list() -> None:
    """Never an empty one."""
    desk = Desk()

    def broken() -> Listing:
        raise TransportError("no answer", retryable=True)

    desk.tracker.list_issues = broken  # type: ignore[method-assign]
    listing = state.read(desk.tracker, {})
    assert (listing.complete, listing.problem) == (False, "no answer")
