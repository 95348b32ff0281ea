"""GitHub's ranges of versions."""

import pytest

from advisord.errors import InvalidVersion
from advisord.feeds.github_range import parse
from advisord.model.advisory import Affected
from advisord.versions import key
from advisord.versions.ranges import intervals


def affected(text: object, patched: str, version: str) -> bool | None:
    """Whether a range has a version; None when it can't be told."""
    found = intervals("npm", Affected("npm", "x", (parse(text, patched, "npm"),)))
    if found.undecided:
        return None
    at = key("npm", version)
    return any(interval.lo <= at < interval.hi for interval in found.intervals)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("= 1.2.3", ["1.2.3"], ["1.2.2", "1.2.4"]),
        ("< 2.0.0", ["0.0.1", "1.9.9", "2.0.0-rc.1"], ["2.0.0", "3.0.0"]),
        ("<= 2.0.0", ["1.0.0", "2.0.0"], ["2.0.1"]),
        (">= 1.0.0", ["1.0.0", "9.0.0"], ["0.9.9"]),
        ("> 1.0.0", ["1.0.1"], ["1.0.0", "0.1.0"]),
        (">= 0", ["0.0.0", "1.0.0"], []),
        ("> 0", ["0.0.0", "1.0.0"], []),
        (">= 1.0.0, < 2.0.0", ["1.0.0", "1.9.0"], ["0.9.0", "2.0.0"]),
        ("> 1.0.0, <= 2.0.0", ["1.0.1", "2.0.0"], ["1.0.0", "2.0.1"]),
        (" >=1.0.0 ,<2.0.0 ", ["1.0.0"], ["2.0.0"]),
        ("< 2.0.0, >= 1.0.0", ["1.0.0"], ["2.0.0"]),
    ],
)
def test_grammar(text: str, inside: list[str], outside: list[str]) -> None:
    """Every form means the versions that it says, whether a fix is named or not."""
    for patched in ("", "5.0.0"):
        assert all(affected(text, patched, version) is True for version in inside)
        assert all(affected(text, patched, version) is False for version in outside)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "*",
        "1.0.0",
        "~> 1.0",
        "== 1.0.0",
        "< 1.0.0 || > 2.0.0",
        ">= 1.0.0, < 2.0.0, < 3.0.0",
        "< 1.0.0, < 2.0.0",
        "> 1.0.0, >= 2.0.0",
        "= 1.0.0, < 2.0.0",
        ">= 1.0.0,",
        "< ",
        "< two",
        ">= 2.0.0, < 1.0.0",
        "> 1.0.0, <= 1.0.0",
        5,
        ["< 1"],
    ],
)
def test_what_is_not_understood_is_undecided(text: object) -> None:
    """Another form is never guessed at."""
    assert affected(text, "", "1.0.0") is None


@pytest.mark.parametrize(
    ("text", "patched", "fixed"),
    [
        (">= 1.0.0, < 2.0.0", "2.0.0", "2.0.0"),
        (">= 1.0.0, < 2.0.0", "", ""),
        ("<= 1.5.0", "1.6.0", "1.6.0"),
        ("= 1.5.0", "1.6.0", "1.6.0"),
        ("<= 1.5.0", "", ""),
        (">= 1.0.0", "", ""),
    ],
)
def test_fixes(text: str, patched: str, fixed: str) -> None:
    """What ends a range is a fix only where the record names one."""
    (interval,) = intervals("npm", Affected("npm", "x", (parse(text, patched, "npm"),))).intervals
    assert interval.fixed == fixed


def test_the_reason_is_for_people() -> None:
    """What was not understood is quoted."""
    assert parse("~> 1.0", "", "npm").unreadable == "GitHub's range '~> 1.0' is not understood"
    with pytest.raises(InvalidVersion):
        key("npm", "two")
