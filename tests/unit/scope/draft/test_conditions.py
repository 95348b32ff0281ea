"""What statements about scope mean for packages."""

import pytest

from advisord.scope.draft.conditions import condition, excludes_dependencies


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Vulnerabilities in development dependencies and test tooling.", '{ reach = "dev" }'),
        ("Issues that only affect dev-dependencies", '{ reach = "dev" }'),
        ("devDependencies", '{ reach = "dev" }'),
        ("Vulnerabilities in development and build-time dependencies", '{ reach = ["dev", "build"] }'),
        ("Build tools", '{ reach = "build" }'),
        ("Dependencies that are used solely for local development or testing", '{ reach = "dev" }'),
        ("Unmaintained crates", '{ kind = "unmaintained" }'),
        ("Advisories about dependencies that are no longer maintained", '{ kind = "unmaintained" }'),
        ("Moderate severity issues in transitive dependencies", '{ severity = "medium", direct = false }'),
        ("Moderate severity issues in optional dependencies", None),
        ("Yanked versions", '{ kind = "yanked" }'),
        ("Unsound advisories in development dependencies", '{ kind = "unsound", reach = "dev" }'),
        ("Low severity denial of service.", '{ severity = "low", cvss = "C:N/I:N" }'),
        ("Low and moderate severity vulnerabilities in dependencies", '{ severity = ["low", "medium"] }'),
        ("Vulnerabilities with a CVSS score below 4.0", '{ score = "< 4" }'),
        ("Upstream projects that we do not distribute yet", "{ distributed = false }"),
        ("Low severity issues of our web site's layout", None),
        ("Denial of service by volume", None),
        ("Vulnerabilities in development dependencies, unless they reach production", None),
        ("Runtime dependencies, but not test dependencies", None),
        ("Test accounts", None),
        ("Vulnerabilities in the build of a user", None),
        ("Unmaintained forks of this project", None),
        ("Social engineering", None),
    ],
)
def test_what_a_rule_can_look_at(text: str, when: str | None) -> None:
    """Reach, kind, severity and what is distributed; all else is for a person."""
    found = condition(text)
    assert (found and found.when) == when


@pytest.mark.parametrize(
    "text",
    [
        "Vulnerabilities in third-party dependencies",
        "Vulnerabilities in third-party dependencies.",
        "third-party libraries we use",
        "Security issues in our upstream dependencies (please report these upstream)",
        "Bugs in third-party libraries or dependencies; report them to their maintainers",
        "Vulnerabilities in dependencies should be reported to the respective project",
        "Vulnerabilities in third-party dependencies that are not exploited through us — open a regular issue",
    ],
)
def test_plain_words_about_all_dependencies(text: str) -> None:
    """What is said of dependencies as such."""
    assert excludes_dependencies(text)


@pytest.mark.parametrize(
    "text",
    [
        "Vulnerabilities in development dependencies",
        "Vulnerabilities in third-party dependencies that are not exploitable through this project",
        "Vulnerabilities in third-party dependencies, unless we can be attacked by them",
        "Vulnerabilities in upstream etcd",
        "Outdated dependencies without a proof of concept",
        "Dependency confusion",
        "Vulnerabilities in dependencies for which a fix has been released less than 7 days ago",
    ],
)
def test_words_about_some_of_them(text: str) -> None:
    """A part of the dependencies, or all under a condition, is not all of them."""
    assert not excludes_dependencies(text)
