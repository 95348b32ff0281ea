"""How long 100,000 findings take against 200 rules: `python benchmarks/decide.py [FINDINGS] [RULES]`."""

import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach
from advisord.scope.compiled import CompiledPolicy, Component, Condition, Rule
from advisord.scope.decide import Decider

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ECOSYSTEMS = ("crates.io", "npm", "PyPI", "Go", "Maven")


def main() -> None:
    findings_wanted, rules_wanted = (int(arg) for arg in (*sys.argv[1:], "100000", "200")[:2])
    chance = random.Random(7)
    findings = [finding(chance, number) for number in range(findings_wanted)]
    decider = Decider(policy(chance, rules_wanted))
    for attempt in ("first pass", "again"):
        start = time.process_time()
        outcomes = Counter(decider.decide(one, NOW).scope.value for one in findings)
        spent = time.process_time() - start
        each = spent / findings_wanted * 1e6
        print(
            f"{attempt}: {findings_wanted} findings, {rules_wanted} rules: {spent:.2f} s, {each:.1f} us each, {dict(outcomes)}"
        )


def finding(chance: random.Random, number: int) -> Finding:
    severity = chance.choice(list(Severity))
    vector = f"CVSS:3.1/AV:{chance.choice('NALP')}/AC:L/PR:{chance.choice('NLH')}/UI:N/S:U/C:H/I:H/A:H"
    name = f"package-{number % 30_000}"
    ways = tuple(
        Via(
            f"{chance.choice(('services', 'libs', 'apps', 'tools'))}/part-{chance.randrange(40)}",
            "part",
            reach,
            ("a", name),
        )
        for reach in chance.sample((Reach.RUNTIME, Reach.BUILD, Reach.DEV), chance.randrange(1, 3))
    )
    place = Place("refs/heads/main", "Cargo.lock", "cargo", 1, "1.2.3", Verdict.AFFECTED, via=ways, direct=False)
    return Finding(
        "example/repository",
        chance.choice(ECOSYSTEMS),
        name,
        f"GHSA-{number}",
        (f"GHSA-{number}", f"CVE-2026-{number}"),
        chance.choice(list(Kind)),
        Rating(severity, None if severity is Severity.UNKNOWN else round(chance.random() * 10, 1), vector),
        "",
        (),
        (place,),
        published=f"2026-{chance.randrange(1, 12):02}-01T00:00:00Z",
        epss=chance.choice((None, round(chance.random(), 3))),
    )


def policy(chance: random.Random, count: int) -> CompiledPolicy:
    """Rules of every kind; most hold for few findings, as in life."""
    parts = tuple(
        Component(f"part-{number}", (f"services/part-{number}/", f"libs/part-{number}")) for number in range(40)
    )

    def rule(number: int) -> Rule:
        kinds = (
            lambda: [Condition("package", (f"package-{chance.randrange(30_000)}", f"package-{chance.randrange(9)}7*"))],
            lambda: [Condition("advisory", (f"CVE-2026-{chance.randrange(100_000)}",))],
            lambda: [Condition("component", (f"part-{chance.randrange(40)}",)), Condition("reach", ("dev",))],
            lambda: [
                Condition("ecosystem", (chance.choice(ECOSYSTEMS),)),
                Condition("score", (f"<= {chance.random():.1f}",)),
            ],
            lambda: [Condition("cvss", ("AV:P/PR:H",)), Condition("path", (f"tools/part-{chance.randrange(40)}",))],
            lambda: [Condition("kind", ("notice",)), Condition("age", (f"> {chance.randrange(250, 400)} days",))],
            lambda: [Condition("epss", (f">= 0.9{chance.randrange(9)}",)), Condition("severity", (">= high",))],
        )
        scope = chance.choice((Scope.IN, Scope.REGULAR, Scope.OUT))
        return Rule(f"rule-{number}", "A reason.", scope, tuple(chance.choice(kinds)()))

    rules = tuple(rule(number) for number in range(count - 1))
    return CompiledPolicy("benchmark", (*rules, Rule("default", "The rest.", Scope.REGULAR)), parts)


if __name__ == "__main__":
    main()
