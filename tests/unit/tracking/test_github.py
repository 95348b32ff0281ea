"""GitHub's issues: what it does that other trackers don't."""

import json
from pathlib import Path
from typing import Any

import pytest
from github_fake import Account, Fault, GitHub
from openapi import described
from tracking import Desk, MemoryOutbox, decision, finding

from advisord.errors import TrackerError, TransportError
from advisord.model.advisory import Severity
from advisord.model.plan import StateReason
from advisord.net.http import Http
from advisord.times import stamp
from advisord.tracking import identity
from advisord.tracking.apply import Status
from advisord.tracking.inputs import Route, Settings
from advisord.tracking.interface import Absent, HttpClient, Look, More, Visibility
from advisord.tracking.trackers.github import GitHubTracker

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "github-rest.json"
MARKER = identity.Marker("0" * 16, "octo/crab", ecosystem="npm", package="x", ids=("A",))
BLOCK = f"{identity.BEGIN}\n{identity.encode(MARKER)}\nwords\n{identity.END}"
HIGH = (finding(), decision())
LOW = (finding(severity=Severity.LOW), decision())


class HubDesk(Desk):
    """A desk whose tracker is GitHub."""

    def __init__(self, **options: str) -> None:
        super().__init__()
        self.hub = GitHub(lambda: stamp(self.clock()), described(CONTRACT))
        self.slept: list[float] = []
        self.token = "secret"
        self.hub_tracker = self.made(None, **options)
        self.tracker = self.hub_tracker  # type: ignore[assignment]

    def made(self, client: HttpClient | None = None, **options: Any) -> GitHubTracker:
        """A tracker as a new process would make it."""
        return GitHubTracker(
            "hub", "octo/crab", client or self.hub, lambda: self.token, url=self.hub.url, sleep=self.slept.append,
            **options,
        )  # fmt: skip


@pytest.fixture
def desk() -> HubDesk:
    """A fresh GitHub."""
    return HubDesk()


def test_the_description_is_there(contracts: Path) -> None:
    """Where it is, every request and answer of the fake is held to it."""
    assert (contracts / "github-rest.json").is_file()


def test_over_a_real_connection(desk: HubDesk) -> None:
    """With the client that is used in earnest."""
    with desk.hub.served():
        client = Http(sleep=lambda _: None)
        desk.tracker = desk.made(client)  # type: ignore[assignment]
        desk.run(HIGH)
        desk.run(LOW)
        desk.run()
        client.close()
    assert desk.hub.issues[1]["state_reason"] == "completed"


def test_all_pages_are_read(desk: HubDesk) -> None:
    """And pull requests and other people's issues are passed over; the search is never asked."""
    desk.hub.file(Account("advisord-bot"), "pull", BLOCK, ["advisord"], pull=True)
    desk.hub.file(Account("mallory"), "forged", BLOCK, ["advisord"])
    desk.run(*((finding(f"A-{n}"), decision()) for n in range(7)))
    desk.hub.page = 2
    listing = desk.hub_tracker.list_issues()
    assert [issue.number for issue in listing.issues] == ["3", "4", "5", "6", "7", "8", "9"]
    assert not [target for _, target in desk.hub.requests if "search" in target]


@pytest.mark.parametrize("page", [1, 2])
def test_a_page_that_fails_opens_and_closes_nothing(desk: HubDesk, page: int) -> None:
    """A 502 that stays is no empty list."""
    desk.run(*((finding(f"A-{n}"), decision()) for n in range(4)))
    desk.hub.page = 2
    pattern = r"/issues\?.*page=2" if page == 2 else r"/issues\?(?!.*&page=2)"
    desk.hub.faults = [Fault("GET", pattern, 502, body=b"<html>") for _ in range(3)]
    made = desk.plan((finding("B-1"), decision()))
    assert made.actions == ()
    assert "502" in made.notes[0]


def test_a_passing_failure_of_a_read_is_tried_again(desk: HubDesk) -> None:
    """Twice, with a pause."""
    desk.hub.faults = [Fault("GET", "/issues", 502), Fault("GET", "/issues", 503)]
    assert desk.hub_tracker.list_issues().complete
    assert desk.slept == [1.0, 2.0]


def test_a_lost_answer_files_no_second_issue(desk: HubDesk) -> None:
    """GitHub filed it, the connection broke: it is found before it would be filed again."""
    desk.hub.faults = [Fault("POST", "/issues$", 502, after=True)]
    result = desk.apply(desk.plan(HIGH))
    assert "502" in result.stopped
    desk.clock.pass_by(minutes=2)
    desk.run(HIGH)
    assert len(desk.hub.issues) == 1


@pytest.mark.parametrize(
    ("headers", "status", "wait"),
    [
        ({"retry-after": "3600"}, 403, 3600.0),
        ({"retry-after": "60"}, 429, 60.0),
        (
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1772366460", "date": "Sun, 01 Mar 2026 12:00:00 GMT"},
            403,
            60.0,
        ),
    ],
)
def test_limits_stop_and_say_how_long(desk: HubDesk, headers: dict[str, str], status: int, wait: float) -> None:
    """The rest continues later."""
    made = desk.plan(*((finding(f"A-{n}"), decision()) for n in range(3)))
    desk.hub.faults = [Fault("POST", "/issues$", status, headers)]
    result = desk.apply(made)
    assert result.retry_after == wait
    assert {outcome.status for outcome in result.outcomes} == {Status.WAITS}
    desk.run(*((finding(f"A-{n}"), decision()) for n in range(3)))
    assert len(desk.hub.issues) == 3


def test_a_secondary_limit_without_headers_is_known_by_its_words(desk: HubDesk) -> None:
    """It is no question of permission."""
    said = json.dumps({"message": "You have exceeded a secondary rate limit."}).encode()
    desk.hub.faults = [Fault("POST", "/issues$", 403, body=said)]
    result = desk.apply(desk.plan(HIGH))
    assert result.retry_after == 60.0


def test_a_403_without_rate_headers_is_about_permission(desk: HubDesk) -> None:
    """Waiting would not help, and neither would the next action."""
    desk.hub.faults = [Fault("POST", "/issues$", 403)]
    result = desk.apply(desk.plan(HIGH, (finding("B-1"), decision())))
    assert result.retry_after is None
    assert "403" in result.stopped


def test_a_token_that_expires_in_mid_run(desk: HubDesk) -> None:
    """What was done stays done; the rest is done with the next token."""
    made = desk.plan(*((finding(f"A-{n}"), decision()) for n in range(3)))
    desk.hub.faults = [Fault("POST", "nothing", 500)]
    created = desk.hub.file

    def expiring(*arguments: object, **options: object) -> object:
        desk.token = "old"
        return created(*arguments, **options)  # type: ignore[arg-type]

    desk.hub.file = expiring  # type: ignore[method-assign,assignment]
    result = desk.apply(made)
    assert [outcome.status for outcome in result.outcomes] == [Status.DONE, Status.WAITS, Status.WAITS]
    assert "Bad credentials" in result.stopped
    desk.hub.file = created  # type: ignore[method-assign]
    desk.token = "secret"
    desk.run(*((finding(f"A-{n}"), decision()) for n in range(3)))
    assert len(desk.hub.issues) == 3


def test_issues_that_are_disabled(desk: HubDesk) -> None:
    """A 410 stops the run with GitHub's words; one of the list is never read as an empty list."""
    made = desk.plan(HIGH, (finding("B-1"), decision()))
    desk.hub.issues_enabled = False
    desk.hub.faults = [Fault("GET", r"/issues\?", 410)]
    assert not desk.hub_tracker.list_issues().complete
    result = desk.apply(made)
    assert {outcome.status for outcome in result.outcomes} == {Status.FAILED}
    assert "Issues are disabled" in result.outcomes[0].detail


def test_deleted_and_transferred_issues(desk: HubDesk) -> None:
    """Each is told for what it is."""
    desk.run(HIGH, (finding("B-1"), decision()))
    del desk.hub.issues[1], desk.hub.issues[2]
    desk.hub.deleted.add(1)
    desk.hub.moved[2] = "other"
    assert desk.hub_tracker.get("1") == Absent("1", "deleted")
    assert desk.hub_tracker.get("2") == Absent("2", "transferred")
    desk.run(HIGH, (finding("B-1"), decision()))
    assert len(desk.hub.issues) == 1


def test_a_locked_issue_is_one_failure(desk: HubDesk) -> None:
    """The other issues are cared for."""
    desk.run(HIGH, (finding("B-1"), decision()))
    desk.hub.issues[1]["locked"] = True
    desk.hub.tokens["secret"] = Account("advisord-bot", push=False)
    result = desk.apply(desk.plan(LOW, (finding("B-1", severity=Severity.LOW), decision())))
    assert [outcome.status for outcome in result.outcomes] == [Status.FAILED, Status.DONE]


def test_without_write_access_labels_are_dropped(desk: HubDesk) -> None:
    """It is said once, and neither repeated nor filed twice, even when the database is lost."""
    desk.hub.tokens["secret"] = Account("advisord-bot", push=False)
    result = desk.apply(desk.plan(HIGH))
    assert "dropped the labels" in result.outcomes[0].detail
    desk.outbox = MemoryOutbox(desk.clock)
    assert desk.plan(HIGH).actions == ()


def test_labels_are_made_and_never_replaced(desk: HubDesk) -> None:
    """With a colour; people's labels stay; PATCH never names labels."""
    desk.run(HIGH)
    desk.hub.issues[1]["labels"].append(desk.hub.label("theirs"))
    desk.run(LOW)
    assert desk.hub.labels["advisord"] == "b60205"
    assert {label["name"] for label in desk.hub.issues[1]["labels"]} == {"advisord", "security", "theirs"}


def test_a_renamed_repository_is_followed(desk: HubDesk) -> None:
    """GitHub redirects to its number; our issues are the same."""
    desk.run(HIGH)
    desk.hub.renamed_to = "octo/lobster"
    desk.tracker = desk.made()  # type: ignore[assignment]
    desk.run(LOW)
    assert len(desk.hub.issues) == 1


def test_a_redirect_to_another_server_is_not_followed(desk: HubDesk) -> None:
    """The token goes nowhere else."""
    link = {"link": '<https://evil.example/next>; rel="next"'}
    desk.hub.faults = [Fault("GET", r"/issues\?", 200, link, b"[]")]
    listing = desk.hub_tracker.list_issues()
    assert "another server" in listing.problem


def test_an_app_names_its_account() -> None:
    """An installation's token can't say whose it is."""
    desk = HubDesk()
    desk.hub.tokens["secret"] = Account("advisord[bot]", bot=True)
    assert "403" in desk.hub_tracker.list_issues().problem
    desk = HubDesk(login="advisord[bot]")
    desk.hub.tokens["secret"] = Account("advisord[bot]", bot=True)
    desk.run(HIGH)
    assert "labels=advisord" in next(t for m, t in reversed(desk.hub.requests) if m == "GET" and "?state" in t)


def test_a_person_s_close_is_told_from_ours(desk: HubDesk) -> None:
    """By who closed it."""
    desk.run(HIGH)
    desk.hub.person(1, state="closed")
    (issue,) = desk.hub_tracker.list_issues().issues
    assert issue.by_person is True


def test_an_old_server_without_duplicates(desk: HubDesk) -> None:
    """Enterprise may not know the reason: it is closed as not planned."""
    desk.hub.known_reasons = {"completed", "not_planned", "reopened"}
    desk.run(HIGH, (finding("B-1"), decision()))
    closed = desk.hub_tracker.close("2", StateReason.DUPLICATE, duplicate_of="1")
    assert closed.state_reason is StateReason.NOT_PLANNED


@pytest.mark.parametrize(
    ("said", "meant"),
    [("public", Visibility.PUBLIC), ("internal", Visibility.PRIVATE), ("private", Visibility.PRIVATE)],
)
def test_visibility(desk: HubDesk, said: str, meant: Visibility) -> None:
    """Asked, not assumed."""
    desk.hub.visibility = said
    assert desk.hub_tracker.visibility() is meant


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"number": "x"}', b"[" * 100_000, b""])
def test_an_answer_that_is_no_issue(desk: HubDesk, body: bytes) -> None:
    """It is an error of the transport, and nothing is remembered of it."""
    desk.hub.faults = [Fault("GET", "/issues/1", 200, {}, body) for _ in range(3)]
    with pytest.raises(TransportError):
        desk.hub_tracker.get("1")


def test_a_name_that_is_no_repository(desk: HubDesk) -> None:
    """Told before anything is sent."""
    with pytest.raises(TrackerError, match="owner/name"):
        GitHubTracker("hub", "octo/crab/../../user", desk.hub, lambda: "x")


def test_the_body_that_would_be_too_long(desk: HubDesk) -> None:
    """65,537 characters are never sent."""
    desk.run(HIGH)
    desk.hub.issues[1]["body"] += "x" * 64_000
    result = desk.apply(desk.plan(LOW))
    assert result.outcomes[0].status is Status.FAILED
    assert all(len(issue["body"]) < 65_537 for issue in desk.hub.issues.values())


def test_milestones_by_title(desk: HubDesk) -> None:
    """Found on any page, made on demand, left out where we may not."""
    desk.hub.page = 1
    tracker = desk.hub_tracker
    for title in ("7.0", "7.1", "7.1"):
        assert tracker.create("t", BLOCK, (), More(milestone=title)).milestone == title
    assert [one["title"] for one in desk.hub.milestones.values()] == ["7.0", "7.1"]
    desk.hub.tokens["secret"] = Account("advisord-bot", push=False)
    assert tracker.create("t", BLOCK, (), More(milestone="8.0")).milestone == ""


def test_people_that_github_refuses_are_left_out_and_told(desk: HubDesk) -> None:
    """The issue is filed all the same, once."""
    desk.settings = Settings(routes={"": Route(assignees=("nobody-at-all",))})
    result = desk.apply(desk.plan(HIGH))
    assert "dropped the people nobody-at-all" in result.outcomes[0].detail
    assert len(desk.hub.issues) == 1


@pytest.mark.parametrize("there", [True, False])
def test_an_issue_type_where_the_owner_has_it(desk: HubDesk, there: bool) -> None:
    """Elsewhere issues have none."""
    if there:
        desk.hub.types["Security"] = {"id": 4, "node_id": "T", "name": "Security", "description": None}
    tracker = desk.made(issue_type="Security")
    tracker.create("t", BLOCK, ())
    assert (desk.hub.issues[1].get("type") is not None) is there


def test_new_issues_belong_to_the_digest(desk: HubDesk) -> None:
    """What grows out of the digest issue is its sub-issue; a refusal hinders nothing."""
    desk.settings = Settings(open_limit=0)
    lows = [(finding(f"A-{n}", severity=Severity.LOW), decision()) for n in range(3)]
    desk.run(*lows)
    desk.settings = Settings(open_limit=2)
    desk.run(*lows)
    assert desk.hub.children == {1: [2, 3]}
    desk.hub.faults = [Fault("POST", "/sub_issues$", 404)]
    desk.settings = Settings()
    desk.run(*lows)
    assert len(desk.hub.issues) == 4


def test_labels_look_as_configured(desk: HubDesk) -> None:
    """Those that we make; the description says what a label means."""
    tracker = desk.made(looks={"advisord": Look("1d76db", "Kept by advisord")})
    tracker.create("t", BLOCK, ("advisord", "other"))
    assert (desk.hub.labels["advisord"], desk.hub.labels["other"]) == ("1d76db", "b60205")
