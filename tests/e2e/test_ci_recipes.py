"""What docs/ci.md offers to copy: it parses, its commands exist, and the scans in it do what they say."""

import re
import shlex
import site
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import Advisord

from advisord.cli import COMMANDS
from advisord.lockfiles.discovery import EXCLUDE
from advisord.lockfiles.registry import ENTRIES, recognise

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
RECIPES: list[dict[str, Any]] = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
GITHUB, GITLAB, PRE_COMMIT = RECIPES
TEXTS = dict(zip(("github-workflows", "gitlab-ci"), re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL), strict=False))
(DOCKERFILE,) = re.findall(r"```dockerfile\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A folder with a program `advisord`, as an installation makes it."""
    program = tmp_path / "bin/advisord"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m advisord "$@"\n')
    program.chmod(0o755)
    return program.parent


def shell(
    script: str, advisord: Advisord, bin_folder: Path, folder: Path, **env: str
) -> "subprocess.CompletedProcess[str]":
    """Run a step's script as a runner does."""
    path = f"{bin_folder}:/usr/bin:/bin"
    home = {"HOME": str(advisord.home), "ADVISORD_DB": str(folder.parent / "advisord.db"), "PATH": path}
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={**home, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_commands_in_the_guide_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command and option that the guide shows is in the program's help."""
    from advisord.cli import main

    joined = GUIDE.replace("\\\n", " ")
    for command, rest in re.findall(r"\badvisord (\w+)([^`\n]*)", joined):
        if command in COMMANDS:
            with pytest.raises(SystemExit):
                main([command, "--help"])
            text = capsys.readouterr().out
            assert [option for option in re.findall(r"--[a-z-]+", rest) if option not in text] == []


def test_every_format_is_described() -> None:
    """The table of formats is the program's."""
    from advisord.reports.registry import FORMATS

    assert re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE) == list(FORMATS)


def test_the_scan_of_github(advisord: Advisord, synced: Path, bin_folder: Path) -> None:
    """Annotations, a log for code scanning and a summary; on a pull request only what it introduces fails."""
    (step,) = [step for step in GITHUB["jobs"]["scan"]["steps"] if step.get("name") == "Scan"]
    summary = synced / "summary.md"
    shop = synced / "shop"
    ran = shell(step["run"], advisord, bin_folder, shop, BASE="", GITHUB_STEP_SUMMARY=str(summary))
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "::error file=Cargo.lock,line=25,title=hyper 0.14.9" in ran.stdout
    assert "RUSTSEC-2021-0079" in summary.read_text()
    assert (shop / "advisord.sarif").exists()
    subprocess.run(["git", "-C", str(shop), "update-ref", "refs/remotes/origin/main", "HEAD"], check=True)
    ran = shell(step["run"], advisord, bin_folder, shop, BASE="main", GITHUB_STEP_SUMMARY=str(summary))
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_scan_of_gitlab(advisord: Advisord, synced: Path, bin_folder: Path) -> None:
    """Both reports are where the job's artifacts are looked for."""
    script = GITLAB["advisories"]["script"][0]
    ran = shell(script, advisord, bin_folder, synced / "shop")
    assert (ran.returncode, ran.stderr) == (1, "")
    for path in GITLAB["advisories"]["artifacts"]["reports"].values():
        assert (synced / "shop" / path).exists()
    ran = shell(script, advisord, bin_folder, synced / "shop", CI_MERGE_REQUEST_DIFF_BASE_SHA="HEAD")
    assert ran.returncode == 0


PATTERNS = {
    "pnpm": "pnpm-lock.work.yaml",
    "uv": "tools/run.py.lock",
    "pdm": "pdm.dev.lock",
    "pylock": "pylock.dev.toml",
    "requirements": "requirements-dev.txt dev_requirements.txt requirements/prod/base.txt requirements-dev.lock",
    "bundler": "gemfiles/rails.gemfile.lock",
    "gradle": "settings-gradle.lockfile gradle/dependency-locks/compile.lockfile",
    "gradle-verification": "gradle/verification-metadata.xml",
    "nuget": "packages.linux.lock.json",
    "conda-lock": "linux-lock.yml",
    "actions": ".github/workflows/ci.yml",
}
"""Of every format with a pattern: paths that are its own by it."""


def test_the_hook_is_offered_every_lockfile() -> None:
    """The hook of the guide is there; its pattern takes every path that a format calls its own, and none besides."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert PRE_COMMIT["repos"][0]["hooks"] == [{"id": hook["id"]}]
    pattern, left_out = re.compile(hook["files"]), re.compile(hook["exclude"])
    assert set(PATTERNS) == {entry.name for entry in ENTRIES if entry.pattern}
    own = [(entry.name, name) for entry in ENTRIES for name in (*entry.names, *PATTERNS.get(entry.name, "").split())]
    for format_, name in own:
        for path in (name, f"folder/{name}"):
            assert recognise(path) == format_
            assert pattern.search(path), path
            assert not left_out.search(path), path
    others = (
        "README.md",
        "package.resolved",
        "my.Cargo.lock",
        "docs/notes.txt",
        "gradle/wrapper.xml",
        "pylock.a.b.toml",
    )
    assert [path for path in others if pattern.search(path) or recognise(path)] == []
    assert [name for name in EXCLUDE if not left_out.search(f"a/{name}/Cargo.lock")] == []


@pytest.mark.parametrize("kind", TEXTS)
def test_the_published_schemas(kind: str, tmp_path: Path) -> None:
    """The jobs are what GitHub and GitLab take, by the schemas that are published for them."""
    (tmp_path / "job.yml").write_text(TEXTS[kind], encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", "job.yml"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stdout


def _done(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The program in an environment of its own, from a wheel; what it depends on is lent by ours."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheel = ["wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    _done(*pip, *wheel)
    (package,) = tmp_path.glob("advisord-*.whl")
    home = tmp_path / "environment"
    _done(sys.executable, "-m", "venv", "--without-pip", str(home))
    _done(*pip, "--python", str(home / "bin/python"), "install", "--no-deps", "--no-index", str(package))
    (packages,) = home.glob("lib/*/site-packages")
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return home / "bin/advisord"


def test_the_container(installed: Path, world: Path) -> None:
    """Its image ends in the program that a wheel installs; the commands work there, and leave the source as it was."""
    steps = [line.split(" ")[0] for line in DOCKERFILE.replace("\\\n", " ").splitlines()]
    assert steps == ["FROM", "RUN", "USER", "WORKDIR", "ENTRYPOINT"]
    assert 'ENTRYPOINT ["advisord"]' in DOCKERFILE
    (scan,) = re.findall(r"^docker run --rm (?:-v \S+ )+advisord (.*)$", GUIDE, re.MULTILINE)
    before = sorted((path, path.stat().st_mtime_ns) for path in (world / "shop").rglob("*"))

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        env = {
            "HOME": str(world / "home"),
            "PATH": "/usr/bin:/bin",
            "ADVISORD_OSV": str(world / "feeds/osv"),
        }
        command = [str(installed), *arguments]
        return subprocess.run(
            command, cwd=world / "shop", env=env, capture_output=True, text=True, check=False, timeout=60
        )

    ran = run(*scan.split(), "--exclude", "web")
    assert (ran.returncode, ran.stderr) == (1, ""), ran.stdout
    assert "hyper 0.14.9" in ran.stdout
    assert sorted((path, path.stat().st_mtime_ns) for path in (world / "shop").rglob("*")) == before
