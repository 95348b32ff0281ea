"""What is sent to GitLab and Forgejo, and what their fakes answer, is what their tables of facts have: no more, no less."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from facts import facts, operations
from forge_fake import Forge
from forgejo_fake import Forgejo
from gitlab_fake import GitLab

from advisord.cycle.forges import first, headers, listed
from advisord.cycle.permissions import of_tracker
from advisord.cycle.plugs import Plugs
from advisord.model.plan import StateReason
from advisord.settings import TrackerSettings
from advisord.source_settings import OrganisationSettings
from advisord.tracking.interface import More
from advisord.tracking.trackers.rest import Rest

ISSUES = {"forgejo": "/api/v1/repos/octo/crab/issues", "gitlab": "/api/v4/projects/octo%2Fcrab/issues"}
REQUESTS: list[tuple[str, str, str, Any]] = [
    ("forgejo", "GET", "?creator=x", None),
    ("forgejo", "GET", "?state=opened", None),
    ("forgejo", "GET", "?limit=many", None),
    ("forgejo", "PUT", "/1", {"title": "x"}),
    ("forgejo", "POST", "", {"body": "no title"}),
    ("forgejo", "POST", "", {"title": "x", "labels": "advisord"}),
    ("forgejo", "POST", "", {"title": "x", "labels": ["advisord"]}),
    ("forgejo", "POST", "", {"title": "x", "description": "a body is called body"}),
    ("forgejo", "PATCH", "/1", {"state": "close"}),
    ("forgejo", "PATCH", "/1", {"labels": [1]}),
    ("forgejo", "GET", "/1/comments?limit=50", None),
    ("gitlab", "GET", "?creator=x", None),
    ("gitlab", "GET", "?state=open", None),
    ("gitlab", "GET", "?scope=mine", None),
    ("gitlab", "GET", "?per_page=101", None),
    ("gitlab", "PATCH", "/1", {"title": "x"}),
    ("gitlab", "POST", "", {"description": "no title"}),
    ("gitlab", "POST", "", {"title": "x", "body": "a body is called description"}),
    ("gitlab", "POST", "", {"title": "x", "assignee_ids": ["mona"]}),
    ("gitlab", "PUT", "/1", {"state_event": "closed"}),
    ("gitlab", "PUT", "/1", {"state": "closed"}),
]
SPOILT: dict[str, Callable[[Any], Any]] = {
    "a field that there is not": lambda issue: {**issue, "fingerprint": "x"},
    "a field that is always there": lambda issue: {name: issue[name] for name in issue if name != "title"},
    "a wrong type": lambda issue: {**issue, "title": 7},
    "a state of the other": lambda issue: {**issue, "state": {"open": "opened"}.get(issue["state"], "open")},
    "a time that is none": lambda issue: {**issue, "updated_at": "yesterday"},
    "null": lambda issue: {**issue, "labels": None},
}


@pytest.mark.parametrize(("kind", "method", "rest", "data"), REQUESTS)
def test_what_the_server_does_not_take(kind: str, method: str, rest: str, data: Any) -> None:
    """A request that is a little wrong is found: a name, a word, a type, a method, what is missing."""
    with pytest.raises(AssertionError):
        facts(kind).check_request(method, ISSUES[kind] + rest, data)


@pytest.mark.parametrize("kind", sorted(ISSUES))
@pytest.mark.parametrize("how", SPOILT)
def test_what_the_server_does_not_answer(kind: str, how: str, harness_of: Callable[[str], Any]) -> None:
    """An answer of a fake that is a little wrong is found."""
    forge: Forge = harness_of(kind).forge
    (issue,) = (forge.shown(issue) for issue in forge.issues.values())  # type: ignore[attr-defined]
    target = f"{ISSUES[kind]}/1"
    facts(kind).check_answer("GET", target, 200, issue)
    with pytest.raises(AssertionError):
        facts(kind).check_answer("GET", target, 200, SPOILT[how](issue))
    for status, data in ((418, issue), (404, {"reason": "gone"})):
        with pytest.raises(AssertionError):
            facts(kind).check_answer("GET", target, status, data)


@pytest.mark.parametrize("kind", sorted(ISSUES))
def test_all_that_is_asked(kind: str, harness_of: Callable[[str], Any]) -> None:
    """Each fact is of an operation that we use; every question and answer of all of them is held to the facts."""
    harness = harness_of(kind)
    tracker, forge = harness.tracker, harness.forge
    issue = tracker.create("x", "body", ("advisord", "security"), More(("mona",), "7.1"))
    tracker.list_issues()
    tracker.comment(issue.number, "words", "words")
    tracker.add_labels(issue.number, ("dependencies",))
    tracker.remove_labels(issue.number, ("security",))
    tracker.update(issue.number, title="y", body="z")
    tracker.close(issue.number, StateReason.COMPLETED, body="closed")
    tracker.reopen(issue.number)
    tracker.get(issue.number)
    tracker.visibility()
    look_around(kind, forge)
    used = {f"{method} {facts(kind).template(method, target)}" for method, target in forge.asked}
    assert {line.replace("/api/v1", "").replace("/api/v4", "") for line in used} == operations(kind)


def look_around(kind: str, forge: Forge) -> None:
    """What an organisation has, and what the token may do."""
    rest = Rest(forge, forge.url, lambda: headers(kind, "secret"))
    if isinstance(forge, GitLab):
        forge.repositories = [forge.project(number, f"octo/{number}") for number in range(150)]
    elif isinstance(forge, Forgejo):
        forge.repositories = [forge.repository(number, f"octo/{number}") for number in range(150)]
    wanted = OrganisationSettings.model_validate({"name": "octo", "kind": kind, "url": forge.url, "token_env": "T"})
    assert first(rest, wanted)
    found = listed(rest, wanted)
    assert len(found) == 150
    assert all(one.https and one.ssh for one in found)
    plugs = cast("Plugs", SimpleNamespace(rest=lambda _: rest))
    keys = {"kind": kind, "repository": "octo/crab", "url": forge.url, "token_env": "T"}
    assert of_tracker(plugs, TrackerSettings.model_validate(keys)).lacks == ()
