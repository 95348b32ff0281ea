"""Which refs are read."""

from datetime import UTC, datetime

import pytest

from advisord.cycle.refs import refs_of
from advisord.net.mirror import Listing
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.policy import compile as compile_policy

NOW = datetime(2026, 5, 1, tzinfo=UTC)
REFS = (
    "refs/heads/main",
    "refs/heads/stable-a",
    "refs/heads/stable-\udce9",
    "refs/tags/v2.0.0",
    "refs/pull/1/head",
    "HEAD",
)


def listed() -> Listing:
    """A repository with a branch whose name is no text."""
    return Listing(dict.fromkeys(REFS, "c"), "refs/heads/main")


def never() -> Listing:
    """A repository that must not be asked."""
    pytest.fail("nobody needs the listing")


def with_lines(*supported: str) -> CompiledPolicy:
    """A policy with these supported lines."""
    return compile_policy(f'name = "shop"\n[lines]\nsupported = {list(supported)}\n', "policy.toml")


def test_the_configuration_comes_first() -> None:
    """Its refs are read whatever the policy says, and the repository is not asked."""
    assert refs_of("shop", never, ["main", "1.x"], with_lines("2.*"), NOW) == ({"main": "", "1.x": ""}, ())


def test_without_lines() -> None:
    """The default branch is read."""
    assert refs_of("shop", never, [], CompiledPolicy("shop", ()), NOW).lines == {"HEAD": ""}


def test_a_line_that_nothing_stands_for() -> None:
    """It is said: a line that is not looked at is never silence."""
    read = refs_of("shop", listed, [], with_lines("9.9"), NOW)
    assert read.lines == {}
    assert [(problem.code, problem.subject) for problem in read.problems] == [("supported-line", "shop")]
    assert "9.9" in read.problems[0].message


def test_a_branch_whose_name_is_no_text() -> None:
    """It can't be stored, and no policy can mean it."""
    read = refs_of("shop", listed, [], with_lines("stable-*"), NOW)
    assert list(read.lines) == ["stable-a"]
