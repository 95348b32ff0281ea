"""What every test shares."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from feed_parts import Store
from hypothesis import HealthCheck, settings
from loopback import Loopback

from advisord.net.http import Http

# In CI the examples are the same each time: a change is judged by what it changed. At a desk they are new ones.
settings.register_profile(
    "default",
    deadline=None,
    max_examples=100,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

SHARED = Path(__file__).resolve().parents[2] / "shared"


def _beside(folder: str) -> Path:
    path = SHARED / folder
    if not path.is_dir():
        pytest.skip(f"needs ../shared/{folder}, which is not beside this checkout")
    return path


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real feeds, lockfiles and expected results beside the checkout."""
    return _beside("corpus")


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of published interface descriptions beside the checkout."""
    return _beside("contracts")


@pytest.fixture(scope="session")
def policy_texts() -> Path:
    """The folder of real SECURITY.md texts beside the checkout."""
    return _beside("policies")


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A web server on the loopback interface that answers as it is told."""
    loopback = Loopback()
    yield loopback
    loopback.close()


@pytest.fixture
def tls_server() -> Iterator[Loopback]:
    """The same over TLS, with a certificate that nobody has reason to trust."""
    loopback = Loopback(tls=True)
    yield loopback
    loopback.close()


@pytest.fixture
def make_http() -> Iterator[Callable[..., Http]]:
    """Makes HTTP clients that never really sleep, and closes them."""
    made: list[Http] = []

    def make(**options: Any) -> Http:
        made.append(Http(**{"sleep": lambda _: None, **options}))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def store() -> Store:
    """What a store remembers of a feed, empty."""
    return Store()
