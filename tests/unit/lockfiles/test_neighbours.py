"""The files around a lockfile, and none outside the repository."""

import pytest

from advisord.lockfiles.neighbours import Neighbours

TREE = {"Cargo.toml": b"top", "a/Cargo.lock": b"", "a/Cargo.toml": b"a", "a/b/Cargo.toml": b"b", "ab/Cargo.toml": b"ab"}


def test_read_is_relative_to_the_lockfile() -> None:
    """Beside, below, and above the lockfile."""
    near = Neighbours("a/Cargo.lock", lambda: TREE, TREE.get)
    assert near.read("Cargo.toml") == b"a"
    assert near.read("b/Cargo.toml") == b"b"
    assert near.read("../Cargo.toml") == b"top"
    assert near.read("missing") is None


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "../..", "b/../../../x"])
def test_nothing_outside_is_asked_for(path: str) -> None:
    """A path that leads out of the repository never reaches the reader."""
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return b""

    near = Neighbours("a/Cargo.lock", lambda: TREE, read)
    assert near.read(path) is None
    assert asked == []


def test_find_looks_below_the_lockfile() -> None:
    """All files of a name at or below the lockfile's folder, sorted."""
    assert Neighbours("a/Cargo.lock", lambda: TREE, TREE.get).find("Cargo.toml") == ["Cargo.toml", "b/Cargo.toml"]
    assert Neighbours("Cargo.lock", lambda: TREE, TREE.get).find("Cargo.toml") == [
        "Cargo.toml",
        "a/Cargo.toml",
        "a/b/Cargo.toml",
        "ab/Cargo.toml",
    ]


def test_a_huge_manifest_is_not_read() -> None:
    """More than any manifest has is taken for none."""
    assert Neighbours("Cargo.lock", list, lambda _: b" " * (5 << 20)).read("Cargo.toml") is None
