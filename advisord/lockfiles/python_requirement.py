"""Dependency specifiers of Python packages, as lockfiles and manifests write them (PEP 508), and their names."""

import re
from collections.abc import Hashable, Iterable
from typing import NamedTuple, TypeVar

MAX_NAMESAKES = 30
"""Packages of one name that a dependency can lead to. More make a file's graph quadratic, and are no real lockfile."""

_Name = TypeVar("_Name", bound=Hashable)

_SEPARATORS = re.compile(r"[-_.]+")
_REQUIREMENT = re.compile(
    r"""
    \s*+ (?P<name> [A-Za-z0-9] [A-Za-z0-9._-]*+ ) (?<= [A-Za-z0-9] )
    \s*+ (?: \[ (?P<extras> [^\]]* ) \] )?
    \s*+ (?: @ \s*+ (?P<url> \S++ (?: \s++ (?! ;) [^\s;]++ )*+ ) | (?P<specifier> [^;\[]*+ ) )
    (?: \s*+ ; (?P<marker> .* ) )?
    """,
    re.VERBOSE | re.DOTALL,
)
_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]*)['"]|['"]([^'"]*)['"]\s*==\s*extra\b""")


class Requirement(NamedTuple):
    """One dependency specifier. Extras are normalised; everything else is as written."""

    name: str
    extras: tuple[str, ...] = ()
    specifier: str = ""
    url: str = ""
    marker: str = ""


def normalise(name: str) -> str:
    """The name by which Python packages and extras are the same (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def indexed(names: Iterable[tuple[_Name, int]]) -> dict[_Name, list[int]]:
    """For each name the different indices that have it, in their order; the first MAX_NAMESAKES of them."""
    found: dict[_Name, list[int]] = {}
    for name, index in names:
        namesakes = found.setdefault(name, [])
        if len(namesakes) < MAX_NAMESAKES and index not in namesakes:
            namesakes.append(index)
    return found


def parse_requirement(text: str) -> Requirement | None:
    """The parts of a dependency specifier, None where it is none. Specifier and marker are not checked."""
    match = _REQUIREMENT.fullmatch(text)
    if not match:
        return None
    name, extras, url, specifier, marker = match.group("name", "extras", "url", "specifier", "marker")
    names = tuple(normalise(extra.strip()) for extra in (extras or "").split(",") if extra.strip())
    specifier = (specifier or "").strip()
    if specifier.startswith("(") and specifier.endswith(")"):
        specifier = specifier[1:-1].strip()
    return Requirement(name, names, specifier, url or "", (marker or "").strip())


def extras_of(marker: str) -> tuple[str, ...]:
    """The extras that a marker asks for (`extra == "toml"`), normalised; none where it holds for everyone."""
    if "extra" not in marker:
        return ()
    return tuple(dict.fromkeys(normalise(match[1] or match[2] or "") for match in _EXTRA.finditer(marker)))


def write(name: str, extras: tuple[str, ...] = (), specifier: str = "", marker: str = "") -> str:
    """A dependency specifier in the usual notation."""
    text = f"{name}[{','.join(extras)}]" if extras else name
    if specifier:
        text += specifier if specifier[0] in "<>=!~" else f" {specifier}"
    return f"{text} ; {marker}" if marker else text
