"""Which path is whose."""

import sys
from types import ModuleType

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles import registry
from advisord.lockfiles.interface import Format
from advisord.model.inventory import Inventory


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Cargo.lock", "cargo"),
        ("a/b/npm-shrinkwrap.json", "npm"),
        ("requirements.txt", "requirements"),
        ("requirements-dev.txt", "requirements"),
        ("requirements-dev.lock", "requirements"),
        ("pnpm-lock.release.yaml", "pnpm"),
        ("dev_requirements.txt", "requirements"),
        ("docs/requirements.in.txt", "requirements"),
        ("requirements/dev/all.txt", "requirements"),
        ("my_requirements/x.txt", None),
        ("notrequirements.txt", None),
        ("requirements.in", None),
        ("pylock.toml", "pylock"),
        ("pylock.dev.toml", "pylock"),
        ("pylock.a.b.toml", None),
        ("scripts/run.py.lock", "uv"),
        ("gemfiles/rails_7.gemfile.lock", "bundler"),
        ("app/gradle.lockfile", "gradle"),
        ("gradle/dependency-locks/compile.lockfile", "gradle"),
        ("settings-gradle.lockfile", "gradle"),
        ("gradle/verification-metadata.xml", "gradle-verification"),
        ("verification-metadata.xml", None),
        ("packages.web.lock.json", "nuget"),
        ("App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved", "swift"),
        ("conda-lock.yml", "conda-lock"),
        ("py311.conda-lock.yml", "conda-lock"),
        ("environment-lock.yaml", "conda-lock"),
        ("pnpm-lock.yaml", "pnpm"),
        (".github/workflows/ci.yml", "actions"),
        (".github/workflows/deep/ci.yml", None),
        ("workflows/ci.yml", None),
        (".github/actions/setup/action.yaml", "actions"),
        ("go.mod", "go"),
        ("go.sum", None),
        ("README.md", None),
        ("", None),
    ],
)
def test_paths_are_recognised(path: str, name: str | None) -> None:
    """By base name, and by the folder where the name alone does not tell."""
    assert registry.recognise(path) == name


def test_a_shrinkwrap_shadows_the_lockfile_beside_it() -> None:
    """Only beside it."""
    paths = ["package-lock.json", "npm-shrinkwrap.json", "a/package-lock.json", "b/npm-shrinkwrap.json"]
    assert registry.shadowed(paths) == {"package-lock.json": "npm-shrinkwrap.json"}


def test_whatever_a_parser_stumbles_over_becomes_the_lockfile_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard is around every format that is loaded."""

    def parse(data: bytes) -> Inventory:
        raise {b"deep": RecursionError, b"key": KeyError}[data](data)

    module = ModuleType("advisord.lockfiles.cargo")
    module.__dict__["FORMAT"] = Format("cargo", parse)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    format_ = registry.load.__wrapped__("cargo")
    with pytest.raises(LockfileError, match="nested too deep"):
        format_.parse(b"deep")
    with pytest.raises(LockfileError, match="does not have the layout of a cargo lockfile"):
        format_.parse(b"key")
