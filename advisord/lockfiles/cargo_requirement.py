"""Version requirements of Cargo.toml (The Cargo Book, "Specifying Dependencies"), as far as telling locked versions apart needs it."""

import re

_COMPARATOR = re.compile(r"(\^|~|=|>=|<=|>|<)?\s*(\d+)?(?:\.(\d+))?(?:\.(\d+))?(\.?[*xX])?(?:[-+][\w.+-]*)?")
_END = 1 << 62


def admits(requirement: str, version: str) -> bool:
    """Whether a version meets the requirement, going by major, minor and patch alone; what can't be read admits all."""
    have = _numbers(version)
    for part in requirement.split(","):
        match = _COMPARATOR.fullmatch(part.strip())
        if match and not _within(match, have):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    match = _COMPARATOR.match(version)
    return tuple(int(text[:18]) if text else 0 for text in (match.groups()[1:4] if match else ()))


def _within(match: re.Match[str], have: tuple[int, ...]) -> bool:
    given = [int(text[:18]) for text in match.groups()[1:4] if text]
    if not given:
        return True
    operator = match[1] or ("=" if match[5] else "^")
    low, full = (*given, *[0] * (3 - len(given))), len(given) == 3
    last = len(given) - 1
    step = {
        "^": next((place for place, number in enumerate(given) if number), last),
        "~": min(1, last),
    }.get(operator, last)
    high = (*given[:step], given[step] + 1, *[0] * (2 - step))
    if operator == ">":
        return have > low if full else have >= high
    if operator == "<":
        return have < low
    if operator == ">=":
        return have >= low
    return low <= have < high if operator != "<=" else have < high
