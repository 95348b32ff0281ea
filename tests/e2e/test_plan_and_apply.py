"""`advisord plan` in its formats, `advisord apply` in parts, and the policy's routes through the real command."""

import json
from pathlib import Path

import pytest
from running import Advisord


@pytest.fixture
def ready(advisord: Advisord, world: Path) -> Advisord:
    """The world read, and nothing in its tracker yet."""
    config = world / "advisord.toml"
    text = config.read_text()
    config.write_text(f"{text}[run]\nissues_per_run = 0\n")
    assert advisord("run", "--once").status == 0
    config.write_text(text)
    return advisord


def issues(world: Path, folder: str = "issues") -> list[str]:
    """The files of a tracker."""
    return sorted(path.name for path in (world / folder).glob("*.md"))


def test_markdown_for_a_pull_request(ready: Advisord, world: Path) -> None:
    """A table of actions with their reasons; links and mentions in it do nothing."""
    ran = ready("plan", "--format", "markdown")
    assert ran.status == 0
    assert ran.out.startswith(
        "### shop: 5 actions in `issues`\n\n| Action | Issue | Why |\n| --- | --- | --- |\n| open |"
    )
    assert "| open | hyper: " in ran.out
    assert issues(world) == []
    ready("apply")
    assert ready("plan", "--format", "markdown").out.strip() == "### shop: no actions in `issues`"


def test_a_repository_that_was_never_read(advisord: Advisord, world: Path) -> None:
    """Knowing nothing is not "no actions": both commands say so and fail."""
    for command in ("plan", "apply"):
        ran = advisord(command)
        assert ran.status == 3
        assert "shop: it was never read, so nothing is known of it; run `advisord run --once`" in ran.out
    assert issues(world) == []


def test_only_what_is_named(ready: Advisord, world: Path) -> None:
    """By key, by number, by verb; what names nothing is a mistake, and nothing is done."""
    document = json.loads(ready("plan", "--format", "json").out)
    keys = {action["title"].partition(":")[0]: action["key"] for action in document["plans"][0]["actions"]}
    wrong = ready("apply", "--only", "nothing")
    assert wrong.status == 2
    assert "no action of the plan is 'nothing'" in wrong.err
    assert issues(world) == []
    assert ready("apply", "--only", keys["hyper"], "--only", keys["atty"]).status == 0
    assert len(issues(world)) == 2
    assert ready("apply", "--only", "open").status == 0
    assert len(issues(world)) == 5
    config = world / "advisord.toml"
    config.write_text(f'{config.read_text()}[tracking]\nlabels_in = ["urgent"]\n')
    assert ready("apply", "--only", "1").out.count("done: relabel #1") == 1
    assert "relabel #1:" not in ready("apply", "--only", "relabel").out


def test_a_plan_that_is_old_is_refused(ready: Advisord, world: Path) -> None:
    """Exactly the plan that was seen, or nothing."""
    plan = world / "plan.json"
    plan.write_text(ready("plan", "--format", "json").out)
    ready("apply", "--only", json.loads(plan.read_text())["plans"][0]["actions"][0]["key"])
    ran = ready("apply", "--plan", plan)
    assert ran.status == 3
    assert "plan again" in ran.out
    assert len(issues(world)) == 1


def test_a_route_with_a_tracker_labels_and_groups(advisord: Advisord, world: Path) -> None:
    """Each finding is in the tracker of its route; a tracker that is not configured is told, and the others go on."""
    policy = world / "shop/advisord-policy.toml"
    text = policy.read_text()
    server = world / "server.toml"
    route = '[routes.ours]\ntracker = "desk"\nlabels = ["team"]\nassignees = ["mona"]\nmilestone = "next"\n'
    rules = '[[rules]]\nid = "hyper"\nreason = "Ours."\nwhen = { package = "hyper" }\nthen = "in"\nroute = "ours"\n'
    server.write_text(text.replace("[[rules]]", f"{rules}[[rules]]", 1) + route)
    policy.unlink()
    config = world / "advisord.toml"
    configured = config.read_text().replace("shop/advisord-policy.toml", "server.toml")
    config.write_text(configured)
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "there is no tracker 'desk'" in ran.err
    assert not [name for name in issues(world) if "hyper" in name]
    config.write_text(f'{configured}[trackers.desk]\nkind = "local"\nfolder = "desk"\n')
    assert advisord("run", "--once").status == 0
    (name,) = issues(world, "desk")
    issue = (world / "desk" / name).read_text()
    assert "- team\n" in issue
    assert "assignees:\n- mona\n" in issue
    assert "milestone: next\n" in issue
    assert "0 actions on the tracker" in advisord("run", "--once").out
    server.write_text(server.read_text().replace('tracker = "desk"\n', ""))
    assert advisord("run", "--once").status == 0
    assert "state: closed\n" in (world / "desk" / name).read_text()
    assert [name for name in issues(world) if "hyper" in name]


def test_texts_of_your_own(ready: Advisord, world: Path) -> None:
    """A folder of templates changes the issues; a template that fails is told, and the run goes on without it."""
    config = world / "advisord.toml"
    config.write_text(f'{config.read_text()}[tracking]\ntemplates = "texts"\n')
    (world / "texts").mkdir()
    (world / "texts/title.txt").write_text("[{{ severity }}] {{ package }} {{ id }}")
    (world / "texts/body.md").write_text("one\n{{ two }}\n")
    ran = ready("apply")
    assert ran.status == 0
    assert "body.md: the built-in text is used: line 2: 'two' is undefined" in ran.out
    assert any("critical-hyper" in name for name in issues(world))
    (world / "texts/body.md").write_text("Ours: {{ sections.headline }}\n")
    assert ready("apply").out.count("done: update") == 5
    assert "Ours: `hyper`" in next((world / "issues").glob("*hyper*")).read_text()
    assert "0 actions" in ready("run", "--once").out


def test_whether_the_update_is_allowed(ready: Advisord, world: Path) -> None:
    """As far as the lockfile says it, the issue names who stands in the way, or that nobody does."""
    ready("apply")
    texts = [path.read_text() for path in (world / "issues").glob("*.md")]
    assert any("which does not allow" in text or "updating the lockfile is enough" in text for text in texts)
