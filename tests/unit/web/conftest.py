"""What the tests of the pages and the API share."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_parts import Client

from advisord.settings import Settings, Store
from advisord.store.database import open_writer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A configuration with a database of its own."""
    return Settings(store=Store(path=str(tmp_path / "advisord.db")))


@pytest.fixture
def db(settings: Settings) -> Iterator[sqlite3.Connection]:
    """The database, to put findings into."""
    with contextlib.closing(open_writer(settings.store.path)) as connection:
        yield connection


@pytest.fixture
def ask(settings: Settings, db: sqlite3.Connection) -> Client:
    """Asks the application."""
    assert db
    return Client(settings)
