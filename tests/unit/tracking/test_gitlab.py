"""What is GitLab's own: projects that moved, issues that are switched off, milestones of a group, its limits and refusals."""

import json
import time

import pytest
from github_fake import Account, Fault
from gitlab_fake import GitLab

from advisord.errors import TrackerError, TransportError
from advisord.tracking.interface import Absent, More
from advisord.tracking.trackers.gitlab import GitLabTracker


@pytest.fixture
def lab() -> GitLab:
    """An empty project."""
    return GitLab(lambda: "2026-03-01T12:00:00Z")


@pytest.fixture
def tracker(lab: GitLab) -> GitLabTracker:
    """Its issues."""
    return GitLabTracker("lab", "octo/crab", lab, lambda: "secret", url=lab.url, sleep=lambda _: None)


def test_all_pages(lab: GitLab, tracker: GitLabTracker) -> None:
    """A page has a hundred issues at most."""
    for number in range(230):
        lab.file(Account("advisord-bot"), f"issue {number}", "body", [])
    listing = tracker.list_issues()
    assert listing.complete
    assert len(listing.issues) == 230
    assert len([target for _, target in lab.asked if "/issues?" in target]) == 3


def test_a_server_that_calls_itself_otherwise(lab: GitLab, tracker: GitLabTracker) -> None:
    """Its links begin with the host in its configuration: our own is asked for the page, so the token goes nowhere."""
    lab.own_name = "http://gitlab.internal:8080"
    for number in range(130):
        lab.file(Account("advisord-bot"), f"issue {number}", "body", [])
    listing = tracker.list_issues()
    assert (listing.problem, len(listing.issues)) == ("", 130)
    assert all("per_page=100" in target for _, target in lab.asked if "/issues" in target)


def test_issues_that_are_switched_off_are_not_deleted(lab: GitLab, tracker: GitLabTracker) -> None:
    """GitLab then lists none and knows none of them: that is no evidence of anything."""
    issue = tracker.create("x", "body", ())
    lab.issues_off = True
    with pytest.raises(TrackerError, match="switched off") as caught:
        tracker.get(issue.number)
    assert caught.value.code == "denied"
    lab.issues_off = False
    del lab.issues[int(issue.number)]
    assert tracker.get(issue.number) == Absent(issue.number, "deleted")


def test_a_moved_issue_is_not_ours_any_more(lab: GitLab, tracker: GitLabTracker) -> None:
    """It stays behind as a closed one."""
    issue = tracker.create("x", "body", ())
    lab.moved.add(int(issue.number))
    assert tracker.get(issue.number) == Absent(issue.number, "transferred")
    assert tracker.list_issues().issues == ()


def test_a_project_that_moved(lab: GitLab, tracker: GitLabTracker) -> None:
    """GitLab redirects who reads and refuses who writes: nothing is lost, and nothing is done."""
    issue = tracker.create("x", "body", ())
    lab.renamed = True
    with pytest.raises(TrackerError) as caught:
        tracker.get(issue.number)
    assert caught.value.code == "moved"
    assert not tracker.list_issues().complete
    with pytest.raises(TrackerError, match="405"):
        tracker.update(issue.number, title="y")


def test_a_milestone_of_the_group_is_taken(lab: GitLab, tracker: GitLabTracker) -> None:
    """GitLab refuses a second one of its title in a project of the group."""
    lab.of_group.append({"id": 900, "title": "7.1", "group_id": 3})
    assert tracker.create("x", "body", (), More(milestone="7.1")).milestone == "7.1"
    assert lab.milestones == []


def test_when_the_limit_is_renewed(lab: GitLab, tracker: GitLabTracker) -> None:
    """GitLab's headers have no x before them; a proxy may take `retry-after` away."""
    for headers, wait in (
        ({"retry-after": "17"}, 17.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": str(int(time.time()) + 90)}, pytest.approx(90, abs=5)),
        ({}, 60.0),
    ):
        lab.faults = [Fault("POST", "/issues", 429, headers, b"Retry later\n")]
        with pytest.raises(TransportError) as caught:
            tracker.create("x", "body", ())
        assert (caught.value.code, caught.value.retryable) == ("rate-limited", True)
        assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    ("status", "body", "words", "code"),
    [
        (400, {"message": {"title": ["is too long (maximum is 255 characters)"]}}, "is too long", "refused"),
        (400, {"error": "title is missing"}, "title is missing", "refused"),
        (401, {"error": "invalid_token", "error_description": "Token was revoked."}, "Token was revoked", "denied"),
        (403, {"error": "insufficient_scope", "error_description": "It needs more.", "scope": "api"}, "more", "denied"),
        (404, {"message": "404 Project Not Found"}, "404 Project Not Found", "not-found"),
        (409, {"message": "Duplicated issue"}, "Duplicated issue", "refused"),
        (422, {"message": ["a", "b"]}, '["a", "b"]', "refused"),
    ],
)
def test_refusals(lab: GitLab, tracker: GitLabTracker, status: int, body: object, words: str, code: str) -> None:
    """In GitLab's words, whether they are a text, a list or reasons for each field."""
    lab.faults = [Fault("POST", "/issues", status, {}, json.dumps(body).encode())]
    with pytest.raises(TrackerError) as caught:
        tracker.create("x", "body", ())
    assert words in caught.value.message
    assert caught.value.code == code
