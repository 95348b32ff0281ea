"""Every feed by its name: where it comes from by default, and how it is made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from advisord.errors import FeedError, UsageError
from advisord.feeds import github, osv, rustsec
from advisord.feeds.interface import Feed
from advisord.feeds.source import FolderSource, Source, ZipSource


class Links(NamedTuple):
    """What feeds need of the outside, each made from an address when it is needed.

    `objects` gives the files below a URL, `client` speaks HTTP, `repository` mirrors a git repository (a URL, a path or
    a bundle). `token` is GitHub's ("" for none). `scratch` is a folder for large temporary files (None: the machine's).
    """

    objects: Callable[[str], Source]
    client: Callable[[], github.Client]
    repository: Callable[[str], rustsec.Repository]
    token: Callable[[], str] = lambda: ""
    scratch: str | None = None


class Wish(NamedTuple):
    """How a feed is wanted: `address` is a URL, a folder or a file ("" for the feed's own).

    `ecosystems` are those to mirror, where a feed can choose (None: all); `accept_losses` takes a shrunken feed for true.
    """

    address: str = ""
    ecosystems: Sequence[str] | None = None
    accept_losses: bool = False


def _osv(wish: Wish, links: Links) -> Feed:
    address = wish.address or osv.BUCKET
    source: Source
    if _remote(address):
        source = links.objects(address)
    elif Path(address).is_file():
        source = ZipSource(address)
    else:
        source = FolderSource(_present(address))
    return osv.OsvFeed(source, ecosystems=wish.ecosystems, scratch=links.scratch, accept_losses=wish.accept_losses)


def _rustsec(wish: Wish, links: Links) -> Feed:
    repository = links.repository(wish.address or rustsec.URL)
    return rustsec.RustSecFeed(repository, accept_losses=wish.accept_losses)


def _github(wish: Wish, links: Links) -> Feed:
    address = wish.address or github.API
    if _remote(address):
        return github.GitHubFeed(links.client(), base=address, token=links.token)
    return github.GitHubFiles(_present(address), accept_losses=wish.accept_losses)


FEEDS: dict[str, Callable[[Wish, Links], Feed]] = {"github": _github, "osv": _osv, "rustsec": _rustsec}
"""Name in the configuration, on the command line and in findings → the feed."""

DEFAULT_ADDRESS = {"github": github.API, "osv": osv.BUCKET, "rustsec": rustsec.URL}


def make(name: str, wish: Wish, links: Links) -> Feed:
    """The feed of that name. Raises UsageError when there is none, FeedError when nothing is at its path."""
    factory = FEEDS.get(name)
    if factory is None:
        raise UsageError(f"there is no feed {name!r}", subject=name, hint="known are: " + ", ".join(sorted(FEEDS)))
    return factory(wish, links)


def _remote(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _present(address: str) -> str:
    if not Path(address).exists():
        hint = "give a folder, a file or a URL"
        raise FeedError("there is no such file or folder", subject=address, hint=hint, code="not-found")
    return address
