"""Where something stands, as far as that is known."""

import pytest

from advisord.model.decision import Scope
from advisord.scope.compiled import CompiledPolicy, Component, Rule
from advisord.scope.facts import Where, covers, distributed, folder_of


@pytest.mark.parametrize(
    ("lockfile", "folder"),
    [
        ("Cargo.lock", "."),
        ("cli/Cargo.lock", "cli"),
        ("gradle/verification-metadata.xml", "."),
        ("app/gradle/dependency-locks/compileClasspath.lockfile", "app"),
        ("App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved", "."),
        ("ios/App.xcworkspace/xcshareddata/swiftpm/Package.resolved", "ios"),
        (".github/workflows/ci.yml", ".github/workflows"),
        ("my-gradle/gradle.lockfile", "my-gradle"),
    ],
)
def test_the_folder_of_the_project(lockfile: str, folder: str) -> None:
    """A tool's own folder for its lockfile is no part of the repository's layout."""
    assert folder_of(lockfile) == folder


@pytest.mark.parametrize(
    ("pattern", "exact", "somewhere"),
    [
        ("services/", True, True),
        ("services/api", True, True),
        ("services/api/core/", False, None),
        ("services/*/web", False, None),
        ("services/**/web", False, None),
        ("**/fuzz", False, None),
        ("s*", True, True),
        ("tools/", False, False),
        ("tools/*/web", False, False),
        ("services/ap", False, False),
        (".", False, False),
    ],
)
def test_what_a_path_covers(pattern: str, exact: bool, somewhere: bool | None) -> None:
    """A folder is covered or not; of what stands somewhere below it, that may be unknown."""
    assert covers((pattern,), Where("services/api", exact=True)) is exact
    assert covers((pattern,), Where("services/api", exact=False)) is somewhere


def test_the_top_alone() -> None:
    """`.` is the top folder: what is somewhere in the repository may be there, or not."""
    assert covers((".",), Where(".", exact=True)) is True
    assert covers((".",), Where(".", exact=False)) is None


def test_a_part_that_may_be_distributed_is_not_undistributed() -> None:
    """The first component that covers a folder decides; while several may be first, nobody knows."""
    components = (Component("cli", ("tools/cli/",)), Component("tools", ("tools/",), distributed=False))
    policy = CompiledPolicy("p", (Rule("all", "Why.", Scope.IN),), components=components)
    assert distributed(policy, Where("tools", exact=True)) is False
    assert distributed(policy, Where("tools", exact=False)) is None
    assert distributed(policy, Where("tools/cli", exact=False)) is True
    assert distributed(policy, Where("tools/test", exact=False)) is False
