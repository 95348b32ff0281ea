"""The predicates of a rule, by themselves: three values, and never a guess about what is unknown."""

from typing import Any

import pytest

from advisord.scope.compiled import CompiledPolicy, Component, Condition, Rule
from advisord.scope.facts import Where
from advisord.scope.rules import PREDICATES, Answer, Table, condition

POLICY = CompiledPolicy(
    "p", (), components=(Component("web", ("apps/web",)), Component("tools", ("tools",), distributed=False))
)


def asked(name: str, value: Any, *wanted: str) -> Answer:
    """What a condition says of a fact."""
    return condition(name, wanted, POLICY)(value)


@pytest.mark.parametrize("name", PREDICATES)
def test_unknown_stays_unknown(name: str) -> None:
    """Whatever is asked of a fact that nobody knows, the answer is open."""
    texts = {
        "severity": ">= high", "score": "7", "epss": "0.5", "age": "> 3 days", "cvss": "AV:N", "component": "web",
        "kind": "malware", "reach": "dev", "verdict": "affected",
    }  # fmt: skip
    wanted = texts.get(name, "true")
    assert asked(name, None, wanted) is None
    assert asked(name, None, f"!{wanted}") is None


@pytest.mark.parametrize(
    ("name", "value", "wanted", "answer"),
    [
        ("severity", "high", (">= high",), True),
        ("severity", "high", ("> high",), False),
        ("severity", "none", ("<low",), True),
        ("severity", None, ("unknown",), True),
        ("severity", "low", ("unknown",), False),
        ("severity", None, ("!unknown",), False),
        ("severity", None, ("high", "unknown"), True),
        ("score", 7.0, (">= 7",), True),
        ("score", 7.0, ("> 7",), False),
        ("score", 7.0, ("=7.0",), True),
        ("age", 30, ("> 30 days",), False),
        ("age", 31, ("> 1 month",), True),
        ("age", 0, ("<= 0 days",), True),
        ("cvss", "CVSS:3.1/AV:N/PR:N", ("av:n/PR:N",), True),
        ("cvss", "CVSS:3.1/AV:L", ("AV:N/PR:N",), False),
        ("cvss", "CVSS:3.1/AV:N", ("AV:N/PR:N",), None),
        ("fix", False, ("true",), False),
        ("fix", True, ("!false",), True),
        ("package", "Left-Pad", ("left-*", "!*-pad"), False),
        ("package", "left-x", ("left-*", "!*-pad"), True),
        ("package", "right", ("!left",), True),
        ("advisory", ("CVE-1", "GHSA-1"), ("GHSA-1",), True),
        ("advisory", ("CVE-1", "GHSA-1"), ("!CVE-*",), False),
        ("component", Where("apps/web/src", exact=True), ("web",), True),
        ("component", Where("apps", exact=False), ("web",), None),
        ("component", Where("docs", exact=True), ("*",), False),
        ("distributed", Where("tools/x", exact=True), ("false",), True),
        ("distributed", Where(".", exact=False), ("true",), None),
        ("path", Where(".", exact=True), (".",), True),
    ],
)
def test_conditions(name: str, value: Any, wanted: tuple[str, ...], answer: Answer) -> None:
    """Any of the alternatives, none of those after `!`; at the border exactly as it is written."""
    assert asked(name, value, *wanted) is answer


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("severity", "grave"),
        ("severity", ">= unknown"),
        ("severity", ""),
        ("score", "11"),
        ("score", "-1"),
        ("score", "nan"),
        ("score", "inf"),
        ("score", "many"),
        ("epss", "1.1"),
        ("age", "> 3"),
        ("age", "3 fortnights"),
        ("cvss", "network"),
        ("cvss", ""),
        ("kind", "rumour"),
        ("fix", "yes"),
        ("component", "nowhere"),
        ("reach", "unknown"),
    ],
)
def test_what_can_t_be_asked(name: str, text: str) -> None:
    """A mistake in a policy is a mistake, never a rule that silently holds or fails."""
    with pytest.raises(ValueError, match=r"must be|no component"):
        condition(name, (text,), POLICY)


def test_a_table_says_what_its_rules_say() -> None:
    """Each fact once for all rules, also the second time, and when the memory started anew."""
    alternatives = [("left-*",), ("right",), ("RIGHT", "x*"), ("!left-pad",), ("*", "!y")]
    rules = [Rule(str(n), "r", (), (Condition("package", wanted),)) for n, wanted in enumerate(alternatives)]  # type: ignore[arg-type]
    rules.append(Rule("other", "r", (), ()))  # type: ignore[arg-type]
    table = Table("package", rules, POLICY)
    for _ in range(2):
        for fact in ("left-pad", "Right", "xyz", "y", "", None):
            masks = table.learn(fact)
            for number, rule in enumerate(rules):
                answers = [condition(one.name, one.values, POLICY)(fact) for one in rule.when] or [True]
                possible, certain = bool(masks >> number & 1), bool(masks >> len(rules) + number & 1)
                assert (possible, certain) == (answers[0] is not False, answers[0] is True), (fact, rule)
        table.known.update(dict.fromkeys(range(Table.LIMIT), 0))
