"""Package URLs (ECMA-427 and its registered types) of the packages that lockfiles hold."""

from advisord.versions.names import normalise_name, repository_path
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


def purl(ecosystem: str, name: str, version: str = "") -> str:
    """The package URL of a package as its ecosystem names it; "" where the ecosystem has no type or the name is empty."""
    base = base_ecosystem(ecosystem)
    kind = PURL_TYPE.get(base)
    if kind is None or not name.strip("/"):
        return ""
    from urllib.parse import quote  # here: only reports need it

    segments = [quote(segment, safe=":", errors="replace") for segment in _path(base, name).strip("/").split("/")]
    if base == "GitHub Actions":  # a path inside the repository belongs to the name
        segments[1:] = ["%2F".join(segments[1:])] if segments[1:] else []
    return f"pkg:{kind}/{'/'.join(segments)}" + (f"@{quote(version, safe=':', errors='replace')}" if version else "")


def _path(base: str, name: str) -> str:
    """Namespace and name, joined by `/`, as the type's definition wants them spelled."""
    if base == "NuGet":
        return name
    if base == "SwiftURL":
        return repository_path(name)
    if base == "Go":
        return name.lower()
    if base == "Maven":
        return name.replace(":", "/")
    if base == "GitHub Actions":
        parts = name.split("/", 2)
        return "/".join([*(part.lower() for part in parts[:2]), *parts[2:]])
    return normalise_name(base, name)


def parsed(text: str) -> tuple[str, str, str]:
    """Ecosystem, name and version ("" when it has none) of a package URL. Raises ValueError for what is none of ours."""
    from urllib.parse import unquote

    scheme, _, rest = text.partition(":")
    rest = rest.partition("#")[0].partition("?")[0].strip("/")
    kind, _, path = rest.partition("/")
    ecosystem = next((name for name, known in PURL_TYPE.items() if known == kind.lower()), "")
    if scheme != "pkg" or not ecosystem or not path:
        raise ValueError(f"{text[:100]!r} is no package URL of a known type")
    path, at, version = path.rpartition("@") if "@" in path[1:] else (path, "", "")
    name = "/".join(unquote(segment) for segment in path.strip("/").split("/"))
    if ecosystem == "Maven":
        name = name.replace("/", ":")
    return ecosystem, name, unquote(version) if at else ""
