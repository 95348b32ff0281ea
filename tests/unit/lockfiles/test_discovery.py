"""Which files of a tree are lockfiles, and what is said about those that are not read."""

from advisord.lockfiles.discovery import discover


def test_nested_projects() -> None:
    """Every lockfile of a tree is found, whatever its folder, in a fixed order."""
    found = discover(["web/package-lock.json", "Cargo.lock", "src/main.rs", "tools/x/uv.lock"])
    assert found.lockfiles == (("Cargo.lock", "cargo"), ("tools/x/uv.lock", "uv"), ("web/package-lock.json", "npm"))
    assert found.problems == ()


def test_excluded_folders_are_shown() -> None:
    """A lockfile in an excluded folder is not read, and that is said; the list can be set."""
    paths = ["node_modules/a/yarn.lock", "tests/fixtures/Cargo.lock"]
    found = discover(paths)
    assert found.lockfiles == ()
    assert [(problem.code, problem.subject, problem.blocking) for problem in found.problems] == [
        ("excluded", "node_modules/a/yarn.lock", False),
        ("excluded", "tests/fixtures/Cargo.lock", False),
    ]
    assert discover(paths, ["node_modules"]).lockfiles == (("tests/fixtures/Cargo.lock", "cargo"),)


def test_shrinkwrap_wins() -> None:
    """Npm reads its shrinkwrap and not the lockfile beside it."""
    found = discover(["package-lock.json", "npm-shrinkwrap.json", "other/package-lock.json"])
    assert [path for path, _ in found.lockfiles] == ["npm-shrinkwrap.json", "other/package-lock.json"]
    assert [(problem.code, problem.subject) for problem in found.problems] == [("shadowed", "package-lock.json")]


def test_manifests_without_a_lockfile_are_not_covered() -> None:
    """Nobody can say what they lead to, so they are reported; a workspace's members are covered by its lockfile."""
    found = discover(["Cargo.toml", "Cargo.lock", "crates/a/Cargo.toml", "docs/package.json", "vendor/b/Gemfile"])
    assert [(problem.code, problem.subject) for problem in found.problems] == [("not-covered", "docs/package.json")]


def test_lockfiles_that_are_known_and_not_read() -> None:
    """A lockfile of a tool that is not supported is named, not overlooked."""
    found = discover(["bun.lockb", "ios/Podfile.lock"])
    assert [(problem.code, problem.subject) for problem in found.problems] == [
        ("unread-lockfile", "bun.lockb"),
        ("unread-lockfile", "ios/Podfile.lock"),
    ]
