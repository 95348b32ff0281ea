"""From findings to decisions."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Decision, Fact, Scope
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach
from advisord.scope.compiled import (
    DEFAULT_POLICY,
    CompiledPolicy,
    Component,
    Condition,
    Delegation,
    Rule,
    Target,
)
from advisord.scope.decide import Decider, decide, layered
from advisord.scope.facts import Context

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Make = Callable[..., Any]


def rule(then: str, **when: str | tuple[str, ...]) -> Rule:
    """A rule whose id says what it does."""
    conditions = tuple(
        Condition(name, (values,) if isinstance(values, str) else values) for name, values in when.items()
    )
    return Rule("-".join([then, *when]), f"Because of {', '.join(when) or 'nothing else'}.", Scope(then), conditions)


def policy(*rules: Rule, **more: Any) -> CompiledPolicy:
    """A policy of these rules."""
    return CompiledPolicy("test", rules, **more)


def holds(finding: Finding, context: Context = Context(), /, *, more: dict[str, Any] | None = None, **when: Any) -> str:  # noqa: B008
    """`yes`, `no` or `open`: what a rule with these conditions does with the finding."""
    decision = decide(policy(rule("in", **when), rule("out"), **(more or {})), finding, NOW, context)
    if decision.scope is Scope.OUT:
        return "no"
    return "open" if decision.unknown else "yes"


def test_without_a_policy_everything_is_in(finding: Make) -> None:
    """The default names its reason."""
    decision = decide(DEFAULT_POLICY, finding(), NOW)
    assert (decision.scope, decision.rule) == (Scope.IN, "default")
    assert "No policy" in decision.reason


def test_the_first_rule_that_holds_decides(finding: Make) -> None:
    """Later rules are not asked."""
    rules = (rule("regular", kind="vulnerability"), rule("out", package="demo"), rule("in"))
    assert decide(policy(*rules), finding(), NOW).rule == "regular-kind"


@pytest.mark.parametrize(
    ("when", "answer"),
    [
        ({"kind": "vulnerability"}, "yes"),
        ({"kind": ("unsound", "notice")}, "no"),
        ({"kind": "!unsound"}, "yes"),
        ({"ecosystem": "CRATES.io"}, "yes"),
        ({"ecosystem": "npm"}, "no"),
        ({"package": "d*"}, "yes"),
        ({"package": ("d*", "!demo")}, "no"),
        ({"package": "dem"}, "no"),
        ({"package": "de?o"}, "yes"),
        ({"advisory": "ghsa-AAAA-bbbb-cccc"}, "yes"),
        ({"advisory": "CVE-*"}, "yes"),
        ({"advisory": "CVE-2026-2"}, "no"),
        ({"severity": ">= high"}, "yes"),
        ({"severity": "> high"}, "no"),
        ({"severity": ("low", "high")}, "yes"),
        ({"severity": "unknown"}, "no"),
        ({"score": ">= 7.5"}, "yes"),
        ({"score": "< 7"}, "no"),
        ({"cvss": "AV:N"}, "yes"),
        ({"cvss": "av:n/pr:n"}, "yes"),
        ({"cvss": ("AV:P", "AV:L")}, "no"),
        ({"cvss": "AV:N/E:H"}, "open"),
        ({"cvss": "AV:P/E:H"}, "no"),
        ({"targets": "true"}, "yes"),
        ({"functions": "true"}, "no"),
        ({"epss": ">= 0.1"}, "open"),
        ({"exploited": "true"}, "open"),
        ({"age": "> 2 weeks"}, "yes"),
        ({"age": "> 1 month"}, "no"),
        ({"ref": "main"}, "yes"),
        ({"ref": "release-*"}, "no"),
        ({"line": "main"}, "open"),
        ({"version": "1.*"}, "yes"),
        ({"fix": "false"}, "yes"),
        ({"group": "dev"}, "open"),
        ({"verdict": "affected"}, "yes"),
        ({"verdict": "undecided"}, "no"),
        ({"reach": "runtime"}, "open"),
        ({"direct": "true"}, "open"),
        ({"member": "x"}, "open"),
    ],
)
def test_predicates(finding: Make, when: dict[str, Any], answer: str) -> None:
    """Every predicate on one plain finding whose ways in are unknown."""
    assert holds(finding(), **when) == answer


@pytest.mark.parametrize(
    ("when", "answer"),
    [
        ({"component": "services"}, "yes"),
        ({"component": "s*"}, "yes"),
        ({"component": "tools"}, "no"),
        ({"component": "!tools"}, "yes"),
        ({"path": "services/"}, "yes"),
        ({"path": "services/*"}, "yes"),
        ({"path": "services/**"}, "yes"),
        ({"path": "**/api"}, "yes"),
        ({"path": "service"}, "no"),
        ({"path": "."}, "no"),
        ({"path": "**"}, "yes"),
        ({"distributed": "true"}, "yes"),
        ({"reach": ("build", "dev")}, "no"),
        ({"reach": "runtime"}, "yes"),
        ({"direct": "false"}, "yes"),
        ({"member": "api"}, "yes"),
    ],
)
def test_predicates_on_the_way_in(finding: Make, place: Make, via: Make, when: dict[str, Any], answer: str) -> None:
    """Every predicate on how the package is pulled in."""
    parts = (Component("services", ("services/",)), Component("tools", ("tools/",), distributed=False))
    assert holds(finding(place(via("services/api"))), more={"components": parts}, **when) == answer


def test_unknown_severity_is_open_not_low(finding: Make) -> None:
    """An unknown severity is neither above nor below anything, but it can be asked for."""
    unrated = finding(rating=Rating())
    assert holds(unrated, severity=">= high") == "open"
    assert holds(unrated, severity="< high") == "open"
    assert holds(unrated, severity="unknown") == "yes"
    assert holds(unrated, severity=(">= high", "unknown")) == "yes"
    assert holds(unrated, severity="!unknown") == "no"
    assert holds(finding(), severity="!unknown") == "yes"
    assert decide(policy(rule("out", severity="< high"), rule("in")), unrated, NOW).unknown == ("severity",)


def test_an_unknown_fact_puts_nothing_out_of_scope(finding: Make) -> None:
    """The `out` rule does not fire, and the decision names what was missing."""
    decision = decide(policy(rule("out", reach="dev"), rule("regular")), finding(), NOW)
    assert (decision.scope, decision.unknown) == (Scope.REGULAR, ("reach",))


def test_the_strictest_possible_outcome_wins(finding: Make) -> None:
    """An open `in` rule before a weaker one decides; an open `regular` before `in` does not."""
    rules = (rule("in", exploited="true"), rule("regular"))
    decision = decide(policy(*rules), finding(), NOW)
    assert (decision.scope, decision.rule, decision.unknown) == (Scope.IN, "in-exploited", ("exploited",))
    assert Fact("exploited", None) in decision.facts
    weaker = decide(policy(rule("regular", exploited="true"), rule("in")), finding(), NOW)
    assert (weaker.rule, weaker.unknown) == ("in", ("exploited",))


def test_an_unknown_fact_that_changes_nothing_leaves_it_out(finding: Make) -> None:
    """Out by every resolution of the unknown is out, and says what was not known."""
    decision = decide(policy(rule("out", reach="dev"), rule("out")), finding(), NOW)
    assert (decision.scope, decision.rule, decision.unknown) == (Scope.OUT, "out", ("reach",))


def test_the_strongest_way_in_wins(finding: Make, place: Make, via: Make) -> None:
    """A package in a development tool and in a service is decided as the service says; the facts name that way."""
    rules = (rule("out", reach="dev"), rule("in", path="services/"), rule("regular"))
    ways = (via("tools/x", "dev"), via("apps/web"), via("services/api"))
    decision = decide(policy(*rules), finding(place(*ways)), NOW)
    assert decision.scope is Scope.IN
    assert Fact("place", "Cargo.lock at main, through services/api") in decision.facts
    assert decide(policy(*rules), finding(place(*ways[:2])), NOW).scope is Scope.REGULAR
    assert decide(policy(*rules), finding(place(*ways[:1])), NOW).scope is Scope.OUT


def test_the_strongest_place_wins(finding: Make, place: Make) -> None:
    """Two branches, one of them supported."""
    rules = (rule("in", ref="main"), rule("out"))
    old = place(ref="refs/heads/old")
    assert decide(policy(*rules), finding(old), NOW).scope is Scope.OUT
    assert decide(policy(*rules), finding(old, place()), NOW).scope is Scope.IN


def test_lines_come_with_the_context(finding: Make) -> None:
    """Which line a ref belongs to is told by the caller."""
    context = Context(lines={"main": "latest-minor"})
    assert holds(finding(), context, line="latest-*") == "yes"


@pytest.mark.parametrize(
    ("lockfile", "answer"),
    [
        ("services/api/package-lock.json", "yes"),
        ("Cargo.lock", "open"),
        ("fuzz/Cargo.lock", "no"),
        ("a/Cargo.lock", "no"),
    ],
)
def test_a_lockfile_without_graph_stands_for_its_folder(finding: Make, place: Make, lockfile: str, answer: str) -> None:
    """Below a component it is in it; above one nobody knows; beside all it is in none."""
    parts = {"components": (Component("services", ("services/",)),)}
    assert holds(finding(place(lockfile=lockfile)), more=parts, component="services") == answer


def test_undistributed_parts(finding: Make, place: Make, via: Make) -> None:
    """What the policy does not mention is distributed; at or above an undistributed part nobody knows."""
    parts = {"components": (Component("up", ("vendor/",), distributed=False),)}
    assert holds(finding(place(via("vendor/x"))), more=parts, distributed="false") == "yes"
    assert holds(finding(place(via("src"))), more=parts, distributed="false") == "no"
    assert holds(finding(place()), more=parts, distributed="false") == "open"


def test_development_groups_are_known_without_a_graph(finding: Make, place: Make) -> None:
    """Groups that are all for development say how a package is reached; others say nothing."""
    assert holds(finding(place(groups=("dev", "test"))), reach="dev") == "yes"
    assert holds(finding(place(groups=("dev", "docs"))), reach="dev") == "open"
    somehow = Via("app", "app", Reach.UNKNOWN, ())
    assert holds(finding(place(somehow, groups=("dev",))), reach="dev") == "yes"
    assert holds(finding(place(somehow._replace(path=("x",)), groups=("dev",))), reach="dev") == "open"


@pytest.mark.parametrize(
    ("os", "arch", "targets", "answer"),
    [
        ((), (), (), "yes"),
        (("windows",), (), (), "open"),
        (("windows",), (), (Target("linux", ""),), "no"),
        (("darwin",), (), (Target("macos", "aarch64"),), "yes"),
        (("linux",), ("x86",), (Target("linux", "x86_64"),), "no"),
        ((), ("amd64",), (Target("linux", "x86_64"),), "yes"),
    ],
)
def test_targets(
    finding: Make, os: tuple[str, ...], arch: tuple[str, ...], targets: tuple[Target, ...], answer: str
) -> None:
    """An advisory for platforms that the repository does not build for."""
    assert holds(finding(os=os, arch=arch), more={"targets": targets}, targets="true") == answer


@pytest.mark.parametrize("published", ["", "yesterday", "0001-01-01T00:00:00Z"])
def test_a_nonsense_date_is_an_unknown_age(finding: Make, published: str) -> None:
    """Year 1 is not old, it is unknown."""
    assert holds(finding(published=published), age="> 1 day") == "open"


def test_a_fix_of_an_undecided_place_is_unknown(finding: Make, place: Make) -> None:
    """Where the version can't be understood nobody knows whether a fix exists."""
    assert holds(finding(place(verdict=Verdict.UNDECIDED)), fix="false") == "open"
    assert holds(finding(place(fixed=("1.2.4",))), fix="true") == "yes"


def test_yanked_is_a_kind(finding: Make) -> None:
    """A kind that only a lockfile check gives."""
    assert holds(finding(kind="yanked"), kind="yanked") == "yes"
    assert holds(finding(kind=Kind.UNSOUND), kind="yanked") == "no"


def test_a_policy_needs_a_default() -> None:
    """A policy made by hand is checked as well."""
    with pytest.raises(ValueError, match="default"):
        Decider(policy(rule("in", kind="notice")))


@pytest.mark.parametrize(
    ("ours", "theirs", "delegation", "result"),
    [
        ("out", "in", Delegation(), "in"),
        ("in", "out", Delegation(), "in"),
        ("in", "out", Delegation(exclude=True), "out"),
        ("in", "accepted", Delegation(exclude=True), "in"),
        ("in", "accepted", Delegation(accept=("policy",)), "accepted"),
        ("regular", "regular", Delegation(), "regular"),
    ],
)
def test_a_branch_cannot_silence_its_findings(ours: str, theirs: str, delegation: Delegation, result: str) -> None:
    """The repository's own policy makes things stricter; weaker only where the server delegates that."""
    one, other = (Decision(Scope(scope), scope, "Because.") for scope in (ours, theirs))
    decision = layered(one, other, policy(rule("in"), delegation=delegation))
    assert decision.scope == result
    assert ours == theirs or any("repository" in fact.name for fact in decision.facts)


def test_no_policy_in_the_repository(finding: Make) -> None:
    """Nothing to combine."""
    decision = decide(DEFAULT_POLICY, finding(), NOW)
    assert layered(decision, None, DEFAULT_POLICY) is decision


def test_deciding_imports_nothing_heavy() -> None:
    """A scan with a policy that is known meets neither pydantic nor tomllib."""
    code = (
        "import sys; from advisord.scope import decide, compiled, acceptances;"
        "print([name for name in ('pydantic', 'tomllib', 'dataclasses', 'pathlib', 'inspect', 'zoneinfo') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


def test_two_findings_of_one_decider_do_not_mix(finding: Make, place: Make, via: Make) -> None:
    """Look-ups are kept by fact, not by finding."""
    decider = Decider(policy(rule("in", direct="true"), rule("out")))
    far: tuple[Place, Via] = place(via("a", path=("x", "demo")))
    near = place(via("a", path=("demo",)))
    assert [decider.decide(finding(one), NOW).scope for one in (far, near, far)] == [Scope.OUT, Scope.IN, Scope.OUT]


def test_a_rating_without_a_level_has_a_score(finding: Make) -> None:
    """Score and level are facts of their own."""
    assert holds(finding(rating=Rating(Severity.UNKNOWN, 9.8)), score="> 9") == "yes"
