"""Times as people write them: `within three (3) business days`, `48h`, `a week`, `1–2 weeks`, `90-day`."""

# ruff: noqa: RUF001, RUF002  people write dashes and quotes of all kinds, and so do the patterns

import re
from typing import NamedTuple

_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_TENS = {"thirty": 30, "forty-five": 45, "forty five": 45, "forty": 40, "sixty": 60, "ninety": 90, "fourty-eight": 48}
NUMBERS = {word: number for number, word in enumerate(_WORDS)} | _TENS | {
    "a": 1, "an": 1, "single": 1, "couple": 2, "a couple of": 2, "forty-eight": 48, "forty eight": 48, "seventy-two": 72,
    "seventy two": 72, "twenty-four": 24, "twenty four": 24, "twenty-one": 21, "fortnight": 14, "hundred": 100,
}  # fmt: skip
_NUMBER = r"\d{1,4}|" + "|".join(sorted((re.escape(word) for word in NUMBERS), key=len, reverse=True))
_UNITS = {"hour": "hours", "hr": "hours", "h": "hours", "day": "days", "d": "days", "week": "weeks", "wk": "weeks",
          "w": "weeks", "month": "months", "mo": "months", "year": "years"}  # fmt: skip

_DURATION = re.compile(
    rf"""
    (?<![\w.$€£-])
    (?:(?P<low>(?:\d{{1,4}}\s*(?:hours?|days?|weeks?)?\s*(?:-|–|—|to|or)|(?:{_NUMBER})\s+(?:to|or)))\s*)?
    (?P<number>{_NUMBER})\s*
    (?:\(\s*(?P<figure>\d{{1,4}})\s*\)\s*)?
    [-–]?\s*
    (?P<business>(?:full\s+|calendar\s+)?(?:business|working|work|week)[\s-]+(?=day|hour))?
    (?:calendar[\s-]+|full\s+|consecutive\s+)?
    (?:(?P<unit>hour|hr|day|week|wk|month|year)(?:s|\(s\))?|(?P<short>[hdw]))
    (?P<two>\s+or\s+two)?
    (?![\w'’]|-\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DAY_OF_A_PLAN = re.compile(r"^\W*day\s+(?:\d{1,3}\s*(?:-|–|to)\s*)?(?P<number>\d{1,3})(?=\s*[:–)—-])", re.IGNORECASE)
_EVERY = re.compile(
    r"\b(?P<word>daily|weekly|bi-?weekly|fortnightly|monthly|every\s+(?:other\s+)?(?:business\s+|working\s+)?(?:day|week|month)"
    r"|(?:once|twice)\s+(?:a|per|every)\s+(?:day|week|month)|(?:a|per|each)\s+week(?=\s+basis))\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\bnext\s+(?:\w+\s+){0,2}?(?P<part>major|minor|patch|point|maintenance|feature|scheduled|planned|regular)?\s*"
    r"(?:\w+\s+)?(?P<what>release|version)\b",
    re.IGNORECASE,
)


class Duration(NamedTuple):
    """A time in a text. `value` is normalised: `48 hours`, `3 business days`, `1 week`, `next minor release`."""

    value: str
    start: int
    end: int


def durations(text: str) -> list[Duration]:
    """Every time in the text, in order; of a range the later end."""
    found = []
    plan = _DAY_OF_A_PLAN.match(text)
    if plan and int(plan["number"]):
        found.append(Duration(_counted(int(plan["number"]), "days"), plan.start(), plan.end()))
    for match in _DURATION.finditer(text):
        number = _amount(match)
        if not number:
            continue
        unit = _UNITS[(match["unit"] or match["short"]).lower()]
        if match["business"] and unit == "days":
            unit = "business days"
        found.append(Duration(_counted(number, unit), match.start(), match.end()))
    return found


def releases(text: str) -> list[Duration]:
    """Every "with the next … release"."""
    found = []
    for match in _NEXT.finditer(text):
        part = re.search(r"\b(major|minor|patch)\b", match[0], re.IGNORECASE)
        value = f"next {part[1].lower()} release" if part else "next release"
        found.append(Duration(value, match.start(), match.end()))
    return found


def cadences(text: str) -> list[Duration]:
    """Every rhythm without a number: weekly, every other day, once a week."""
    found = []
    for match in _EVERY.finditer(text):
        word = " ".join(match["word"].lower().split())
        unit = next(
            (unit for key, unit in (("week", "week"), ("month", "month"), ("da", "day")) if key in word), "week"
        )
        number = 2 if "other" in word or word.startswith(("bi", "fortnight")) else 1
        if word.startswith("twice"):
            continue
        business = "business " if "business" in word or "working" in word else ""
        plural = "s" if number > 1 else ""
        found.append(Duration(f"{number} {business}{unit}{plural}", match.start(), match.end()))
    return found


def cell(text: str, unit: str = "") -> str:
    """The one time that a table's cell states (`<24h`, `7`, `30 days`), or "". `unit` is the header's, for bare numbers."""
    bare = re.fullmatch(r"\s*(?:<|≤|<=|~|up to|within)?\s*(\d{1,4})\s*", text, re.IGNORECASE)
    if bare and unit:
        return _counted(int(bare[1]), unit)
    stripped = re.sub(r"^[\s<≤=~≈>]+", "", text)
    found = durations(stripped) or releases(stripped)
    return found[0].value if found and len({one.value for one in found}) == 1 else ""


def header_unit(text: str) -> str:
    """The unit that a column's header gives to bare numbers: `Days`, `SLA (business days)`, `Hours to fix`."""
    match = re.search(r"\b(?:(business|working)\s+)?(hours|days|weeks|months)\b", text, re.IGNORECASE)
    if not match:
        return ""
    unit = match[2].lower()
    return "business days" if match[1] and unit == "days" else unit


def _amount(match: re.Match[str]) -> int:
    word = " ".join(match["number"].lower().split())
    if match["short"] and not word.isdigit():
        return 0
    if word in {"a", "an"} and match["low"]:
        return 0
    if match["two"]:
        return 2
    number = int(word) if word.isdigit() else NUMBERS[word]
    return int(match["figure"]) if match["figure"] else number


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit[:-1] if number == 1 else unit}"
