"""Reading an untrusted zip of many small records, in whatever folders of it they lie.

The standard library keeps an object of half a kilobyte for each entry and reads each through four layers. Here the
central directory stays the bytes that it is (PKWARE's APPNOTE.TXT, 4.3.12), and an entry is one read and one call.
"""

import zlib
from array import array
from collections.abc import Callable, Iterator
from struct import Struct
from typing import BinaryIO

from advisord.errors import FeedError
from advisord.feeds.json_text import MAX_BYTES

MAX_DIRECTORY = 1 << 30
MAX_UNPACKED = 32 << 30
_MAX_RATIO = 150
_SMALL = 64 << 20

_ENTRY = Struct(
    "<4s4xHH4xLLLHHH8xL"
)  # flags, method; checksum, packed, unpacked; lengths of name, extra, comment; offset
_ENTRY_SIZE = 46
_LOCAL = Struct("<4s22xHH")  # lengths of name and extra
_LOCAL_SIZE = 30
_END = Struct("<4s6xHLL")  # entries, size and offset of the directory
_END_SIZE = 22
_LOCATOR = Struct("<4s4xQ")
_LOCATOR_SIZE = 20
_END64 = Struct("<4s28xQQQ")
_FULL = 0xFFFFFFFF


class Archive:
    """The records `<ID>.json` of a zip file, for as long as `file` is open.

    Raises FeedError when it is no zip, was cut, or would unpack to more than anything real does.
    """

    def __init__(self, file: BinaryIO, subject: str) -> None:
        self.damaged: list[str] = []
        self._file = file
        self._subject = subject
        self._size = file.seek(0, 2)
        file.seek(0)
        head = file.read(512)
        directory = self._directory()
        if directory is None:
            what = "an HTML page" if head.lstrip().startswith(b"<") else "a damaged or cut file" if head else "nothing"
            raise FeedError(f"{what} came where a zip was expected", subject=subject, code="bad-archive")
        self._entries = directory

    def read(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
        """The wanted records, in the order of the file. A damaged one is put down in `damaged`, and the rest go on."""
        directory = self._entries
        for position in self._places(wanted):
            _, flags, method, checksum, packed, unpacked, name_size, extra_size, _, offset = _ENTRY.unpack_from(
                directory, position
            )
            behind = position + _ENTRY_SIZE + name_size
            name = _record(directory[position + _ENTRY_SIZE : behind])
            if _FULL in {packed, unpacked, offset}:
                extra = directory[behind : behind + extra_size]
                packed, unpacked, offset = _large(extra, packed, unpacked, offset)
            content = None
            if not flags & 1 and max(packed, unpacked) <= MAX_BYTES and offset < self._size:
                content = self._content(offset, name_size, method, packed, unpacked)
            if content is None or zlib.crc32(content) != checksum:
                self.damaged.append(name)
            else:
                yield name, content

    def _places(self, wanted: Callable[[str], bool]) -> "array[int]":
        """Where in the directory the wanted records stand; the directory as a whole is checked on the way."""
        directory, places = self._entries, array("Q")
        end, position, total, count = len(directory), 0, 0, 0
        unpack, size = _ENTRY.unpack_from, _ENTRY_SIZE
        while position + size <= end:
            signature, _, _, _, packed, unpacked, name_size, extra_size, comment_size, offset = unpack(
                directory, position
            )
            behind = position + size + name_size
            if signature != b"PK\x01\x02":
                break
            if unpacked == _FULL:
                _, unpacked, _ = _large(directory[behind : behind + extra_size], packed, unpacked, offset)
            total += unpacked
            count += 1
            name = directory[position + size : behind]
            if name[-5:].lower() == b".json" and (record := _record(name)) and wanted(record):
                places.append(position)
            position = behind + extra_size + comment_size
        if position != end:
            message = "a damaged or cut file came where a zip was expected"
            raise FeedError(message, subject=self._subject, code="bad-archive")
        if total > max(min(MAX_UNPACKED, self._size * _MAX_RATIO), _SMALL):
            message = f"the zip of {self._size:,} bytes would unpack to {total:,} bytes in {count:,} entries: refused"
            raise FeedError(message, subject=self._subject, code="bad-archive")
        return places

    def _content(self, offset: int, name_size: int, method: int, packed: int, unpacked: int) -> bytes | None:
        """One entry's bytes; None when they can't be had."""
        file = self._file
        file.seek(offset)
        # The local header repeats the name; its extra field may have another size than the directory's.
        head = file.read(_LOCAL_SIZE + name_size + packed)
        if len(head) < _LOCAL_SIZE:
            return None
        signature, local_name, local_extra = _LOCAL.unpack_from(head)
        start = _LOCAL_SIZE + local_name + local_extra
        data = head[start : start + packed]
        if len(data) < packed:
            file.seek(offset + start)
            data = file.read(packed)
        if signature != b"PK\x03\x04" or len(data) < packed:
            return None
        if method == 0:
            return data if packed == unpacked else None
        if method != 8:
            return None
        try:
            content = zlib.decompressobj(-15).decompress(data, unpacked + 1)
        except zlib.error:
            return None
        return content if len(content) == unpacked else None

    def _directory(self) -> bytes | None:
        """The central directory, None when there is none that fits."""
        tail_size = min(self._size, _END_SIZE + 0xFFFF)
        self._file.seek(self._size - tail_size)
        tail = self._file.read(tail_size)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + _END_SIZE > len(tail):
            return None
        _, count, size, offset = _END.unpack_from(tail, at)
        end = self._size - tail_size + at
        if _FULL in {size, offset} or count == 0xFFFF:
            found = self._end64(tail, at)
            if found is not None:
                size, offset, end = found
        if size > MAX_DIRECTORY or offset + size > end:
            return None
        self._file.seek(offset)
        directory = self._file.read(size)
        return directory if len(directory) == size else None

    def _end64(self, tail: bytes, at: int) -> tuple[int, int, int] | None:
        """Size and offset of the directory, and where it ends at the latest, of an archive with many entries."""
        if at < _LOCATOR_SIZE:
            return None
        signature, place = _LOCATOR.unpack_from(tail, at - _LOCATOR_SIZE)
        if signature != b"PK\x06\x07" or place + _END64.size > self._size:
            return None
        self._file.seek(place)
        signature, _, size, offset = _END64.unpack(self._file.read(_END64.size))
        return (size, offset, place) if signature == b"PK\x06\x06" else None


def _record(name: bytes) -> str:
    """The record's id, "" where there is none: a file whose name begins with a dot is a system's own."""
    record = name[name.rfind(b"/") + 1 : -5]
    return "" if record[:1] == b"." else record.decode("utf-8", "replace")


def _large(extra: bytes, packed: int, unpacked: int, offset: int) -> tuple[int, int, int]:
    """Sizes and offset beyond 4 GiB, from the extra field 1 (APPNOTE.TXT, 4.5.3); as they are where it is missing."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = (
            int.from_bytes(extra[position : position + 2], "little"),
            int.from_bytes(extra[position + 2 : position + 4], "little"),
        )
        if kind == 1:
            values = [
                int.from_bytes(extra[at : at + 8], "little")
                for at in range(position + 4, min(position + 4 + size, len(extra)) - 7, 8)
            ]
            if unpacked == _FULL and values:
                unpacked = values.pop(0)
            if packed == _FULL and values:
                packed = values.pop(0)
            if offset == _FULL and values:
                offset = values.pop(0)
            break
        position += 4 + size
    return packed, unpacked, offset
