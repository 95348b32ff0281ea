"""`advisord policy`: check, draft, schema."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from running import Advisord

TEXT = """\
# Security Policy

## Supported Versions

| Version | Supported |
| ------- | --------- |
| 2.x     | yes       |
| < 2.0   | no        |

## Reporting

Write to security@widgets.example. We acknowledge reports within 3 business days and fix critical issues within 14 days.
"""


def test_draft_and_check(advisord: Advisord, tmp_path: Path) -> None:
    """A draft is a policy that passes its own check, and says from which line each value came."""
    (tmp_path / "SECURITY.md").write_text(TEXT)
    drafted = advisord("policy", "draft", "SECURITY.md", "--repo", ".")
    assert drafted.status == 0
    assert "line 12" in drafted.out
    (tmp_path / "policy.toml").write_text(drafted.out)
    checked = advisord("policy", "check", "policy.toml")
    assert checked.status == 0, checked.err
    assert "policy.toml: no mistakes" in checked.out


def test_an_exclusion_of_some_is_not_one_of_all(advisord: Advisord, tmp_path: Path) -> None:
    """What is said of development dependencies is drafted about them; the rest stays in scope, and commitments bind."""
    (tmp_path / "SECURITY.md").write_text(
        "# Security\n\n## Scope\n\nIn scope: the code in cli/ and web/.\n\n"
        "Out of scope: Vulnerabilities in development dependencies and test tooling.\n\n"
        "## Deadlines\n\nCritical: 7 days. High: 30 days. We guarantee these deadlines. We like cats.\n"
    )
    drafted = advisord("policy", "draft", "SECURITY.md").out
    (tmp_path / "policy.toml").write_text(drafted)
    assert "what no rule decides is 'in'" in advisord("policy", "check", "policy.toml").out
    for line in ('when = { reach = "dev" }', 'fix.critical = "7 days"', "binding = true", "# line 11: We like cats."):
        assert line in drafted


def test_draft_as_json(advisord: Advisord, tmp_path: Path) -> None:
    """The facts with kind, value and line; standard input is read for `-`."""
    (tmp_path / "SECURITY.md").write_text(TEXT)
    document = json.loads(advisord("policy", "draft", "SECURITY.md", "--format", "json").out)
    assert document["schema"] == "advisord.draft/1"
    facts = {(fact["kind"], fact["value"], fact["line"]) for fact in document["facts"]}
    assert {("ack", "3 business days", 12), ("fix", "14 days", 12)} <= facts
    command = [sys.executable, "-m", "advisord", "policy", "draft", "-", "--format", "json"]
    assert (
        json.loads(subprocess.run(command, input=TEXT, capture_output=True, text=True, check=True).stdout) == document
    )


def test_every_mistake_is_told(advisord: Advisord, tmp_path: Path) -> None:
    """Mistakes come all at once, each with its key and line."""
    (tmp_path / "policy.toml").write_text('nmae = "x"\n[[rules]]\nid = "a"\nreason = "r"\nthen = "maybe"\n')
    ran = advisord("policy", "check", "policy.toml")
    assert ran.status == 2
    assert "nmae" in ran.err
    assert "rules[0].then" in ran.err


def test_schema(advisord: Advisord) -> None:
    """The JSON Schema is JSON, and knows the rules."""
    assert "rules" in json.loads(advisord("policy", "schema").out)["properties"]


@pytest.mark.parametrize(
    "arguments", [["policy"], ["policy", "check"], ["policy", "check", "missing.toml"], ["policy", "x"]]
)
def test_usage(advisord: Advisord, arguments: list[str]) -> None:
    """Bad usage ends with 2 and a sentence."""
    ran = advisord(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("check", ("every mistake at once", "Exit status: 0; 2")),
        ("test", ("[[cases]]", "reach, path, direct", "Exit status: 0; 1 a case")),
        ("schema", ("An editor", "Exit status: 0.")),
        ("draft", ("Nothing is invented", "Exit status: 0; 2")),
    ],
)
def test_each_part_s_help_says_what_it_does(advisord: Advisord, part: str, words: tuple[str, ...]) -> None:
    """A description, the exit status, and what a case looks like."""
    said = advisord("policy", part, "--help").out
    assert all(word in said for word in words)


def test_the_example_case_of_the_help_is_one(advisord: Advisord, tmp_path: Path) -> None:
    """It can be run as it is printed; mistakes in a table are told once each."""
    said = advisord("policy", "test", "--help").out
    (tmp_path / "p.toml").write_text(
        '[components]\ntools = "tools/"\n[[rules]]\nid = "not-shipped"\nreason = "Tools."\nwhen = { reach = "dev" }\nthen = "out"\n'
        '[[rules]]\nid = "rest"\nreason = "Ours."\nthen = "in"\n'
    )
    (tmp_path / "p.cases.toml").write_text(said[said.index("  [[cases]]") : said.index("What a finding")])
    assert advisord("policy", "test", "p.toml").status == 0
    (tmp_path / "p.cases.toml").write_text('[[cases]]\nname = "x"\nfinding = { pakage = "x" }\nexpect = {}\n')
    refused = advisord("policy", "test", "p.toml")
    assert (refused.status, refused.err.count("pakage")) == (2, 1)
