"""Where things are when nobody says otherwise."""

import os


def default_database() -> str:
    """The database of commands without a configuration: $ADVISORD_DB, else advisord.db in the user's cache folder."""
    if named := os.environ.get("ADVISORD_DB"):
        return named
    return os.path.join(_cache(), "advisord.db")


def replicas() -> str:
    """The folder for copies of databases that were named by a URL."""
    return os.path.join(_cache(), "databases")


def _cache() -> str:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "advisord")
