"""What is Forgejo's and Gitea's own: labels that are numbers, lists without links, repositories with a new name."""

import pytest
from forgejo_fake import Forgejo
from github_fake import Account, Fault

from advisord.errors import TrackerError
from advisord.tracking.interface import Visibility
from advisord.tracking.trackers.forgejo import ForgejoTracker


@pytest.fixture
def forge() -> Forgejo:
    """An empty repository."""
    return Forgejo(lambda: "2026-03-01T12:00:00Z")


@pytest.fixture
def tracker(forge: Forgejo) -> ForgejoTracker:
    """Its issues."""
    return ForgejoTracker("jo", "octo/crab", forge, lambda: "secret", url=forge.url, sleep=lambda _: None)


@pytest.mark.parametrize("gitea", [False, True])
def test_a_label_on_the_third_page(forge: Forgejo, tracker: ForgejoTracker, gitea: bool) -> None:
    """Gitea names no next page of labels, only how many there are. One that was overlooked would be made a second time."""
    forge.gitea = gitea
    for number in range(120):
        forge.label(f"area/{number:03}")
    forge.label("security")
    issue = tracker.create("x", "body", ("security",))
    tracker.add_labels(issue.number, ("area/119",))
    assert forge.issues[int(issue.number)]["labels"] == ["security", "area/119"]
    assert len(forge.labels) == 121


def test_a_milestone_without_a_link(forge: Forgejo, tracker: ForgejoTracker) -> None:
    """Of a server whose pages are small."""
    forge.gitea, forge.page = True, 1
    forge.milestones = [{"id": number, "title": "7.1"} for number in (5, 6)]
    assert len(list(tracker._rest.pages(f"{tracker._root}/milestones?name=7.1"))) == 2


def test_a_server_that_calls_itself_otherwise(forge: Forgejo, tracker: ForgejoTracker) -> None:
    """Its links begin with the address in its configuration: our own is asked for the page, so the token goes nowhere."""
    forge.own_name = "http://localhost:3000"
    for number in range(130):
        forge.file(Account("advisord-bot"), f"issue {number}", "body", [])
    listing = tracker.list_issues()
    assert listing.complete
    assert len(listing.issues) == 130
    assert {target.partition("?")[0] for _, target in forge.asked} == {"/api/v1/user", f"{tracker._root}/issues"}


def test_a_list_that_says_more_than_it_has(forge: Forgejo, tracker: ForgejoTracker) -> None:
    """An empty page is the last."""
    forge.file(Account("advisord-bot"), "x", "body", [])
    counted = {"x-total-count": "99"}
    forge.faults = [Fault("GET", r"/issues\?", 200, counted, b"[]")]
    assert tracker.list_issues().issues == ()


def test_a_repository_with_a_new_name(forge: Forgejo, tracker: ForgejoTracker) -> None:
    """Every address of the old one redirects, its issues' too: none of them was transferred."""
    issue = tracker.create("x", "body", ())
    forge.renamed = True
    with pytest.raises(TrackerError) as caught:
        tracker.get(issue.number)
    assert caught.value.code == "moved"
    listing = tracker.list_issues()
    assert not listing.complete
    assert "307" in listing.problem


def test_issues_that_are_switched_off(forge: Forgejo, tracker: ForgejoTracker) -> None:
    """Then there is no list."""
    tracker.create("x", "body", ())
    forge.issues_off = True
    assert not tracker.list_issues().complete


def test_an_archived_repository(forge: Forgejo, tracker: ForgejoTracker) -> None:
    """It refuses this, and would refuse all that follows."""
    forge.archived = True
    with pytest.raises(TrackerError, match="archived") as caught:
        tracker.create("x", "body", ())
    assert caught.value.code == "denied"


@pytest.mark.parametrize(
    ("owner", "visibility"),
    [("public", Visibility.PUBLIC), ("limited", Visibility.PRIVATE), ("private", Visibility.PRIVATE)],
)
def test_who_can_read(forge: Forgejo, tracker: ForgejoTracker, owner: str, visibility: Visibility) -> None:
    """A public repository of an owner whom not everybody sees is not public."""
    forge.owner = owner
    assert tracker.visibility() is visibility


def test_a_label_of_the_organisation_is_taken_away(forge: Forgejo, tracker: ForgejoTracker) -> None:
    """It is not among the repository's own."""
    forge.of_owner["overdue"] = 77
    issue = tracker.create("x", "body", ("security",))
    forge.issues[int(issue.number)]["labels"].append("overdue")
    tracker.remove_labels(issue.number, ("overdue", "never there"))
    assert forge.issues[int(issue.number)]["labels"] == ["security"]
