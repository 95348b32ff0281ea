"""Maven's versions."""

from collections.abc import Callable, Sequence

import pytest

from advisord.versions import compare, is_exact, is_prerelease


def test_order(ascends: Callable[[str, Sequence[str]], None]) -> None:
    """Maven 3.9's order, with the spellings that it takes for equal."""
    ascends(
        "Maven",
        [
            "0-SNAPSHOT",
            "0 = 0.0.0 = 0-ga = release",
            "0-sp",
            "0-1",
            "0.1",
            "1-alpha = 1.0.alpha = 1.0.0-ALPHA",
            "1-alpha-1 = 1a1 = 1.alpha1",
            "1-alpha-10",
            "1-beta",
            "1-m1 = 1-milestone-1",
            "1-rc = 1-CR = 1.0.RC",
            "1-rc-2",
            "1-SNAPSHOT",
            "1 = 1.0 = 1.ga = 1-final = 1.0.Final = 1.0.0.RELEASE = 1.",
            "1-final.1",
            "1-sp",
            "1-sp.1",
            "1-b",
            "1-jre = 1.0-jre = 1.0.0.jre = 1jre",
            "1-jre.1",
            "1-x",
            "1-0.1",
            "1-1 = 1.0.0-1",
            "1-1.1",
            "1-20200101.120000-1",
            "1.0.1",
            "1.1-alpha",
            "1.1",
            "1.10",
            "1.99999999999999999999",
        ],
    )


@pytest.mark.parametrize(
    ("version", "exact"),
    [
        ("1.0", True),
        ("1.0.Final-redhat-1", True),
        ("1.0-alpha.1", True),
        ("32.1.3-jre", True),
        ("Finchley.SR1", False),
        ("r03", False),
        ("3.0.0.alpha.1", False),
        ("1-final-1", False),
        ("1-0-1", False),
    ],
)
def test_exact(version: str, exact: bool) -> None:
    """Words that start a version or stand between dots, and lists that start with a list, run in circles."""
    assert is_exact("Maven", version) is exact


def test_circle() -> None:
    """Where Maven's order runs in a circle, so do we: its own comparison decides."""
    assert compare("Maven", "3.0", "3.0-pre1") == -1
    assert compare("Maven", "3.0-pre1", "3.0.0.alpha.1.0") == -1
    assert compare("Maven", "3.0.0.alpha.1.0", "3.0") == -1


def test_release_trains() -> None:
    """Words at the start are compared as words, below every number."""
    assert compare("Maven", "Finchley.SR1", "Finchley.SR2") == -1
    assert compare("Maven", "Finchley.SR4", "Greenwich.RELEASE") == -1
    assert compare("Maven", "Hoxton.SR12", "2020.0.0") == -1
    assert compare("Maven", "1-final-1", "1-1") == -1
    assert compare("Maven", "1.0.alpha.1", "1.0.alpha.1") == 0


def test_prerelease() -> None:
    """A qualifier below a release, wherever it stands."""
    for version in ("1.0-alpha-1", "1.0.0.M2", "2.0-SNAPSHOT", "1.0-jre-rc1", "1.0.rc.1"):
        assert is_prerelease("Maven", version), version
    for version in ("1.0", "1.0-jre", "1.0.Final", "1.0.0.RELEASE"):
        assert not is_prerelease("Maven", version), version
