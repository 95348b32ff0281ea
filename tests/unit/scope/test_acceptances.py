"""Accepted risks and what ends them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from advisord.model.advisory import Rating, Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.scope.acceptances import listing, until_sentence
from advisord.scope.compiled import Acceptance, CompiledPolicy, Component, Rule, Until
from advisord.scope.decide import Decider
from advisord.scope.facts import Context

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Make = Callable[..., Any]
LOCKED = {("refs/heads/main", "Cargo.lock"): {"raft": ("0.7.0",), "madsim": ("0.2.30", "0.3.1")}}


def policy(*acceptances: Acceptance, default: Scope = Scope.IN) -> CompiledPolicy:
    """Everything in, but for these."""
    parts = (Component("tools", ("tools/",)),)
    return CompiledPolicy("test", (Rule("default", "All.", default),), parts, acceptances=acceptances)


def accept(until: Until = Until(), **more: Any) -> Acceptance:  # noqa: B008
    """An acceptance of the finding by an alias."""
    given = {"advisory": "cve-2026-1", "who": "ana", "why": "It is not reachable.", "since": "2026-01-01", **more}
    return Acceptance(until=until, **given)


def decided(finding: Finding, *acceptances: Acceptance, context: Context = Context(), now: datetime = NOW) -> Decision:  # noqa: B008
    """The decision with these acceptances."""
    return Decider(policy(*acceptances)).decide(finding, now, context)


def ends(decision: Decision) -> list[str]:
    """Why acceptances ended."""
    return [fact.value or "" for fact in decision.facts if fact.name == "acceptance ended"]


def test_an_acceptance_is_a_decision_with_its_reason(finding: Make) -> None:
    """By any alias; who, since when and where it is written are facts."""
    decision = decided(finding(), accept())
    assert (decision.scope, decision.reason) == (Scope.ACCEPTED, "It is not reachable.")
    assert "CVE-2026-1 (policy): by ana, since 2026-01-01".lower() in (decision.facts[-1].value or "").lower()


@pytest.mark.parametrize(
    ("more", "scope"),
    [
        ({"advisory": "RUSTSEC-*"}, Scope.ACCEPTED),
        ({"advisory": "CVE-2026-2"}, Scope.IN),
        ({"advisory": "", "package": "demo"}, Scope.ACCEPTED),
        ({"advisory": "", "package": "demo", "ecosystem": "npm"}, Scope.IN),
        ({"package": "other"}, Scope.IN),
        ({"advisory": "", "package": ""}, Scope.IN),
        ({"component": "tools"}, Scope.IN),
    ],
)
def test_what_it_covers(finding: Make, more: dict[str, Any], scope: Scope) -> None:
    """Advisory, package, ecosystem; a component must be known."""
    assert decided(finding(), accept(**more)).scope is scope


def test_accepted_in_one_component_only(finding: Make, place: Make, via: Make) -> None:
    """The way in through another component is still in scope."""
    one = accept(component="tools")
    assert decided(finding(place(via("tools/x"))), one).scope is Scope.ACCEPTED
    assert decided(finding(place(via("tools/x"), via("src"))), one).scope is Scope.IN


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        (Until(date="2026-11-19"), "it held until 2026-11-19"),
        (Until(packages=(("raft", "0.6.*"),)), "raft is locked at 0.7.0, accepted with 0.6.*"),
        (Until(packages=(("madsim", "0.2.*"),)), "madsim is locked at 0.2.30, 0.3.1, accepted with 0.2.*"),
        (Until(packages=(("gone", "1"),)), "gone is not locked any more (it was 1)"),
        (Until(severity_above="medium"), "its severity is high, accepted at medium"),
        (Until(fix=True), "a fix exists: 1.2.4"),
        (Until(exploited=True), "it is known to be exploited"),
        (Until(paths=("raft > other",)), "a new path leads to it: src > raft > demo"),
    ],
)
def test_triggers(finding: Make, place: Make, via: Make, until: Until, sentence: str) -> None:
    """Each brings the finding back and says which trigger it was."""
    one = finding(place(via("src", path=("raft", "demo")), fixed=("1.2.4",)), known_exploited=True)
    decision = decided(one, accept(until), context=Context(locked=LOCKED))
    assert decision.scope is Scope.IN
    assert ends(decision) == [f"cve-2026-1 (policy): {sentence}"]


@pytest.mark.parametrize(
    "until",
    [
        Until(date="2026-11-20"),
        Until(packages=(("raft", "0.7.*"),)),
        Until(severity_above="high"),
        Until(fix=True),
        Until(exploited=True),
        Until(paths=("other", "src > demo")),
    ],
)
def test_what_has_not_happened_ends_nothing(finding: Make, place: Make, via: Make, until: Until) -> None:
    """The last day counts, and so does what is the same as before."""
    one = finding(place(via("src", path=("raft", "demo"))), known_exploited=False)
    assert decided(one, accept(until), context=Context(locked=LOCKED)).scope is Scope.ACCEPTED


def test_what_is_unknown_is_named(finding: Make, place: Make) -> None:
    """A trigger fires on evidence; without it the risk stays accepted, in sight."""
    until = Until(packages=(("raft", "0.7.*"), ("demo", "1.*")), severity_above="low", exploited=True, paths=("raft",))
    decision = decided(finding(place(), rating=Rating(Severity.UNKNOWN)), accept(until))
    assert decision.scope is Scope.ACCEPTED
    assert decision.unknown == ("locked version of raft", "severity", "exploited", "path")


def test_a_second_acceptance_may_still_hold(finding: Make) -> None:
    """The first that holds counts."""
    assert decided(finding(), accept(Until(date="2020-01-01")), accept(origin="deny.toml:7")).scope is Scope.ACCEPTED


def test_the_list_of_all_with_their_state(finding: Make, place: Make, via: Make) -> None:
    """Active, ended, unneeded, stale."""
    active, over = accept(), accept(Until(date="2020-01-01"), advisory="CVE-2026-2")
    stale, unneeded = accept(advisory="CVE-1999-1"), accept(advisory="CVE-2026-3")
    findings = [
        finding(),
        finding(ids=("CVE-2026-2",)),
        finding(place(via("docs")), ids=("CVE-2026-3",)),
    ]
    rules = policy(active, over, stale, unneeded)
    decider = Decider(rules)
    decisions = [decider.decide(one, NOW) for one in findings]
    decisions[2] = Decision(Scope.OUT, "docs", "Documentation only.")
    states = {
        one.acceptance.advisory: (one.state, one.ended) for one in listing(rules.acceptances, findings, decisions)
    }
    assert states == {
        "cve-2026-1": ("active", ()),
        "CVE-2026-2": ("ended", ("it held until 2020-01-01",)),
        "CVE-1999-1": ("stale", ()),
        "CVE-2026-3": ("unneeded", ()),
    }


def test_every_trigger_is_told() -> None:
    """What ends an acceptance is one sentence."""
    until = Until("2026-10-23", (("madsim", "0.2.*"),), True, "low", True, ("madsim",))
    assert until_sentence(until) == (
        "until 2026-10-23, or madsim is locked at another version than 0.2.*, or a fix appears,"
        " or its severity is above low, or it is known to be exploited, or a new path leads to it"
    )


def test_the_decision_names_the_acceptance_that_decided(finding: Make) -> None:
    """What, where it is written, by whom and until when; without an end where an ignore file gives none."""
    until = Until(date="2999-01-31", fix=True)
    assert decided(finding(), accept(until)).by == (
        "the acceptance of cve-2026-1 (policy) by ana, until 2999-01-31, or a fix appears"
    )
    lone = decided(finding(), accept(who="", origin="deny.toml:7"))
    assert lone.by == "the acceptance of cve-2026-1 (deny.toml:7) by nobody named, without an end"
    assert (lone.acceptance and lone.acceptance.date) == ""
    over = decided(finding(), accept(Until(date="2020-01-01")), accept(Until(date="2020-01-02"), origin="issue #4"))
    assert (over.by, len(over.ended)) == ("rule default", 2)
    assert over.lapsed == ("cve-2026-1 (policy): it held until 2020-01-01",)
