"""The smallest update that removes a package's findings."""

import pytest

from advisord.matching.findings import Group
from advisord.matching.records import Record
from advisord.matching.remediation import Remedy, breaking, remedies, step
from advisord.model.advisory import Kind, Rating
from advisord.versions import key
from advisord.versions.encoding import HIGHEST, LOWEST
from advisord.versions.ranges import Interval


def interval(lo: str = "", hi: str = "", *, named: bool = True) -> Interval:
    """From one version to another, which is the fix when it is `named`."""
    start = key("npm", lo) if lo else LOWEST
    return Interval(start, key("npm", hi) if hi else HIGHEST, hi if named else "")


def record(*spans: Interval, listed: tuple[str, ...] = (), withdrawn: str = "") -> Record:
    """One record about these intervals and listed versions."""
    return Record(
        feed="osv",
        id="GHSA-1",
        vulnerability="GHSA-1",
        kind=Kind.VULNERABILITY,
        rating=Rating(),
        summary="",
        published="",
        modified="",
        withdrawn=withdrawn,
        gone="",
        epss=None,
        alternatives=(),
        intervals=spans,
        listed=tuple(key("npm", version) for version in listed),
        undecided="",
        os=(),
        arch=(),
        functions=(),
    )


def group(name: str, *records: Record) -> Group:
    """An alias group of these records."""
    return Group(name, (name,), (name,), records)


def remedy(locked: str, *groups: Group, others: tuple[Group, ...] = ()) -> Remedy:
    """The update of all."""
    return remedies("npm", locked, key("npm", locked), groups, others)[-1]


def solve(locked: str, *groups: Group, others: tuple[Group, ...] = ()) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The version, what it removes, what it leaves."""
    found = remedy(locked, *groups, others=others)
    return found.to, found.removes, found.leaves


def steps(locked: str, *groups: Group, others: tuple[Group, ...] = ()) -> list[tuple[str, tuple[str, ...]]]:
    """Every update that is named, with what it removes."""
    return [(one.to, one.removes) for one in remedies("npm", locked, key("npm", locked), groups, others)]


def test_the_lowest_version_that_removes_all() -> None:
    """Not the highest fix, and not a fix that still is affected by another."""
    a = group("a", record(interval("", "1.2.5")))
    b = group("b", record(interval("1.0.0", "1.3.0")))
    c = group("c", record(interval("", "1.2.9"), interval("2.0.0", "2.1.0")))
    assert solve("1.2.0", a, b, c) == ("1.3.0", ("a", "b", "c"), ())
    assert steps("1.2.0", a, b, c) == [("1.2.9", ("a", "c")), ("1.3.0", ("a", "b", "c"))]
    assert solve("1.2.0", a, c) == ("1.2.9", ("a", "c"), ())


def test_a_backport_comes_first() -> None:
    """A patch on the locked line is less of a step than the fix of a later line."""
    assert solve("1.2.0", group("a", record(interval("", "1.2.5"), interval("2.0.0", "2.1.0")))) == (
        "1.2.5",
        ("a",),
        (),
    )


def test_no_fix() -> None:
    """Nothing is promised where no record knows an end; what can be removed is removed."""
    open_ended = group("a", record(interval("1.0.0")))
    assert solve("1.2.0", open_ended) == ("", (), ("a",))
    assert solve("1.2.0", open_ended, group("b", record(interval("", "1.2.5")))) == ("1.2.5", ("b",), ("a",))


def test_an_end_without_a_named_version() -> None:
    """`last_affected` names no version to update to; another record's fix beyond it removes it too."""
    ended = group("a", record(interval("", "1.2.4", named=False)))
    assert solve("1.2.0", ended) == ("", (), ("a",))
    assert solve("1.2.0", ended, group("b", record(interval("", "1.3.0")))) == ("1.3.0", ("a", "b"), ())


def test_records_that_know_no_fix_do_not_veto() -> None:
    """Of two records of one group the one that knows the fix counts; a withdrawn one is not heard."""
    assert solve("1.2.0", group("a", record(interval("1.0.0")), record(interval("", "1.2.5"))))[0] == "1.2.5"
    taken_back = record(interval("", "1.2.1"), withdrawn="2024-01-01T00:00:00Z")
    assert solve("1.2.0", group("a", record(interval("", "1.2.5")), taken_back))[0] == "1.2.5"


def test_listed_versions() -> None:
    """Versions that are only listed are affected as well."""
    listed = group("a", record(listed=("1.2.0", "1.2.5")))
    fix = group("b", record(interval("", "1.2.5"), interval("1.3.0", "1.4.0")))
    assert solve("1.2.0", listed, fix) == ("1.2.5", ("b",), ("a",)) or solve("1.2.0", listed, fix)[0] == "1.4.0"


def test_a_prerelease_only_when_nothing_else_does() -> None:
    """A released version that removes the same is preferred."""
    early = group("a", record(interval("", "1.3.0-rc.1")))
    assert solve("1.2.0", early)[0] == "1.3.0-rc.1"
    assert solve("1.2.0", early, group("b", record(interval("", "1.3.0"))))[0] == "1.3.0"
    assert [remedy("1.2.0", early).early, remedy("1.2.0", group("b", record(interval("", "1.3.0")))).early] == [
        True,
        False,
    ]


def test_smaller_updates() -> None:
    """What a patch removes needs no major update: each size that removes more, the smallest first."""
    a = group("a", record(interval("", "1.4.7"), interval("2.0.0", "2.0.3")))
    b = group("b", record(interval("", "1.6.0"), interval("2.0.0", "2.0.1")))
    c = group("c", record(interval("", "3.0.0")))
    assert steps("1.4.2", a) == [("1.4.7", ("a",))]
    assert steps("1.4.2", a, c) == [("1.4.7", ("a",)), ("3.0.0", ("a", "c"))]
    assert steps("1.4.2", a, b, c) == [("1.4.7", ("a",)), ("1.6.0", ("a", "b")), ("3.0.0", ("a", "b", "c"))]


def test_no_smaller_update_into_another_vulnerability() -> None:
    """Nor one that removes as much, nor a pre-release."""
    a, c = group("a", record(interval("", "1.4.7"))), group("c", record(interval("", "3.0.0")))
    other = group("o", record(interval("1.4.5", "1.5.0")))
    assert steps("1.4.2", a, c, others=(other,)) == [("1.5.0", ("a",)), ("3.0.0", ("a", "c"))]
    early = group("e", record(interval("", "1.4.9-rc.1")))
    assert steps("1.4.2", early, c) == [("3.0.0", ("e", "c"))]


def test_a_release_before_a_prerelease_that_removes_more() -> None:
    """The pre-release is said to be one, and what a release removes needs none."""
    a, early = group("a", record(interval("", "1.4.7"))), group("e", record(interval("", "1.5.0-rc.1")))
    assert steps("1.4.2", a, early) == [("1.4.7", ("a",)), ("1.5.0-rc.1", ("a", "e"))]


def test_a_commit_of_go_is_no_prerelease() -> None:
    """A pseudo-version stands for a commit where there is no release."""
    fixed = "0.0.0-20220314234659-1baeb1ce4c0b"
    one = record(Interval(LOWEST, key("Go", fixed), fixed))
    (found,) = remedies(
        "Go", "v0.0.0-20210101000000-aaaaaaaaaaaa", key("Go", "0.0.0-20210101000000-aaaaaaaaaaaa"), [group("a", one)]
    )
    assert (found.to, found.early) == (fixed, False)


def test_no_update_into_another_vulnerability() -> None:
    """A version that others of the package's advisories name is passed over, for one of their fixes."""
    mine = group("a", record(interval("", "1.2.5")))
    other = group("o", record(interval("1.2.5", "1.2.8")))
    assert solve("1.2.0", mine, others=(other,)) == ("1.2.8", ("a",), ())


@pytest.mark.parametrize(
    ("version", "to", "size"),
    [
        ("1.2.3", "1.2.4", "patch"),
        ("1.2.3", "1.3.0", "minor"),
        ("1.2.3", "2.0", "major"),
        ("1.2", "1.2.1", "patch"),
        ("v1.2.3", "1.2.4", "patch"),
        ("1.2.3-rc.1", "1.2.3", "patch"),
        ("1.0.0.1", "1.0.0.2", "patch"),
        ("1", "1.0.1", "patch"),
    ],
)
def test_step(version: str, to: str, size: str) -> None:
    """The first number that differs."""
    assert step(version, to) == size


def test_where_every_version_has_something_else() -> None:
    """Then the update is named all the same, with what it runs into."""
    mine = group("a", record(interval("", "1.2.5"), interval("2.0.0", "2.1.0")))
    other = group("o", record(interval("1.2.5")))
    found = remedy("1.2.0", mine, others=(other,))
    assert (found.to, found.removes, found.meets) == ("1.2.5", ("a",), ("o",))


def test_what_nobody_acts_on_may_stay() -> None:
    """An advisory that the policy settled names the locked version too; the update makes nothing worse."""
    found = remedy("1.2.0", group("a", record(interval("", "1.2.5"))), others=(group("o", record(interval())),))
    assert (found.to, found.meets) == ("1.2.5", ())


@pytest.mark.parametrize(
    ("version", "to", "answer"),
    [
        ("1.2.3", "1.9.0", False),
        ("1.2.3", "2.0.0", True),
        ("0.14.9", "0.14.28", False),
        ("0.14.9", "0.15.0", True),
        ("0.14.9", "1.0.0", True),
        ("0.0.3", "0.0.4", True),
        ("v1.2", "1.2.1", False),
        ("1", "1.0.1", False),
        ("2.0", "2", False),
    ],
)
def test_breaking(version: str, to: str, answer: bool) -> None:
    """The first number that is not 0 changes."""
    assert breaking(version, to) is answer
