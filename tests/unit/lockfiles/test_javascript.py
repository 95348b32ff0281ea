"""What the lockfiles of JavaScript share: specifiers, merged packages, roots, groups, lines."""

import pytest

from advisord.lockfiles import javascript
from advisord.lockfiles.javascript import (
    Member,
    Origin,
    Table,
    alias,
    completed,
    development,
    direct,
    flattened,
    key_lines,
    origin,
    split,
)
from advisord.model.inventory import Edge, Reach, Root, Source

COMMIT = "0123456789abcdef0123456789abcdef01234567"
RUNTIME, DEV = Reach.RUNTIME, Reach.DEV


@pytest.mark.parametrize(
    "spec", ["", "*", "1.0.0", "^1.0.0 || >=2", ">= 1.0 < 2", "latest", "npm:left@1.0.0", "1.0.0+build.5", "catalog:"]
)
def test_the_registry_has_no_origin(spec: str) -> None:
    """Versions, ranges, tags and aliases lead to the registry."""
    assert origin(spec) is None


@pytest.mark.parametrize(
    ("spec", "locator", "commit"),
    [
        (f"git+ssh://git@git.example/a/b.git#{COMMIT}", "git+ssh://git@git.example/a/b.git", COMMIT),
        ("git://git.example/a/b.git#v1.0.0", "git://git.example/a/b.git", ""),
        ("git+https://token@git.example/a/b.git#abcdef0", "git+https://git.example/a/b.git", "abcdef0"),
        (f"git@git.example:a/b.git#commit={COMMIT}", "git@git.example:a/b.git", COMMIT),
        (f"git@git.example:a/b.git#workspace=c&commit={COMMIT}", "git@git.example:a/b.git", COMMIT),
        (f"ssh://git@git.example/a/b#{COMMIT}", "ssh://git@git.example/a/b", COMMIT),
        ("github:a/b#semver:^1", "github:a/b", ""),
        (f"gitlab:a/b#{COMMIT}", "gitlab:a/b", COMMIT),
        (f"bitbucket:a/b#{COMMIT}", "bitbucket:a/b", COMMIT),
        (f"a/b#{COMMIT}", "a/b", COMMIT),
        (f"https://github.com/a/b#{COMMIT}", "https://github.com/a/b", COMMIT),
        (f"https://git.example/a/b.git#{COMMIT}", "https://git.example/a/b.git", COMMIT),
        (
            f"https://codeload.github.com/a/b/tar.gz/{COMMIT}",
            f"https://codeload.github.com/a/b/tar.gz/{COMMIT}",
            COMMIT,
        ),
        (
            "https://codeload.github.com/a/b/tar.gz/refs/tags/v1",
            "https://codeload.github.com/a/b/tar.gz/refs/tags/v1",
            "",
        ),
        (f"https://github.com/a/b/archive/{COMMIT}.tar.gz", f"https://github.com/a/b/archive/{COMMIT}.tar.gz", COMMIT),
        (
            f"https://gitlab.com/a/b/repository/archive.tar.gz?ref={COMMIT}",
            f"https://gitlab.com/a/b/repository/archive.tar.gz?ref={COMMIT}",
            COMMIT,
        ),
        (f"https://bitbucket.org/a/b/get/{COMMIT}.tar.gz", f"https://bitbucket.org/a/b/get/{COMMIT}.tar.gz", COMMIT),
    ],
)
def test_git(spec: str, locator: str, commit: str) -> None:
    """All forms of git, with the commit where one is named, and without anybody's token."""
    assert origin(spec) == Origin(Source.GIT, locator, commit)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("https://files.example/a-1.0.0.tgz#" + COMMIT, Origin(Source.URL, "https://files.example/a-1.0.0.tgz")),
        ("http://me:secret@files.example/a.tgz", Origin(Source.URL, "http://files.example/a.tgz")),
        ("file:../a", Origin(Source.PATH, "../a")),
        ("link:./a", Origin(Source.PATH, "./a")),
        ("portal:../a", Origin(Source.PATH, "../a")),
        ("workspace:packages/a", Origin(Source.PATH, "packages/a")),
        ("./a.tgz", Origin(Source.PATH, "./a.tgz")),
        ("../a:b", Origin(Source.PATH, "../a:b")),
    ],
)
def test_archives_and_folders(spec: str, expected: Origin) -> None:
    """Addresses (what follows `#` is a checksum there) and paths."""
    assert origin(spec) == expected


def test_names() -> None:
    """A scope's `@` is part of the name."""
    assert split("@a/b@1.0.0") == ("@a/b", "1.0.0")
    assert split("@a/b") == ("@a/b", "")
    assert split("a@npm:b@1") == ("a", "npm:b@1")
    assert alias("npm:@a/b@^1") == ("@a/b", "^1")
    assert alias("npm:a") == ("a", "")
    assert alias("^1") is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://registry.npm.example/left/-/left-1.0.0.tgz", ("left", "1.0.0")),
        ("http://proxy.example/npm/@a/left/-/left-1.0.0-rc.1.tgz#abc", ("@a/left", "1.0.0-rc.1")),
        ("https://git.example/a/b/-/archive/v1.0.0/b-v1.0.0.tgz", None),
        ("https://files.example/left-1.0.0.tgz", None),
        ("https://registry.npm.example/left/-/other-1.0.0.tgz", None),
    ],
)
def test_the_address_of_an_archive_in_a_registry(address: str, expected: tuple[str, str] | None) -> None:
    """Npm's own layout says which package of the registry an archive is."""
    assert alias(address) == expected


@pytest.mark.parametrize("spec", ["left.tgz", "a/left.tgz", "a/b/left.tar.gz", "./left.tar"])
def test_an_archive_beside_the_lockfile(spec: str) -> None:
    """Bun writes paths without a scheme."""
    assert origin(spec) == Origin(Source.PATH, spec)


def test_table_merges() -> None:
    """One package for name, version and origin; the first line; runtime wins over any group."""
    table = Table()
    git = Origin(Source.GIT, "x", COMMIT)
    assert table.add("a", "1", None, 5, ("dev",)) == 0
    assert table.add("a", "1", git, 6) == 1
    assert table.add("a", "1", None, 9, ("optional",)) == 0
    assert table.add("b", "1", None, 7, ("dev",)) == 2
    assert table.add("b", "1", None, 8) == 2
    assert table.add("b", "1", None, 8, ("dev",)) == 2
    found = [(p.name, p.source, p.line, p.groups, p.direct) for p in table.packages({1})]
    assert found == [
        ("a", Source.REGISTRY, 5, ("dev", "optional"), False),
        ("a", Source.GIT, 6, (), True),
        ("b", Source.REGISTRY, 7, (), False),
    ]
    assert [package.groups for package in table.packages(None, {2: ("dev",)})] == [("dev", "optional"), (), ("dev",)]


def test_roots_reach_through_each_other() -> None:
    """Runtime needs come along, development needs don't; a use for development makes all of it development."""
    members = [
        Member(".", "top", [Edge(0, RUNTIME)], [(1, RUNTIME), (3, DEV)]),
        Member("a", "a", [Edge(1, RUNTIME), Edge(2, DEV)], [(2, RUNTIME), (3, DEV)]),
        Member("b", "b", [Edge(3, RUNTIME), Edge(0, RUNTIME)], [(0, RUNTIME)]),
        Member("c", "c", [Edge(4, RUNTIME)], [(2, RUNTIME)]),
    ]
    roots, problems = flattened(members)
    assert problems == ()
    assert [{edge.to: edge.reach for edge in root.edges} for root in roots] == [
        {0: RUNTIME, 1: RUNTIME, 3: RUNTIME, 4: DEV},
        {1: RUNTIME, 2: DEV, 3: RUNTIME, 0: RUNTIME, 4: DEV},
        {3: RUNTIME, 0: RUNTIME, 1: RUNTIME},
        {4: RUNTIME, 3: RUNTIME, 0: RUNTIME, 1: RUNTIME},
    ]
    assert direct(members) == {0, 1, 2, 3, 4}


def test_roots_that_use_each_other_too_widely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound each root keeps its own edges, and a problem says so."""
    monkeypatch.setattr(javascript, "MAX_FLATTENED", 5)
    members = [Member(str(n), "", [Edge(n, RUNTIME)], [((n + 1) % 9, RUNTIME)]) for n in range(9)]
    roots, problems = flattened(members)
    assert [len(root.edges) for root in roots] == [1] * 9
    assert [problem.code for problem in problems] == ["graph-too-large"]


def test_development_and_completion() -> None:
    """Only what nobody reaches otherwise is for development; what nobody reaches at all is reached somehow."""
    edges = [[1], [], [1, 3], [], [5], []]
    roots = (Root("a", "", (Edge(2, DEV),)), Root(".", "", (Edge(0, RUNTIME),)))
    assert development(roots, edges) == {2: ("dev",), 3: ("dev",)}
    whole = completed(roots, edges)
    assert whole[0] == roots[0]
    assert whole[1].edges == (Edge(0, RUNTIME), Edge(4, Reach.UNKNOWN))
    assert completed((), edges) == ()


def test_lines_need_the_layout_of_the_tool() -> None:
    """Keys are found at their level only; what is not found has no line, and is not looked for forever."""
    text = '{\n  "packages": {\n    "a": {\n      "b": {\n      }\n    },\n    "b": {\n    }\n  }\n}'
    find = key_lines(text, "packages", "{")
    assert [find("a", 2), find("b", 2), find("a", 2)] == [3, 7, 0]
    unknown = key_lines("{}", "packages", "{")
    assert unknown("a", 2) == 0
    tired = key_lines(text, "packages", "{")
    assert [tired("x", 2) for _ in range(10)] == [0] * 10
    assert tired("a", 2) == 0
