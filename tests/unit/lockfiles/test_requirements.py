"""Requirements files: what counts as locked, what is said instead, and who asks for what."""

from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.requirements import parse
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "requirements"


@pytest.fixture(scope="module")
def every_kind() -> Inventory:
    """A file with every kind of line."""
    return parse((DATA / "every-kind.txt").read_bytes())


def test_pins_are_locked(every_kind: Inventory) -> None:
    """`==` and `===` name a version, also beside other clauses; text and line are as they stand."""
    found = [(p.name, p.version, p.line) for p in every_kind.packages if p.source is Source.REGISTRY]
    assert found == [
        ("plain", "1.10", 7),
        ("spaced-name", "2.0", 9),
        ("exact", "2004d", 10),
        ("withextra", "3.0", 11),
        ("both", "1.5", 12),
        ("paren", "1.2", 14),
        ("hashed", "4.0", 15),
        ("long", "5.0", 18),
        ("inline", "6.0", 21),
        ("local", "1.0+cpu", 22),
        ("epoch", "1!2.0", 23),
    ]


def test_markers_are_kept(every_kind: Inventory) -> None:
    """As written, also from a line that goes on."""
    markers = {p.name: p.marker for p in every_kind.packages if p.marker}
    assert markers == {
        "withextra": 'python_version < "3.9"',
        "long": 'sys_platform == "win32"',
        "vcs": 'os_name == "nt"',
    }


def test_addresses_are_locked_where_they_name_a_commit_or_a_version(every_kind: Inventory) -> None:
    """A full commit is one; a wheel's or source archive's file name tells the version."""
    found = [(p.name, p.version, p.source, p.locator, p.commit) for p in every_kind.packages if p.line > 30]
    assert found == [
        ("tool", "", Source.GIT, "https://git.example/team/tool.git", "0123456789abcdef0123456789abcdef01234567"),
        ("vcs", "", Source.GIT, "ssh://git@git.example/team/vcs.git", "89ABCDEF0123456789abcdef0123456789abcdef"),
        (
            "wheel",
            "2.1+cu118",
            Source.URL,
            "https://files.example/whl/wheel_name-2.1%2Bcu118-cp311-cp311-linux_x86_64.whl#sha256=33dd",
            "",
        ),
        ("sdist-name", "1.2", Source.PATH, "./vendor/sdist-name-1.2.tar.gz", ""),
        ("vendored", "0.9", Source.PATH, "vendored-0.9-py3-none-any.whl", ""),
    ]


def test_everything_else_is_said(every_kind: Inventory) -> None:
    """One problem for each line that locks nothing; none of them makes the answer untrustworthy."""
    said = [(problem.code, problem.message.partition(":")[0]) for problem in every_kind.problems]
    assert said == [
        ("included-file", "line 5"),
        ("unreadable-line", "line 8"),
        ("unreadable-line", "line 13"),
        *(("not-pinned", f"line {line}") for line in (25, 26, 27, 28, 29, 30, 32, 33, 36, 40)),
    ]
    assert not any(problem.blocking for problem in every_kind.problems)
    assert "includes constraints.txt" in every_kind.problems[0].message
    assert "env==${VERSION}" in every_kind.problems[6].message


def test_without_annotations_the_graph_is_unknown(every_kind: Inventory) -> None:
    """A hand-written list does not tell who asks for what."""
    assert every_kind.edges is None
    assert every_kind.roots is None
    assert {p.direct for p in every_kind.packages} == {None}


def test_annotations_are_the_graph() -> None:
    """The comments of pip-compile and uv, below or beside the line, in both layouts of hashes."""
    inventory = parse((DATA / "compiled.txt").read_bytes())
    assert [(p.name, p.version, p.line, p.direct) for p in inventory.packages] == [
        ("app-core", "1.0", 7, True),
        ("Helper_Lib", "2.0", 11, True),
        ("inner", "3.0", 17, False),
        ("inlined", "4.0", 21, False),
    ]
    assert inventory.edges == [[1, 3], [2, 3], [], []]
    assert inventory.roots is not None
    assert inventory.roots[0].edges == ((0, Reach.UNKNOWN, ""), (1, Reach.UNKNOWN, ""))
    assert inventory.problems == ()


def test_who_asks_and_is_not_in_the_file_is_the_project() -> None:
    """`uv export` names the project, which it does not list."""
    inventory = parse(b"a==1\n    # via shop\nb==2\n    # via\n    #   a\n    #   shop\n")
    assert [p.direct for p in inventory.packages] == [True, True]
    assert inventory.edges == [[1], []]


def test_a_partly_annotated_file_has_no_graph() -> None:
    """A graph with holes would call packages unreachable."""
    assert parse(b"a==1  # via b\nb==2\n").edges is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_byte_order_marks(encoding: str) -> None:
    """PowerShell's `>` writes UTF-16."""
    mark = "\ufeff" if encoding[-3:] in {"-le", "-be"} else ""
    (package,) = parse(f"{mark}a==1.0\r\n# é\r\n".encode(encoding)).packages
    assert (package.name, package.version) == ("a", "1.0")


def test_encoding_comment() -> None:
    """PEP 263's comment, as pip honours it."""
    (package,) = parse("# -*- coding: latin-1 -*-\n# Müller\na==1.0\n".encode("latin-1")).packages
    assert package.name == "a"


def test_a_file_without_requirements() -> None:
    """Empty, comments, options."""
    assert parse(b"").packages == ()
    assert parse(b"# nothing\n\n--no-index\n").problems == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!DOCTYPE html>\n<html></html>\n", "no line that is a requirement"),
        (b'{"a": 1}\n', "no line that is a requirement"),
        (b"a==1.0\x00\n", "NUL"),
        (b"\xff\xfea", "begins as UTF-16"),
        (b"a==1\n# \xff\n", "line 2: byte 0xff is not UTF-8"),
        (b"a==1\n" * 200_001, "more than 200000 requirements"),
    ],
)
def test_what_is_no_requirements_file(data: bytes, message: str) -> None:
    """Each is refused with a sentence."""
    with pytest.raises(LockfileError, match=message):
        parse(data)


def test_problems_are_bounded() -> None:
    """A hundred thousand unpinned lines are said in a thousand and one problems."""
    problems = parse(b"a\n" * 100_000).problems
    assert len(problems) == 1001
    assert problems[-1].message.startswith("99000 more lines")


@pytest.mark.parametrize("line", ["a" * 10**6, "a[" * 10**6, "a-1" * 10**5 + ".whl", "x" + "/-1" * 10**5, "a " * 10**6])
def test_long_lines_take_linear_time(line: str) -> None:
    """No expression is quadratic in a line's length: each of these takes milliseconds."""
    inventory = parse(f"{line}\nb==1\n".encode())
    assert len(inventory.packages) == 1
