"""Package.resolved of all versions: names as OSV has them, branches, registries, and what is no Package.resolved."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.registry import load
from advisord.lockfiles.swift import parse, url_name
from advisord.model.inventory import Source

DATA = Path(__file__).parent / "data" / "swift"


def test_version_1() -> None:
    """`object.pins` with `repositoryURL`."""
    (package,) = parse((DATA / "v1.resolved").read_bytes()).packages
    assert (package.ecosystem, package.name, package.version) == ("SwiftURL", "git.example/apple/swift-nio", "2.10.0")
    assert (package.source, package.commit, package.line) == (Source.REGISTRY, "aaaa", 5)


def test_version_3() -> None:
    """A branch has no version, a local package is a path, and a package of a Swift registry has no address."""
    packages = parse((DATA / "v3.resolved").read_bytes()).packages
    assert [(p.name, p.version, p.source, p.locator, p.line) for p in packages] == [
        ("git.example/apple/swift-log", "1.10.0", Source.REGISTRY, "", 5),
        ("git.example/apple/tracking-main", "", Source.GIT, "https://git.example/apple/tracking-main/", 14),
        ("/Users/somebody/local", "0.1.0", Source.PATH, "/Users/somebody/local", 23),
        ("mona.LinkedList", "1.2.0", Source.OTHER_REGISTRY, "", 32),
    ]
    assert [p.commit for p in packages] == ["bbbb", "cccc", "dddd", ""]


@pytest.mark.parametrize(
    "location",
    [
        "https://git.example/a/b",
        "https://git.example/a/b.git",
        "https://git.example/a/b.git/",
        "http://user@git.example/a/b",
        "ssh://git@git.example:22/a/b.git",
        "git@git.example:a/b.git",
        "git.example:/a/b",
    ],
)
def test_every_address_of_a_repository_is_one_name(location: str) -> None:
    """Scheme, user, port and ending don't matter."""
    assert url_name(location) == "git.example/a/b"


def test_a_pin_without_a_state_is_a_problem() -> None:
    """The others are read."""
    data = b'{"pins": [1, {"location": "https://git.example/a/b"}, {"location": "x", "state": {"version": "1"}}]}'
    inventory = parse(data)
    assert [(p.name, p.version) for p in inventory.packages] == [("x", "1")]
    assert [problem.blocking for problem in inventory.problems] == [True, True]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"pins": {}}', b'{"object": []}', b'{"object": {}}', b'{"pins": [' * 5000]
)
def test_what_is_no_package_resolved(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        load("swift").parse(data)
