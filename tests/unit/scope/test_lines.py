"""From tags and branches to the refs to scan."""

from datetime import UTC, datetime

import pytest

from advisord.scope.compiled import Lines
from advisord.scope.lines import Choice, Ref, choose
from advisord.scope.spans import line

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TAGS = {
    "v1.0.0": "2025-01-01",
    "v1.9.0": "2026-01-01",
    "v1.9.3": "2026-03-01",
    "v1.10.0": "2026-06-01",
    "v1.10.1": "2026-07-01",
    "v2.0.0-rc1": "2026-10-20",
    "v2.0.0": "2026-11-01",
    "docs-2026": "2026-11-02",
}
BRANCHES = ("main", "release-1.10", "feature/1.9-fix", "develop")


def chosen(*texts: str, tags: dict[str, str] = TAGS, now: datetime = NOW, **more: str) -> Choice:
    """What these lines choose."""
    refs = [Ref(f"refs/tags/{name}", day) for name, day in tags.items()]
    refs += [Ref(f"refs/heads/{name}", "2026-11-19") for name in BRANCHES]
    before = tuple(line(text) for text in more.pop("before", "").split("|") if text)
    lines = Lines(tuple(line(text) for text in texts), before, **more)
    return choose(lines, refs, "main", now)


def names(choice: Choice) -> list[str]:
    """The chosen refs."""
    return [one.ref.removeprefix("refs/") for one in choice.refs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("main", ["heads/main"]),
        ("latest-tag", ["tags/v2.0.0"]),
        ("latest-minor", ["tags/v2.0.0"]),
        ("previous-minor", ["heads/release-1.10"]),
        ("previous-major", ["tags/v1.10.1"]),
        ("latest-2-minors", ["tags/v2.0.0", "heads/release-1.10"]),
        ("1.9", ["tags/v1.9.3"]),
        ("1.9.x", ["tags/v1.9.3"]),
        (">=1.10", ["tags/v2.0.0", "heads/release-1.10"]),
        ("<1.10", ["tags/v1.9.3", "tags/v1.0.0"]),
        (">1", ["tags/v2.0.0"]),
        ("release-*", ["heads/release-1.10"]),
        ("develop", ["heads/develop"]),
        ("3.*", []),
        ("stable", []),
    ],
)
def test_lines(text: str, expected: list[str]) -> None:
    """1.10 is newer than 1.9; a pre-release is none; a line is scanned on its branch where there is one."""
    choice = chosen(text)
    assert names(choice) == expected
    assert bool(choice.notes) is not bool(expected)


def test_no_line_means_the_default_branch() -> None:
    """A policy that says nothing about lines."""
    assert names(chosen()) == ["heads/main"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-20", ["heads/release-1.10", "tags/v1.9.3"]),
        ("2026-12-01", ["heads/release-1.10", "tags/v1.9.3"]),
        ("2026-12-02", ["heads/release-1.10"]),
    ],
)
def test_the_previous_minor_stays_for_30_days(day: str, expected: list[str]) -> None:
    """2.0 came out on 1 November: what was the previous minor then, 1.9, has until 1 December."""
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert names(chosen("previous-minor until next-minor + 30 days", now=now)) == expected


def test_an_unknown_release_date_keeps_the_line() -> None:
    """Nobody knows whether the 30 days are over: it is still scanned, and that is said."""
    tags = dict.fromkeys(TAGS, "")
    choice = chosen("previous-minor until next-minor + 30 days", tags=tags)
    assert names(choice) == ["heads/release-1.10", "tags/v1.9.3"]
    assert "unknown" in choice.refs[1].reason


def test_end_of_life_dates() -> None:
    """The last day counts."""
    assert names(chosen("1.9 until 2026-11-20")) == ["tags/v1.9.3"]
    choice = chosen("1.9 until 2026-11-19")
    assert (names(choice), choice.notes) == ([], ("1.9 was supported until 2026-11-19",))


def test_before_1_0() -> None:
    """Until there is a release 1.0.0 only what the policy says for that time; a pre-release of it does not count."""
    early = {"v0.3.0": "2026-01-01", "v0.4.0": "2026-02-01", "v1.0.0-beta.1": "2026-03-01"}
    assert names(chosen("latest-2-minors", before="main|latest-tag", tags=early)) == ["heads/main", "tags/v0.4.0"]
    assert names(chosen("latest-minor", before="main")) == ["tags/v2.0.0"]


def test_calendar_versions() -> None:
    """Years are no majors of semver: the rule before 1.0 does not hold for them, and months order as numbers."""
    tags = {"2026.4.0": "", "2026.10.1": "", "2025.12.0": ""}
    assert names(chosen("latest-minor", tags=tags, scheme="calver")) == ["tags/2026.10.1"]
    assert names(chosen("previous-minor", tags=tags, scheme="calver")) == ["tags/2026.4.0"]


def test_templates() -> None:
    """How a project writes its tags and its branches."""
    tags = {"core/1.2.3": "", "cli/9.0.0": ""}
    assert names(chosen("latest-tag", tags=tags, tag="core/{version}")) == ["tags/core/1.2.3"]
    assert names(chosen("1.10", branch="release-{major}.{minor}")) == ["heads/release-1.10"]


def test_one_ref_stands_once() -> None:
    """The latest minor is also what `>=2` names."""
    assert names(chosen("latest-minor", ">=2.0")) == ["tags/v2.0.0"]


def test_a_comparison_has_a_bound() -> None:
    """A repository with hundreds of minors."""
    tags = {f"v1.{number}.0": "" for number in range(300)}
    assert len(chosen(">=1.0", tags=tags).refs) == 50
