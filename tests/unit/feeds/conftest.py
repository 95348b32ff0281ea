"""Feeds in their layouts, made on the spot."""

from collections.abc import Callable

import pytest
from feed_parts import Bucket


@pytest.fixture
def bucket() -> Bucket:
    """An ecosystem with twenty records."""
    made = Bucket()
    for number in range(20):
        made.add(f"A-{number}")
    return made


@pytest.fixture
def make_bucket() -> Callable[[str], Bucket]:
    """Makes empty ecosystems."""
    return Bucket
