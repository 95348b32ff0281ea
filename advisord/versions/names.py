"""Names of packages in the one form in which lockfiles and advisories can be compared."""

import re

from advisord.versions.registry import base_ecosystem

_SEPARATORS = re.compile(r"[-_.]+")
_REPOSITORY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/@]*@)?([^/:]+)(?::[0-9]+(?=/))?[:/]+(.+)")
_FOLDED = frozenset({"ConanCenter", "GitHub Actions", "NuGet", "Packagist"})
"""Ecosystems whose names differ in letters' case only when written by hand."""


def normalise_name(ecosystem: str, name: str) -> str:
    """The name as the ecosystem itself would write it; names of other ecosystems stay as they are.

    PyPI: the name normalisation of the packaging specifications (once PEP 503). NuGet, Packagist, ConanCenter, GitHub
    Actions: lower case. SwiftURL: the repository's address as `host/path` in lower case, without scheme and `.git`.
    """
    base = base_ecosystem(ecosystem)
    if base == "PyPI":
        return _SEPARATORS.sub("-", name).lower()
    if base in _FOLDED:
        return name.lower()
    if base == "SwiftURL":
        match = _REPOSITORY.fullmatch(name.lower())
        return name.lower() if match is None else f"{match[1]}/{match[2].rstrip('/').removesuffix('.git')}"
    return name
