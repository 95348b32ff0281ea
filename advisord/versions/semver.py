"""Semantic versions (semver.org 2.0.0, item 11): crates.io, npm, Hex, SwiftURL, and the tags of GitHub Actions.

Build metadata has no say in the order.
"""

from advisord.versions.interface import Scheme
from advisord.versions.semantic import RELEASE, identifiers, parse


def key(version: str) -> bytes:
    """Three numbers, then a byte above everything for a release, or the pre-release's identifiers."""
    core, pre, _ = parse(version)
    return core + (RELEASE if pre is None else identifiers(pre))


def is_prerelease(version: str) -> bool:
    """Whether the version has a pre-release part."""
    return parse(version).pre is not None


SCHEME = Scheme(key, is_prerelease)
