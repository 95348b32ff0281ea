"""Severity from vectors and words."""

import pytest

from advisord.feeds.rating import of_vectors, of_word
from advisord.model.advisory import Severity


@pytest.mark.parametrize(
    ("vector", "severity", "score"),
    [
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Severity.CRITICAL, 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Severity.NONE, 0.0),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/E:U", Severity.HIGH, 7.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Severity.CRITICAL, 9.3),
        ("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", Severity.HIGH, 7.5),
        ("AV:N/AC:M/Au:N/C:N/I:P/A:N", Severity.MEDIUM, 4.3),
        ("AV:L/AC:H/Au:N/C:N/I:N/A:N", Severity.LOW, 0.0),
        ("CVSS:2.0/AV:N/AC:M/Au:N/C:N/I:P/A:N", Severity.MEDIUM, 4.3),
        ("CVSS2#AV:N/AC:M/Au:N/C:N/I:P/A:N", Severity.MEDIUM, 4.3),
        (" 5.0 ", Severity.MEDIUM, 5.0),
    ],
)
def test_scores(vector: str, severity: Severity, score: float) -> None:
    """Base scores by the specifications, and the ranks that belong to them."""
    rating = of_vectors([vector])
    assert rating is not None
    assert (rating.severity, rating.score) == (severity, score)


@pytest.mark.parametrize(
    "vector", ["", "CVSS:3.1", "CVSS:5.0/A:B", "x" * 10_000, "11", "nan", "-1", "CVSS:3.1/AV:N/AV:N"]
)
def test_no_score(vector: str) -> None:
    """What is no vector gives nothing, and does not spoil its neighbour."""
    assert of_vectors([vector]) is None
    assert of_vectors([vector, "5.0"]) is not None


def test_the_worst_of_equals() -> None:
    """Of several vectors of one version the worst counts; a newer version counts before an older one."""
    low, high = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    rating = of_vectors([low, high, "AV:N/AC:L/Au:N/C:C/I:C/A:C"])
    assert rating is not None
    assert rating.vector == high


def test_words() -> None:
    """The words of the databases; an unknown one says nothing."""
    assert [of_word(word) for word in ("unknown", "", None, 5)] == [None] * 4
    rating = of_word(" Moderate ")
    assert rating is not None
    assert rating.severity is Severity.MEDIUM
