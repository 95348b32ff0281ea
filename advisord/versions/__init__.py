"""Versions of every ecosystem: their order, as a comparison and as bytes that sort like it; names; package URLs."""

from advisord.versions.names import normalise_name
from advisord.versions.purl import purl
from advisord.versions.registry import (
    ECOSYSTEMS,
    base_ecosystem,
    compare,
    is_exact,
    is_known,
    is_prerelease,
    key,
)

__all__ = [
    "ECOSYSTEMS",
    "base_ecosystem",
    "compare",
    "is_exact",
    "is_known",
    "is_prerelease",
    "key",
    "normalise_name",
    "purl",
]
