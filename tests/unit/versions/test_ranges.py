"""Affected entries as intervals of keys."""

import pytest

from advisord.model.advisory import Affected, Event, Range
from advisord.versions import key
from advisord.versions.encoding import HIGHEST, LOWEST
from advisord.versions.ranges import Evaluated, Interval, intervals


def _range(*events: tuple[str, str], kind: str = "SEMVER", unreadable: str = "") -> Range:
    return Range(kind, tuple(Event(*event) for event in events), unreadable)


def _npm(*ranges: Range, versions: tuple[str, ...] = ()) -> Evaluated:
    return intervals("npm", Affected("npm", "x", ranges, versions))


def _key(version: str) -> bytes:
    return key("npm", version)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("introduced", "0")], [("", "", "")]),
        ([("introduced", "0"), ("fixed", "1.0.0")], [("", "1.0.0", "1.0.0")]),
        ([("introduced", "1.0.0")], [("1.0.0", "", "")]),
        ([("introduced", "1.0"), ("fixed", "v1.2")], [("1.0.0", "1.2.0", "v1.2")]),
        ([("fixed", "1.2.0"), ("introduced", "1.0.0")], [("1.0.0", "1.2.0", "1.2.0")]),
        (
            [("introduced", "3.0.0"), ("fixed", "3.2.5"), ("introduced", "1.0.0"), ("fixed", "1.0.2")],
            [("1.0.0", "1.0.2", "1.0.2"), ("3.0.0", "3.2.5", "3.2.5")],
        ),
        ([("introduced", "0"), ("last_affected", "1.0.0")], [("", "1.0.0+", "")]),
        ([("introduced", "1.0.0"), ("last_affected", "1.0.0")], [("1.0.0", "1.0.0+", "")]),
        ([("introduced", "1.0.0"), ("fixed", "1.0.0")], []),
        ([("introduced", "2.0.0"), ("fixed", "1.0.0")], [("2.0.0", "", "")]),
        ([("introduced", "0"), ("introduced", "1.0.0"), ("fixed", "2.0.0")], [("", "2.0.0", "2.0.0")]),
        ([("introduced", "0"), ("fixed", "1.0.0"), ("fixed", "2.0.0")], [("", "1.0.0", "1.0.0")]),
        ([("introduced", "0"), ("limit", "1.0.0")], [("", "1.0.0", "")]),
        ([("introduced", "0"), ("limit", "1.0.0"), ("limit", "2.0.0")], [("", "2.0.0", "")]),
        ([("introduced", "0"), ("limit", "1.0.0"), ("limit", "*")], [("", "", "")]),
        ([("introduced", "0"), ("fixed", "3.0.0"), ("limit", "2.0.0")], [("", "2.0.0", "")]),
        ([("introduced", "0"), ("fixed", "2.0.0"), ("limit", "2.0.0")], [("", "2.0.0", "2.0.0")]),
        ([("introduced", "2.0.0"), ("limit", "1.0.0")], []),
        ([("introduced_after", "1.0.0"), ("fixed", "2.0.0")], [("1.0.0+", "2.0.0", "2.0.0")]),
        ([("introduced", "0"), ("last_affected", "1.0.0"), ("fixed", "1.0.2")], [("", "1.0.0+", "1.0.2")]),
        (
            [("introduced", "0"), ("last_affected", "1.0.0"), ("introduced", "2.0.0"), ("fixed", "2.1.0")],
            [("", "1.0.0+", ""), ("2.0.0", "2.1.0", "2.1.0")],
        ),
    ],
)
def test_events(events: list[tuple[str, str]], expected: list[tuple[str, str, str]]) -> None:
    """The OSV schema's evaluation of every kind of event, in any order of the events."""

    def bound(version: str, unbounded: bytes) -> bytes:
        if not version:
            return unbounded
        return _key(version[:-1]) + b"\0" if version.endswith("+") else _key(version)

    found = _npm(_range(*events))
    assert found.undecided == ()
    assert list(found.intervals) == [
        Interval(bound(lo, LOWEST), bound(hi, HIGHEST), fixed) for lo, hi, fixed in expected
    ]


def test_overlapping_ranges_are_merged() -> None:
    """The fix that ends the merged interval stays, wherever it came from."""
    found = _npm(
        _range(("introduced", "1.5.0"), ("fixed", "2.5.0")),
        _range(("introduced", "1.0.0"), ("fixed", "2.0.0")),
        _range(("introduced", "2.5.0"), ("last_affected", "3.0.0")),
        _range(("introduced", "4.0.0"), ("limit", "5.0.0")),
        _range(("introduced", "4.5.0"), ("fixed", "5.0.0")),
        _range(("introduced", "4.6.0"), ("fixed", "4.7.0")),
    )
    assert found.intervals == (
        Interval(_key("1.0.0"), _key("3.0.0") + b"\0", ""),
        Interval(_key("4.0.0"), _key("5.0.0"), "5.0.0"),
    )


def test_git_ranges_hide_nothing() -> None:
    """A range of commits before the one of versions does not end the reading."""
    git = _range(("introduced", "0"), ("fixed", "abc"), kind="GIT")
    found = _npm(git, _range(("introduced", "0"), ("fixed", "1.0.0")), git)
    assert found == Evaluated((Interval(LOWEST, _key("1.0.0"), "1.0.0"),))
    assert _npm(git, versions=("1.0.0",)) == Evaluated(listed=((_key("1.0.0"), "1.0.0"),))
    assert _npm(git).undecided == ("Only git commits are given, no versions.",)


def test_an_entry_that_says_nothing_is_undecided() -> None:
    """By the algorithm nothing is affected, but a package that is named without versions is no clean bill."""
    assert _npm().undecided == ("The record names no affected versions.",)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (_range(("introduced", "0"), ("fixed", "next")), "A range's bound can't be read: 'next' is not a version"),
        (_range(("introduced", "x")), "can't be read: 'x'"),
        (_range(("introduced", "0"), ("limit", "x"), ("fixed", "1.0.0")), "can't be read: 'x'"),
        (_range(("introduced", "0"), ("mended", "1.0.0")), "unknown kind 'mended'"),
        (_range(("fixed", "1.0.0")), "no 'introduced' event"),
        (_range(), "no 'introduced' event"),
        (_range(("introduced", "0"), kind="CALVER"), "unknown type 'CALVER'"),
        (_range(unreadable="'=> 1.0' has no operator."), "A range can't be read: '=> 1.0' has no operator."),
    ],
)
def test_what_cannot_be_understood_is_undecided(bad: Range, sentence: str) -> None:
    """One range that can't be read says why, and its neighbours still count."""
    found = _npm(
        _range(("introduced", "0"), ("fixed", "1.0.0")), bad, _range(("introduced", "3.0.0")), versions=("2.0.0",)
    )
    assert len(found.intervals) == 2
    assert len(found.listed) == 1
    assert len(found.undecided) == 1
    assert sentence in found.undecided[0]


def test_listed_versions() -> None:
    """Only what no interval covers is kept, once per key; what has no place in the order stands apart."""
    found = _npm(
        _range(("introduced", "1.0.0"), ("fixed", "2.0.0")),
        versions=("3.0.0", "v3", "1.5.0", "2.0.0", "1.0.0", "0.9", "latest"),
    )
    assert found.listed == ((_key("0.9"), "0.9"), (_key("2.0.0"), "2.0.0"), (_key("3.0.0"), "3.0.0"))
    assert found.unplaced == ("latest",)
    assert found.undecided == ()


def test_many_ranges_and_versions() -> None:
    """Each version is looked up among the intervals, however many there are."""
    spans = [_range(("introduced", f"{number}.1.0"), ("fixed", f"{number}.5.0")) for number in range(30)]
    versions = [f"{number}.{minor}.0" for number in range(31) for minor in (0, 1, 4, 5)]
    found = _npm(*spans, versions=tuple(versions))
    assert len(found.intervals) == 30
    outside = {version for version in versions if version[-3] in "05" or version.startswith("30.")}
    assert {version for _, version in found.listed} == outside


def test_unknown_ecosystem() -> None:
    """Semantic ranges can be read without knowing the ecosystem, nothing else can."""
    semantic = _range(("introduced", "0"), ("fixed", "1.0.0"))
    other = _range(("introduced", "0"), ("fixed", "1.0.0"), kind="ECOSYSTEM")
    found = intervals("Debian:12", Affected("Debian:12", "x", (semantic, other), ("1.0",)))
    assert found.intervals == (Interval(LOWEST, _key("1.0.0"), "1.0.0"),)
    assert len(found.undecided) == 2
    assert all("Debian:12" in sentence for sentence in found.undecided)


def test_semver_ranges_use_the_ecosystems_own_order() -> None:
    """A record of PyPI with a range of type SEMVER is still about Python versions."""
    found = intervals("PyPI", Affected("PyPI", "x", (_range(("introduced", "0"), ("fixed", "1.0")),)))
    assert found.intervals == (Interval(LOWEST, key("PyPI", "1.0.0"), "1.0"),)


def test_inexact_maven() -> None:
    """A bound or a listed version that runs in Maven's circles decides nothing."""
    exact = _range(("introduced", "1.0"), ("fixed", "1.5"), kind="ECOSYSTEM")
    circle = _range(("introduced", "0"), ("fixed", "3.0.0.alpha.1"), kind="ECOSYSTEM")
    found = intervals("Maven", Affected("Maven", "g:a", (exact, circle), ("r03", "2.0")))
    assert len(found.intervals) == 1
    assert found.undecided == ("A range's bound has no definite place in the order of versions: '3.0.0.alpha.1'.",)
    assert found.listed == ((key("Maven", "2.0"), "2.0"),)
    assert found.unplaced == ("r03",)
