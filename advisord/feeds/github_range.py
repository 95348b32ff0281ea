"""GitHub's `vulnerable_version_range`: `op version`, or `lower, upper`; the operators are = < <= > >=."""

import re

from advisord.errors import InvalidVersion
from advisord.model.advisory import Event, Range
from advisord.versions import compare

_PART = re.compile(r"\s*(=|<=|<|>=|>)\s*([^\s,=<>|]+)\s*")
_LOWER = {">=": "introduced", ">": "introduced_after"}


def parse(text: object, patched: str, ecosystem: str) -> Range:
    """The range as OSV events; unreadable, with the reason, when it is not of this grammar or contradicts itself.

    `patched` is the record's first patched version, "" when it names none: then what ends the range is no fix.
    """
    if not isinstance(text, str) or not text.strip():
        return _unreadable("no range of versions is given")
    parts = [_PART.fullmatch(part) for part in text.split(",")]
    bounds = [(match[1], match[2]) for match in parts if match]
    if len(bounds) != len(parts) or len(bounds) > 2:
        return _unreadable(text)
    lower = [(op, version) for op, version in bounds if op in _LOWER]
    upper = [(op, version) for op, version in bounds if op in {"<", "<="}]
    equal = [version for op, version in bounds if op == "="]
    if len(lower) > 1 or len(upper) > 1 or (equal and len(bounds) > 1):
        return _unreadable(text)
    if equal:
        start, ends = Event("introduced", equal[0]), [Event("last_affected", equal[0])]
    else:
        start = _start(*lower[0]) if lower else Event("introduced", "0")
        ends = [_end(*upper[0], patched)] if upper else []
        if lower and upper and _empty(ecosystem, *lower[0], *upper[0]):
            return Range("ECOSYSTEM", (), f"GitHub's range {text[:100]!r} holds no version")
    if patched and ends and ends[0].kind == "last_affected":
        ends.append(Event("fixed", patched))
    return Range("ECOSYSTEM", (start, *ends))


def _start(operator: str, version: str) -> Event:
    # No release comes before 0: `> 0` is how a record says "all versions".
    return Event("introduced", "0") if version == "0" else Event(_LOWER[operator], version)


def _end(operator: str, version: str, patched: str) -> Event:
    if operator == "<=":
        return Event("last_affected", version)
    return Event("fixed" if patched else "limit", version)


def _empty(ecosystem: str, low: str, lower: str, high: str, upper: str) -> bool:
    """Whether nothing lies between two bounds: as events they would mean everything above the lower one."""
    try:
        order = compare(ecosystem, lower, upper)
    except InvalidVersion:
        return False  # said where the range is evaluated
    return order > 0 or (order == 0 and (low, high) != (">=", "<="))


def _unreadable(text: str) -> Range:
    return Range(
        "ECOSYSTEM", (), text if text.startswith("no ") else f"GitHub's range {text[:100]!r} is not understood"
    )
