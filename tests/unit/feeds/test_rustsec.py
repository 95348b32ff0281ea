"""RustSec's database, as a repository."""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from typing import Any, NamedTuple

import pytest
from feed_parts import Store

from advisord.errors import FeedError, RepositoryError
from advisord.feeds.rustsec import RustSecFeed
from advisord.model.advisory import Event, Kind


class File(NamedTuple):
    """A file of a commit."""

    path: str
    oid: str


class Repository:
    """A repository in memory: branch → path → content."""

    def __init__(self) -> None:
        self.branches: dict[str, dict[str, bytes]] = {"osv": {}, "main": {}}
        self.blobs: dict[str, bytes] = {}
        self.read: list[str] = []

    def put(self, branch: str, path: str, content: bytes) -> None:
        """Commit a file."""
        self.branches[branch][path] = content

    def update(self) -> None:
        """Nothing to fetch."""

    def resolve(self, ref: str) -> str:
        """A commit that changes with the content."""
        if ref not in self.branches:
            raise RepositoryError("there is none", code="ref-not-found")
        return f"{ref} {sha1(repr(self.branches[ref]).encode()).hexdigest()}"  # noqa: S324  (as git does)

    def list_tree(self, commit: str, folder: str = "") -> Sequence[File]:
        """The files below a folder."""
        files = []
        for path, content in self.branches[commit.split(maxsplit=1)[0]].items():
            oid = sha1(content).hexdigest()  # noqa: S324
            self.blobs[oid] = content
            if not folder or path.startswith(folder + "/"):
                files.append(File(path, oid))
        return files

    def read_blobs(self, oids: Iterable[str], *, limit: int) -> Iterator[tuple[str, bytes | None]]:
        """Contents."""
        for oid in oids:
            self.read.append(oid)
            content = self.blobs[oid]
            yield oid, content if len(content) <= limit else None


def record(number: int, **more: Any) -> bytes:
    """A record in OSV form."""
    events = [{"introduced": "0.0.0-0"}, {"fixed": "2.0.0-0"}]
    entry = {
        "package": {"ecosystem": "crates.io", "name": "own"},
        "ranges": [{"type": "SEMVER", "events": events}],
        **more.pop("entry", {}),
    }
    name = f"RUSTSEC-2026-{number:04}"
    return json.dumps({"id": name, "modified": "2026-01-01T00:00:00Z", "affected": [entry], **more}).encode()


def text(about: str = "", versions: str = 'patched = [">= 2"]') -> bytes:
    """An original."""
    return f'```toml\n[advisory]\nid = "X"\n{about}\n[versions]\n{versions}\n```\n# T\n'.encode()


@pytest.fixture
def repository() -> Repository:
    """Thirty records with their originals, and files beside them."""
    made = Repository()
    for number in range(1, 31):
        made.put("osv", f"crates/RUSTSEC-2026-{number:04}.json", record(number))
        made.put("main", f"crates/own/RUSTSEC-2026-{number:04}.md", text())
    made.put("osv", "README.md", b"x")
    made.put("main", "crates/own/notes.md", b"x")
    made.put("main", "rust/std/CVE-2026-1.md", b"x")
    return made


def test_load_and_silence(repository: Repository, store: Store) -> None:
    """All records, then nothing while nothing changes."""
    feed = RustSecFeed(repository)
    store.poll(feed)
    assert len(store.advisories) == 30
    assert store.ecosystems == {"crates.io"}
    assert store.poll(feed) == []


def test_delta(repository: Repository, store: Store) -> None:
    """Only what changed is read, in either branch; what is gone has vanished."""
    feed = RustSecFeed(repository)
    store.poll(feed)
    repository.put("osv", "crates/RUSTSEC-2026-0031.json", record(31))
    repository.put("osv", "crates/RUSTSEC-2026-0002.json", record(2, withdrawn="2026-01-05T00:00:00Z"))
    repository.put("main", "crates/own/RUSTSEC-2026-0003.md", text('informational = "unmaintained"'))
    del repository.branches["osv"]["crates/RUSTSEC-2026-0004.json"]
    repository.read.clear()
    pages = store.poll(feed)
    changed = sorted(advisory.id[-4:] for page in pages for advisory in page.advisories)
    assert changed == ["0002", "0003", "0031"]
    assert len(repository.read) == 5
    assert store.advisories["RUSTSEC-2026-0003"].kind is Kind.UNMAINTAINED
    assert "RUSTSEC-2026-0004" not in store.advisories


def test_what_the_originals_add(repository: Repository, store: Store) -> None:
    """Kind, withdrawal and "no fix" come from the front matter where the record lacks them."""
    repository.put("main", "crates/own/RUSTSEC-2026-0001.md", text('withdrawn = "2026-02-03"', "patched = []"))
    repository.put("main", "crates/own/RUSTSEC-2026-0002.md", b"broken")
    store.poll(RustSecFeed(repository))
    first = store.advisories["RUSTSEC-2026-0001"]
    assert first.withdrawn == "2026-02-03T00:00:00Z"
    assert first.affected[0].ranges[0].events == (Event("introduced", "0.0.0-0"), Event("limit", "2.0.0-0"))
    second = store.advisories["RUSTSEC-2026-0002"]
    assert second.affected[0].ranges[0].events[1] == Event("fixed", "2.0.0-0")


def test_alternatives(repository: Repository, store: Store) -> None:
    """Alternatives are named for unmaintained crates only."""
    details = "## Alternatives\n- `other`\n"
    entry = {"database_specific": {"informational": "unmaintained"}}
    repository.put("osv", "crates/RUSTSEC-2026-0001.json", record(1, details=details, entry=entry))
    repository.put("osv", "crates/RUSTSEC-2026-0002.json", record(2, details=details))
    store.poll(RustSecFeed(repository))
    assert store.advisories["RUSTSEC-2026-0001"].alternatives == ("other",)
    assert store.advisories["RUSTSEC-2026-0002"].alternatives == ()


def test_rejected(repository: Repository, store: Store) -> None:
    """A file that is no record, that is another record, or that has the template's number."""
    repository.put("osv", "crates/RUSTSEC-2026-0001.json", b"<html>")
    repository.put("osv", "crates/RUSTSEC-2026-0002.json", record(1))
    repository.put("osv", "crates/RUSTSEC-2026-0003.json", bytes(9 << 20))
    repository.put("osv", "crates/RUSTSEC-2026-0000.json", record(0))
    feed = RustSecFeed(repository)
    store.poll(feed)
    assert store.rejected.keys() == {f"RUSTSEC-2026-000{number}" for number in range(4)}
    assert len(store.advisories) == 27
    assert store.poll(feed) == []


def test_records_beside_the_crates(repository: Repository, store: Store) -> None:
    """A record that moves to another folder has not vanished; an id of another kind is one; of two files one counts."""
    feed = RustSecFeed(repository)
    store.poll(feed)
    branch = repository.branches["osv"]
    branch["rust/RUSTSEC-2026-0001.json"] = branch.pop("crates/RUSTSEC-2026-0001.json")
    branch["collections/rust/RUSTSEC-2026-0002.json"] = record(2, withdrawn="2026-01-05T00:00:00Z")
    branch["rust/CVE-2026-1.json"] = record(1).replace(b"RUSTSEC-2026-0001", b"CVE-2026-1")
    branch["crates/broken.json"] = branch[".github/settings.json"] = b"{"
    store.poll(feed)
    assert len(store.advisories) == 31
    assert store.advisories["CVE-2026-1"].affected[0].name == "own"
    assert store.advisories["RUSTSEC-2026-0002"].withdrawn == ""
    assert store.rejected.keys() == {"broken"}


def test_records_alone(repository: Repository, store: Store) -> None:
    """A mirror without the originals is read as it is."""
    del repository.branches["main"]
    store.poll(RustSecFeed(repository))
    assert len(store.advisories) == 30


def test_no_records(repository: Repository, store: Store) -> None:
    """A repository without the branch, or with an empty one, is no feed: nothing is taken away."""
    feed = RustSecFeed(repository)
    store.poll(feed)
    kept = repository.branches["osv"]
    repository.branches["osv"] = {"README.md": b"x"}
    with pytest.raises(FeedError) as caught:
        store.poll(feed)
    assert caught.value.code == "suspect-feed"
    del repository.branches["osv"]
    with pytest.raises(RepositoryError):
        store.poll(feed)
    repository.branches["osv"] = dict(list(kept.items())[:20])
    with pytest.raises(FeedError, match="are missing at once"):
        store.poll(feed)
    assert len(store.advisories) == 30
    store.poll(RustSecFeed(repository, accept_losses=True))
    assert len(store.advisories) == 20
