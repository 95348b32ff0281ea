"""Package URLs."""

import pytest

from advisord.versions import ECOSYSTEMS, purl
from advisord.versions.purl import PURL_TYPE, parsed


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "expected"),
    [
        ("crates.io", "rand", "0.7.2", "pkg:cargo/rand@0.7.2"),
        ("npm", "@angular/animation", "12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
        ("npm", "left-pad", "", "pkg:npm/left-pad"),
        ("PyPI", "Django_Allauth", "12.23", "pkg:pypi/django-allauth@12.23"),
        ("PyPI", "torch", "2.0+cu118", "pkg:pypi/torch@2.0%2Bcu118"),
        ("Go", "github.com/Gorilla/mux", "v1.8.0", "pkg:golang/github.com/gorilla/mux@v1.8.0"),
        ("RubyGems", "jruby-launcher", "1.1.2", "pkg:gem/jruby-launcher@1.1.2"),
        ("Packagist", "Laravel/laravel", "5.5.0", "pkg:composer/laravel/laravel@5.5.0"),
        ("Maven", "org.apache:batik-anim", "1.9.1", "pkg:maven/org.apache/batik-anim@1.9.1"),
        ("NuGet", "EnterpriseLibrary.Common", "6.0.1304", "pkg:nuget/EnterpriseLibrary.Common@6.0.1304"),
        ("Hex", "jason", "1.1.2", "pkg:hex/jason@1.1.2"),
        ("Pub", "characters", "1.2.0", "pkg:pub/characters@1.2.0"),
        (
            "SwiftURL",
            "https://github.com/Alamofire/Alamofire.git",
            "5.4.3",
            "pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
        ),
        ("ConanCenter", "openssl", "3.0.3", "pkg:conan/openssl@3.0.3"),
        ("GitHub Actions", "Actions/Checkout", "v5", "pkg:githubactions/actions/checkout@v5"),
        ("GitHub Actions", "O/R/a/B", "v1", "pkg:githubactions/o/r%2Fa%2FB@v1"),
        ("GitHub Actions", "odd", "", "pkg:githubactions/odd"),
        ("Debian:12", "curl", "1", ""),
        ("npm", "/", "1", ""),
    ],
)
def test_purl(ecosystem: str, name: str, version: str, expected: str) -> None:
    """The specification's own examples, and names that need spelling or escaping."""
    assert purl(ecosystem, name, version) == expected


def test_every_ecosystem_has_a_type() -> None:
    """Whatever can be matched can be named in a report."""
    assert set(PURL_TYPE) == set(ECOSYSTEMS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkg:cargo/rand@0.7.2", ("crates.io", "rand", "0.7.2")),
        ("pkg:npm/%40angular/animation@12.3.1", ("npm", "@angular/animation", "12.3.1")),
        ("pkg:npm/@angular/animation", ("npm", "@angular/animation", "")),
        ("pkg:npm/left-pad", ("npm", "left-pad", "")),
        ("pkg:PyPI/torch@2.0%2Bcu118?file_name=x#sub/path", ("PyPI", "torch", "2.0+cu118")),
        ("pkg:golang/github.com/gorilla/mux@v1.8.0", ("Go", "github.com/gorilla/mux", "v1.8.0")),
        ("pkg:maven/org.apache/batik-anim@1.9.1", ("Maven", "org.apache:batik-anim", "1.9.1")),
        ("pkg://gem/rails@7.0", ("RubyGems", "rails", "7.0")),
    ],
)
def test_parsed(text: str, expected: tuple[str, str, str]) -> None:
    """A package URL names a package as its ecosystem does, whatever is escaped."""
    assert parsed(text) == expected


@pytest.mark.parametrize("text", ["", "pkg:", "pkg:npm", "pkg:npm/", "npm/a", "pkg:deb/debian/curl@1", "pkg:/a", "@"])
def test_what_is_no_package_url_of_ours(text: str) -> None:
    """It is refused, not guessed."""
    with pytest.raises(ValueError, match="no package URL"):
        parsed(text)
