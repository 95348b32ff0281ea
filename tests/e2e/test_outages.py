"""What keeps a repository from being judged and tracked is seen wherever one looks, and is gone after the next good step."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from running import Advisord
from web_parts import Client, answer

from advisord.demo import repository
from advisord.settings import load


@pytest.fixture
def shop(advisord: Advisord, world: Path) -> repository.Workshop:
    """The world's repository after one good cycle."""
    assert advisord("run", "--once").status == 0
    assert seen(advisord)["state"] == "ok"
    return repository.Workshop(str(world / "shop"))


def seen(advisord: Advisord) -> dict[str, Any]:
    """What `status` says of the only repository; its text and its exit status say the same."""
    ran = advisord("status", "--format", "json")
    (one,) = json.loads(ran.out)["repositories"]
    text = advisord("status")
    assert ran.status == text.status == (0 if one["state"] == "ok" else 3)
    assert f"shop       {one['state']}" in text.out
    if one["error"]:
        assert f"{one['error']['message']} [{one['error']['code']}]" in text.out
    return dict(one)


def asked(advisord: Advisord) -> Client:
    """The pages of the world."""
    return Client(load(str(advisord.folder / "advisord.toml")))


def everywhere(advisord: Advisord, state: str, sentence: str, metric: str) -> None:
    """Status, API, page, overview and metrics know of it; it is one repository, counted once."""
    one = seen(advisord)
    assert one["state"] == state
    assert sentence in one["error"]["message"]
    ask = asked(advisord)
    (listed,) = answer(ask("/api/repositories?state=problems"))["repositories"]
    assert (listed["state"], listed["error"]) == (state, one["error"])
    assert 'href="/repositories?state=problems">1 repository</a>' in ask("/").text
    for page in ("/repositories", f"/repositories/{listed['number']}"):
        assert sentence.replace("'", "&#x27;") in ask(page).text.replace("&#39;", "&#x27;")
    metrics = ask("/metrics").text.splitlines()
    assert {f"advisord_repositories_{name} 1" for name in (metric, "with_problems")} <= set(metrics)


def test_a_broken_policy(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """Nothing is judged any more: not ok, not ready; mended, all is well again."""
    assert shop
    policy = world / "shop/advisord-policy.toml"
    text = policy.read_text()
    policy.write_text(text.replace('then = "in"', 'then = "inn"'))
    assert advisord("run", "--once").status == 3
    everywhere(advisord, "unjudged", "advisord-policy.toml: rules[2].then: line 19", "unjudged")
    response = asked(advisord)("/readyz")
    assert (response.status_code, answer(response)["unjudged_repositories"]) == (503, 1)
    policy.write_text(text)
    assert advisord("run", "--once").status == 0
    assert (seen(advisord)["state"], asked(advisord)("/readyz").status_code) == ("ok", 200)


@pytest.mark.parametrize("put", [True, False])
def test_a_tracker_that_is_gone(advisord: Advisord, world: Path, shop: repository.Workshop, *, put: bool) -> None:
    """Its folder was moved away, or a file stands in its place; back again, all is well."""
    assert shop
    shutil.move(world / "issues", world / "elsewhere")
    if put:
        (world / "issues").write_text("")
    assert advisord("run", "--once").status == 3
    everywhere(advisord, "untracked", "issues", "untracked")
    assert asked(advisord)("/readyz").status_code == 200
    if put:
        (world / "issues").unlink()
    shutil.move(world / "elsewhere", world / "issues")
    assert advisord("run", "--once").status == 0
    assert seen(advisord)["state"] == "ok"


def test_a_lockfile_that_cannot_be_read(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """A merge conflict that was committed: `run` says how many, and `status` is not ok."""
    text = (world / "shop/Cargo.lock").read_text()
    shop.commit("main", {"Cargo.lock": f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n"}, "Merge")
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert ", 1 lockfile could not be read; " in ran.out
    everywhere(advisord, "unread", "main Cargo.lock: ", "unreadable")
    shop.commit("main", {"Cargo.lock": text}, "Resolve")
    assert advisord("run", "--once").status == 0
    assert seen(advisord)["state"] == "ok"


def test_a_repository_that_was_never_read(advisord: Advisord, world: Path) -> None:
    """It is not one without findings."""
    shutil.rmtree(world / "shop/.git")
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "no findings" not in ran.out
    assert "shop: not read\n" in ran.out
    assert seen(advisord)["state"] == "failed"


def test_one_poll_that_failed(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """What is stored is as young as it was: ready, and the failure is a number of its own."""
    assert shop
    shutil.move(world / "feeds/github", world / "elsewhere")
    assert advisord("run", "--once").status == 3
    ask = asked(advisord)
    assert answer(ask("/readyz"))["stale_feeds"] == []
    metrics = ask("/metrics").text.splitlines()
    assert {'advisord_feed_fresh{feed="github"} 1', 'advisord_feed_failed{feed="github"} 1'} <= set(metrics)
    assert 'advisord_feed_failed{feed="osv"} 0' in metrics
