"""Law: whatever the unknown facts turn out to be, the decision was never weaker than the truth."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach
from advisord.scope.compiled import CompiledPolicy, Condition, Rule
from advisord.scope.decide import STRENGTH, decide

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SEVERITIES = st.sampled_from([Severity.LOW, Severity.HIGH, Severity.CRITICAL])
REACHES = st.sampled_from([Reach.RUNTIME, Reach.BUILD, Reach.DEV])
CONDITIONS = st.lists(
    st.sampled_from(
        [
            Condition("severity", (">= high",)),
            Condition("severity", ("low", "unknown")),
            Condition("reach", ("dev",)),
            Condition("reach", ("!dev",)),
            Condition("exploited", ("true",)),
            Condition("exploited", ("false",)),
            Condition("epss", (">= 0.5",)),
            Condition("kind", ("vulnerability",)),
            Condition("package", ("other*",)),
        ]
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda condition: condition.name,
)
SCOPES = st.sampled_from([Scope.IN, Scope.REGULAR, Scope.OUT])
RULES = st.lists(st.tuples(SCOPES, CONDITIONS), max_size=6)


def finding(severity: Severity, reach: Reach, exploited: bool | None, epss: float | None) -> Finding:
    """A finding with these facts."""
    place = Place("main", "Cargo.lock", "cargo", 1, "1", Verdict.AFFECTED, via=(Via(".", "x", reach, ("demo",)),))
    rating = Rating(severity)
    return Finding(
        "r",
        "npm",
        "demo",
        "X-1",
        ("X-1",),
        Kind.VULNERABILITY,
        rating,
        "",
        (),
        (place,),
        epss=epss,
        known_exploited=exploited,
    )


@given(
    RULES,
    SCOPES,
    SEVERITIES,
    REACHES,
    st.booleans(),
    st.sampled_from([0.1, 0.9]),
    st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_never_weaker_than_the_truth(
    drawn: list[tuple[Scope, list[Condition]]],
    default: Scope,
    severity: Severity,
    reach: Reach,
    exploited: bool,
    epss: float,
    hidden: list[bool],
) -> None:
    """Hide any facts: the decision is at least as strong as the one with all facts."""
    rules = [Rule(f"rule-{number}", "Why.", then, tuple(when)) for number, (then, when) in enumerate(drawn)]
    policy = CompiledPolicy("p", (*rules, Rule("default", "Why.", default)))
    # An unknown severity may be asked for by name, so it is a fact of its own here and is never hidden.
    whole = finding(severity, reach, exploited, epss)
    veiled = finding(
        severity,
        Reach.UNKNOWN if hidden[0] else reach,
        None if hidden[1] else exploited,
        None if hidden[2] else epss,
    )
    truth, known = decide(policy, whole, NOW), decide(policy, veiled, NOW)
    assert STRENGTH[known.scope] >= STRENGTH[truth.scope]
    assert known.scope is truth.scope or known.unknown
    if not any(hidden):
        first = next(
            rule
            for rule in policy.rules
            if all(_plainly(condition, severity, reach, exploited, epss) for condition in rule.when)
        )
        assert truth.rule == first.id


def _plainly(condition: Condition, severity: Severity, reach: Reach, exploited: bool, epss: float) -> bool:
    """A slow, obvious reading of the conditions above."""
    return {
        ("severity", ">= high"): severity in {Severity.HIGH, Severity.CRITICAL},
        ("severity", "low"): severity is Severity.LOW,
        ("reach", "dev"): reach is Reach.DEV,
        ("reach", "!dev"): reach is not Reach.DEV,
        ("exploited", "true"): exploited,
        ("exploited", "false"): not exploited,
        ("epss", ">= 0.5"): epss >= 0.5,
        ("kind", "vulnerability"): True,
        ("package", "other*"): False,
    }[condition.name, condition.values[0]]
