"""`advisord scan`: what it reports, and what it never calls clean."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import Advisord

from advisord.store.database import open_writer

HEAVY = ("httpx", "pydantic", "sqlite_utils", "apscheduler", "asyncio", "yaml", "packaging", "dataclasses")


def test_json(advisord: Advisord, synced: Path) -> None:
    """The contract: schema, one entry per lockfile, package, version and vulnerability, with every alias and feed."""
    ran = advisord("scan", "shop", "--db", "advisord.db", "--format", "json")
    assert ran.status == 1
    report = json.loads(ran.out)
    assert report["schema"] == "advisord.scan/1"
    assert report["problems"] == []
    assert report["packages"] == 8
    assert sorted(report["data"]) == ["github", "osv", "rustsec"]
    hyper = next(finding for finding in report["findings"] if finding["package"] == "hyper")
    assert {
        name: hyper[name] for name in ("lockfile", "ecosystem", "version", "id", "kind", "verdict", "severity")
    } == {
        "lockfile": "shop/Cargo.lock",
        "ecosystem": "crates.io",
        "version": "0.14.9",
        "id": "RUSTSEC-2021-0079",
        "kind": "vulnerability",
        "verdict": "affected",
        "severity": "critical",
    }
    assert hyper["ids"] == ["RUSTSEC-2021-0079", "GHSA-5h46-h7hh-c6x9", "CVE-2021-32714"]
    assert hyper["sources"] == ["github", "osv", "rustsec"]
    assert hyper["score"] == 9.1
    assert hyper["fixed"] == ["0.14.10"]
    assert hyper["scope"]["decision"] == "in"
    assert hyper["scope"]["rule"] == "shipped"
    assert hyper["paths"] == [["services/api", "hyper"]]
    assert len(hyper["witnesses"]) == 3
    lodash = next(finding for finding in report["findings"] if finding["package"] == "lodash")
    assert (lodash["groups"], lodash["scope"]["decision"]) == (["dev"], "out")


def test_everything_that_was_looked_at(advisord: Advisord, synced: Path) -> None:
    """Of each finding that is shown the same as `explain` says of it; the rest of the report and the status stay."""
    policy = (synced / "shop/advisord-policy.toml").read_text()
    due = '[deadlines]\nbinding = true\nfix = { "critical,high" = "30 days from first seen" }\n'
    (synced / "due.toml").write_text(policy + due)
    how = ("--db", "advisord.db", "--policy", "due.toml")
    plain, ran = advisord("scan", "shop", *how), advisord("scan", "shop", *how, "--explain")
    explained = advisord("explain", "RUSTSEC-2021-0079", "--path", "shop", *how).out
    trace, accepting, _ = explained.partition("\nTo accept the risk")
    assert accepting
    for part in ("Decision: in scope, by rule shipped", "By when\n  fix: ", "what to do: update to", "Who says so"):
        assert part in trace
    assert trace.strip() in ran.out
    assert ("lodash" in ran.out, ran.status) == (False, 1)
    assert "lodash" in advisord("scan", "shop", *how, "--explain", "--verbose").out
    assert plain.out.splitlines()[-3:] == ran.out.splitlines()[-3:]


def test_no_heavy_import(synced: Path, advisord: Advisord) -> None:
    """The scan of an indexed database, with a policy validated before, imports nothing that people would wait for."""
    advisord("scan", "shop", "--db", "advisord.db")
    script = f"""
import sys
from advisord.cli import main
status = main(["scan", "shop/Cargo.lock", "--db", "advisord.db", "--output", "out.txt"])
loaded = sorted(set({HEAVY!r}) & set(sys.modules))
assert not loaded, loaded
sys.exit(status)
"""
    environment = {**os.environ, "XDG_CACHE_HOME": str(advisord.home / "cache")}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=synced, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "hyper 0.14.9" in (synced / "out.txt").read_text()


def test_a_clean_scan_loads_only_what_it_needs(synced: Path, advisord: Advisord) -> None:
    """Without findings, policy or odd options: no parser of command lines, no rules, no JSON, no advice."""
    unneeded = (
        *HEAVY,
        "argparse",
        "json",
        "hashlib",
        "advisord.scope.decide",
        "advisord.updates",
        "advisord.matching.evidence",
        "advisord.matching.findings",
        "advisord.matching.records",
        "advisord.versions.ranges",
    )
    (synced / "Cargo.lock").write_text(
        '[[package]]\nname = "itoa"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n'
    )
    script = f"""
import sys
from advisord.cli import main
status = main(["scan", "Cargo.lock", "--db", "advisord.db"])
loaded = sorted(set({unneeded!r}) & set(sys.modules))
assert not loaded, loaded
sys.exit(status)
"""
    environment = {**os.environ, "XDG_CACHE_HOME": str(advisord.home / "cache")}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=synced, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_what_only_the_graph_tells_is_told(advisord: Advisord, synced: Path) -> None:
    """Requirements that nobody can follow, and a manifest that can't be read, take nothing from the finding but its path."""
    lockfile = synced / "shop/web/package-lock.json"
    text = lockfile.read_text(encoding="utf-8").replace('"version": "1.2.5"', '"version": "1.2.5", "dependencies": []')
    lockfile.write_text(text, encoding="utf-8")
    (synced / "shop/tools/report/Cargo.toml").write_text("[", encoding="utf-8")
    ran = advisord("scan", "shop", "--db", "advisord.db", "--format", "json")
    assert ran.status == 1
    report = json.loads(ran.out)
    assert [(problem["code"], problem["subject"]) for problem in report["problems"]] == [
        ("unreadable-manifest", "shop/tools/report/Cargo.toml"),
        ("broken-graph", "shop/web/package-lock.json"),
    ]
    minimist = next(finding for finding in report["findings"] if finding["package"] == "minimist")
    assert minimist["paths"] == []


def test_no_database(advisord: Advisord, world: Path) -> None:
    """Without data the answer is not "clean": exit 3, and what to do."""
    ran = advisord("scan", "shop", "--offline")
    assert ran.status == 3
    assert "there is no advisory database yet" in ran.out
    assert "advisord sync" in ran.out
    assert "no known vulnerability" not in ran.out


def test_stale_data(advisord: Advisord, synced: Path) -> None:
    """Data older than --max-age can't be trusted, however clean the result looks."""
    with open_writer(str(synced / "advisord.db")) as db:
        for table in ("feed", "coverage"):
            db.execute(f"UPDATE {table} SET as_of = '2020-01-01T00:00:00Z'")
    ran = advisord("scan", "shop", "--db", "advisord.db")
    assert ran.status == 3
    assert "longer ago than --max-age allows" in ran.out
    assert advisord("scan", "shop", "--db", "advisord.db", "--max-age", "9999w").status == 1


def test_an_ecosystem_without_data(advisord: Advisord, synced: Path) -> None:
    """A lockfile of an ecosystem that no feed in the database covers is not clean."""
    (synced / "go.mod").write_text("module example.org/x\n\ngo 1.22\n\nrequire example.org/y v1.0.0\n")
    with open_writer(str(synced / "advisord.db")) as db:
        db.execute("DELETE FROM coverage WHERE ecosystem = 'Go'")
    ran = advisord("scan", "go.mod", "--db", "advisord.db")
    assert ran.status == 3
    assert "Go: no feed in the database covers this ecosystem" in ran.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<html>", "is not TOML"),
        ('[[package]]\nname = "a"\n', "version"),
    ],
)
def test_a_file_that_is_no_lockfile(advisord: Advisord, synced: Path, content: str, said: str) -> None:
    """A lockfile that can't be read is an error with its path; the others are still reported."""
    (synced / "Cargo.lock").write_text(content)
    ran = advisord("scan", "Cargo.lock", "shop/Cargo.lock", "--db", "advisord.db")
    assert ran.status == 3
    assert "error: Cargo.lock: " in ran.out
    assert said in ran.out
    assert "hyper 0.14.9" in ran.out


def test_no_lockfile(advisord: Advisord, synced: Path) -> None:
    """A folder without lockfiles is no clean bill either."""
    (synced / "empty").mkdir()
    ran = advisord("scan", "empty", "--db", "advisord.db")
    assert ran.status == 3
    assert "holds no lockfile" in ran.out


def test_threshold(advisord: Advisord, synced: Path) -> None:
    """`--fail-on` decides the exit status only; an unknown severity is not known to be low."""
    lockfile = synced / "shop/web/package-lock.json"
    assert advisord("scan", lockfile, "--db", "advisord.db", "--fail-on", "critical").status == 1
    lockfile.write_text(lockfile.read_text().replace('"1.2.5"', '"1.2.6"'))
    assert advisord("scan", lockfile, "--db", "advisord.db").status == 0
    assert advisord("scan", "shop/Cargo.lock", "--db", "advisord.db", "--fail-on", "critical").status == 1


def test_untracked_lockfiles_do_not_count(advisord: Advisord, synced: Path) -> None:
    """In a work tree the lockfiles that are committed or staged are scanned, no others."""
    extra = synced / "shop/extra"
    extra.mkdir()
    (extra / "Cargo.lock").write_text((synced / "shop/Cargo.lock").read_text())
    assert "extra/Cargo.lock" not in advisord("scan", "shop", "--db", "advisord.db").out
    subprocess.run(["git", "-C", str(synced / "shop"), "add", "extra"], check=True)
    assert "extra/Cargo.lock" in advisord("scan", "shop", "--db", "advisord.db").out


def test_usage(advisord: Advisord) -> None:
    """Mistakes on the command line end with exit 2 and one sentence."""
    ran = advisord("scna")
    assert ran.status == 2
    assert "there is no command 'scna'" in ran.err
    assert advisord("scan", "--format", "xml").status == 2
    assert advisord("scan", "--max-age", "soon").status == 2
    assert "no duration" in advisord("scan", "--max-age", "soon").err
    assert advisord("sync", "nvd").status == 2
    assert advisord("--help").status == 0
    assert advisord("--version").out.startswith("advisord ")


def test_a_lockfile_without_its_manifests_escapes_no_rule(advisord: Advisord, synced: Path) -> None:
    """Shipped lockfiles alone are in the folder where they stand; what is below it is unknown, and a note says why."""
    for manifest in (synced / "shop").rglob("Cargo.toml"):
        manifest.unlink()
    (synced / "shop").rename(synced / "shipped")
    rules = '[[rules]]\nid = "shipped"\nreason = "We ship it."\nwhen = {{ {} }}\nthen = "in"\n'
    default = '[[rules]]\nid = "rest"\nreason = "Not shipped."\nthen = "out"\n'
    for when in ('path = "shipped/"', 'component = ["cli"]', 'path = "shipped/services/"'):
        policy = f'[components]\ncli = "shipped/"\n\n{rules.format(when)}\n{default}'
        (synced / "policy.toml").write_text(policy, encoding="utf-8")
        ran = advisord("scan", "shipped/Cargo.lock", "--db", "advisord.db", "--policy", "policy.toml")
        assert ran.status == 1, when
        assert "hyper 0.14.9" in ran.out
        assert "shipped/Cargo.lock: no Cargo.toml stands beside it" in ran.out
    told = advisord(
        "explain", "CVE-2021-32714", "--path", "shipped", "--db", "advisord.db", "--policy", "policy.toml"
    ).out
    assert "looked at place: shipped/Cargo.lock, through api" in told
