"""Law: whatever the unknown facts turn out to be, the decision was never weaker than the truth."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach
from advisord.scope.compiled import CompiledPolicy, Component, Condition, Rule
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
            Condition("path", ("tools/cli/",)),
            Condition("path", ("tools/*/web", "!tools/")),
            Condition("path", (".",)),
            Condition("component", ("cli",)),
            Condition("distributed", ("false",)),
        ]
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda condition: condition.name,
)
SCOPES = st.sampled_from([Scope.IN, Scope.REGULAR, Scope.OUT])
RULES = st.lists(st.tuples(SCOPES, CONDITIONS), max_size=6)


COMPONENTS = (Component("cli", ("tools/cli/",)), Component("tools", ("tools/",), distributed=False))


def finding(severity: Severity, reach: Reach, exploited: bool | None, epss: float | None, folder: str) -> Finding:
    """A finding with these facts. Its lockfile is in `tools/`, whose member is in the folder ("": unknown which)."""
    way = Via(folder, "x", reach, ("demo",))
    place = Place("main", "tools/Cargo.lock", "cargo", 1, "1", Verdict.AFFECTED, via=(way,))
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
    st.sampled_from(["tools", "tools/cli", "tools/other/web"]),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_never_weaker_than_the_truth(
    drawn: list[tuple[Scope, list[Condition]]],
    default: Scope,
    severity: Severity,
    reach: Reach,
    exploited: bool,
    epss: float,
    folder: str,
    hidden: list[bool],
) -> None:
    """Hide any facts: the decision is at least as strong as the one with all facts."""
    rules = [Rule(f"rule-{number}", "Why.", then, tuple(when)) for number, (then, when) in enumerate(drawn)]
    policy = CompiledPolicy("p", (*rules, Rule("default", "Why.", default)), components=COMPONENTS)
    # An unknown severity may be asked for by name, so it is a fact of its own here and is never hidden.
    whole = finding(severity, reach, exploited, epss, folder)
    veiled = finding(
        severity,
        Reach.UNKNOWN if hidden[0] else reach,
        None if hidden[1] else exploited,
        None if hidden[2] else epss,
        "" if hidden[3] else folder,
    )
    truth, known = decide(policy, whole, NOW), decide(policy, veiled, NOW)
    assert STRENGTH[known.scope] >= STRENGTH[truth.scope]
    assert known.scope is truth.scope or known.unknown
    if not any(hidden):
        first = next(
            rule
            for rule in policy.rules
            if all(_plainly(condition, severity, reach, exploited, epss, folder) for condition in rule.when)
        )
        assert truth.rule == first.id


def _plainly(condition: Condition, severity: Severity, reach: Reach, exploited: bool, epss: float, folder: str) -> bool:
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
        ("path", "tools/cli/"): folder == "tools/cli",
        ("path", "tools/*/web"): False,
        ("path", "."): False,
        ("component", "cli"): folder == "tools/cli",
        ("distributed", "false"): folder != "tools/cli",
    }[condition.name, condition.values[0]]
