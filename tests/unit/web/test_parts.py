"""Parts of pages."""

import pytest

from advisord.web.parts import rated


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
