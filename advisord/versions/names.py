"""Names of packages in the one form in which lockfiles and advisories can be compared."""

import re

from advisord.versions.registry import base_ecosystem

_SEPARATORS = r"[-_.]+"
_ADDRESS = r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/@]*@)?([^/:]+)(?::[0-9]+(?=/))?[:/]+(.+)"
_CASELESS = frozenset({"ConanCenter", "GitHub Actions", "Hex", "NuGet", "Packagist", "Pub"})
"""Ecosystems whose registries know a name in one spelling of its letters' case only."""


def normalise_name(ecosystem: str, name: str) -> str:
    """The name as its ecosystem itself would write it; a name of another ecosystem stays as it is.

    PyPI: the packaging specifications' name normalisation (once PEP 503). SwiftURL: the repository's address as
    `host/path` in lower case. crates.io, npm, Go, RubyGems and Maven tell names apart by case.
    """
    base = base_ecosystem(ecosystem)
    if base == "PyPI":
        return re.sub(_SEPARATORS, "-", name).lower()
    if base in _CASELESS:
        return name.lower()
    return repository_path(name).lower() if base == "SwiftURL" else name


def repository_path(address: str) -> str:
    """`host/path` of a repository's address: without scheme, user, port and `.git`; git's short form is understood."""
    match = re.fullmatch(_ADDRESS, address)
    return address if match is None else f"{match[1]}/{match[2].rstrip('/').removesuffix('.git')}"
