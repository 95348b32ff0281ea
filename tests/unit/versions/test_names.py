"""Names of packages."""

import pytest

from advisord.versions import normalise_name


@pytest.mark.parametrize(
    ("ecosystem", "name", "expected"),
    [
        ("PyPI", "Zope.Interface__x-_y", "zope-interface-x-y"),
        ("NuGet", "Newtonsoft.Json", "newtonsoft.json"),
        ("Packagist", "Symfony/HTTP-Kernel", "symfony/http-kernel"),
        ("GitHub Actions", "Actions/Checkout", "actions/checkout"),
        ("ConanCenter", "OpenSSL", "openssl"),
        ("npm", "@Scope/JSONStream", "@Scope/JSONStream"),
        ("Go", "github.com/Masterminds/semver/v3", "github.com/Masterminds/semver/v3"),
        ("Maven", "org.Example:Lib", "org.Example:Lib"),
        ("crates.io", "Inflector", "Inflector"),
        ("RubyGems", "RedCloth", "RedCloth"),
        ("SwiftURL", "github.com/apple/swift-nio", "github.com/apple/swift-nio"),
        ("SwiftURL", "https://github.com/Apple/Swift-NIO.git", "github.com/apple/swift-nio"),
        ("SwiftURL", "https://user:secret@git.example:8443/a/b/", "git.example/a/b"),
        ("SwiftURL", "git@github.com:apple/swift-nio.git", "github.com/apple/swift-nio"),
        ("SwiftURL", "ssh://git@github.com/apple/swift-nio", "github.com/apple/swift-nio"),
        ("SwiftURL", "mona.LinkedList", "mona.linkedlist"),
        ("Debian:12", "Foo_Bar", "Foo_Bar"),
        ("PyPI:suffix", "A_b", "a-b"),
    ],
)
def test_normalise(ecosystem: str, name: str, expected: str) -> None:
    """Every ecosystem's own rule; a second time changes nothing."""
    assert normalise_name(ecosystem, name) == expected
    assert normalise_name(ecosystem, expected) == expected
