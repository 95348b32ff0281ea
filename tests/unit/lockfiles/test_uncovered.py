"""Manifests without a lockfile."""

import pytest

from advisord.lockfiles.uncovered import ecosystem_of, locked_by, uncovered


@pytest.mark.parametrize(
    ("paths", "gaps"),
    [
        (["Cargo.toml"], ["Cargo.toml"]),
        (["Cargo.toml", "Cargo.lock", "crates/a/Cargo.toml"], []),
        (["a/Cargo.toml", "b/Cargo.lock"], ["a/Cargo.toml"]),
        (["package.json", "yarn.lock", "packages/x/package.json"], []),
        (["web/package.json", "package.json", "web/bun.lock"], ["package.json"]),
        (["pyproject.toml", "setup.py", "setup.cfg"], ["pyproject.toml"]),
        (["setup.py", "requirements/prod.txt"], []),
        (["pyproject.toml", "requirements-dev.txt", "requirements/docs.txt"], ["pyproject.toml"]),
        (["pyproject.toml", "requirements-devices.txt"], []),
        (["libs/a/pyproject.toml", "pyproject.toml", "poetry.lock"], ["libs/a/pyproject.toml"]),
        (["libs/a/pyproject.toml", "pyproject.toml", "uv.lock"], []),
        (["a/App.csproj", "a/packages.lock.json", "b/Lib.fsproj"], ["b/Lib.fsproj"]),
        (["build.gradle", "gradle/verification-metadata.xml", "app/build.gradle.kts"], []),
        (["app/build.gradle", "app/gradle/dependency-locks/compile.lockfile"], []),
        (["Kit/Package.swift", "App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved"], []),
        (["apps/a/mix.exs", "mix.exs", "mix.lock"], []),
        (["go.mod", "pom.xml", "README.md"], []),
    ],
)
def test_a_manifest_is_covered_by_its_own_kind_of_lockfile(paths: list[str], gaps: list[str]) -> None:
    """In its folder, or above where the ecosystem has workspaces; one report per folder and ecosystem."""
    assert [gap.manifest for gap in uncovered(paths)] == gaps


def test_the_missing_lockfile_is_named() -> None:
    """For the sentence that people read."""
    assert [gap.wanted for gap in uncovered(["composer.json"])] == ["composer.lock"]


@pytest.mark.parametrize(
    ("lockfile", "manifests", "found"),
    [
        ("Cargo.lock", ["Cargo.toml", "crates/a/Cargo.toml", "package.json"], ["Cargo.toml", "crates/a/Cargo.toml"]),
        ("crates/a/Cargo.lock", ["Cargo.toml", "crates/b/Cargo.toml"], []),
        ("web/package-lock.json", ["web/package.json", "package.json"], ["web/package.json"]),
        ("yarn.lock", ["packages/x/package.json"], ["packages/x/package.json"]),
        ("poetry.lock", ["pyproject.toml", "libs/a/pyproject.toml"], ["pyproject.toml"]),
        ("requirements/base.txt", ["setup.py"], ["setup.py"]),
        ("Gemfile.lock", ["Gemfile"], ["Gemfile"]),
        ("go.mod", ["Cargo.toml"], []),
        ("README.md", ["Cargo.toml"], []),
    ],
)
def test_what_a_lockfile_locked_that_is_gone(lockfile: str, manifests: list[str], found: list[str]) -> None:
    """The manifests that it covered, by its format and folder."""
    assert locked_by(lockfile, manifests) == found


def test_whose_packages_a_manifest_declares() -> None:
    """By its name."""
    assert [ecosystem_of(path) for path in ("a/Cargo.toml", "b/App.csproj", "README.md")] == ["crates.io", "NuGet", ""]
