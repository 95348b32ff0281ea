"""A database that `advisord db export` wrote, fetched from a web server and kept until another one is there."""

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from typing import NamedTuple

from advisord.errors import TransportError, UsageError
from advisord.net.http import Http
from advisord.net.urls import origin, shown

_LOCAL = {"127.0.0.1", "::1", "localhost"}
_LIMIT = 8 << 30
_DIGEST = re.compile(rb"\A([0-9a-f]{64})(?:\s|\Z)")


class Replica(NamedTuple):
    """Where the copy is; `note` says why it is an older one ("" when it is what the server has now)."""

    path: str
    note: str = ""


def replica(url: str, folder: str, http: Http, *, offline: bool = False) -> Replica:
    """The database at an https URL, as a file in `folder`; downloaded only when its checksum (`URL.sha256`) is new.

    Without an answer, or `offline`, the copy of an earlier time is used: how old its data are is judged as ever.
    Raises TransportError when there is none, or when what came does not have the checksum.
    """
    _check(url)
    path = os.path.join(folder, hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=12).hexdigest() + ".db")
    if offline:
        if not os.path.exists(path):
            raise TransportError("there is no copy of it here, and --offline forbids to fetch it", subject=shown(url))
        return Replica(path)
    try:
        _fetch(url, path, http)
    except TransportError as exc:
        if exc.code == "checksum" or not os.path.exists(path):
            raise
        return Replica(path, f"{exc.message}; the copy of an earlier time is used")
    return Replica(path)


def _fetch(url: str, path: str, http: Http) -> None:
    answer = http.get(f"{url}.sha256", limit=1 << 12)
    said = _DIGEST.match(answer.content)
    if said is None:
        message = "no SHA-256 came from where the database's checksum should be"
        raise TransportError(message, subject=shown(f"{url}.sha256"), hint="`advisord db export` writes it")
    expected = said[1].decode()
    with suppress(OSError), open(f"{path}.sha256", encoding="ascii") as known:
        if known.read() == expected and os.path.exists(path):
            return
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as temporary:
            fetched = os.path.join(temporary, "database")
            with open(fetched, "w+b") as file:
                http.save(url, file, limit=_LIMIT)
                file.seek(0)
                if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                    message = "the database that came does not have its checksum: it is not used"
                    hint = "try again: it may be replaced just now"
                    raise TransportError(message, subject=shown(url), hint=hint, code="checksum")
            with suppress(OSError):
                os.unlink(f"{path}.sha256")  # never a checksum beside another file
            os.replace(fetched, path)
            with open(f"{path}.sha256", "w", encoding="ascii") as known:
                known.write(expected)
    except OSError as exc:
        raise TransportError(f"the database can't be kept here: {exc.strerror}", subject=path, code="disk") from exc


def _check(url: str) -> None:
    try:
        scheme, host, _ = origin(url)
    except ValueError:
        scheme = host = ""
    if scheme != "https" and not (scheme == "http" and host in _LOCAL):
        raise UsageError(f"a database is fetched by https only, not from {shown(url)}")
