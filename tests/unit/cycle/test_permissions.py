"""What GitLab and Forgejo say of what a token may do; GitHub's part is in test_plugs."""

import json
from types import SimpleNamespace
from typing import cast

import pytest
from forge_fake import Forge
from forgejo_fake import Forgejo
from github_fake import Fault
from gitlab_fake import GitLab

from advisord.cycle.forges import headers
from advisord.cycle.permissions import Said, of_tracker
from advisord.cycle.plugs import Plugs
from advisord.settings import TrackerSettings
from advisord.tracking.trackers.rest import Rest


def said(forge: Forge) -> Said:
    """What a tracker there is told to be able to do."""
    rest = Rest(forge, forge.url, lambda: headers(forge.kind, "secret"))
    plugs = cast("Plugs", SimpleNamespace(rest=lambda _: rest))
    keys = {"kind": forge.kind, "repository": "octo/crab", "url": forge.url, "token_env": "T"}
    return of_tracker(plugs, TrackerSettings.model_validate(keys))


def now() -> str:
    """The time."""
    return "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("project", "group", "may"),
    [(None, None, False), (10, None, False), (15, None, True), (10, 20, True), (40, 5, True)],
)
def test_roles_on_gitlab(project: int | None, group: int | None, may: bool) -> None:
    """The higher of the two counts; a planner may label issues, a guest may not."""
    lab = GitLab(now)
    lab.roles = {
        "project_access": project and {"access_level": project},
        "group_access": group and {"access_level": group},
    }
    found = said(lab)
    assert found.may == f"access level {max(project or 0, group or 0)}"
    assert found.lacks == (
        () if may else ("the account has no role in the project from Planner on: it may not label issues",)
    )


@pytest.mark.parametrize("forge", [GitLab(now), Forgejo(now)])
def test_issues_that_are_switched_off(forge: Forge) -> None:
    """Nothing can be tracked there."""
    forge.issues_off = True
    assert "issues are switched off in this repository" in said(forge).lacks


def test_who_may_push_to_forgejo() -> None:
    """Others file issues without labels and assignees. Scopes are GitHub's: those of another server mean something else."""
    forge = Forgejo(now)
    assert said(forge) == Said("pull, push")
    forge.push = False
    assert "the account may not push to the repository: labels and assignees are dropped" in said(forge).lacks
    forge.push = True
    body = json.dumps(forge.repository()).encode()
    forge.faults = [Fault("GET", "crab", 200, {"x-oauth-scopes": "write:issue"}, body)]
    assert said(forge) == Said("pull, push")
