"""The table of feeds."""

import zipfile
from pathlib import Path

import pytest
from feed_parts import Bucket, Store

from advisord.errors import FeedError, UsageError
from advisord.feeds.github import GitHubFeed, GitHubFiles
from advisord.feeds.osv import OsvFeed
from advisord.feeds.registry import FEEDS, Links, Wish, make
from advisord.feeds.rustsec import RustSecFeed
from advisord.net.http import Http
from advisord.net.mirror import Mirror
from advisord.net.objects import HttpObjects


@pytest.fixture
def links(tmp_path: Path) -> Links:
    """Links as the pipeline makes them."""
    return Links(
        lambda address: HttpObjects(address, Http()), Http, lambda address: Mirror(address, str(tmp_path / "mirror"))
    )


def test_by_default_from_the_real_addresses(links: Links) -> None:
    """Each name makes its feed."""
    made = {name: make(name, Wish(), links) for name in FEEDS}
    assert {name: feed.name for name, feed in made.items()} == {name: name for name in FEEDS}
    assert [type(feed) for feed in made.values()] == [GitHubFeed, OsvFeed, RustSecFeed]


def test_from_files(links: Links, tmp_path: Path, bucket: Bucket) -> None:
    """A folder or a file in place of a URL."""
    bucket.write(tmp_path)
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as made:
        made.writestr("npm/all.zip", bucket.zip())
    assert isinstance(make("github", Wish(str(tmp_path)), links), GitHubFiles)
    for address in (tmp_path, tmp_path / "whole.zip"):
        store = Store()
        store.poll(make("osv", Wish(str(address), ecosystems=["npm"]), links))
        assert len(store.advisories) == 20


def test_what_is_not_there(links: Links, tmp_path: Path) -> None:
    """A feed that nobody knows is a wrong word; a path without anything is a feed that can't be had."""
    with pytest.raises(UsageError, match="there is no feed 'nvd'"):
        make("nvd", Wish(), links)
    for name in ("osv", "github"):
        with pytest.raises(FeedError, match="there is no such file or folder"):
            make(name, Wish(str(tmp_path / "no")), links)
