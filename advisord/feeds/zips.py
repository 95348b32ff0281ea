"""Reading an untrusted zip of many small records, one after the other."""

import zipfile
import zlib
from collections.abc import Container, Iterator
from typing import BinaryIO

from advisord.errors import FeedError
from advisord.feeds.json_text import MAX_BYTES

MAX_ENTRIES = 3_000_000
MAX_UNPACKED = 32 << 30
_MAX_RATIO = 150
_SMALL = 64 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


class Archive:
    """The records `<ID>.json` of a zip file, opened for as long as `file` is.

    Raises FeedError when it is no zip, was cut, or would unpack to more than anything real does.
    """

    def __init__(self, file: BinaryIO, subject: str) -> None:
        self.damaged: list[str] = []
        file.seek(0)
        head = file.read(512)
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE as exc:
            what = (
                "an HTML page" if head.lstrip().startswith(b"<") else "nothing" if not head else "a damaged or cut file"
            )
            raise FeedError(f"{what} came where a zip was expected", subject=subject, code="bad-archive") from exc
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = file.seek(0, 2)
        if len(entries) > MAX_ENTRIES or unpacked > max(min(MAX_UNPACKED, packed * _MAX_RATIO), _SMALL):
            message = f"the zip of {packed:,} bytes would unpack to {unpacked:,} bytes in {len(entries):,} entries"
            raise FeedError(f"{message}: refused", subject=subject, code="bad-archive")
        self._entries = {
            entry.filename[:-5]: entry
            for entry in sorted(entries, key=lambda entry: entry.header_offset)
            if entry.filename.endswith(".json") and "/" not in entry.filename
        }

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> Iterator[str]:
        """The ids of the records, in the order of the file."""
        return iter(self._entries)

    def read(self, wanted: Container[str] | None) -> Iterator[tuple[str, bytes]]:
        """The wanted records (all for None). One that is damaged is put down in `damaged`, and the rest go on."""
        for name, entry in self._entries.items():
            if wanted is None or name in wanted:
                try:
                    if entry.file_size > MAX_BYTES:
                        raise ValueError
                    content = self._zip.read(entry)
                except _DAMAGE:
                    self.damaged.append(name)
                else:
                    yield name, content
