"""Objects of a bucket, or of any web server that has files under one URL."""

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from email.utils import parsedate_to_datetime
from typing import BinaryIO
from urllib.parse import quote

from advisord.errors import TransportError
from advisord.net.answers import Response
from advisord.net.http import Http
from advisord.net.urls import shown

_ABSENT = {404, 410}
_IN_MEMORY = 128 << 20
"""More than this is never held in memory, whatever the one who asks would take: that is two million rows of a listing."""
_LEFT = 1 << 30
"""So many bytes of a disk are left to others."""
_NO_HEAD = {405, 501}


class HttpObjects:
    """Named objects below `base`. Each method raises TransportError when no usable answer came."""

    near = False

    def __init__(self, base: str, http: Http) -> None:
        self.location = shown(base).rstrip("/")
        self._base = base.rstrip("/")
        self._http = http

    def stat(self, name: str) -> tuple[str, int, float] | None:
        """A text that changes with the object's content ("": can't be known), its size and its age in seconds.

        -1 stands for a size or an age that the server does not tell; the age is by the server's own clock.
        """
        answer = self._http.get(self._url(name), method="HEAD", accept={200, *_ABSENT, *_NO_HEAD})
        if answer.status in _ABSENT:
            return None
        if answer.status in _NO_HEAD:
            return "", -1, -1.0
        size = answer.headers.get("content-length", "")
        return _tag(answer, size), int(size) if size.isdecimal() else -1, _age(answer)

    def read(self, name: str, limit: int) -> bytes | None:
        """The object's bytes, None when there is no such object."""
        answer = self._http.get(self._url(name), accept={200, *_ABSENT}, limit=min(limit, _IN_MEMORY))
        return answer.content if answer.status == 200 else None

    def open(self, name: str, scratch: str | None, limit: int) -> BinaryIO | None:
        """The object, fetched into a temporary file of the folder `scratch`; None when there is no such object.

        The disk is not filled: what leaves no gigabyte of it is too large.
        """
        with ExitStack() as stack:
            try:
                file = stack.enter_context(tempfile.TemporaryFile(dir=scratch))
            except OSError as exc:
                raise TransportError(f"no temporary file can be made: {exc.strerror}", code="disk") from exc
            room = max(0, shutil.disk_usage(scratch or tempfile.gettempdir()).free - _LEFT)
            if self._http.save(self._url(name), file, accept={200, *_ABSENT}, limit=min(limit, room)).status != 200:
                return None
            stack.pop_all()
        return file

    def folders(self) -> Sequence[str] | None:
        """A web server does not list its folders."""
        return None

    def _url(self, name: str) -> str:
        return f"{self._base}/{quote(name)}"


def _tag(answer: Response, size: str) -> str:
    """Google's checksum if there is one: it stays when the same content is written again. Else the entity tag."""
    for part in answer.headers.get("x-goog-hash", "").split(","):
        if part.strip().startswith("crc32c="):
            return f"{part.strip()}-{size}"
    return answer.headers.get("etag", "") or answer.headers.get("last-modified", "")


def _age(answer: Response) -> float:
    try:
        now, then = (parsedate_to_datetime(answer.headers.get(name, "")) for name in ("date", "last-modified"))
        return (now - then).total_seconds()
    except (ValueError, TypeError):
        return -1.0
