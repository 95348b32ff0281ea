"""Tables of cases, and the five policies with theirs."""

from pathlib import Path

import pytest

from advisord.errors import SettingsError
from advisord.scope import policy
from advisord.scope.cases import run
from advisord.scope.compiled import DEFAULT_POLICY, dump, load

POLICIES = Path(__file__).resolve().parents[3] / "config" / "policies"
NAMES = ("mamba", "mango", "openfoundry", "sync", "windlass")


@pytest.mark.parametrize("name", NAMES)
def test_the_five_policies_do_what_their_cases_say(name: str) -> None:
    """Each finished policy passes the check, survives the round trip, and every case holds."""
    compiled = policy.compile((POLICIES / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")
    assert load(dump(compiled)) == compiled
    results = run(compiled, (POLICIES / f"{name}.cases.toml").read_text(encoding="utf-8"))
    assert results
    assert [(result.name, result.wrong) for result in results if result.wrong] == []


def test_what_differs_is_said() -> None:
    """A case that does not hold names each difference."""
    text = """
        [[cases]]
        name = "wrong"
        finding = { package = "x", severity = "low" }
        expect = { decision = "out", rule = "other", route = "r", unknown = ["reach"], ended = "never", deadlines = { fix = "2026-01-01" } }
    """
    (result,) = run(DEFAULT_POLICY, text)
    assert result.wrong == (
        "decision: expected out, got in",
        "rule: expected other, got default",
        "route: expected r, got ",
        "unknown: expected ['reach'], got []",
        "ended: expected never, got nothing",
        "fix: expected 2026-01-01, got none",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("= 1", "not TOML"),
        ("a = " + "9" * 5000, "not TOML"),
        ("", "holds [[cases]]"),
        ("cases = [1]", "must be a table"),
        ("[[cases]]\nname = 'x'", "finding: is missing"),
        ("[[cases]]\nname = 'x'\nfinding = { pakage = 'x' }\nexpect = {}", "finding.pakage: unknown key"),
        ("[[cases]]\nname = 'x'\nfinding = { package = 'x' }\nexpect = { desicion = 'in' }", "desicion: unknown key"),
        ("[[cases]]\nfinding = { package = 'x' }\nexpect = {}", "name: is missing"),
        ("[[cases]]\nname = 'x'\nfinding = { package = 'x', severity = 'dire' }\nexpect = {}", "can't be read"),
        ("[[cases]]\nname = 'x'\nnow = 'today'\nfinding = { package = 'x' }\nexpect = {}", "can't be read"),
        ("[[cases]]\nname = 'x'\nfinding = { }\nexpect = {}", "finding: package is missing; add it"),
    ],
)
def test_a_table_that_is_not_one(text: str, problem: str) -> None:
    """A clear sentence instead of a case that silently tests nothing."""
    with pytest.raises(SettingsError) as caught:
        run(DEFAULT_POLICY, text)
    told = "; ".join(f"{where}: {what}" for where, what in caught.value.problems) or caught.value.message
    assert problem in told
