"""The whole cycle against a GitHub on loopback: the real command, a real token, a wrong one, and failures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from github_fake import Fault, GitHub
from running import Advisord, Ran

from advisord.demo import repository
from advisord.times import stamp

TRACKER = """\
kind = "github"
repository = "octo/crab"
token_env = "CRAB_TOKEN"
url = "{url}"
"""


@pytest.fixture
def github() -> GitHub:
    """An empty repository on GitHub."""
    return GitHub(lambda: stamp(datetime.now(UTC)))


@pytest.fixture
def configured(world: Path, github: GitHub) -> Iterator[Path]:
    """The world with its issues on that GitHub."""
    with github.served() as url:
        config = world / "advisord.toml"
        text = config.read_text().replace('kind = "local"\nfolder = "issues"\n', TRACKER.format(url=url))
        config.write_text(f'{text}[run]\npause = "0s"\n')
        yield world


def once(advisord: Advisord, token: str = "secret") -> Ran:
    """One cycle with a token; no token is ever shown."""
    ran = advisord("run", "--once", env={"CRAB_TOKEN": token})
    assert token not in ran.out + ran.err
    return ran


def states(github: GitHub) -> dict[str, str]:
    """The state of each issue by the package in its title."""
    return {issue["title"].partition(":")[0]: issue["state"] for issue in github.issues.values()}


OPEN = {"hyper": "open", "minimist": "open", "regex": "open", "atty": "open", "h2": "open"}


def test_open_nothing_close(advisord: Advisord, configured: Path, github: GitHub) -> None:
    """Five issues are opened, a second run writes nothing, and what is fixed on every branch is closed as completed."""
    assert once(advisord).status == 0
    assert states(github) == OPEN
    before = len(github.requests)
    assert "0 actions on the tracker" in once(advisord).out
    assert {method for method, _ in github.requests[before:]} == {"GET"}
    assert not any("/search/" in target for _, target in github.requests)
    repository.fix(repository.Workshop(str(configured / "shop")))
    assert once(advisord).status == 0
    assert states(github) == {**OPEN, "regex": "closed"}
    closed = next(issue for issue in github.issues.values() if issue["state"] == "closed")
    assert closed["state_reason"] == "completed"
    assert "commit `" in github.comments[closed["number"]][-1]["body"]


def test_a_wrong_token(advisord: Advisord, configured: Path, github: GitHub) -> None:
    """One sentence about the tracker; the repository was read all the same; no issue is touched."""
    once(advisord)
    ran = once(advisord, "not-the-token")
    assert ran.status == 3
    assert "issues" in ran.err
    assert "401" in ran.out + ran.err
    assert "shop: unchanged" in ran.out
    assert states(github) == OPEN


def test_a_list_that_breaks_off_files_nothing_twice(advisord: Advisord, configured: Path, github: GitHub) -> None:
    """A 502 on the list is no empty tracker."""
    once(advisord)
    github.faults = [Fault("GET", r"/issues\?", 502) for _ in range(10)]
    ran = once(advisord)
    assert "the list of issues is incomplete" in ran.out
    github.faults = []
    assert states(github) == OPEN
    assert once(advisord).status == 0
    assert len(github.issues) == 5


def test_a_lost_database_is_rebuilt_from_the_tracker(advisord: Advisord, configured: Path, github: GitHub) -> None:
    """Without its database advisord finds its issues again by their markers."""
    once(advisord)
    for path in configured.glob("advisord.db*"):
        path.unlink()
    assert once(advisord).status == 0
    assert len(github.issues) == 5
    assert states(github) == OPEN
