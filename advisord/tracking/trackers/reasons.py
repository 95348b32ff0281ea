"""What trackers without reasons for a closed issue have instead, and times that are not in UTC."""

from collections.abc import Iterable
from datetime import datetime

from advisord.model.plan import StateReason
from advisord.times import stamp

_WORDS = {
    "duplicate": StateReason.DUPLICATE,
    "wontfix": StateReason.NOT_PLANNED,
    "notplanned": StateReason.NOT_PLANNED,
    "invalid": StateReason.NOT_PLANNED,
}


def by_labels(labels: Iterable[str]) -> StateReason:
    """Why a person closed an issue, by a label such as `wontfix`, `Won't Fix` or `status::duplicate`."""
    for label in labels:
        word = "".join(c for c in label.casefold().replace("/", ":").rpartition(":")[2] if c.isalpha())
        if word in _WORDS:
            return _WORDS[word]
    return StateReason.COMPLETED


def in_utc(text: object) -> str:
    """An RFC 3339 time as `stamp` writes it; "" for none and for the year 1, which Go writes for none."""
    try:
        moment = datetime.fromisoformat(str(text))
        return "" if moment.year < 1970 or moment.tzinfo is None else stamp(moment)
    except (ValueError, OverflowError):
        return ""
