"""Severity from CVSS vectors and from words."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from advisord.model.advisory import Rating, Severity

UNKNOWN = Rating()
_WORDS = {
    "none": Rating(Severity.NONE),
    "informational": Rating(Severity.NONE),
    "low": Rating(Severity.LOW),
    "moderate": Rating(Severity.MEDIUM),
    "medium": Rating(Severity.MEDIUM),
    "important": Rating(Severity.HIGH),
    "high": Rating(Severity.HIGH),
    "critical": Rating(Severity.CRITICAL),
}


class Scored(NamedTuple):
    """A rating by the version of CVSS that gave it, so that the newest wins and then the worst."""

    version: int
    score: float
    rating: Rating


def of_vectors(vectors: Iterable[str]) -> Rating | None:
    """The rating by the newest version of CVSS among them, the worst of several; None when none can be read.

    One bad vector does not spoil the others.
    """
    scored = [found for vector in vectors if (found := _scored(vector)) is not None]
    return max(scored).rating if scored else None


def of_word(word: Any) -> Rating | None:
    """The rating that a feed's word means, None for no word or one that says nothing."""
    return _WORDS.get(word.strip().lower()) if isinstance(word, str) else None


@lru_cache(maxsize=1 << 15)
def _scored(vector: str) -> Scored | None:
    """Base score of a vector (CVSS 2.0, 3.0, 3.1, 4.0; specifications by FIRST), or of a bare number."""
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    text = vector.strip().strip("()").rstrip("/").removeprefix("CVSS:2.0/").removeprefix("CVSS2#")
    if len(text) > 500:
        return None
    version, scheme = 2, CVSS2
    if text.startswith("CVSS:4"):
        version, scheme = 4, CVSS4
    elif text.startswith("CVSS:3"):
        version, scheme = 3, CVSS3
    elif text[:1].isdigit():
        return _number(text)
    try:
        score = float(scheme(text).scores()[0])
    except (CVSSError, ValueError, ArithmeticError, LookupError, TypeError, RuntimeError):
        return None
    return Scored(version, score, Rating(_level(score, version), score, text))


def _number(text: str) -> Scored | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return Scored(0, score, Rating(_level(score, 3), score)) if 0.0 <= score <= 10.0 else None


def _level(score: float, version: int) -> Severity:
    """CVSS 3.1, section 5, and 4.0, section 6; for 2.0 the ranks of the National Vulnerability Database."""
    if version == 2:
        return Severity.HIGH if score >= 7.0 else Severity.MEDIUM if score >= 4.0 else Severity.LOW
    if score >= 9.0:
        return Severity.CRITICAL
    if score >= 7.0:
        return Severity.HIGH
    if score >= 4.0:
        return Severity.MEDIUM
    return Severity.LOW if score > 0.0 else Severity.NONE
