"""Finding a policy, and knowing it again by its content."""

import subprocess
import sys
from pathlib import Path

import pytest

from advisord import policies
from advisord.errors import SettingsError
from advisord.scope.compiled import DEFAULT_POLICY

POLICY = '[[rules]]\nid = "all"\nreason = "We act on everything."\nthen = "in"\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_policy_of_a_tree(tmp_path: Path) -> None:
    """It stands at the top of the work tree; without one, or with another named, that one holds."""
    top = tmp_path / "repository"
    (top / ".git").mkdir(parents=True)
    (top / "deep").mkdir()
    assert policies.for_scan(None, str(top / "deep")) is DEFAULT_POLICY
    (top / policies.FILE_NAME).write_text(POLICY)
    assert policies.for_scan(None, str(top / "deep")).rules[0].id == "all"
    other = tmp_path / "other.toml"
    other.write_text(POLICY.replace('"all"', '"other"'))
    assert policies.for_scan(str(other), str(top)).rules[0].id == "other"


def test_a_policy_is_validated_once(tmp_path: Path, cache: Path) -> None:
    """The second time the compiled form is read; a damaged one is made anew; another content is another policy."""
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    first = policies.read(str(path))
    kept = list((cache / "advisord/policies").iterdir())
    assert len(kept) == 1
    script = (
        "import sys\nfrom advisord import policies\n"
        f"policy = policies.read({str(path)!r})\nassert 'pydantic' not in sys.modules\nprint(policy.rules[0].id)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "all\n"
    kept[0].write_text("{")
    assert policies.read(str(path)) == first
    path.write_text(POLICY.replace("everything", "all of it"))
    assert policies.read(str(path)) != first


def test_a_cache_that_can_not_be_written_costs_only_time(tmp_path: Path, cache: Path) -> None:
    """Where the cache is no folder the policy still holds."""
    cache.write_text("a file")
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    assert policies.read(str(path)).rules[0].id == "all"


def test_a_policy_that_can_not_be_read(tmp_path: Path) -> None:
    """Missing, not text, or wrong: a sentence each."""
    with pytest.raises(SettingsError, match="can't be read"):
        policies.read(str(tmp_path / "missing.toml"))
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not UTF-8"):
        policies.read(str(path))
    path.write_text(POLICY + "colour = 1\n")
    with pytest.raises(SettingsError):
        policies.read(str(path))
