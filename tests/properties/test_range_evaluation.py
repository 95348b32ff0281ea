"""Law: an entry's intervals agree with the OSV schema's evaluation, one version at a time, as its text says it."""

from hypothesis import given
from hypothesis import strategies as st

from advisord.model.advisory import Affected, Event, Range
from advisord.versions import compare, key
from advisord.versions.ranges import intervals

VERSIONS = {
    "npm": ["0", "0.0.0-0", "1.0.0-a", "1.0.0-a.1", "1.0.0-rc.1", "1.0.0", "v1.0", "1.0.1", "1.2.0", "2.0.0", "10.0.0"],
    "PyPI": ["0", "0-x", "1.dev1", "1.0a1", "1.0", "1", "1.0+local", "1.0.post1", "1.1", "2.0", "1!0"],
    "RubyGems": ["0", "1.0.a", "1.a", "1.0", "1.0.0", "1.0.0.1", "1.0.1.a", "1.0.1", "2"],
    "Maven": ["0", "1-alpha", "1.0", "1", "1-sp", "1-jre", "1-1", "1.0.1", "1.1-rc1", "1.1", "2"],
    "Packagist": ["0", "1.0-dev", "1.0-beta1", "1.0", "1.0.0.0", "1.0-p1", "1.0.1", "1.x-dev", "2.0"],
    "NuGet": ["0", "1.0-a", "1.0-B", "1.0", "1.0.0.0", "1.0.0.1-a", "1.0.0.1", "2.0"],
    "Pub": ["0", "1.0.0-a", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.1", "2.0.0"],
}
RANK = {"introduced": 0, "last_affected": 1, "fixed": 2}


def _in_range(ecosystem: str, version: str, events: tuple[Event, ...]) -> bool:
    """IncludedInRanges and BeforeLimits of the schema for one range."""
    limits = [event.version for event in events if event.kind == "limit"]
    if limits and not any(limit == "*" or compare(ecosystem, version, limit) < 0 for limit in limits):
        return False
    steps = [event for event in events if event.kind != "limit"]
    vulnerable = False
    for event in sorted(steps, key=lambda event: (_place(ecosystem, event), RANK[event.kind])):
        zero = event.kind == "introduced" and event.version == "0"
        order = 1 if zero else compare(ecosystem, version, event.version)
        if event.kind == "introduced" and order >= 0:
            vulnerable = True
        elif (event.kind == "fixed" and order >= 0) or (event.kind == "last_affected" and order > 0):
            vulnerable = False
    return vulnerable


def _place(ecosystem: str, event: Event) -> int:
    """How many of the known versions are below the event's."""
    if event.kind == "introduced" and event.version == "0":
        return -1
    return sum(compare(ecosystem, other, event.version) < 0 for other in VERSIONS[ecosystem])


@st.composite
def _entries(draw: st.DrawFn) -> tuple[str, tuple[tuple[Event, ...], ...], tuple[str, ...]]:
    ecosystem = draw(st.sampled_from(sorted(VERSIONS)))
    version = st.sampled_from(VERSIONS[ecosystem])
    event = st.one_of(
        st.builds(Event, st.sampled_from(["introduced", "fixed", "last_affected", "limit"]), version),
        st.builds(Event, st.sampled_from(["introduced", "fixed"]), version),
        st.just(Event("limit", "*")),
    )
    ranges = draw(st.lists(st.lists(event, min_size=1, max_size=6).map(tuple), max_size=4))
    with_start = tuple((Event("introduced", draw(version)), *events) for events in ranges)
    return ecosystem, with_start, tuple(draw(st.lists(version, max_size=4)))


@given(_entries())
def test_intervals_agree_with_the_schema(entry: tuple[str, tuple[tuple[Event, ...], ...], tuple[str, ...]]) -> None:
    """For every known version: in an interval or listed exactly when the slow reading says affected."""
    ecosystem, ranges, versions = entry
    found = intervals(ecosystem, Affected(ecosystem, "x", tuple(Range("ECOSYSTEM", item) for item in ranges), versions))
    assert not found.unplaced
    assert bool(found.undecided) == (not ranges and not versions)
    for version in VERSIONS[ecosystem]:
        at = key(ecosystem, version)
        by_range = any(_in_range(ecosystem, version, events) for events in ranges)
        by_list = any(compare(ecosystem, version, listed) == 0 for listed in versions)
        covered = [interval for interval in found.intervals if interval.lo <= at < interval.hi]
        assert bool(covered) == by_range, version
        assert (at in dict(found.listed)) == (by_list and not by_range), version


@given(_entries())
def test_intervals_are_sorted_and_apart(entry: tuple[str, tuple[tuple[Event, ...], ...], tuple[str, ...]]) -> None:
    """No interval is empty, overlaps or touches the next; a fix is its end, or above it."""
    ecosystem, ranges, versions = entry
    found = intervals(ecosystem, Affected(ecosystem, "x", tuple(Range("SEMVER", item) for item in ranges), versions))
    assert all(interval.lo < interval.hi for interval in found.intervals)
    assert all(a.hi < b.lo for a, b in zip(found.intervals, found.intervals[1:], strict=False))
    assert all(key(ecosystem, interval.fixed) >= interval.hi for interval in found.intervals if interval.fixed)
    assert list(found.listed) == sorted(found.listed)
