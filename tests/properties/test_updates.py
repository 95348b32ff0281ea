"""What to do, against a slow and obvious search: every version that a record names as a fix is tried."""

from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st
from store_parts import advisory, affects, span

from advisord import scan
from advisord.lockfiles.interface import Read
from advisord.lockfiles.neighbours import Neighbours
from advisord.matching.remediation import step
from advisord.model.decision import Decision, Scope
from advisord.model.inventory import Inventory, Package
from advisord.model.report import Judged
from advisord.store.advisories import write_page
from advisord.store.database import open_writer
from advisord.updates import updates

_STEPS = ("patch", "minor", "major")
_Version = tuple[int, int, int]
_Spans = list[tuple[_Version, _Version]]
_versions = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 3))
_spans = st.lists(
    st.tuples(_versions, _versions).map(sorted).filter(lambda pair: pair[0] < pair[1]).map(tuple), max_size=3
)


def _text(version: _Version) -> str:
    return ".".join(map(str, version))


def _affects(spans: _Spans, version: _Version) -> bool:
    return any(low <= version < high for low, high in spans)


@settings(max_examples=150, deadline=None)
@given(st.lists(_spans, min_size=1, max_size=6), _versions)
def test_the_smallest_update(records: list[_Spans], locked: _Version) -> None:
    """It is a named fix above the locked version, removes what it says, meets what it says, and nothing is better.

    Better is what meets fewer, then what removes more, then what is lower. A smaller update meets nothing, takes a smaller
    step, and removes as much as any such version.
    """
    named = {f"GHSA-{n}": spans for n, spans in enumerate(records)}
    mine = {name: spans for name, spans in named.items() if _affects(spans, locked)}
    with closing(open_writer(":memory:")) as db:
        page = [
            advisory(name, affects("p", *(span(_text(low), _text(high)) for low, high in spans)))
            for name, spans in named.items()
            if spans
        ]
        write_page(db, "osv", "2026-01-01T00:00:00Z", advisories=page)
        inventory = Inventory("npm", (Package("npm", "p", _text(locked)),))
        kept = scan.Kept({}, {})
        found = scan.match(db, [Read("a", "a", "npm", inventory, Neighbours("a", tuple, lambda _: None))], kept=kept)
        told = updates(db, [Judged(one, Decision(Scope.IN, "r", "")) for one in found], kept)
    if not mine:
        assert told == ()
        return
    (update,) = told

    def worth(version: _Version) -> tuple[int, int]:
        met = sum(_affects(spans, version) for name, spans in named.items() if name not in mine)
        return -met, sum(not _affects(spans, version) for spans in mine.values())

    fixes = {high for spans in named.values() for _, high in spans if high > locked}
    useful = sorted(fix for fix in fixes if worth(fix)[1])
    best = max(useful, key=worth)
    assert update.to == _text(best)
    assert update.removes == tuple(sorted(name for name, spans in mine.items() if not _affects(spans, best)))
    assert set(update.affected) == {name for name, spans in named.items() if name not in mine and _affects(spans, best)}
    sizes = [_STEPS.index(one.step) for one in (*update.smaller, update)]
    assert sizes == sorted(set(sizes))
    for one in update.smaller:
        version = next(fix for fix in useful if _text(fix) == one.to)
        assert worth(version)[0] == 0
        assert set(one.removes) < set(update.removes)
        rivals = [
            fix
            for fix in useful
            if worth(fix)[0] == 0 and step(_text(locked), _text(fix)) == one.step and fix < version
        ]
        assert all(worth(fix)[1] < len(one.removes) for fix in rivals)
