"""Where things are when nobody says otherwise."""

import os


def default_database() -> str:
    """The database of commands without a configuration: $ADVISORD_DB, else advisord.db in the user's cache folder."""
    if named := os.environ.get("ADVISORD_DB"):
        return named
    return cache("advisord.db")


def replicas() -> str:
    """The folder for copies of databases that were named by a URL."""
    return cache("databases")


def cache(*names: str) -> str:
    """A place in the user's cache folder; for a user without a home one that nobody can write to."""
    home = os.path.expanduser("~")
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.join(home if os.path.isabs(home) else "/nonexistent", ".cache")
    return os.path.join(folder, "advisord", *names)
