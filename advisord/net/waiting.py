"""How long to wait before asking again: what the server says, else back-off with jitter. Pure."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FIRST = 0.5
_LONGEST = 30.0


def back_off(attempt: int) -> float:
    """Seconds before the try after number `attempt` (0 for the first): doubling, at most 30, with full jitter."""
    return min(_LONGEST, _FIRST * 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311  (not a secret)


def asked(status: int, headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, None when it does not say. `headers` have lower-case names.

    `retry-after` (RFC 9110, section 10.2.3), else `x-ratelimit-reset` once `x-ratelimit-remaining` is 0. A moment is
    compared with the server's own `date`, so that a wrong clock here does no harm.
    """
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    if text:
        moment = _moment(text)
        if moment is not None:
            return max(0.0, moment - _now(headers))
    if status in {403, 429} and headers.get("x-ratelimit-remaining", "").strip() == "0":
        reset = headers.get("x-ratelimit-reset", "").strip()
        if reset.isdecimal():
            return max(0.0, float(reset) - _now(headers))
    return None


def passing(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the answer says "later" rather than "never": a 403 without rate headers is about permission."""
    if status == 403:
        return "retry-after" in headers or headers.get("x-ratelimit-remaining", "").strip() == "0"
    return status in {408, 429, 500, 502, 503, 504}


def _now(headers: Mapping[str, str]) -> float:
    moment = _moment(headers.get("date", ""))
    return datetime.now(UTC).timestamp() if moment is None else moment


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
