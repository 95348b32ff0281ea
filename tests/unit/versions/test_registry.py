"""Which ecosystem has which order."""

import subprocess
import sys

import pytest

from advisord.errors import InvalidVersion
from advisord.versions import ECOSYSTEMS, base_ecosystem, compare, is_exact, is_known, is_prerelease, key
from advisord.versions.registry import meant, strange


def test_ecosystems_are_spelled_as_osv_does() -> None:
    """The names are those of the OSV schema's table of ecosystems."""
    assert set(ECOSYSTEMS) == {
        "ConanCenter",
        "GitHub Actions",
        "Go",
        "Hex",
        "Maven",
        "NuGet",
        "Packagist",
        "Pub",
        "PyPI",
        "RubyGems",
        "SwiftURL",
        "crates.io",
        "npm",
    }


def test_suffixes_are_cut() -> None:
    """What follows the first colon scopes an ecosystem and says nothing about its order."""
    assert base_ecosystem("Debian:12") == "Debian"
    assert base_ecosystem("Ubuntu:22.04:LTS") == "Ubuntu"
    assert is_known("Maven:some-repository")
    assert compare("Maven:some-repository", "1.0", "1") == 0


@pytest.mark.parametrize("call", [key, is_prerelease, is_exact])
def test_unknown_ecosystem(call: object) -> None:
    """No order is guessed; the error says what is known."""
    assert callable(call)
    assert not is_known("Debian:12")
    with pytest.raises(InvalidVersion, match="No order of versions is known for the ecosystem 'Debian:12'") as caught:
        call("Debian:12", "1.0")
    assert "crates.io" in caught.value.hint


def test_only_maven_is_inexact() -> None:
    """Every other order is expressed by its keys entirely."""
    assert all(is_exact(ecosystem, "1.0.0-0-a") for ecosystem in ECOSYSTEMS if ecosystem != "Maven")
    assert not is_exact("Maven", "1.0.0-0-a")


def test_schemes_are_loaded_on_first_use() -> None:
    """A scan of a Cargo.lock does not pay for the other ecosystems."""
    code = (
        "import sys; from advisord.versions import key; key('crates.io', '1.0.0');"
        "loaded = {name.rpartition('.')[2] for name in sys.modules if name.startswith('advisord.versions.')};"
        "print(*sorted(loaded & {'semver', 'pep440', 'maven', 'packagist', 'ranges'}));"
        "heavy = {'packaging', 'dataclasses', 'inspect', 'pathlib', 'urllib.parse', 'asyncio'} & set(sys.modules);"
        "print(*heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "semver\n\n"


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("pypi", "did you mean PyPI?"),
        ("npmm", "did you mean npm?"),
        ("cargo", "OSV calls it crates.io"),
        ("Swift", "OSV calls it SwiftURL"),
        ("nonsense", "known are "),
    ],
)
def test_an_ecosystem_that_nobody_knows(name: str, clause: str) -> None:
    """The likeliest name by what people call it, else by its letters; the same wherever an ecosystem is asked for."""
    assert strange(name).startswith(f"advisord knows no ecosystem called {name}; {clause}")
    assert meant(name, ("openSUSE",)).startswith(clause)
    assert strange("PyPI") == ""
