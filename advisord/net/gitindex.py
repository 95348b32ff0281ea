"""The paths in a repository's index, read from its file: starting git takes longer than most scans.

The format is git's own (gitformat-index(5)), versions 2 to 4. Whatever is unusual (a split or sparse index, another hash,
anything that does not add up) is git's to read.
"""

import os
import stat

_MOST = 64 << 20
_HASH = 20
_REGULAR, _LINK, _SUBMODULE = 8, 0xA, 0xE  # the upper four bits of a mode
_KINDS = frozenset({_REGULAR, _LINK, _SUBMODULE})


def paths(top: str) -> tuple[list[str], list[str]] | None:
    """The (regular files, symbolic links) that the index of the work tree holds, or None where git has to be asked.

    It never raises.
    """
    data = _content(top)
    if data is None or len(data) < 12 + _HASH or data[:4] != b"DIRC":
        return None
    version, count = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
    if version not in {2, 3, 4} or count > len(data) // 62:
        return None
    try:
        names, links, end = _entries(data, count, compressed=version == 4)
    except (IndexError, ValueError):
        return None
    if not _is_plain(data, end):
        return None
    return [os.fsdecode(name) for name in dict.fromkeys(names)], [os.fsdecode(name) for name in dict.fromkeys(links)]


def _content(top: str) -> bytes | None:
    folder = os.path.join(top, ".git")
    try:
        if os.path.isfile(folder):  # of a linked work tree, or a submodule
            with open(folder, "rb") as file:
                word, _, path = file.read(4096).partition(b": ")
            if word != b"gitdir":
                return None
            folder = os.path.join(top, os.fsdecode(path.rstrip(b"\n")))
        handle = os.open(os.path.join(folder, "index"), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            return file.read() if stat.S_ISREG(about.st_mode) and about.st_size <= _MOST else None
    except (OSError, ValueError):
        return None


def _entries(data: bytes, count: int, *, compressed: bool) -> tuple[list[bytes], list[bytes], int]:
    """(the names of regular files, of links, where the entries end). Raises IndexError or ValueError: they don't add up."""
    names = []
    links = []
    name = b""
    at = 12
    for _ in range(count):
        kind = data[at + 26] >> 4
        if kind not in _KINDS:
            raise ValueError("a folder of a sparse index, or no entry at all")
        start = at + (64 if data[at + 60] & 0x40 else 62)  # some entries have further flags
        if compressed:
            kept, start = _number(data, start)
            end = data.index(0, start)
            if kept > len(name):
                raise ValueError("more is taken off a name than it has")
            name = name[: len(name) - kept] + data[start:end]
            at = end + 1
        else:
            end = data.index(0, start)
            name = data[start:end]
            at += (end - at + 8) & ~7
        if not name:
            raise ValueError("an entry without a name")
        if kind == _REGULAR:
            names.append(name)
        elif kind == _LINK:
            links.append(name)
    return names, links, at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """(how many bytes of the name before are taken off, where the rest begins), as in a pack's offsets."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
        if value > _MOST:
            raise ValueError("no name is that long")
    return value, at + 1


def _is_plain(data: bytes, at: int) -> bool:
    """Whether all that follows are extensions that may be ignored, and the hash: those in lower case may not."""
    end = len(data) - _HASH
    while at + 8 <= end:
        if not data[at : at + 1].isupper():
            return False
        at += 8 + int.from_bytes(data[at + 4 : at + 8], "big")
    return at == end
