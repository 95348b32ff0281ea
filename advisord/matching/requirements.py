"""Whether a requirement admits a version, for the notations that most lockfiles and manifests use.

Cargo (The Cargo Book, "Specifying Dependencies"), npm (node-semver's grammar of ranges), PyPI (version specifiers of the
packaging specifications, and Poetry's own), RubyGems ("Patterns", pessimistic versions), Packagist (Composer's "Versions and
constraints"), Hex (Elixir's `Version`), NuGet ("Package versioning"). What is not understood is unknown, never a yes.
"""

import re
from itertools import zip_longest

from advisord.errors import InvalidVersion
from advisord.versions import base_ecosystem, compare, is_prerelease

_LONGEST = 500
_COMPARATOR = re.compile(r"(===|==|~=|~>|!=|<>|>=|<=|\^|~|>|<|=)?\s*(.+)")
_ALTERNATIVES = {
    "npm": re.compile(r"\|\|"),
    "PyPI": re.compile(r"\|\|"),
    "Packagist": re.compile(r"\|\|?"),
    "Hex": re.compile(r"\bor\b"),
}
_TOGETHER = {
    "npm": re.compile(r"(?<=[\w*])\s+"),
    "Packagist": re.compile(r"(?<=[\w*])\s*,\s*|(?<=[\w*])\s+"),
    "Hex": re.compile(r"\band\b"),
}
_COMMA = re.compile(",")
_BASES = frozenset({"crates.io", "npm", "PyPI", "RubyGems", "Packagist", "Hex", "NuGet"})
_PARTIAL = frozenset({"crates.io", "npm"})
"""Where a shortened version stands for all versions that begin so."""
_HYPHENATED = frozenset({"npm", "Packagist"})
_WILD = frozenset({"*", "x", "X"})
_BARE = {"crates.io": "^", "npm": "=", "RubyGems": "=", "Packagist": "=", "Hex": "="}
_SAME = frozenset({"=", "==", "==="})
_PYTHON = re.compile(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*(.*)", re.DOTALL)
_ALIAS = re.compile(r"npm:(?:@?[^@]+@)?")


def admits(ecosystem: str, requirement: str, version: str) -> bool | None:
    """Whether a package manager may choose the version for this requirement; None where that can't be said."""
    base = base_ecosystem(ecosystem)
    if base not in _BASES or not 0 < len(requirement) <= _LONGEST:
        return None
    try:
        if is_prerelease(base, version):
            return None  # most tools admit only those that a requirement names
        if base == "NuGet":
            return _interval(requirement, version)
        if base == "PyPI":
            # Several requirements on one package, of which each holds in its own environment.
            return all(_any(base, _specifier(text), version) for text in requirement.split(" | "))
        return _any(base, _ALIAS.sub("", requirement, count=1) if base == "npm" else requirement, version)
    except (InvalidVersion, ValueError):
        return None


def _specifier(text: str) -> str:
    """The specifier of a dependency: without name, extras and marker. A bare version after a name is Poetry's exact one."""
    text = text.partition(" ;")[0].strip()
    if text[:1].isalpha() and (named := _PYTHON.fullmatch(text)):
        text = named[1].removeprefix("(").removesuffix(")").strip()
        text = f"=={text}" if text[:1].isdigit() else text
    if not text:
        raise ValueError("a name alone says nothing of versions: some lockfiles leave them out")
    return text


def _any(base: str, requirement: str, version: str) -> bool:
    parts = _ALTERNATIVES[base].split(requirement) if base in _ALTERNATIVES else [requirement]
    return any(_all(base, part.strip(), version) for part in parts)


def _all(base: str, text: str, version: str) -> bool:
    low, hyphen, high = text.partition(" - ")
    if hyphen and base in _HYPHENATED:
        return _one(base, f">={low.strip()}", version) and _one(base, f"<={high.strip()}", version, partial=True)
    if base == "Packagist":
        text = text.partition("@")[0]
    parts = _TOGETHER.get(base, _COMMA).split(text) if text else ["*"] if base == "npm" else []
    if not parts:
        raise ValueError("an empty requirement")
    return all(_one(base, part.strip(), version) for part in parts if part.strip())


def _one(base: str, part: str, version: str, *, partial: bool = False) -> bool:
    match = _COMPARATOR.fullmatch(part)
    if not match:
        raise ValueError(f"{part!r} is not understood")
    bound = match[2] if base == "PyPI" else match[2].removeprefix("v")
    pieces = bound.split(".")
    operator = match[1] or ("=" if pieces[-1] in _WILD else _BARE.get(base, "?"))
    while pieces and pieces[-1] in _WILD:
        pieces.pop()
    if not pieces:
        if operator in _SAME | {"^", "~", ">=", "<="}:
            return True
        raise ValueError(f"{part!r} is not understood")
    wild = len(pieces) <= bound.count(".")
    if wild or ((partial or base in _PARTIAL) and len(pieces) < 3):
        return _shortened(base, operator, ".".join(pieces), version)
    return _compared(base, operator, bound, version)


def _shortened(base: str, operator: str, bound: str, version: str) -> bool:
    """Against a bound that stands for every version which begins so."""
    order = _begins(version, _numbers(bound))
    answers = {
        "!=": order != 0,
        ">=": order >= 0,
        "<=": order <= 0,
        ">": order > 0,
        "<": order < 0,
    } | dict.fromkeys(_SAME, order == 0)
    return answers[operator] if operator in answers else _compared(base, operator, bound, version)


def _begins(version: str, numbers: list[int]) -> int:
    """-1, 0 or 1: the version's first numbers against these."""
    have = [*_numbers(version), 0, 0, 0][: len(numbers)]
    return (have > numbers) - (have < numbers)


def _compared(base: str, operator: str, bound: str, version: str) -> bool:
    if operator == "^":
        return _caret(base, bound, version)
    if operator == "~":
        # Composer's tilde lets the last given number rise, the others' never more than the third.
        places = bound.count(".") if base == "Packagist" else min(2, bound.count(".") + 1)
        return _within(base, bound, version, max(1, places))
    if operator in {"~=", "~>"}:
        return _within(base, bound, version, max(1, _release(bound).count(".")))
    order = compare(base, version, _whole(base, bound))
    answers = {
        "!=": order != 0,
        "<>": order != 0,
        ">=": order >= 0,
        "<=": order <= 0,
        ">": order > 0,
        "<": order < 0,
    } | dict.fromkeys(_SAME, order == 0)
    if operator not in answers:
        raise ValueError(f"{operator!r} is not understood")
    return answers[operator]


def _caret(base: str, bound: str, version: str) -> bool:
    """Up to the next change of the leftmost number that is not zero."""
    numbers = _numbers(bound)
    fixed = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1) + 1
    return _within(base, bound, version, fixed)


def _within(base: str, bound: str, version: str, fixed: int) -> bool:
    """At least the bound, with the same first numbers."""
    if compare(base, version, _whole(base, bound)) < 0:
        return False
    pairs = zip_longest(_numbers(version)[:fixed], _numbers(bound)[:fixed], fillvalue=0)
    return all(have == want for have, want in pairs)


def _interval(requirement: str, version: str) -> bool:
    """NuGet: a version alone is the least one; else `[1.0,2.0)` with either end left out, or `[1.0]`."""
    text = requirement.strip()
    if text[0] not in "[(":
        return compare("NuGet", version, text) >= 0
    if text[-1] not in "])":
        raise ValueError(f"{text!r} is not understood")
    low, comma, high = (part.strip() for part in text[1:-1].partition(","))
    if not comma:
        return compare("NuGet", version, low) == 0
    above = not low or compare("NuGet", version, low) > -(text[0] == "[")
    return above and (not high or compare("NuGet", version, high) < (text[-1] == "]"))


def _whole(base: str, bound: str) -> str:
    """A full semantic version of a shortened one."""
    if base not in {"crates.io", "npm", "Hex"}:
        return bound
    release, dash, rest = bound.partition("-")
    return release + ".0" * (2 - release.count(".")) + dash + rest


def _release(version: str) -> str:
    return version.partition("+")[0].partition("-")[0]


def _numbers(version: str) -> list[int]:
    """The numbers of a release; raises ValueError where something else is among them."""
    return [int(part) for part in _release(version.removeprefix("v")).split(".")]
