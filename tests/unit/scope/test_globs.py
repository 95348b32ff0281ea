"""Globs over names and paths: what they cover, and that none takes long."""

from time import process_time

import pytest

from advisord.scope.globs import base, below, is_glob, is_top, name_glob, path_glob


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("left-pad", "Left-Pad", True),
        ("left-pad", "left-pad2", False),
        ("left*", "left", True),
        ("*", "", True),
        ("", "x", False),
        ("l?ft", "lft", False),
        ("@scope/*", "@scope/a/b", True),
        ("*a*a", "a", False),
        ("a**b", "axxb", True),
        ("*ab*b", "abab", True),
        ("*ab", "aab", True),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("(x|y)+", "x", False),
        ("*", "two\nlines", True),
        ("left-pad", "left-pad\n", False),
    ],
)
def test_names(pattern: str, name: str, matches: bool) -> None:
    """The whole name, in any case; nothing is special but `*` and `?`."""
    assert bool(name_glob(pattern)(name)) is matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("crates/", "crates/mango", True),
        ("crates", "crates", True),
        ("crates", "crates2", False),
        ("crates", "a/crates", False),
        ("./crates//x/", "crates/x", True),
        ("apps\\web", "apps/web/src", True),
        ("apps/*", "apps", False),
        ("apps/*/x", "apps/a/b/x", False),
        ("apps/?", "apps/ab", False),
        ("**", ".", True),
        ("**/tests", "tests", True),
        ("**/tests", "a/b/tests/c", True),
        ("**/tests", "a/mytests", False),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/b/c", "a/b/x/b/c", True),
        ("a/**", "a", True),
        ("a/**/**", "a", True),
        ("**/a/**/b", "a/x/a/b", True),
        ("**/b/**/a", "a/x/b", False),
        ("Crates", "crates", False),
        (".", ".", True),
        (".", "a", False),
        ("", "a", False),
    ],
)
def test_paths(pattern: str, path: str, matches: bool) -> None:
    """`*` stays within a folder, `**` crosses folders, and all below is covered; `.` is the top alone."""
    assert bool(path_glob(pattern)(path)) is matches


def test_none_takes_long() -> None:
    """Neither a repository's policy nor the names in its lockfiles are trusted."""
    begun = process_time()
    assert not name_glob("*a" * 50 + "b")("a" * 2000)
    assert not path_glob("**/x/" * 50 + "b")("x/" * 500)
    assert not path_glob("*a" * 50 + "b")("a" * 2000)
    assert process_time() - begun < 1


def test_the_parts_of_a_pattern() -> None:
    """Whether there is a wildcard, where it begins, and what stands below what."""
    assert [is_glob(text) for text in ("a", "a?", "*", "[a]")] == [False, True, True, False]
    assert [base(text) for text in ("apps/*/web", "**", "./a\\b", ".", "a/b?/c")] == ["apps", ".", "a/b", ".", "a"]
    assert [is_top(text) for text in (".", "./.", "", "a", "**")] == [True, True, True, False, False]
    assert [below("a/b", folder) for folder in ("a", "a/b", ".", "a/", "aa")] == [True, True, True, False, False]
