"""Go: module versions (golang.org/x/mod/semver) and the toolchain's own (`go/version`), which `stdlib` records use.

Pseudo-versions are semantic versions whose pre-release sorts by its time stamp; `+incompatible` is build metadata.
`go1.21rc2` and `1.21rc2` are the toolchain's spelling of what the Go vulnerability database writes `1.21.0-rc.2`. A
name such as `go1.21.3-custom` is ordered as `go1.21.3`, as `go/version` orders it.
"""

import re

from advisord.versions.interface import Scheme
from advisord.versions.semantic import RELEASE, identifiers, parse

_TOOLCHAIN = re.compile(r"(go)?([0-9]+(?:\.[0-9]+){0,2})(?:(alpha|beta|rc)([0-9]+))?([- +].*)?").fullmatch


def _semantic(version: str) -> str:
    match = _TOOLCHAIN(version)
    if match is None:
        return version
    prefix, numbers, kind, count, suffix = match.groups()
    if prefix is None and (kind is None or suffix is not None):
        return version
    return numbers if kind is None else f"{numbers}-{kind}.{count}"


def key(version: str) -> bytes:
    """As for a semantic version, after the toolchain's spelling was translated."""
    core, pre, _ = parse(_semantic(version))
    return core + (RELEASE if pre is None else identifiers(pre))


def is_prerelease(version: str) -> bool:
    """Whether the version has a pre-release part, as pseudo-versions have."""
    return parse(_semantic(version)).pre is not None


SCHEME = Scheme(key, is_prerelease)
