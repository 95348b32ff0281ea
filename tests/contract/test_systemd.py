"""The units: systemd finds nothing wrong with them, and rates their sandbox."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from advisord import locations
from advisord.errors import UsageError

UNITS = Path(__file__).resolve().parents[2] / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
MOST_EXPOSED = 1.5


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that is there."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze (Debian: apt-get install systemd)")
    program = tmp_path / "advisord"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/advisord/bin/advisord", str(program))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    return tmp_path


def analyze(*arguments: object) -> str:
    """What systemd-analyze says; it must be content."""
    done = subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_units_are_correct(units: Path) -> None:
    """`systemd-analyze verify` has nothing to say."""
    said = analyze("verify", "--man=no", "--recursive-errors=no", *units.glob("advisord*.*"))
    assert [line for line in said.splitlines() if "advisord" in line] == []


@pytest.mark.parametrize("service", [unit.name for unit in SERVICES])
def test_the_sandbox_is_tight(units: Path, service: str) -> None:
    """`systemd-analyze security` rates it better than 1.5 of 10."""
    said = analyze("security", "--offline=true", "--no-pager", units / service)
    score = re.search(r"exposure level for \S+: (\d+\.\d)", said)
    assert score, said
    assert float(score[1]) < MOST_EXPOSED


def test_one_sandbox() -> None:
    """Daemon and one-shot form run in the same sandbox, as the same user, on the same state."""

    def box(unit: Path) -> list[str]:
        text = unit.read_text(encoding="utf-8")
        start, end = text.index("LoadCredential="), text.index("TasksMax=")
        return text[start:end].splitlines()

    assert len(SERVICES) == 2
    assert box(SERVICES[0]) == box(SERVICES[1])


def test_a_broken_configuration_is_not_retried() -> None:
    """What exit status 2 means does not go away by itself."""
    assert f"\nRestartPreventExitStatus={UsageError.exit_code}\n" in (UNITS / "advisord.service").read_text()


@pytest.mark.parametrize("service", SERVICES, ids=lambda unit: unit.name)
def test_caches_are_where_it_may_write(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that is made for it is the one that the program means, whatever home its user has."""
    text = service.read_text(encoding="utf-8")
    assert "\nCacheDirectory=advisord\n" in text
    assert "\nEnvironment=XDG_CACHE_HOME=%C\n" in text
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache")
    assert locations.cache() == "/var/cache/advisord"


def test_stopping_has_time_to_drain() -> None:
    """The service manager waits longer than the daemon does by default."""
    from advisord.settings import Run

    seconds = re.search(r"^TimeoutStopSec=(\d+)$", (UNITS / "advisord.service").read_text(), re.MULTILINE)
    assert seconds
    assert float(seconds[1]) > Run().drain
