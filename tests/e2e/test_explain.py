"""`advisord explain`: the rule, the facts, the path and the witnesses of one finding."""

import json
import subprocess
from pathlib import Path

import pytest
from running import Advisord

WHO = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


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


def test_what_would_accept_it(advisord: Advisord, ran: Path) -> None:
    """The last lines are the TOML of an acceptance: with who and why it is a policy, and it holds."""
    text = advisord("explain", "CVE-2021-32714", "--path", "shop", "--db", "advisord.db").out
    toml = text[text.index("[[acceptances]]") :].replace('= ""', '= "ana"')
    (ran / "accepting.toml").write_text(toml)
    (ran / "shop/advisord-policy.toml").unlink()
    scanned = advisord("scan", "shop", "--db", "advisord.db", "--policy", "accepting.toml").out
    assert "1 accepted" in scanned
    assert "[[acceptances]]" not in advisord("explain", "lodash", "--path", "shop", "--db", "advisord.db").out


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


def test_the_same_policy_and_authority_as_a_scan(advisord: Advisord, ran: Path) -> None:
    """What a scan decides is what is explained and listed, whatever was chosen for it."""
    how = ("--db", "advisord.db", "--authority", "crates.io=NOBODY", "--stdlib")
    scanned = json.loads(advisord("scan", "shop", *how, "--format", "json").out)["findings"]
    lone = next(one for one in scanned if one["package"] == "hyper")
    (found,) = json.loads(advisord("explain", lone["id"], "--path", "shop", *how, "--format", "json").out)
    assert found["decision"]["rule"] == lone["scope"]["rule"]
    assert advisord("acceptances", "shop", *how).status == 0
    for command in (("scan", "shop"), ("explain", lone["id"], "--path", "shop"), ("acceptances", "shop")):
        wrong = advisord(*command, "--db", "advisord.db", "--authority", "RUSTSEC")
        assert (wrong.status, "write ECOSYSTEM=DATABASE" in wrong.err) == (2, True), command


def test_a_named_policy_is_made_stricter_by_the_repository_s_own(advisord: Advisord, ran: Path) -> None:
    """As in a cycle: the stricter of both counts, it is said that two counted, and the acceptances of the named one hold."""
    (ran / "lax.toml").write_text('[[rules]]\nid = "lax"\nreason = "We look away."\nthen = "out"\n')
    how = ("--db", "advisord.db", "--policy", "lax.toml")
    scanned = advisord("scan", "shop", *how)
    assert scanned.status == 1
    assert "lax.toml: decided by it, made stricter by the repository's own advisord-policy.toml" in scanned.out
    explained = advisord("explain", "CVE-2021-32714", "--path", "shop", *how).out
    assert "Decision: in scope, by rule shipped" in explained
    assert "the repository's own policy" in explained
    (ran / "shop/advisord-policy.toml").write_text("nonsense")
    broken = advisord("scan", "shop", *how)
    assert broken.status == 0
    assert "the repository's own policy is not used: " in broken.out
    own = advisord("scan", "shop", "--db", "advisord.db", "--policy", "shop/advisord-policy.toml")
    assert own.status == 2


def test_a_package_instead_of_an_advisory(advisord: Advisord, ran: Path) -> None:
    """Its findings are listed, each with its id; as JSON they are all explained."""
    text = advisord("explain", "Hyper").out
    assert "shop: RUSTSEC-2021-0079 in hyper 0.14.8, 0.14.9, " in text
    assert ": critical 9.1, in scope" in text
    assert "`advisord explain ID` says why" in text
    assert ": severity unknown, in scope" in advisord("explain", "h2").out
    stored = json.loads(advisord("explain", "hyper", "--format", "json").out)
    assert {one["package"] for one in stored} == {"hyper"}
    scanned = advisord("explain", "hyper", "--path", "shop", "--db", "advisord.db").out
    assert "RUSTSEC-2021-0079 in hyper 0.14.9, shop/Cargo.lock: critical 9.1, in scope" in scanned


def test_a_finding_that_is_gone(advisord: Advisord, ran: Path) -> None:
    """By any alias it is said where it was, and since when it is not there; a configuration has no `scan --verbose`."""
    lock = ran / "shop/Cargo.lock"
    lock.write_text(lock.read_text().replace("1.5.4", "1.5.5"))
    subprocess.run(["git", "-C", str(ran / "shop"), *WHO, "commit", "-qam", "update"], check=True)
    assert advisord("run", "--once").status == 0
    missing = advisord("explain", "RUSTSEC-2022-0013")
    assert missing.status == 2
    assert "shop had " in missing.err
    assert "it is gone since 20" in missing.err
    assert "scan --verbose" not in missing.err
