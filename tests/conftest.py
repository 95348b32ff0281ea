"""What every test shares."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
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
