"""The smallest update that removes a package's findings."""

import pytest

from advisord.matching.findings import Group
from advisord.matching.records import Record
from advisord.matching.remediation import remedy, step
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


def solve(locked: str, *groups: Group, others: tuple[Group, ...] = ()) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The version, what it removes, what it leaves."""
    found = remedy("npm", key("npm", locked), groups, others)
    return found.to, found.removes, found.leaves


def test_the_lowest_version_that_removes_all() -> None:
    """Not the highest fix, and not a fix that still is affected by another."""
    a = group("a", record(interval("", "1.2.5")))
    b = group("b", record(interval("1.0.0", "1.3.0")))
    c = group("c", record(interval("", "1.2.9"), interval("2.0.0", "2.1.0")))
    assert solve("1.2.0", a, b, c) == ("1.3.0", ("a", "b", "c"), ())
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
    ],
)
def test_step(version: str, to: str, size: str) -> None:
    """The first number that differs."""
    assert step(version, to) == size


def test_where_every_version_has_something_else() -> None:
    """Then the update is named all the same, with what it runs into."""
    mine = group("a", record(interval("", "1.2.5"), interval("2.0.0", "2.1.0")))
    other = group("o", record(interval("1.2.5")))
    found = remedy("npm", key("npm", "1.2.0"), [mine], [other])
    assert (found.to, found.removes, found.meets) == ("1.2.5", ("a",), ("o",))


def test_what_nobody_acts_on_may_stay() -> None:
    """An advisory that the policy settled names the locked version too; the update makes nothing worse."""
    found = remedy(
        "npm", key("npm", "1.2.0"), [group("a", record(interval("", "1.2.5")))], [group("o", record(interval()))]
    )
    assert (found.to, found.meets) == ("1.2.5", ())
