"""Whether a requirement admits a version, for the notations that most lockfiles and manifests use.

Cargo (The Cargo Book, "Specifying Dependencies"), npm (node-semver's grammar of ranges), PyPI (version specifiers of the
packaging specifications). What is not understood is unknown, never a yes.
"""

from itertools import zip_longest

from advisord.errors import InvalidVersion
from advisord.versions import base_ecosystem, compare, is_prerelease

_LONGEST = 200
_OPERATORS = ("===", "==", "~=", "!=", ">=", "<=", "^", "~", ">", "<", "=")


def admits(ecosystem: str, requirement: str, version: str) -> bool | None:
    """Whether a package manager may choose the version for this requirement; None where that can't be said."""
    base = base_ecosystem(ecosystem)
    if base not in {"crates.io", "npm", "PyPI"} or not 0 < len(requirement) <= _LONGEST:
        return None
    try:
        if base == "PyPI":
            return _all(base, requirement.split(","), version)
        if base == "crates.io":
            return _all(base, requirement.split(","), version)
        return _any_of_npm(requirement, version)
    except (InvalidVersion, ValueError):
        return None


def _any_of_npm(requirement: str, version: str) -> bool:
    if is_prerelease("npm", version):
        raise ValueError("npm admits pre-releases only of the versions that a range names")
    for alternative in requirement.split("||"):
        low, hyphen, high = alternative.partition(" - ")
        if hyphen:
            parts = [f">={low.strip()}", f"<={high.strip()}"]
        else:
            text = alternative
            for operator in _OPERATORS:
                text = text.replace(f"{operator} ", operator)
            parts = text.split() or ["*"]
        if _all("npm", parts, version):
            return True
    return False


def _all(base: str, parts: list[str], version: str) -> bool:
    return all(_one(base, part.strip(), version) for part in parts if part.strip())


def _one(base: str, part: str, version: str) -> bool:
    operator = next((sign for sign in _OPERATORS if part.startswith(sign)), "")
    bound = part[len(operator) :].strip().removeprefix("v") if base != "PyPI" else part[len(operator) :].strip()
    if bound in {"*", "x", "X", ""} and operator in {"", "=", "=="}:
        return True
    wild = bound.split(".")
    if wild[-1] in {"*", "x", "X"}:
        while wild and wild[-1] in {"*", "x", "X"}:
            wild.pop()
        same = _numbers(version)[: len(wild)] == [int(number) for number in wild]
        if operator in {"", "=", "==", "^", "~"}:
            return same if operator != "^" else _caret(base, ".".join(wild), version)
        if operator == "!=":
            return not same
        raise ValueError(f"{part!r} is not understood")
    if not operator:
        operator = {"crates.io": "^", "npm": "="}.get(base, "?")
        if base == "npm" and bound.count(".") < 2:
            return _numbers(version)[: len(wild)] == [int(number) for number in wild]
    return _compared(base, operator, bound, version)


def _compared(base: str, operator: str, bound: str, version: str) -> bool:
    if operator == "^":
        return _caret(base, bound, version)
    if operator == "~":
        return _within(base, bound, version, min(2, bound.count(".") + 1))
    if operator == "~=":
        return _within(base, bound, version, bound.count("."))
    if base != "PyPI" and operator in {"=", "<=", ">"} and bound.count(".") < 2:
        raise ValueError("a part of a version stands for a range here")
    order = compare(base, version, _whole(base, bound))
    answers = {
        "=": order == 0,
        "==": order == 0,
        "!=": order != 0,
        ">=": order >= 0,
        "<=": order <= 0,
        ">": order > 0,
        "<": order < 0,
    }
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


def _whole(base: str, bound: str) -> str:
    """A full semantic version of a shortened one."""
    release, dash, rest = bound.partition("-")
    return bound if base == "PyPI" else release + ".0" * (2 - release.count(".")) + dash + rest


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("+")[0].partition("-")[0].split(".")]
