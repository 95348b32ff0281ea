"""What end-to-end tests share: the real command, and a small world of feeds and a repository."""

import shutil
from pathlib import Path

import pytest
from running import Advisord

from advisord.demo import CONFIGURATION, feeds, repository


@pytest.fixture
def advisord(tmp_path: Path) -> Advisord:
    """The command, run in `tmp_path`."""
    return Advisord(tmp_path)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder with the demonstration's three feeds and repository, and a configuration of them."""
    _make(tmp_path)
    return tmp_path


def _make(folder: Path) -> None:
    feeds.write(str(folder / "feeds"))
    repository.make(str(folder / "shop"))
    (folder / "advisord.toml").write_text(CONFIGURATION, encoding="utf-8")


@pytest.fixture(scope="session")
def synced_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same world with its feeds in `advisord.db`: made once, to be copied."""
    folder = tmp_path_factory.mktemp("synced")
    _make(folder)
    assert Advisord(folder)("sync").status == 0
    return folder


@pytest.fixture
def synced(synced_once: Path, tmp_path: Path) -> Path:
    """The world with its feeds in `advisord.db`."""
    shutil.copytree(synced_once, tmp_path, ignore=shutil.ignore_patterns("home"), dirs_exist_ok=True)
    return tmp_path
