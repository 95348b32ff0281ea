"""What the tests of the store share."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisord.store.database import open_writer


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    connection = open_writer(str(tmp_path / "a.db"))
    yield connection
    connection.close()
