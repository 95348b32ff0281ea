"""Which issue belongs to which finding, whatever order either comes in."""

from itertools import permutations

import pytest
from tracking import REPOSITORY, finding

from advisord.model.plan import Issue, Known, State, StateReason
from advisord.tracking import identity
from advisord.tracking.interface import Absent, Listing
from advisord.tracking.pairing import Tracked, lost, matches, order, pair, recognise, subject

US = (REPOSITORY,)


def issue(number: str, *ids: str, repository: str = REPOSITORY, state: State = State.OPEN, **changes: object) -> Issue:
    """An issue with our block, about these ids of tokio."""
    reason = changes.pop("reason", None)
    key = identity.new_key(repository, "crates.io", "tokio", ids[0] if ids else "", number)
    marker = identity.Marker(key, repository, ecosystem="crates.io", package="tokio", ids=ids)._replace(**changes)  # type: ignore[arg-type]
    body = f"mine\n{identity.BEGIN}\n{identity.encode(marker)}\n{identity.END}"
    return Issue(number, marker.key, "title", body, state, reason)  # type: ignore[arg-type]


def tracked(*issues: Issue) -> tuple[Tracked, ...]:
    """What a listing of these holds for us."""
    return recognise(Listing(issues, complete=True), {}, US).issues


def known(number: str, *ids: str) -> Known:
    """What the database knows of an issue."""
    return Known(f"key{number}", number, "crates.io", "tokio", ids, "", State.OPEN)


def test_numbers_sort_as_numbers() -> None:
    """Those that are none come last."""
    assert sorted(["10", "9", "x", "1", "9" * 30], key=order) == ["1", "9", "10", "9" * 30, "x"]


def test_what_a_listing_holds() -> None:
    """Ours by every name that we had, digests apart, others by their name; a lost block is known from the database."""
    listing = Listing(
        (
            issue("3", "A"),
            issue("12", "B", repository="old/name"),
            issue("2", kind="digest"),
            issue("5", "C", repository="other/one"),
            issue("4", "D")._replace(body="taken away"),
            issue("6", "E")._replace(body="not ours"),
        ),
        complete=True,
    )
    held = recognise(listing, {"key4": known("4", "D"), "key6": known("6")}, (*US, "old/name"))
    assert [one.issue.number for one in held.issues] == ["3", "4", "12"]
    assert held.issues[1].marker is None
    assert held.issues[1].ids == ("D",)
    assert [one.issue.number for one in held.digests] == ["2"]
    assert held.foreign == ("other/one",)
    assert recognise(Listing((), complete=True), {}, US) == ((), (), ())


def test_by_package_and_any_id() -> None:
    """Another canonical id or other aliases keep the issue; another package or ecosystem never has it."""
    found = finding("CVE-1", "GHSA-1")
    assert matches(found, "crates.io", "tokio", ("X", "GHSA-1"))
    assert not matches(found, "npm", "tokio", ("GHSA-1",))
    assert not matches(found, "crates.io", "tokio-util", ("GHSA-1",))
    assert not matches(found, "crates.io", "tokio", ("GHSA-2",))
    assert not matches(found, "crates.io", "tokio", ())


@pytest.mark.parametrize("turn", list(permutations(range(4))))
def test_one_issue_each(turn: tuple[int, ...]) -> None:
    """The lowest open one stays, the other open one is its duplicate, closed ones are neither; the rest is unpaired."""
    all_issues = [
        issue("1", "A", state=State.CLOSED, reason=StateReason.COMPLETED),
        issue("7", "A", "B"),
        issue("3", "A"),
        issue("4", "Z"),
    ]
    pairs = pair([finding("A", "B")], tracked(*(all_issues[n] for n in turn)), US)
    assert {key: one.issue.number for key, one in pairs.issue.items()} == {subject(finding("A", "B")): "3"}
    assert [(one.issue.number, stays.issue.number) for one, stays in pairs.duplicates] == [("7", "3")]
    assert [one.issue.number for one in pairs.unpaired] == ["4"]


def test_among_closed_ones_the_latest() -> None:
    """But one that was closed as a duplicate comes after those that were not."""
    closed = [issue(number, "A", state=State.CLOSED, reason=StateReason.COMPLETED) for number in ("2", "9", "10")]
    as_duplicate = issue("11", "A", state=State.CLOSED, reason=StateReason.DUPLICATE)
    pairs = pair([finding("A")], tracked(*closed, as_duplicate), US)
    assert [one.issue.number for one in pairs.issue.values()] == ["10"]
    assert pairs.duplicates == ()


def test_a_split_group() -> None:
    """Each finding gets one; the finding whose id the key was made from goes first, wanted ones before it."""
    one, other = finding("A"), finding("B")
    shared = issue("5", "A", "B", key=identity.new_key(REPOSITORY, "crates.io", "tokio", "B"))
    for findings in ([one, other], [other, one]):
        assert list(pair(findings, tracked(shared), US).issue) == [subject(other)]
        assert list(pair(findings, tracked(shared), US, {subject(one)}).issue) == [subject(one)]
        both = pair(findings, tracked(shared, issue("6", "A")), US)
        assert {key: kept.issue.number for key, kept in both.issue.items()} == {subject(other): "5", subject(one): "6"}
        assert both.duplicates == ()


def test_what_is_gone_from_the_tracker() -> None:
    """Only what we knew, of this finding, the latest last."""
    listing = Listing((), complete=True, absent=tuple(Absent(number, "deleted") for number in ("10", "9", "8", "7")))
    rows = {row.key: row for row in (known("9", "A"), known("10", "A"), known("8", "B"))}
    assert [gone.number for gone in lost(finding("A"), listing, rows)] == ["9", "10"]
