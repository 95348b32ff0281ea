"""Dependency specifiers: their parts, names, extras in markers."""

import pytest

from advisord.lockfiles.python_requirement import Requirement, extras_of, normalise, parse_requirement, write


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", Requirement("a")),
        ("A.b-c_d", Requirement("A.b-c_d")),
        ("a==1.0", Requirement("a", (), "==1.0")),
        ("a (>=1.0,<2)", Requirement("a", (), ">=1.0,<2")),
        ("a[X, y_z] >= 1 ; python_version < '3'", Requirement("a", ("x", "y-z"), ">= 1", "", "python_version < '3'")),
        ("a @ https://h.example/a.zip", Requirement("a", (), "", "https://h.example/a.zip")),
        ("a@file:///a;b.whl ; os_name=='nt'", Requirement("a", (), "", "file:///a;b.whl", "os_name=='nt'")),
        ("a;extra=='x'", Requirement("a", (), "", "", "extra=='x'")),
    ],
)
def test_parts(text: str, parts: Requirement) -> None:
    """Each part as written, extras normalised."""
    assert parse_requirement(text) == parts


@pytest.mark.parametrize("text", ["", "-e .", "./a", "[x]", "a[x", "é"])
def test_what_is_none(text: str) -> None:
    """No name at the front, or an extra list that does not end."""
    assert parse_requirement(text) is None


def test_names() -> None:
    """PEP 503's example."""
    assert normalise("Friendly-._.Bard") == "friendly-bard"


def test_extras_in_markers() -> None:
    """Both orders, several alternatives."""
    assert extras_of("python_version < '3' and extra == 'A_b'") == ("a-b",)
    assert extras_of("""extra == "x" or 'y' == extra""") == ("x", "y")
    assert extras_of("os_name == 'extra'") == ()


def test_writing() -> None:
    """The usual notation; poetry's `*` is kept: a name alone stands where versions are not told."""
    assert write("a", ("x", "y"), ">=1", "os_name == 'nt'") == "a[x,y]>=1 ; os_name == 'nt'"
    assert write("a", (), "^1") == "a ^1"
    assert write("a", (), "*") == "a *"
