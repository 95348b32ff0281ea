"""Dart's Pub (`pub_semver`): semantic versions whose build metadata is ordered too, above its absence."""

from advisord.versions.interface import Scheme
from advisord.versions.semantic import RELEASE, identifiers, parse

_END = b"\x01"
_BUILD = b"\x02"


def key(version: str) -> bytes:
    """The semantic version's key, the end of its identifiers, and the build's identifiers if there is a build."""
    core, pre, build = parse(version)
    head = core + (RELEASE if pre is None else identifiers(pre)) + _END
    return head if not build else head + _BUILD + identifiers(build)


def is_prerelease(version: str) -> bool:
    """Whether the version has a pre-release part."""
    return parse(version).pre is not None


SCHEME = Scheme(key, is_prerelease)
