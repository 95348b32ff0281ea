"""`advisord explain`: the rule, the facts, the path and the witnesses of one finding."""

import json
from pathlib import Path

import pytest
from running import Advisord


@pytest.fixture
def ran(advisord: Advisord, world: Path) -> Path:
    """The world after one cycle."""
    assert advisord("run", "--once").status == 0
    return world


def test_for_a_person(advisord: Advisord, ran: Path) -> None:
    """By any alias: the decision with its rule and reason, every place with its path, every record's own words."""
    text = advisord("explain", "cve-2021-32714").out
    for line in (
        "shop: RUSTSEC-2021-0079 in hyper (crates.io)",
        "Decision: in scope, by rule shipped",
        "  We act on every vulnerability in what we ship.",
        "version 0.14.8, affected",
        "    runtime: services/api > hyper",
        "  github GHSA-5h46-h7hh-c6x9: affected (vulnerability, severity critical 9.1, fixed in 0.14.10)",
    ):
        assert line in text


def test_why_something_is_out(advisord: Advisord, ran: Path) -> None:
    """An out-of-scope finding is a record with a reason and the facts that were looked at."""
    text = advisord("explain", "GHSA-35jh-r3h4-6jhm", "lodash", "--path", "shop", "--db", "advisord.db").out
    assert "Decision: out of scope, by rule development-only" in text
    assert "  looked at reach: dev" in text


def test_the_arithmetic_of_deadlines(advisord: Advisord, ran: Path) -> None:
    """By when, with the sum; what is not known yet is said to be unknown."""
    policy = ran / "shop/advisord-policy.toml"
    wanted = '[deadlines]\nbinding = true\nfix = { critical = "30 days from triaged" }\ndisclosure = "90 days"\n'
    policy.write_text(policy.read_text() + wanted)
    text = advisord("explain", "CVE-2021-32714").out
    assert "By when" in text
    assert "+ 90 days = " in text
    assert "30 days from triaged, which is not known yet" in text


def test_as_json(advisord: Advisord, ran: Path) -> None:
    """The same for a program."""
    (found,) = json.loads(advisord("explain", "RUSTSEC-2022-0013", "--format", "json").out)
    assert found["decision"]["rule"] == "shipped"
    assert found["places"][0]["paths"] == [
        {"component": "services/api", "reach": "runtime", "path": ["services/api", "regex"]}
    ]
    assert {witness["feed"] for witness in found["witnesses"]} == {"github", "osv", "rustsec"}


def test_no_such_finding(advisord: Advisord, ran: Path) -> None:
    """An id that nothing is known by, and a package that it does not concern."""
    missing = advisord("explain", "RUSTSEC-1999-0001")
    assert (missing.status, missing.out) == (2, "")
    assert "no finding is known by RUSTSEC-1999-0001" in missing.err
    assert advisord("explain", "CVE-2021-32714", "regex").status == 2
