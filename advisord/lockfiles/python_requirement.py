"""Dependency specifiers of Python packages, as lockfiles and manifests write them (PEP 508), and their names."""

import re
from typing import NamedTuple

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
    if specifier and specifier != "*":
        text += specifier if specifier[0] in "<>=!~" else f" {specifier}"
    return f"{text} ; {marker}" if marker else text
