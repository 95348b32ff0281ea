"""What `advisord sync` makes of its arguments."""

from pathlib import Path

import pytest

from advisord.cli import main
from advisord.demo import feeds


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A folder with one entry for each feed."""
    feeds.write(str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def test_one_feed_of_a_folder_with_all(mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder that serves without FEED serves with it; so does the feed's own folder."""
    database = str(mirror / "a.db")
    assert main(["sync", "osv", "--from", str(mirror), "--db", database]) == 0
    assert f"(from {mirror}/osv)" in capsys.readouterr().out
    assert main(["sync", "osv", "--from", str(mirror / "osv"), "--db", database]) == 0


def test_a_mistyped_ecosystem(mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Told before anything is fetched, with the name as OSV spells it; a release of a known one is known."""
    assert main(["sync", "osv", "--from", str(mirror), "--ecosystem", "pypi", "--db", str(mirror / "a.db")]) == 2
    assert "did you mean PyPI?" in capsys.readouterr().err
    assert not (mirror / "a.db").exists()


def test_no_way_to_a_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 3, and how to do without a network."""
    config = tmp_path / "advisord.toml"
    config.write_text('[feeds.github]\nsource = "http://127.0.0.1:9"\n')
    monkeypatch.chdir(tmp_path)
    assert main(["sync", "github", "--config", str(config)]) == 3
    assert "advisord sync --from FOLDER|URL" in capsys.readouterr().err
