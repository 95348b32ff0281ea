"""Parts of pages."""

import pytest

from advisord.web.parts import rated, what_to_do


@pytest.mark.parametrize(
    ("severity", "score", "kind", "expected"),
    [
        ("critical", 9.1, "vulnerability", "critical 9.1"),
        ("low", None, "unsound", "low"),
        ("unknown", None, "unmaintained", "unmaintained"),
        ("unknown", None, "vulnerability", "unknown"),
    ],
)
def test_what_nobody_rates_says_what_it_is(severity: str, score: float | None, kind: str, expected: str) -> None:
    """As the text does: an unmaintained package has no unknown severity."""
    assert rated(severity, score, kind) == expected


@pytest.mark.parametrize(
    ("fixed", "malware", "expected"),
    [
        (["1.2.4"], False, "Update to 1.2.4."),
        (["1.2.4", "2.0.0"], False, "Update to 1.2.4 (also fixed in 2.0.0)."),
        ([], False, "No fix exists: replace or remove it."),
        (["1.2.4"], True, "Remove it, and treat the machines that ran it as compromised."),
    ],
)
def test_what_to_do(fixed: list[str], malware: bool, expected: str) -> None:
    """In the words of scans."""
    assert what_to_do(fixed, malware=malware) == expected
