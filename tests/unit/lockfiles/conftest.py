"""What the tests of formats share: manifests that a test writes down."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pytest

from advisord.lockfiles.interface import Manifests


class WrittenManifests(NamedTuple):
    """The files of a test, by path."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None."""
        return self.files.get(path)

    def find(self, name: str) -> Sequence[str]:
        """All paths with that base name, sorted."""
        return sorted(path for path in self.files if path.rpartition("/")[2] == name)


@pytest.fixture(scope="session")
def manifests() -> Callable[[Mapping[str, bytes]], Manifests]:
    """Manifests of the given files."""
    return WrittenManifests
