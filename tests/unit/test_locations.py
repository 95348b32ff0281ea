"""Where things are when nobody says otherwise."""

import os

import pytest

from advisord import locations


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder called `~` is made wherever we happen to be: nothing can be written there."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert locations.cache("policies").startswith("/nonexistent/")


def test_a_cache_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_CACHE_HOME comes before the home, ADVISORD_DB before both."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.delenv("ADVISORD_DB", raising=False)
    assert locations.default_database() == "/caches/advisord/advisord.db"
    monkeypatch.setenv("ADVISORD_DB", "/here.db")
    assert locations.default_database() == "/here.db"
