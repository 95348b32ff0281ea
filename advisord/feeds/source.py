"""Where a feed that consists of files comes from: named objects, whatever holds them."""

import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from advisord.errors import FeedError
from advisord.feeds.json_text import MAX_BYTES, loads

_DAMAGE = (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)
"""What the standard library says of a zip that is damaged, or packed in a way it does not know."""


class Source(Protocol):
    """A store of named objects, read only. Names are relative paths with `/`.

    `location` names it for people. `near` says that reading one object costs no request. Methods raise TransportError
    or FeedError when there is no telling whether the object exists; that it does not is an answer.
    """

    location: str
    near: bool

    def stat(self, name: str) -> tuple[str, int, float] | None:
        """A text that changes with the object's content ("": can't be known), its size and its age in seconds.

        -1 stands for a size or an age that is not known; an age is by the source's own clock.
        """

    def read(self, name: str, limit: int) -> bytes | None:
        """The object's bytes, at most `limit` of them: a larger one is an error."""

    def open(self, name: str, scratch: str | None, limit: int) -> BinaryIO | None:
        """The object as a file to read from anywhere in it; what must be copied for that is copied into `scratch`."""

    def folders(self) -> Sequence[str] | None:
        """The names of the top-level folders, None where that can't be known."""


class FolderSource:
    """A directory."""

    near = True

    def __init__(self, folder: str) -> None:
        self.location = folder
        self._folder = Path(folder)

    def stat(self, name: str) -> tuple[str, int, float] | None:
        """By modification time and size."""
        try:
            about = (self._folder / name).stat()
        except OSError as exc:
            self._missing(name, exc)
            return None
        return f"{about.st_mtime_ns}-{about.st_size}", about.st_size, -1.0

    def read(self, name: str, limit: int) -> bytes | None:
        """The file's bytes."""
        try:
            with (self._folder / name).open("rb") as file:
                return _limited(file.read(limit + 1), limit, name)
        except OSError as exc:
            self._missing(name, exc)
            return None

    def open(self, name: str, scratch: str | None, limit: int) -> BinaryIO | None:  # noqa: ARG002
        """The file itself."""
        try:
            file = (self._folder / name).open("rb")
        except OSError as exc:
            self._missing(name, exc)
            return None
        try:
            _limit(os.fstat(file.fileno()).st_size, limit, name)
        except FeedError:
            file.close()
            raise
        return file

    def folders(self) -> Sequence[str]:
        """The folders in it."""
        try:
            return sorted(path.name for path in self._folder.iterdir() if path.is_dir())
        except OSError as exc:
            raise FeedError(f"the folder can't be read: {exc.strerror}", subject=self.location) from exc

    def _missing(self, name: str, exc: OSError) -> None:
        if not isinstance(exc, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            raise FeedError(f"{name} can't be read: {exc.strerror}", subject=self.location) from exc


class ZipSource:
    """A zip with the layout of a mirror, or one of a bucket's own `all.zip`, with flat `<ID>.json`."""

    near = True

    def __init__(self, path: str) -> None:
        self.location = path
        self._path = path
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                flat = [name for name in names if name.endswith(".json") and "/" not in name]
                # The archive of an ecosystem says nowhere which: every record in it has that ecosystem in common.
                self._flat = _common(_readable(archive, flat[:100]))
        except _DAMAGE as exc:
            raise FeedError("it is not a zip that can be read", subject=path, hint="fetch it again") from exc
        self._folders = tuple(sorted({name.partition("/")[0] for name in names if "/" in name}))
        if flat and not self._flat:
            raise FeedError("its records are not of one ecosystem", subject=path, hint="give the <ECOSYSTEM>/all.zip")

    def stat(self, name: str) -> tuple[str, int, float] | None:
        """By the archive's own modification time and the entry's checksum."""
        if self._flat:
            about = Path(self._path).stat()
            whole = name == f"{self._flat}/all.zip"
            return (f"{about.st_mtime_ns}-{about.st_size}", about.st_size, -1.0) if whole else None
        with zipfile.ZipFile(self._path) as archive:
            try:
                entry = archive.getinfo(name)
            except KeyError:
                return None
        return f"{entry.CRC:08x}-{entry.file_size}", entry.file_size, -1.0

    def read(self, name: str, limit: int) -> bytes | None:
        """The entry's bytes."""
        if self._flat:
            return None
        try:
            with zipfile.ZipFile(self._path) as archive:
                _limit(archive.getinfo(name).file_size, limit, name)
                return archive.read(name)
        except KeyError:
            return None
        except _DAMAGE as exc:
            raise FeedError(f"{name} in it is damaged", subject=self.location) from exc

    def open(self, name: str, scratch: str | None, limit: int) -> BinaryIO | None:
        """The entry, unpacked once; of a flat archive the archive itself."""
        if self.stat(name) is None:
            return None
        if self._flat:
            return Path(self._path).open("rb")
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open(name) as entry, ExitStack() as stack:
                _limit(archive.getinfo(name).file_size, limit, name)
                file = stack.enter_context(tempfile.TemporaryFile(dir=scratch))
                shutil.copyfileobj(entry, file, 1 << 20)
                stack.pop_all()
                return file
        except _DAMAGE as exc:
            raise FeedError(f"{name} in it is damaged, or can't be copied", subject=self.location) from exc

    def folders(self) -> Sequence[str]:
        """The folders in it."""
        return (self._flat,) if self._flat else self._folders


def _readable(archive: zipfile.ZipFile, names: Iterable[str]) -> Iterator[bytes]:
    """The contents of those entries that can be had."""
    for name in names:
        content = b""
        if archive.getinfo(name).file_size <= MAX_BYTES:
            with suppress(*_DAMAGE):
                content = archive.read(name)
        yield content


def _common(documents: Iterable[bytes]) -> str:
    """The ecosystem that all of these records name, "" when there is not exactly one."""
    common: set[str] | None = None
    for document in documents:
        try:
            entries = loads(document)["affected"]
            named = {entry["package"]["ecosystem"].partition(":")[0] for entry in entries if "package" in entry}
        except (ValueError, LookupError, TypeError, AttributeError):
            continue
        common = named if common is None else common & named
    return common.pop() if common and len(common) == 1 else ""


def _limit(size: int, limit: int, name: str) -> None:
    if size > limit:
        raise FeedError(f"{name} is larger than {limit:,} bytes, which is the limit", code="too-large")


def _limited(content: bytes, limit: int, name: str) -> bytes:
    _limit(len(content), limit, name)
    return content
