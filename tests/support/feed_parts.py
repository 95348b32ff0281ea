"""What is on both sides of a feed: a store that remembers, and OSV's layout made on the spot."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from advisord.feeds.interface import Feed, Page
from advisord.model.listing import Listing


class Store:
    """What a store keeps of a feed, as far as the feed can tell: the cursor, and what each partition lists."""

    def __init__(self) -> None:
        self.cursor = ""
        self.listed: dict[str, dict[str, str]] = {}
        self.advisories: dict[str, Any] = {}
        self.rejected: dict[str, str] = {}
        self.ecosystems: set[str] = set()

    def poll(self, feed: Feed) -> list[Page]:
        """Poll, committing page by page; what came before an error stays."""
        pages = []
        for page in feed.poll(self.cursor, lambda partition: Listing.of(self.listed.get(partition, {}))):
            held = self.listed.setdefault(page.partition, {})
            for advisory in page.advisories:
                self.advisories[advisory.id] = advisory
                held[advisory.id] = advisory.modified
                self.rejected.pop(advisory.id, None)
            self.rejected.update(page.rejected)
            if page.listing is not None:
                for record in held.keys() - page.listing.keys():
                    self.advisories.pop(record, None)
                self.listed[page.partition] = dict(page.listing)
            self.cursor = page.cursor
            self.ecosystems.update(page.ecosystems)
            pages.append(page)
        return pages


class Bucket:
    """An ecosystem's part of OSV's layout; `files` gives its objects by name."""

    def __init__(self, ecosystem: str = "npm") -> None:
        self.ecosystem = ecosystem
        self.records: dict[str, bytes] = {}
        self.listed: dict[str, str] = {}

    def add(self, record: str, modified: str | None = "2026-01-01T00:00:00Z", **more: Any) -> None:
        """Put a record everywhere."""
        package = {"package": {"ecosystem": self.ecosystem, "name": "p"}, "versions": ["1.0.0"]}
        value = {"id": record, "modified": modified, "affected": [package], **more}
        self.records[record] = json.dumps(value).encode()
        self.listed[record] = modified or "2026-01-01T00:00:00Z"

    def csv(self) -> bytes:
        """The listing."""
        return "".join(f"{modified},{record}\n" for record, modified in self.listed.items()).encode()

    def zip(self, leave_out: Iterable[str] = ()) -> bytes:
        """The archive."""
        file = BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for record, content in self.records.items():
                if record not in set(leave_out):
                    archive.writestr(f"{record}.json", content)
        return file.getvalue()

    def files(self, *, singles: bool = True) -> Mapping[str, bytes]:
        """All objects."""
        alone = {f"{self.ecosystem}/{record}.json": content for record, content in self.records.items()}
        return {
            "ecosystems.txt": f"{self.ecosystem}\nLinux\n".encode(),
            f"{self.ecosystem}/modified_id.csv": self.csv(),
            f"{self.ecosystem}/all.zip": self.zip(),
            **(alone if singles else {}),
        }

    def write(self, folder: Path) -> None:
        """Put listing and archive into a folder."""
        for name, content in self.files(singles=False).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
