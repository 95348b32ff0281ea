"""Whether a requirement admits a version."""

import pytest

from advisord.matching.requirements import admits


@pytest.mark.parametrize(
    ("ecosystem", "requirement", "version", "answer"),
    [
        ("crates.io", "0.3", "0.3.17", True),
        ("crates.io", "0.3.5", "0.3.4", False),
        ("crates.io", "^0.3.5", "0.4.0", False),
        ("crates.io", "1", "1.99.0", True),
        ("crates.io", "1.2", "2.0.0", False),
        ("crates.io", "^0.0.3", "0.0.4", False),
        ("crates.io", "~1.2", "1.2.9", True),
        ("crates.io", "~1.2", "1.3.0", False),
        ("crates.io", "~1", "1.3.0", True),
        ("crates.io", "=1.2.3", "1.2.4", False),
        ("crates.io", ">=1.2, <1.5", "1.4.9", True),
        ("crates.io", ">=1.2, <1.5", "1.5.0", False),
        ("crates.io", "1.*", "1.7.0", True),
        ("crates.io", "*", "9.0.0", True),
        ("crates.io", "=1.2", "1.2.4", None),
        ("npm", "^1.2.0", "1.9.0", True),
        ("npm", "^0.2.0", "0.3.0", False),
        ("npm", "~1.2.3", "1.3.0", False),
        ("npm", "1.2.3", "1.2.4", False),
        ("npm", "1.2", "1.2.4", True),
        ("npm", "1.x || >=2.5.0", "2.6.0", True),
        ("npm", "1.x || >=2.5.0", "2.4.0", False),
        ("npm", ">= 1.0.0 < 2", "1.9.0", True),
        ("npm", "1.0.0 - 1.5.0", "1.5.0", True),
        ("npm", "1.0.0 - 1.5.0", "1.5.1", False),
        ("npm", "*", "3.0.0", True),
        ("npm", "^1.0.0", "1.1.0-rc.1", None),
        ("npm", "git+https://git.example.org/x", "1.0.0", None),
        ("npm", "latest", "1.0.0", None),
        ("PyPI", ">=1.0,<2", "1.5", True),
        ("PyPI", ">=1.0,<2", "2.0", False),
        ("PyPI", "~=1.4.2", "1.4.9", True),
        ("PyPI", "~=1.4.2", "1.5", False),
        ("PyPI", "~=1.4", "1.9", True),
        ("PyPI", "==1.4.*", "1.4.7", True),
        ("PyPI", "!=1.4.*", "1.4.7", False),
        ("PyPI", "!=1.5", "1.5.0", False),
        ("PyPI", "^1.2", "1.3", True),
        ("PyPI", "1.2", "1.2", None),
        ("RubyGems", "~> 1.2", "1.3", None),
        ("npm", "", "1.0.0", None),
        ("npm", "^" * 300, "1.0.0", None),
        ("npm", "^1.a.0", "1.2.0", None),
    ],
)
def test_admits(ecosystem: str, requirement: str, version: str, answer: bool | None) -> None:
    """As the ecosystem's own tool decides; what is not understood is unknown."""
    assert admits(ecosystem, requirement, version) is answer
