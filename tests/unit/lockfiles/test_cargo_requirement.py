"""Requirements of Cargo.toml, as The Cargo Book's tables give them."""

import pytest

from advisord.lockfiles.cargo_requirement import admits


@pytest.mark.parametrize(
    ("requirement", "yes", "no"),
    [
        ("1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]),
        ("^0.0", ["0.0.9"], ["0.1.0"]),
        ("0", ["0.9.0"], ["1.0.0"]),
        ("~1.2", ["1.2.9"], ["1.3.0"]),
        ("~1", ["1.9.9"], ["2.0.0"]),
        ("*", ["0.0.1", "9.0.0"], []),
        ("1.*", ["1.9.0"], ["2.0.0"]),
        ("1.2.x", ["1.2.9"], ["1.3.0"]),
        ("=1.2", ["1.2.3"], ["1.3.0"]),
        ("=1.2.3", ["1.2.3"], ["1.2.4"]),
        (">1.2", ["1.3.0"], ["1.2.9"]),
        (">1.2.3", ["1.2.4"], ["1.2.3"]),
        (">=1.2, <1.5", ["1.2.0", "1.4.9"], ["1.1.9", "1.5.0"]),
        ("<=1.2.3", ["1.2.3"], ["1.2.4"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        ("1.0.0-rc.1", ["1.0.0"], ["2.0.0"]),
        ("not a requirement", ["1.0.0"], []),
    ],
)
def test_requirements_admit_what_cargo_says(requirement: str, yes: list[str], no: list[str]) -> None:
    """Each operator at its borders."""
    assert [version for version in [*yes, *no] if admits(requirement, version)] == yes
