"""Accepted risks: their state, other tools' ignore files, and where the two disagree."""

import json
from pathlib import Path

import pytest
from running import Advisord

from advisord.demo import repository

ACCEPTANCE = """\
[[acceptances]]
advisory = "CVE-2022-24713"
who = "the maintainers"
why = "We only compile our own expressions."
since = 2026-01-05
until = {{ date = {date} }}
"""
DENY = """\
[advisories]
ignore = [
    # review by 2026-10-23, or when hyper changes
    { id = "RUSTSEC-2021-0079", reason = "no proxy in front of it" },
]
"""


@pytest.fixture
def shop(advisord: Advisord, world: Path) -> repository.Workshop:
    """The world's repository, its feeds read."""
    assert advisord("sync").status == 0
    return repository.Workshop(str(world / "shop"))


def accepted(world: Path, date: str) -> str:
    """The shop's policy with one acceptance until a date."""
    return (world / "shop/advisord-policy.toml").read_text() + ACCEPTANCE.format(date=date)


def test_active_ended_and_stale(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """It holds until its date, then the finding is back with the trigger; one that covers nothing is stale."""
    (world / "policy.toml").write_text(accepted(world, "2999-01-01"))
    listed = advisord("acceptances", "shop", "--policy", "policy.toml", "--db", "advisord.db").out
    assert "active    CVE-2022-24713  (policy)" in listed
    assert "covers RUSTSEC-2022-0013 in regex 1.5.4" in listed
    assert "1 accepted" in advisord("scan", "shop", "--policy", "policy.toml", "--db", "advisord.db").out
    (world / "policy.toml").write_text(accepted(world, "2020-01-01"))
    listed = advisord("acceptances", "shop", "--policy", "policy.toml", "--db", "advisord.db").out
    assert "ended     CVE-2022-24713  (policy)" in listed
    assert "ended: it held until 2020-01-01" in listed
    (world / "policy.toml").write_text(accepted(world, "2999-01-01").replace("CVE-2022-24713", "CVE-1999-0001"))
    assert (
        "stale     CVE-1999-0001"
        in advisord("acceptances", "shop", "--policy", "policy.toml", "--db", "advisord.db").out
    )


def test_ignore_files_count_where_the_policy_says_so(
    advisord: Advisord, world: Path, shop: repository.Workshop
) -> None:
    """deny.toml accepts nothing by itself; with `may_accept` it does, with its origin, in a scan and in a cycle."""
    shop.commit("main", {"deny.toml": DENY}, "Ignore an advisory")
    listed = advisord("acceptances", "shop", "--db", "advisord.db").out
    assert "Ignored by other tools, and not accepted here:" in listed
    assert "RUSTSEC-2021-0079  (deny.toml:4: no proxy in front of it)" in listed
    assert " accepted" not in advisord("scan", "shop", "--db", "advisord.db").out
    policy = (world / "shop/advisord-policy.toml").read_text() + '[repository]\nmay_accept = ["deny.toml"]\n'
    shop.commit("main", {"advisord-policy.toml": policy}, "Let deny.toml accept")
    assert "1 accepted" in advisord("scan", "shop", "--db", "advisord.db").out
    document = json.loads(advisord("acceptances", "shop", "--db", "advisord.db", "--format", "json").out)
    assert [(one["state"], one["origin"]) for one in document["acceptances"]] == [("active", "deny.toml:4")]
    config = world / "advisord.toml"
    config.write_text(config.read_text().replace('refs = ["main", "release-1.0"]', 'refs = ["main"]'))
    assert "1 accepted" in advisord("run", "--once").out


def test_an_ignore_file_that_git_does_not_keep(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """It accepts nothing, and a scan says so where it could, by which file it is; with a base too, and not of others."""
    policy = (world / "shop/advisord-policy.toml").read_text() + '[repository]\nmay_accept = ["deny.toml", "snyk"]\n'
    shop.commit("main", {"advisord-policy.toml": policy}, "Let deny.toml accept")
    (world / "shop/sub/node_modules/x").mkdir(parents=True)
    for name, text in {"sub/deny.toml": DENY, ".trivyignore": "CVE-1\n", "sub/node_modules/x/.snyk": ""}.items():
        (world / "shop" / name).write_text(text)
    for options in ((), ("--base", "HEAD"), ("--base", "HEAD", "--policy-from", "head")):
        out = " ".join(advisord("scan", "shop", "--db", "advisord.db", *options).out.split())
        assert "1 ignore file here is neither committed nor staged (sub/deny.toml): `git add` it" in out
        assert " accepted" not in out
    shop.commit("main", {}, "Keep it")
    out = advisord("scan", "shop", "--db", "advisord.db").out
    assert "neither committed" not in out
    assert "1 accepted" in out


def test_proposals_and_drift(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """What comments suggest is proposed as TOML, never assumed; two files that disagree are told."""
    audit = '[advisories]\nignore = ["RUSTSEC-2022-0013"]\n'
    shop.commit("main", {"deny.toml": DENY, ".cargo/audit.toml": audit}, "Ignore advisories")
    proposed = advisord("acceptances", "shop", "--propose", "--db", "advisord.db").out
    assert 'advisory = "RUSTSEC-2021-0079"\nwho = ""  # who agrees?' in proposed
    assert "until = { date = 2026-10-23" in proposed
    assert "until when?" in proposed
    assert (
        "drift: RUSTSEC-2021-0079 is ignored in deny.toml:4, but not in .cargo/audit.toml"
        in advisord("acceptances", "shop", "--db", "advisord.db").out
    )


def test_policy_test(advisord: Advisord, world: Path) -> None:
    """The table of cases beside a policy is run; a case that is decided otherwise is exit 1."""
    (world / "p.toml").write_text((world / "shop/advisord-policy.toml").read_text())
    case = '[[cases]]\nname = "{name}"\nfinding = {{ id = "X-1", package = "a", component = "web", reach = "dev" }}\nexpect = {{ decision = "{scope}" }}\n'
    (world / "p.cases.toml").write_text(case.format(name="development is out", scope="out"))
    assert advisord("policy", "test", "p.toml").status == 0
    (world / "p.cases.toml").write_text(case.format(name="development is in", scope="in"))
    ran = advisord("policy", "test", "p.toml")
    assert ran.status == 1
    assert "WRONG" in ran.out
    assert "1 cases, 1 not as expected" in ran.out


def test_the_acceptance_decides_and_says_until_when(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """Who, why and until when stand in the scan, in `explain` and in JSON; afterwards that it ended."""
    how = ("--policy", "policy.toml", "--db", "advisord.db")
    (world / "policy.toml").write_text(accepted(world, "2999-01-01") + '[deadlines]\nfix = "30 days"\n')
    by = "by the acceptance of CVE-2022-24713 (policy) by the maintainers, until 2999-01-01"
    scanned = advisord("scan", "shop", "--verbose", *how)
    assert f"accepted {by}" in " ".join(scanned.out.split())
    explained = advisord("explain", "CVE-2022-24713", "--path", "shop", *how).out
    assert f"Decision: accepted, {by}" in explained
    assert "By when" not in explained
    report = json.loads(advisord("scan", "shop", "--format", "json", *how).out)
    regex = next(one for one in report["findings"] if one["package"] == "regex")
    assert regex["scope"]["acceptance"]["date"] == "2999-01-01"
    (world / "policy.toml").write_text(accepted(world, "2020-01-01") + '[deadlines]\nfix = "30 days"\n')
    assert "acceptance ended: CVE-2022-24713 (policy): it held until 2020-01-01" in advisord("scan", "shop", *how).out


def test_what_a_repository_accepts_by_itself_is_said_not_to_count(
    advisord: Advisord, world: Path, shop: repository.Workshop
) -> None:
    """The server's policy has to let it: until then a cycle and the doctor say so, and the issue is opened."""
    config = world / "advisord.toml"
    (world / "server.toml").write_text('name = "server"\n')
    text = config.read_text().replace("[[repositories]]\n", '[[repositories]]\npolicy = "server.toml"\n')
    config.write_text("\n".join(line for line in text.splitlines() if "advisord-policy.toml" not in line))
    shop.commit("main", {"advisord-policy.toml": accepted(world, "2999-01-01")}, "Accept a risk")
    ran = advisord("run", "--once")
    assert '1 acceptance (may_accept = ["policy"])' in ran.out + ran.err
    assert list((world / "issues").glob("*regex*"))
    assert '1 acceptance (may_accept = ["policy"])' in advisord("doctor").out
    (world / "server.toml").write_text('[repository]\nmay_accept = ["policy"]\nmay_exclude = true\n')
    ran = advisord("run", "--once")
    assert "may_accept" not in ran.out + ran.err


def test_without_a_policy_nothing_is_accepted(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """It is the policy that is missing."""
    (world / "shop/advisord-policy.toml").unlink()
    assert "There is no policy, so no risk is accepted." in advisord("acceptances", "shop", "--db", "advisord.db").out


def test_a_scan_says_what_other_tools_ignore(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """It counts until the policy lets it; then it is accepted, with its origin."""
    ignore = '[advisories]\nignore = ["CVE-2021-32714", "RUSTSEC-1999-0001"]\n'
    shop.commit("main", {".cargo/audit.toml": ignore}, "Ignore an advisory")
    ran = advisord("scan", "shop", "--db", "advisord.db")
    assert "note: .cargo/audit.toml: ignores CVE-2021-32714 (line 2), which counts here until a policy says" in ran.out
    policy = world / "shop/advisord-policy.toml"
    policy.write_text(policy.read_text() + '\n[repository]\nmay_accept = [".cargo/audit.toml"]\n')
    out = advisord("scan", "shop", "--db", "advisord.db").out
    assert "which counts here" not in out
    assert ".cargo/audit.toml" in out
