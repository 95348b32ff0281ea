"""verification-metadata.xml: components, and what is no such file."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.gradle_verification import parse

DATA = Path(__file__).parent / "data" / "gradle_verification"


def test_components() -> None:
    """Attributes in any order, with the line where the component begins; trusted artifacts are no components."""
    inventory = parse((DATA / "verification-metadata.xml").read_bytes())
    assert [(p.ecosystem, p.name, p.version, p.line) for p in inventory.packages] == [
        ("Maven", "com.example:lib", "1.10", 11),
        ("Maven", "com.example:lib", "2.0.Final", 16),
    ]
    assert (inventory.edges, inventory.roots, inventory.problems) == (None, None, ())


def test_a_component_without_an_attribute_is_a_problem() -> None:
    """The others are read."""
    inventory = parse(
        b"<verification-metadata><components>"
        b"<component name='b' version='1'/><component group='a' name='b' version='1'/>"
        b"</components></verification-metadata>"
    )
    assert len(inventory.packages) == 1
    assert [problem.blocking for problem in inventory.problems] == [True]


@pytest.mark.parametrize("data", [b"", b"<project/>", b"<!DOCTYPE a><verification-metadata/>", b"prose", b"{}"])
def test_what_is_no_verification_metadata(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        parse(data)
