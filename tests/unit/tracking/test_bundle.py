"""The digest issue: everything that has no issue of its own is in it, once, and a look without news changes nothing."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracking import REPOSITORY, finding, place

from advisord.model.advisory import Severity
from advisord.model.finding import Finding
from advisord.model.plan import Action, Issue, State, StateReason, Verb
from advisord.tracking import bundle, identity
from advisord.tracking.identity import Marker
from advisord.tracking.inputs import Settings
from advisord.tracking.lifecycle import Context
from advisord.tracking.pairing import Tracked

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_found = st.lists(
    st.tuples(st.sampled_from(["tokio", "hyper", "a|b", "`x`"]), st.sampled_from(Severity), st.integers(1, 3)),
    max_size=8,
)


def _context(settings: Settings = Settings()) -> Context:  # noqa: B008  (immutable)
    return Context(REPOSITORY, settings, NOW, {}, {})


def _findings(found: Sequence[tuple[str, Severity, int]]) -> list[Finding]:
    return [
        finding(
            f"A-{number}", package=package, severity=severity, places=[place(f"{n}/Cargo.lock") for n in range(places)]
        )
        for number, (package, severity, places) in enumerate(found)
    ]


def _opened(findings: Sequence[Finding], settings: Settings = Settings()) -> Action:  # noqa: B008  (immutable)
    return bundle.opened(_context(settings), findings, "2026-03-01T00:00:00Z", "")


def _tracked(action: Action) -> Tracked:
    return Tracked(
        Issue("7", action.key, action.title, action.body, State.OPEN), action.key, "", "", (), _marker(action)
    )


def _marker(action: Action) -> Marker:
    assert action.body
    marker = identity.read(action.body)
    assert marker
    return marker


@given(_found, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(found: list[tuple[str, Severity, int]], chance: random.Random) -> None:
    """The same text, and so the same issue: it is only written again for what is new or gone."""
    findings = _findings(found)
    mixed = chance.sample(findings, len(findings))
    action = _opened(findings)
    assert action.body == _opened(mixed).body
    tracked = _tracked(action)
    assert bundle.kept_up(_context(), mixed, tracked, _marker(action)).action is None
    more = [*mixed, finding("B-1", package="new")]
    changed = bundle.kept_up(_context(), more, tracked, _marker(action)).action
    assert changed
    assert (changed.verb, changed.number, changed.key) == (Verb.UPDATE, "7", action.key)
    assert _marker(changed).rev == _marker(action).rev + 1


@given(_found.filter(bool))
def test_every_package_has_one_row(found: list[tuple[str, Severity, int]]) -> None:
    """The worst first, with the worst that is known of it; names can't break the table."""
    rows = [line for line in _opened(_findings(found)).body.splitlines() if line.startswith("| ")][2:]
    worst: dict[str, Severity] = {}
    for package, severity, _ in found:
        worst[package] = max(worst.get(package, severity), severity, key=list(Severity).index)
    assert len(rows) == len(worst)
    said = [row.split(" | ")[1] for row in (row.replace("\\|", "") for row in rows)]
    assert said == sorted(worst.values(), key=list(Severity).index, reverse=True)


@pytest.mark.parametrize(
    ("limit", "packages", "words"),
    [
        (60_000, 401, "… and 1 more package; "),
        (60_000, 450, "… and 50 more packages; "),
        (3_000, 60, " more packages; "),
    ],
)
def test_a_long_list_ends_with_a_number(limit: int, packages: int, words: str) -> None:
    """It never gets longer than the tracker takes, and says how much it leaves out."""
    findings = [finding(f"A-{n}", package=f"p-{n}") for n in range(packages)]
    body = _opened(findings, Settings(body_limit=limit)).body
    assert len(body) <= limit
    assert words in body
    assert f"{packages} findings in {packages} packages" in body


def test_what_does_not_fit_at_all_is_still_counted() -> None:
    """Without a single row."""
    body = _opened([finding("A-1", package="p" * 70)], Settings(body_limit=10)).body
    assert "… and 1 more package; " in body
    assert "1 finding in 1 package without an issue of their own: 1 high." in body
    assert "ppp" not in body


def test_its_life() -> None:
    """Opened with the labels of every issue; closed when it is empty or one too many; opened again with its list of now."""
    action = _opened([finding()], Settings(labels=("z", "advisord")))
    assert (action.verb, action.title, action.add_labels) == (Verb.OPEN, bundle.TITLE, ("advisord", "z"))
    assert action.reason == "1 finding has no issue of their own"
    tracked = _tracked(action)
    empty = bundle.closed(tracked, _marker(action), "Every finding is gone.")
    assert (empty.verb, empty.state_reason, empty.reason) == (Verb.CLOSE, StateReason.COMPLETED, "it has become empty")
    double = bundle.closed(tracked, _marker(action), "#3 stays.", "3")
    assert (double.state_reason, double.duplicate_of) == (StateReason.DUPLICATE, "3")
    marker = _marker(empty)
    assert (marker.said, marker.key) == (("closed",), action.key)
    again = bundle.reopened(_context(), [finding("B-1"), finding("C-1")], tracked.issue, marker).action
    assert again
    assert (again.verb, again.number, again.reason) == (Verb.REOPEN, "7", "2 findings have no issue of their own")
    assert (_marker(again).said, _marker(again).rev) == ((), marker.rev + 1)
