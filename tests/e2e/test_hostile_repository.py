"""Whoever may push to one watched repository can't end, hang or blind advisord for the others."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from running import Advisord

HALF = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a\\ud800": {"version": "1.0.0"}}}'
AFFECTED = json.dumps({"lockfileVersion": 3, "packages": {"": {}, "node_modules/minimist": {"version": "1.2.0"}}})
POLICY = '[[rules]]\nid = "slow"\nreason = "x"\nthen = "in"\nwhen.package = "{}"\n'
STARS = "*a" * 60 + "b"
SPACES = "x = '''\n[" + " " * 400_000 + "x\n'''\nrules = 1\n"


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("number = " + "9" * 5000, "the policy is not TOML"),
        (POLICY.format(STARS), ""),
        (SPACES, "rules"),
    ],
    ids=["number", "stars", "spaces"],
)
def test_a_hostile_repository(advisord: Advisord, world: Path, policy: str, told: str) -> None:
    """What it breaks is told of it alone; what can be read of it is read; the other one's issues are opened."""
    folder = world / "hostile"
    files = {
        b"half/package-lock.json": HALF,
        b"caf\xe9/package-lock.json": AFFECTED,
        b"advisord-policy.toml": policy,
    }
    for path, text in files.items():
        full = os.path.join(os.fsencode(folder), path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
    git = [
        "git",
        "-C",
        str(folder),
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@mail.example",
        "-c",
        "commit.gpgSign=false",
    ]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *arguments], check=True)
    with (world / "advisord.toml").open("a", encoding="utf-8") as config:
        config.write('\n[[repositories]]\nname = "hostile"\ngit = "hostile"\ntracker = "issues"\n')
    ran = advisord("run", "--once")
    assert "defect" not in ran.err
    said = ran.out + ran.err
    assert "half/package-lock.json" in said
    assert "half of a surrogate pair" in said
    assert told in said
    issues = [path.read_text(encoding="utf-8") for path in (world / "issues").glob("*.md")]
    assert sum("repository=shop" in text for text in issues) == 5
    (minimist,) = (text for text in issues if "repository=hostile" in text)
    assert "caf\\udce9/package-lock.json" in minimist
    assert advisord("db", "verify").status == 0
