"""Where things are when nobody says otherwise."""

import os


def default_database() -> str:
    """The database of commands without a configuration: $ADVISORD_DB, else advisord.db in the user's cache folder."""
    if named := os.environ.get("ADVISORD_DB"):
        return named
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "advisord", "advisord.db")
