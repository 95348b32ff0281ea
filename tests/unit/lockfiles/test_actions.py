"""`uses:` in workflows and composite actions."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles import actions
from advisord.model.inventory import Reach

DATA = Path(__file__).parent / "data" / "actions"


def test_every_form_of_uses_is_found() -> None:
    """Quoted, in flow, below, folded; not in scripts, comments and names; once for each version."""
    inventory = actions.parse((DATA / "workflow.yml").read_bytes())
    assert [(p.name, p.version, p.commit[:2], p.line) for p in inventory.packages] == [
        ("acme/workflows", "main", "", 5),
        ("actions/checkout", "v4.2.2", "11", 9),
        ("github/codeql-action", "v3", "", 11),
        ("acme/flow", "v1.2.3", "", 12),
        ("acme/after", "1.2.3", "", 19),
        ("acme/folded", "v2", "", 24),
        ("acme/below", "v2", "", 26),
        ("acme/ratchet", "v3", "22", 27),
        ("acme/nameless", "", "33", 28),
        ("acme/again", "v1", "", 29),
    ]
    assert [(problem.code, problem.blocking) for problem in inventory.problems] == [("not-an-action", False)]


def test_a_workflow_builds_and_an_action_runs() -> None:
    """The root is the file itself, with its own name."""
    workflow = actions.parse((DATA / "workflow.yml").read_bytes()).roots or ()
    action = actions.parse((DATA / "action.yml").read_bytes()).roots or ()
    assert [(root.name, {edge.reach for edge in root.edges}) for root in (*workflow, *action)] == [
        ("Everything", {Reach.BUILD}),
        ("Set up", {Reach.RUNTIME}),
    ]


@pytest.mark.parametrize(
    ("comment", "version"),
    [
        ("v4", "v4"),
        ("v4.1.1", "v4.1.1"),
        ("4.1.1", "4.1.1"),
        ("4", "4"),
        ("tag=v4.1", "v4.1"),
        ("pin@v1.2.3", "v1.2.3"),
        ("renovate: tag=v2.0.0-rc.1", "v2.0.0-rc.1"),
        ("acme/pinned@v1.2.3", "v1.2.3"),
        ("v3.1.0, the last good one", "v3.1.0"),
        ("main", ""),
        ("needs 2 jobs", ""),
        ("see issue #12", ""),
    ],
)
def test_the_comment_behind_a_commit_names_its_version(comment: str, version: str) -> None:
    """As people and their tools write it."""
    text = f"jobs:\n  a:\n    steps:\n      - uses: acme/pinned@{'0' * 40} # {comment}\n"
    assert [package.version for package in actions.parse(text.encode()).packages] == [version]


def test_a_tag_is_not_overruled_by_a_comment() -> None:
    """The ref is what runs."""
    assert actions.parse(b"- uses: acme/tagged@v1 # v2.0.0\n").packages[0].version == "v1"


def test_a_line_without_end_is_refused() -> None:
    """No workflow has such lines."""
    with pytest.raises(LockfileError, match="line 1 has 30006 characters"):
        actions.parse(b"uses: " + b"a" * 30_000)


def test_refs_that_are_more_or_less_than_a_version() -> None:
    """A tag by its full name is that tag; what an expression gives is not known."""
    lines = ("acme/tag@refs/tags/v1.2.3", "acme/computed@${{ matrix.ref }}")
    text = "jobs:\n  a:\n    steps:\n" + "".join(f"      - uses: {line}\n" for line in lines)
    inventory = actions.parse(text.encode())
    assert [(package.name, package.version) for package in inventory.packages] == [("acme/tag", "v1.2.3")]
    assert [(problem.code, problem.message[:7]) for problem in inventory.problems] == [("not-pinned", "line 5:")]
