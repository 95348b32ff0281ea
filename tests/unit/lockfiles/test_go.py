"""go.mod, and what go.sum adds to an old one."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles import go
from advisord.lockfiles.interface import Manifests
from advisord.model.inventory import Edge, Reach, Root, Source

DATA = Path(__file__).parent / "data" / "go"
Given = Callable[[Mapping[str, bytes]], Manifests]


def test_every_directive_is_understood() -> None:
    """Blocks and single lines, comments, quotes, replacements by modules and folders, the standard library."""
    inventory = go.parse((DATA / "go.mod").read_bytes())
    assert [(p.name, p.version, p.direct, p.line) for p in inventory.packages] == [
        ("example.com/direct", "1.2.3", True, 11),
        ("example.com/fork", "1.0.1", True, 12),
        ("example.com/quoted", "0.1.0-rc.1", True, 13),
        ("example.com/deep/v2", "2.0.0+incompatible", False, 17),
        ("example.com/local", "0.0.0", False, 18),
        ("example.com/pseudo", "0.0.0-20210630005230-0f9fa26af87c", False, 19),
        ("example.com/single", "1.0.0", True, 22),
        ("stdlib", "1.22.5", None, 6),
    ]
    assert inventory.packages[4][3:5] == (Source.PATH, "./local")
    assert inventory.packages[-1].groups == ("stdlib",)
    assert inventory.problems == ()


def test_the_module_is_the_root_of_what_it_requires_itself() -> None:
    """Which of it only tests need is not in the file."""
    inventory = go.parse((DATA / "go.mod").read_bytes())
    edges = tuple(Edge(index, Reach.UNKNOWN) for index in (0, 1, 2, 6))
    assert inventory.roots == (Root(".", "example.com/app", edges),)
    assert inventory.edges is None


def test_the_language_version_stands_for_a_missing_toolchain() -> None:
    """`toolchain default` names no release."""
    text = b"module a\ngo 1.21\ntoolchain default\n"
    assert [(p.name, p.version, p.line) for p in go.parse(text).packages] == [("stdlib", "1.21", 2)]


def test_an_old_module_is_completed_by_its_sums(manifests: Given) -> None:
    """The highest version of what go.sum holds the code of; modules that only the graph needed are not built."""
    alone = go.parse((DATA / "go1.16.mod").read_bytes())
    assert [problem.code for problem in alone.problems] == ["incomplete-lockfile"]
    assert go.annotate(alone, manifests({})) == alone
    whole = go.annotate(alone, manifests({"go.sum": (DATA / "go.sum").read_bytes()}))
    assert [(p.name, p.version, p.direct) for p in whole.packages] == [
        ("example.com/direct", "1.2.3", True),
        ("stdlib", "1.16", None),
        ("example.com/transitive", "1.10.0", False),
    ]
    assert whole.problems == ()


def test_a_newer_module_needs_no_sums(manifests: Given) -> None:
    """go.sum holds too much."""
    inventory = go.parse((DATA / "go.mod").read_bytes())
    assert go.annotate(inventory, manifests({"go.sum": (DATA / "go.sum").read_bytes()})) == inventory


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello\n", "line 1: a directive of go.mod should stand here, not 'hello'"),
        ("module a\nrequire b\n", "line 2: `require` needs a module and a version"),
        ('module a\nrequire "" v1.0.0\n', "line 2: an empty text"),
        ("module a\nrequire (\n", "the block `require \\(` is not closed"),
        ("module a\nreplace b v1\n", "line 2: `replace` should be"),
        ("module\n", "line 1: `module` needs a value"),
    ],
)
def test_what_is_no_go_mod_is_refused_with_its_line(text: str, sentence: str) -> None:
    """The sentence names the line and what should stand there."""
    with pytest.raises(LockfileError, match=sentence):
        go.parse(text.encode())
