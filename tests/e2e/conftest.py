"""What end-to-end tests share: the real command, and a small world of feeds and a repository."""

from pathlib import Path

import pytest
from running import Advisord

from advisord.demo import feeds, repository


@pytest.fixture
def advisord(tmp_path: Path) -> Advisord:
    """The command, run in `tmp_path`."""
    return Advisord(tmp_path)


CONFIG = """\
[store]
path = "advisord.db"
[feeds.osv]
source = "feeds/osv"
[feeds.rustsec]
source = "feeds/rustsec"
[feeds.github]
source = "feeds/github"
[trackers.issues]
kind = "local"
folder = "issues"
[[repositories]]
name = "shop"
git = "shop"
refs = ["main", "release-1.0"]
policy = "shop/advisord-policy.toml"
tracker = "issues"
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder with the demonstration's three feeds and repository, and a configuration of them."""
    feeds.write(str(tmp_path / "feeds"))
    repository.make(str(tmp_path / "shop"))
    (tmp_path / "advisord.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def synced(advisord: Advisord, world: Path) -> Path:
    """The world with its feeds in `advisord.db`."""
    assert advisord("sync").status == 0
    return world
