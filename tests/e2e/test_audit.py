"""`advisord audit` on what whole cycles did."""

import json
import sqlite3
from pathlib import Path

from running import Advisord

from advisord.demo import repository


def test_a_cycle_is_recorded_once(advisord: Advisord, world: Path) -> None:
    """Decisions, actions, policy and configuration; an unchanged cycle adds nothing; the chain holds."""
    assert advisord("run", "--once").status == 0
    first = advisord("audit", "verify")
    assert first.status == 0, first.err
    shown = advisord("audit", "show").out
    for words in ("decision", "is in, by rule", "open in issues: done", "policy", "configuration"):
        assert words in shown
    assert advisord("run", "--once").status == 0
    assert advisord("plan").status == 0
    assert advisord("audit", "verify").out == first.out
    entries = json.loads(advisord("audit", "show", "--repository", "shop", "--format", "json").out)["entries"]
    assert {entry["kind"] for entry in entries} == {"decision", "action", "policy"}
    assert advisord("audit", "show", "--since", "2100-01-01").out == ""
    assert advisord("audit", "show", "--since", "1d").out == shown
    assert advisord("audit", "show", "--since", "soon").status == 2


def test_what_changes_is_recorded(advisord: Advisord, world: Path) -> None:
    """A fix is a decision that went away and a closed issue; a policy and a configuration have new hashes."""
    advisord("run", "--once")
    noted = advisord("audit", "verify").out.split()[-1]
    repository.fix(repository.Workshop(str(world / "shop")))
    policy = world / "shop/advisord-policy.toml"
    policy.write_text(policy.read_text() + '[deadlines]\nfix = "30 days"\n')
    config = world / "advisord.toml"
    config.write_text(config.read_text() + "[run]\nissues_per_run = 9\n")
    advisord("run", "--once")
    entries = json.loads(advisord("audit", "show", "--format", "json").out)["entries"]
    links = [entry["link"] for entry in entries]
    since = entries[links.index(noted) + 1 :]
    assert ("configuration", "run") in {(entry["kind"], entry["subject"]) for entry in since}
    assert ("policy", "server") in {(entry["kind"], entry["subject"]) for entry in since}
    assert any(entry["kind"] == "decision" and not entry["detail"]["to_scope"] for entry in since)
    assert any(entry["kind"] == "action" and entry["detail"]["verb"] == "close" for entry in since)
    assert advisord("audit", "verify", "--head", noted).status == 0
    assert advisord("audit", "verify", "--head", "f" * 64).status == 3


def test_a_date_that_moves_is_recorded(advisord: Advisord, world: Path) -> None:
    """What was promised and what is, each with its arithmetic; the first promise and an unchanged one are no change."""
    policy = world / "shop/advisord-policy.toml"
    rules = policy.read_text()
    for promised in ('fix = "30 days"', 'fix = "30 days"', 'fix = "60 days"', 'acknowledge = "3 days"'):
        policy.write_text(f"{rules}[deadlines]\n{promised}\n")
        assert advisord("run", "--once").status == 0
    entries = json.loads(advisord("audit", "show", "--format", "json").out)["entries"]
    moved = [entry for entry in entries if entry["kind"] == "deadline" and " in hyper" in entry["subject"]]
    assert [bool(entry["detail"]["to"]) for entry in moved] == [True, False]
    assert moved[0]["detail"]["to"] == moved[1]["detail"]["from"] > moved[0]["detail"]["from"]
    shown = advisord("audit", "show", "--repository", "shop").out
    assert "+ 60 days = " in shown
    assert "is unknown (not promised any more)" in shown
    assert advisord("audit", "verify").status == 0


def test_a_broken_log(advisord: Advisord, world: Path) -> None:
    """The first broken link is named, with exit status 3."""
    advisord("run", "--once")
    db = sqlite3.connect(world / "advisord.db")
    db.execute("DROP TRIGGER audit_unchanged")
    db.execute("UPDATE audit SET subject = 'nothing' WHERE id = 3")
    db.commit()
    db.close()
    ran = advisord("audit", "verify")
    assert ran.status == 3
    assert "the audit log is broken: entry 3" in ran.err
    assert json.loads(advisord("audit", "verify", "--format", "json").out)["problem"].startswith("entry 3")


def test_the_configuration_in_words(advisord: Advisord, world: Path) -> None:
    """Only a hash is kept of it: it is said what it is of, and whether it is the first."""
    assert advisord("run", "--once").status == 0
    config = world / "advisord.toml"
    config.write_text(config.read_text() + '[authority]\n"crates.io" = "RUSTSEC"\n')
    assert advisord("run", "--once").status == 0
    text = advisord("audit", "show").out
    assert "nothing -> " not in text
    assert "read for the first time: its content has the hash " in text
    assert "changed: its content had the hash " in text
