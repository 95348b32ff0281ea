"""Which ecosystem has which order. A scheme is imported when a version of its ecosystem is first met."""

from collections.abc import Callable, Iterable

from advisord.errors import InvalidVersion
from advisord.versions.encoding import printable
from advisord.versions.interface import Scheme
from advisord.words import nearest

_MODULES = {
    "ConanCenter": "conan",
    "GitHub Actions": "semver",
    "Go": "golang",
    "Hex": "semver",
    "Maven": "maven",
    "NuGet": "nuget",
    "Packagist": "packagist",
    "Pub": "pub",
    "PyPI": "pep440",
    "RubyGems": "rubygems",
    "SwiftURL": "semver",
    "crates.io": "semver",
    "npm": "semver",
}
ECOSYSTEMS = tuple(_MODULES)
"""The ecosystems whose order is known, spelled as the OSV schema spells them."""

_KEPT = 1 << 14  # of each ecosystem

_loaded: dict[str, Scheme] = {}
_keys: dict[str, "Keys"] = {}


def base_ecosystem(ecosystem: str) -> str:
    """The ecosystem without its suffix, which starts at the first colon: `Debian` for `Debian:12` (OSV schema)."""
    return ecosystem.partition(":")[0]


def is_known(ecosystem: str) -> bool:
    """Whether the order of the ecosystem's versions is known."""
    return base_ecosystem(ecosystem) in _MODULES


_CALLED = {
    "cargo": "crates.io", "rust": "crates.io", "crates": "crates.io", "pip": "PyPI", "python": "PyPI", "node": "npm",
    "yarn": "npm", "pnpm": "npm", "golang": "Go", "gomod": "Go", "composer": "Packagist", "php": "Packagist",
    "gem": "RubyGems", "ruby": "RubyGems", "java": "Maven", "gradle": "Maven", "dotnet": "NuGet", "elixir": "Hex",
    "dart": "Pub", "swift": "SwiftURL", "conan": "ConanCenter", "github": "GitHub Actions", "actions": "GitHub Actions",
}  # fmt: skip
"""What people call ecosystems: by language or tool."""


def strange(ecosystem: str) -> str:
    """Why records of this ecosystem can't be judged, with the name that may be meant; "" where they can."""
    if is_known(ecosystem):
        return ""
    return f"advisord knows no ecosystem called {ecosystem}; {meant(ecosystem)}"


def meant(ecosystem: str, further: Iterable[str] = ()) -> str:
    """Which ecosystem was probably meant by a name that is none, of those with an order and the `further` ones: a clause."""
    name = base_ecosystem(ecosystem).casefold()
    if called := _CALLED.get(name):
        return f"OSV calls it {called}"
    folded = {base_ecosystem(one).casefold(): one for one in (*ECOSYSTEMS, *further)}
    near = nearest(name, folded)
    return f"did you mean {folded[near]}?" if near else f"known are {', '.join(ECOSYSTEMS)}"


def scheme(ecosystem: str) -> Scheme:
    """The order of an ecosystem's versions; raises InvalidVersion where none is known."""
    found = _loaded.get(ecosystem)
    if found is not None:
        return found
    module = _MODULES.get(base_ecosystem(ecosystem))
    if module is None:
        raise InvalidVersion(
            f"No order of versions is known for the ecosystem '{ecosystem[:60]}'.",
            subject=ecosystem[:60],
            hint="Known are: " + ", ".join(ECOSYSTEMS) + ".",
        )
    loaded: Scheme = __import__(f"advisord.versions.{module}", fromlist=("SCHEME",)).SCHEME
    if ecosystem in _MODULES:  # suffixes come from feeds: they must not make this grow
        _loaded[ecosystem] = loaded
    return loaded


class Keys(dict[str, bytes]):
    """Version → its key in one ecosystem, made when it is first asked for; raises InvalidVersion."""

    def __init__(self, make: Callable[[str], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, version: str) -> bytes:
        made = self._make(printable(version))
        if len(self) >= _KEPT:
            self.clear()
        self[version] = made
        return made


def keys(ecosystem: str) -> Keys:
    """Every version's key in an ecosystem; raises InvalidVersion where no order is known."""
    found = _keys.get(ecosystem)
    if found is None:
        found = _keys.setdefault(base_ecosystem(ecosystem), Keys(scheme(ecosystem).key))
    return found


def key(ecosystem: str, version: str) -> bytes:
    """Bytes that order as the ecosystem orders its versions, equal exactly for equal versions; raises InvalidVersion.

    Never empty and never starting with 0xFF. Where `is_exact` says no, only `compare` can be trusted.
    """
    return keys(ecosystem)[version]


def compare(ecosystem: str, a: str, b: str) -> int:
    """-1, 0 or 1 as `a` is lower than, equal to or higher than `b`; raises InvalidVersion."""
    order = scheme(ecosystem)
    if order.compare is not None and not (is_exact(ecosystem, a) and is_exact(ecosystem, b)):
        return order.compare(printable(a), printable(b))
    left, right = key(ecosystem, a), key(ecosystem, b)
    return (left > right) - (left < right)


def is_exact(ecosystem: str, version: str) -> bool:
    """Whether the version's key says all there is to say: not for a few forms of Maven. Raises InvalidVersion."""
    check = scheme(ecosystem).is_exact
    return check is None or check(printable(version))


def is_prerelease(ecosystem: str, version: str) -> bool:
    """Whether the ecosystem's tool would skip the version unless asked; raises InvalidVersion."""
    return scheme(ecosystem).is_prerelease(printable(version))
