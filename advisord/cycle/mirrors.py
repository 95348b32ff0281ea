"""Where mirrors are kept, and those that nothing uses any more."""

import os
import re
from hashlib import blake2b
from sqlite3 import Connection

from advisord.cycle.organisations import expanded
from advisord.feeds.registry import DEFAULT_ADDRESS
from advisord.net import mirror
from advisord.settings import Settings


def place(folder: str, name: str, url: str) -> str:
    """A folder of its own for each name and address, that a person still recognises; `folder` is the database's."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:60] or "repository"
    digest = blake2b(f"{name}\0{url}".encode("utf-8", "surrogateescape"), digest_size=5).hexdigest()
    return os.path.join(folder, "mirrors", f"{readable}-{digest}.git")


def remove_unused(settings: Settings, db: Connection) -> int:
    """Remove the mirrors of repositories that are not watched, and of former names and addresses; how many."""
    folder = os.path.dirname(settings.store.path)
    used = {place(folder, one.name, one.git) for one in expanded(settings, db).repositories}
    used |= {place(folder, name, feed.source or DEFAULT_ADDRESS[name]) for name, feed in settings.feeds.items()}
    try:
        names = os.listdir(os.path.join(folder, "mirrors"))
    except FileNotFoundError:
        return 0
    there = {os.path.join(folder, "mirrors", name) for name in names if name.endswith(".git")}
    return sum(mirror.remove(path) for path in there - used)
