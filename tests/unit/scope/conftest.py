"""Findings to decide on."""

from collections.abc import Callable
from typing import Any

import pytest

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach


def _via(
    component: str = ".", reach: str = "runtime", path: tuple[str, ...] = ("direct", "demo"), name: str = ""
) -> Via:
    return Via(component, name or component.rpartition("/")[2], Reach(reach), path)


def _place(*via: Via, **changes: Any) -> Place:
    place = Place("refs/heads/main", "Cargo.lock", "cargo", 3, "1.2.3", Verdict.AFFECTED, via=via or None)
    return place._replace(**changes)


def _finding(*places: Place, **changes: Any) -> Finding:
    finding = Finding(
        "example/repository",
        "crates.io",
        "demo",
        "RUSTSEC-2026-0001",
        ("RUSTSEC-2026-0001", "CVE-2026-1", "GHSA-aaaa-bbbb-cccc"),
        Kind.VULNERABILITY,
        Rating(Severity.HIGH, 7.5, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"),
        "A summary.",
        (),
        places or (_place(),),
        published="2026-11-01T00:00:00Z",
        first_seen="2026-11-02T00:00:00Z",
    )
    return finding._replace(**changes)


@pytest.fixture
def via() -> Callable[..., Via]:
    """Make a way in."""
    return _via


@pytest.fixture
def place() -> Callable[..., Place]:
    """Make a place."""
    return _place


@pytest.fixture
def finding() -> Callable[..., Finding]:
    """Make a finding."""
    return _finding
