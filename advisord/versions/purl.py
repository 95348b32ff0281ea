"""Package URLs (ECMA-427) of the packages that lockfiles hold."""

from advisord.versions.names import normalise_name
from advisord.versions.registry import base_ecosystem

PURL_TYPE = {
    "ConanCenter": "conan",
    "GitHub Actions": "githubactions",
    "Go": "golang",
    "Hex": "hex",
    "Maven": "maven",
    "NuGet": "nuget",
    "Packagist": "composer",
    "Pub": "pub",
    "PyPI": "pypi",
    "RubyGems": "gem",
    "SwiftURL": "swift",
    "crates.io": "cargo",
    "npm": "npm",
}
_LOWER = frozenset({"Go", "Hex", "Pub"})


def purl(ecosystem: str, name: str, version: str = "") -> str:
    """The package URL, "" for an ecosystem that has no type. The name is split into namespace and name as it needs."""
    base = base_ecosystem(ecosystem)
    kind = PURL_TYPE.get(base)
    if kind is None or not name:
        return ""
    from urllib.parse import quote  # here: only reports need it

    path = name if base == "NuGet" else normalise_name(base, name)
    if base in _LOWER:
        path = path.lower()
    elif base == "Maven":
        path = path.replace(":", "/")
    segments = "/".join(quote(segment, safe=":") for segment in path.strip("/").split("/"))
    return f"pkg:{kind}/{segments}" + (f"@{quote(version, safe=':')}" if version else "")
