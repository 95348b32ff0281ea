"""What every feed promises, tried on a small copy of each in its real layout."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from feed_parts import Bucket, Store

from advisord.errors import AdvisordError
from advisord.feeds.interface import Feed
from advisord.feeds.registry import FEEDS, Links, Wish, make
from advisord.net.http import Http
from advisord.net.mirror import Mirror
from advisord.net.objects import HttpObjects

_MODIFIED = "2026-01-01T00:00:00Z"
_AUTHOR = ("-c", "user.name=T", "-c", "user.email=t@mail.example", "-c", "commit.gpgSign=false")


def _osv(folder: Path, numbers: range) -> None:
    bucket = Bucket("crates.io")
    for number in numbers:
        bucket.add(f"RUSTSEC-2026-{number:04}")
    bucket.write(folder)


def _github(folder: Path, numbers: range) -> None:
    entry = {"package": {"ecosystem": "rust", "name": "p"}, "vulnerable_version_range": "= 1.0.0"}
    records = [
        {"ghsa_id": f"RUSTSEC-2026-{number:04}", "updated_at": _MODIFIED, "vulnerabilities": [entry]}
        for number in numbers
    ]
    (folder / "advisories.json").write_text(json.dumps(records))


def _rustsec(folder: Path, numbers: range) -> None:
    bucket = Bucket("crates.io")
    for number in numbers:
        bucket.add(f"RUSTSEC-2026-{number:04}")
    subprocess.run(["git", "init", "-q", "-b", "osv", folder], check=True)
    for file in folder.glob("crates/*.json"):
        file.unlink()
    (folder / "crates").mkdir(exist_ok=True)
    for record, content in bucket.records.items():
        (folder / "crates" / f"{record}.json").write_bytes(content)
    subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
    subprocess.run(["git", "-C", folder, *_AUTHOR, "commit", "-q", "--allow-empty", "-m", "x"], check=True)


_LAYOUTS: dict[str, Callable[[Path, range], None]] = {"github": _github, "osv": _osv, "rustsec": _rustsec}


@pytest.fixture(params=sorted(FEEDS))
def name(request: pytest.FixtureRequest) -> str:
    """Each feed's name."""
    return str(request.param)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Where the feed comes from."""
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def feed(name: str, tmp_path: Path, source: Path) -> Feed:
    """The feed, from a folder or a repository."""
    _LAYOUTS[name](source, range(1, 31))
    links = Links(lambda url: HttpObjects(url, Http()), Http, lambda url: Mirror(url, str(tmp_path / "mirror")))
    return make(name, Wish(str(source)), links)


def test_everything_comes_once(feed: Feed, store: Store, name: str) -> None:
    """The first poll brings every record and says for which ecosystems it is complete; the second brings nothing."""
    store.poll(feed)
    assert len(store.advisories) == 30
    assert {advisory.feed for advisory in store.advisories.values()} == {name} == {feed.name}
    assert "crates.io" in store.ecosystems
    assert store.poll(feed) == []


def test_only_the_difference_comes(feed: Feed, store: Store, name: str, source: Path) -> None:
    """New records come alone, and records that are gone have vanished."""
    store.poll(feed)
    _LAYOUTS[name](source, range(2, 32))
    pages = store.poll(feed)
    assert [advisory.id for page in pages for advisory in page.advisories] == ["RUSTSEC-2026-0031"]
    assert len(store.advisories) == 30
    assert store.poll(feed) == []


def test_a_great_loss_is_not_believed(feed: Feed, store: Store, name: str, source: Path) -> None:
    """A source that lost half of its records, or all, takes nothing away."""
    store.poll(feed)
    for numbers in (range(1, 16), range(0)):
        _LAYOUTS[name](source, numbers)
        with pytest.raises(AdvisordError) as caught:
            store.poll(feed)
        assert caught.value.code == "suspect-feed"
        assert len(store.advisories) == 30


def test_a_lost_cursor_costs_nothing(feed: Feed, store: Store) -> None:
    """Without its cursor, or with one of something else, a feed finds that nothing changed."""
    store.poll(feed)
    for cursor in ("", "rubbish", "{}", "[]"):
        store.cursor = cursor
        assert not any(page.advisories or page.removed for page in store.poll(feed))
        assert len(store.advisories) == 30
