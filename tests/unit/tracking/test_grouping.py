"""What shares an issue: nothing gets lost on the way, and all that holds for one holds for the whole."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracking import advised, decision, finding, place

from advisord.model.advisory import Kind, Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding, Verdict
from advisord.tracking.grouping import grouped, home
from advisord.tracking.inputs import Deadline, Group, Route, Settings
from advisord.tracking.pairing import subject

SETTINGS = Settings(
    tracker="ours",
    routes={
        "package": Route(group=Group.PACKAGE),
        "elsewhere": Route(tracker="theirs", group=Group.PACKAGE),
        "alone": Route(),
    },
)
_member = st.tuples(
    st.sampled_from(["tokio", "hyper"]),
    st.sampled_from(Severity),
    st.sampled_from(Kind),
    st.sampled_from(Scope),
    st.sampled_from(["package", "elsewhere", "alone"]),
    st.lists(st.sampled_from(["a/Cargo.lock", "b/Cargo.lock"]), min_size=1, max_size=2, unique=True),
    st.sampled_from([None, True, False]),
)


def _decided(
    members: Sequence[tuple[str, Severity, Kind, Scope, str, list[str], bool | None]],
) -> list[tuple[Finding, Decision]]:
    return [
        (
            finding(
                f"A-{number}",
                package=package,
                severity=severity,
                kind=kind,
                places=[place(lockfile) for lockfile in lockfiles],
                known_exploited=exploited,
                first_seen=f"2026-01-0{number + 1}T00:00:00Z",
            ),
            decision(scope)._replace(route=route),
        )
        for number, (package, severity, kind, scope, route, lockfiles, exploited) in enumerate(members)
    ]


@given(st.lists(_member, max_size=6), st.randoms(use_true_random=False))
def test_nothing_is_lost(
    members: list[tuple[str, Severity, Kind, Scope, str, list[str], bool | None]], chance: random.Random
) -> None:
    """Every id, witness and place is in one finding; what shares no issue is as it was; the order does not matter."""
    decided = _decided(members)
    made, _ = grouped(decided, {}, SETTINGS, "ours")
    ids = [identifier for one, _ in made for identifier in one.ids]
    assert sorted(ids) == sorted(one.id for one, _ in decided)
    for before, judged in decided:
        ((whole, outcome),) = [(one, said) for one, said in made if before.id in one.ids]
        assert set(before.witnesses) <= set(whole.witnesses)
        assert {(at.ref, at.lockfile) for at in before.places} <= {(at.ref, at.lockfile) for at in whole.places}
        assert list(Severity).index(whole.rating.severity) >= list(Severity).index(before.rating.severity)
        assert whole.first_seen <= before.first_seen
        assert whole.known_exploited or not before.known_exploited
        if judged.scope is Scope.IN and len(whole.ids) > 1:
            assert outcome.scope is Scope.IN
        if judged.route != "package" or judged.scope not in {Scope.IN, Scope.REGULAR}:
            assert (before, judged) in made
    packages = [
        one.package for one, said in made if said.route == "package" and said.scope in {Scope.IN, Scope.REGULAR}
    ]
    assert len(packages) == len(set(packages))
    mixed, _ = grouped(chance.sample(decided, len(decided)), {}, SETTINGS, "ours")
    assert sorted(map(repr, _unordered(mixed))) == sorted(map(repr, _unordered(made)))


def _unordered(made: Sequence[tuple[Finding, Decision]]) -> list[tuple[object, ...]]:
    return [(one._replace(places=(), witnesses=()), sorted(one.places), said) for one, said in made]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (place(fixed="1.9.0"), place(fixed="1.10.0"), "1.10.0"),
        (place(fixed="1.10.0"), place(fixed="1.9.0"), "1.10.0"),
        (place(fixed=""), place(fixed="1.9.0"), "1.9.0"),
        (place(fixed="1.9.0"), place(fixed=""), "1.9.0"),
        (place(fixed=""), place(fixed=""), ""),
        (advised(place(fixed="1.9.0"), to="2.0.0"), place(fixed="1.10.0"), "2.0.0"),
        (place(fixed="no version"), place(fixed="1.0.0"), "no version"),
    ],
)
def test_the_larger_update_is_the_one_that_helps(one: object, other: object, expected: str) -> None:
    """A package is updated once: to what removes all of its findings there."""
    decided = [
        (finding(name, places=[at]), decision()._replace(route="package"))  # type: ignore[list-item]
        for name, at in (("A-1", one), ("B-1", other))
    ]
    ((whole, _),), _ = grouped(decided, {}, SETTINGS, "ours")
    assert whole.places[0].to == expected


def test_a_place_is_affected_if_any_says_so() -> None:
    """Then no reason to doubt it is left; what all doubt keeps every reason, once."""
    doubtful = place()._replace(verdict=Verdict.UNDECIDED, reason="odd range")
    other = doubtful._replace(reason="odd version")
    for places, verdict, reason in (
        ([doubtful, place()], Verdict.AFFECTED, ""),
        ([place(), doubtful], Verdict.AFFECTED, ""),
        ([doubtful, other, doubtful], Verdict.UNDECIDED, "odd range; odd version"),
    ):
        decided = [
            (finding(f"A-{number}", places=[at]), decision()._replace(route="package"))
            for number, at in enumerate(places)
        ]
        ((whole, _),), _ = grouped(decided, {}, SETTINGS, "ours")
        assert (whole.places[0].verdict, whole.places[0].reason) == (verdict, reason)


def test_the_soonest_date_of_each_kind_binds() -> None:
    """One without a moment counts where there is no other; a finding alone keeps its own."""
    one, two, alone = finding("A-1"), finding("B-1", severity=Severity.CRITICAL), finding("C-1", package="hyper")
    deadlines = {
        subject(one): [Deadline("fix", "9 May", "2026-05-09T00:00:00Z"), Deadline("triage", "soon")],
        subject(two): [
            Deadline("fix", "some day"),
            Deadline("triage", "3 May", "2026-05-03T00:00:00Z"),
            Deadline("disclosure", "at the fix"),
        ],
        subject(alone): [Deadline("fix", "1 May", "2026-05-01T00:00:00Z")],
    }
    decided = [(found, decision()._replace(route="package")) for found in (one, two, alone)]
    made, due = grouped(decided, deadlines, SETTINGS, "ours")
    whole = next(found for found, _ in made if found.package == "tokio")
    assert (whole.id, whole.summary[:12]) == ("B-1", "2 advisories")
    assert [(date.label, date.due) for date in due[subject(whole)]] == [
        ("fix", "9 May"),
        ("triage", "3 May"),
        ("disclosure", "at the fix"),
    ]
    assert list(due[subject(alone)]) == deadlines[subject(alone)]


def test_where_a_decision_is_at_home() -> None:
    """At its route's tracker, else the repository's, else the only one."""
    assert home(SETTINGS, decision()._replace(route="elsewhere"), "x") == "theirs"
    assert home(SETTINGS, decision()._replace(route="alone"), "x") == "ours"
    assert home(SETTINGS, decision(), "x") == "ours"
    assert home(Settings(), decision(), "x") == "x"
