"""`advisord run --once`: issues are opened, kept, and closed on evidence only."""

import json
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from running import Advisord

from advisord.demo import repository

CLOSED = "\nstate: closed\n"


def states(world: Path) -> dict[str, str]:
    """The state of each issue by its package."""
    found = {}
    for path in sorted((world / "issues").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        found[unquote(text.partition(" package=")[2].partition(" ")[0])] = "closed" if CLOSED in text else "open"
    return found


ALL_OPEN = {"hyper": "open", "minimist": "open", "regex": "open", "atty": "open", "h2": "open"}


@pytest.fixture
def shop(world: Path) -> repository.Workshop:
    """The world's repository."""
    return repository.Workshop(str(world / "shop"))


def test_second_run_changes_nothing(advisord: Advisord, world: Path) -> None:
    """Without a change nothing is written: not to the tracker, and not to its files."""
    assert advisord("run", "--once").status == 0
    assert states(world) == ALL_OPEN
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (world / "issues").iterdir()}
    ran = advisord("run", "--once")
    assert ran.status == 0
    assert "0 actions on the tracker" in ran.out
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (world / "issues").iterdir()} == before


def test_a_content_is_parsed_once(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """Whatever moves around it, on however many branches: what a lockfile locks is known by its content."""
    assert "shop: read, 3 new lockfile contents parsed" in advisord("run", "--once").out  # web's is on both branches
    assert "shop: unchanged" in advisord("run", "--once").out
    shop.commit("main", {"README": "Nothing new.\n"}, "Write something else")
    assert "shop: read, 0 new lockfile contents parsed" in advisord("run", "--once").out
    lock = (world / "shop/Cargo.lock").read_text(encoding="utf-8")
    shop.commit("further", {"copy/Cargo.lock": lock}, "Branch off, with a copy of a lockfile")
    config = world / "advisord.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"release-1.0"]', '"release-1.0", "further"]'), encoding="utf-8")
    ran = advisord("run", "--once")
    assert "shop: read, 0 new lockfile contents parsed" in ran.out
    assert ran.status == 0


def test_a_fixed_lockfile_closes_what_it_fixed(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """What is fixed on every branch is closed; what is fixed on one of two stays open."""
    advisord("run", "--once")
    repository.fix(shop)
    assert advisord("run", "--once").status == 0
    assert states(world) == {**ALL_OPEN, "regex": "closed"}
    assert "5 findings, 4 open issues" in advisord("status").out  # the resolved one counts no more
    assert "0 actions on the tracker" in advisord("run", "--once").out


def test_back_again(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """A vulnerable version that comes back opens the same issue again."""
    advisord("run", "--once")
    repository.fix(shop)
    advisord("run", "--once")
    shop.commit("main", {"Cargo.lock": _with_regex(world, "1.5.4")}, "Go back")
    assert advisord("run", "--once").status == 0
    assert states(world) == ALL_OPEN


def _with_regex(world: Path, version: str) -> str:
    text = (world / "shop/Cargo.lock").read_text()
    return text.replace('name = "regex"\nversion = "1.5.6"', f'name = "regex"\nversion = "{version}"')


def test_an_unreadable_lockfile_closes_nothing(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """Where a lockfile can't be read, its silence is no evidence: exit 3, a sentence, and everything stays open."""
    advisord("run", "--once")
    shop.commit("main", {"Cargo.lock": "this is no lockfile\n"}, "Break it")
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "shop main Cargo.lock: " in ran.err
    assert states(world) == ALL_OPEN


def test_what_only_manifests_tell_is_told(advisord: Advisord, shop: repository.Workshop) -> None:
    """They are read for the findings alone; one that can't be read is a note, and every finding stays."""
    shop.commit("main", {"tools/report/Cargo.toml": "["}, "Break a manifest")
    ran = advisord("run", "--once")
    assert ran.status == 0
    assert "shop main tools/report/Cargo.toml: is not TOML" in ran.out


def test_a_missing_repository_closes_nothing(advisord: Advisord, world: Path) -> None:
    """A repository that is gone is said to be gone; its issues stay."""
    advisord("run", "--once")
    shutil.move(world / "shop", world / "elsewhere")
    (world / "shop").mkdir()
    shutil.copy(world / "elsewhere/advisord-policy.toml", world / "shop")
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "error: shop: " in ran.err
    assert states(world) == ALL_OPEN


@pytest.mark.parametrize("damage", ["truncated", "html", "missing", "empty listing"])
def test_a_broken_feed_closes_nothing(advisord: Advisord, world: Path, damage: str) -> None:
    """One broken feed: one sentence, exit 3; the other feeds and the repository go on, nothing is closed."""
    advisord("run", "--once")
    folder = world / "feeds/osv/crates.io"
    if damage == "truncated":
        archive = folder / "all.zip"
        archive.write_bytes(archive.read_bytes()[:300])
        listing = folder / "modified_id.csv"
        listing.write_text("2026-01-01T00:00:00Z,RUSTSEC-2021-0079\n" + listing.read_text().partition("\n")[2])
    elif damage == "html":
        (folder / "modified_id.csv").write_text("<!DOCTYPE html><html><body>Sign in</body></html>")
    elif damage == "empty listing":
        (folder / "modified_id.csv").write_text("")
    else:
        shutil.rmtree(world / "feeds/osv")
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "osv" in ran.err
    assert "rustsec: nothing new" in ran.out
    assert states(world) == ALL_OPEN


def test_a_record_with_a_broken_range_is_undecided(advisord: Advisord, world: Path) -> None:
    """A range that can't be understood is no clean bill: the finding is shown as undecided, with the reason."""
    path = world / "feeds/github/advisories.json"
    records = json.loads(path.read_text())
    records[0]["vulnerabilities"][0] |= {
        "vulnerable_version_range": "all of them",
        "package": {"ecosystem": "npm", "name": "lodash"},
    }
    records[0] |= {"ghsa_id": "GHSA-2222-3333-4444", "cve_id": None, "identifiers": []}
    path.write_text(json.dumps(records))
    advisord("sync")
    ran = advisord("scan", "shop/web", "--db", "advisord.db", "--format", "json")
    found = [f for f in json.loads(ran.out)["findings"] if f["id"] == "GHSA-2222-3333-4444"]
    assert [(f["package"], f["verdict"]) for f in found] == [("lodash", "undecided")]
    assert "all of them" in found[0]["undecided"]


def test_an_unknown_key_in_the_policy(advisord: Advisord, world: Path) -> None:
    """A policy with a mistake stops its repository with the key and the line, and closes nothing."""
    advisord("run", "--once")
    policy = world / "shop/advisord-policy.toml"
    policy.write_text(policy.read_text() + "severty = 1\n")
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "severty" in ran.err
    assert states(world) == ALL_OPEN


def test_an_unknown_key_in_the_configuration(advisord: Advisord, world: Path) -> None:
    """Every mistake of a configuration is told at once, with its key and what was meant."""
    config = world / "advisord.toml"
    config.write_text(config.read_text().replace("tracker = ", "traker = ").replace("kind = ", "kinds = "))
    ran = advisord("run", "--once")
    assert ran.status == 2
    assert "repositories[0].traker: " in ran.err
    assert "did you mean tracker?" in ran.err
    assert "trackers.issues.kinds: " in ran.err


def test_a_missing_token(advisord: Advisord, world: Path) -> None:
    """A tracker whose token is not there: one sentence that names the variable; the rest was done."""
    config = world / "advisord.toml"
    github = 'kind = "github"\nrepository = "o/r"\ntoken_env = "SHOP_TOKEN"\nurl = "http://127.0.0.1:9"'
    config.write_text(config.read_text().replace('kind = "local"\nfolder = "issues"', github))
    ran = advisord("run", "--once")
    assert ran.status == 3
    assert "SHOP_TOKEN is empty or not set" in ran.err
    assert "shop: read, 3 new lockfile contents parsed" in ran.out


def test_plan_and_apply(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """`plan` writes nothing; `apply --plan` does exactly that plan, and refuses when the tracker has moved."""
    advisord("run", "--once")
    repository.fix(shop)
    config = (world / "advisord.toml").read_text()
    assert advisord("plan").out.startswith("shop (issues): no actions")
    (world / "advisord.toml").write_text(config)
    # What the repository holds is learned by a run; with a tracker that is elsewhere nothing is written to ours.
    (world / "advisord.toml").write_text(config.replace('folder = "issues"', 'folder = "other"'))
    advisord("run", "--once")
    (world / "advisord.toml").write_text(config)
    ran = advisord("plan", "--format", "json")
    assert ran.status == 0
    plan = json.loads(ran.out)
    assert plan["schema"] == "advisord.plan/1"
    assert states(world) == ALL_OPEN
    (world / "plan.json").write_text(ran.out)
    issue = next((world / "issues").glob("*regex*"))
    text = issue.read_text()
    issue.write_text(text.replace("state: open", "state: closed"))
    refused = advisord("apply", "--plan", "plan.json")
    assert refused.status == 3
    assert "plan again" in refused.out + refused.err
    issue.write_text(text)
    assert advisord("apply", "--plan", "plan.json").status == 0
    assert states(world)["regex"] == "closed"


def test_the_repositorys_own_policy(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """A branch may be stricter than the server's policy; weaker only where the server delegates that."""
    server = world / "server-policy.toml"
    server.write_text((world / "shop/advisord-policy.toml").read_text())
    config = world / "advisord.toml"
    config.write_text(config.read_text().replace("shop/advisord-policy.toml", "server-policy.toml"))
    rule = '[[rules]]\nid = "silence"\nreason = "Quiet, please."\nthen = "out"\n'
    shop.commit("main", {"advisord-policy.toml": rule}, "Silence everything")
    assert "4 in, 1 out, 1 regular" in advisord("run", "--once").out
    server.write_text(f"{server.read_text()}[repository]\nmay_exclude = true\n")
    assert "6 out" in advisord("run", "--once").out
    shop.commit("main", {"advisord-policy.toml": rule.replace('"out"', '"in"')}, "Be strict")
    assert "6 in" in advisord("run", "--once").out


def test_supported_lines(advisord: Advisord, world: Path, shop: repository.Workshop) -> None:
    """Without refs in the configuration those that the policy supports are read, and what is missing is said."""
    config = world / "advisord.toml"
    config.write_text(config.read_text().replace('refs = ["main", "release-1.0"]\n', ""))
    policy = world / "shop/advisord-policy.toml"
    policy.write_text(f'{policy.read_text()}[lines]\nsupported = ["main", "release-*", "7.*"]\n')
    ran = advisord("run", "--once")
    assert ran.status == 0, ran.err
    assert "note: shop: " in ran.out
    places = advisord("explain", "CVE-2021-32714").out
    assert " at main (" in places
    assert " at release-1.0 (" in places


def test_deadlines_stand_in_the_issue(advisord: Advisord, world: Path) -> None:
    """The policy's deadlines are in the issue with their arithmetic."""
    policy = world / "shop/advisord-policy.toml"
    policy.write_text(f'{policy.read_text()}[deadlines]\nfix = {{ critical = "30 days" }}\n')
    advisord("run", "--once")
    issue = next((world / "issues").glob("*hyper*")).read_text()
    assert "fix (target)" in issue
    assert "+ 30 days = " in issue
