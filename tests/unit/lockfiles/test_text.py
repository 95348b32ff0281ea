"""Reading untrusted bytes."""

import re

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format
from advisord.lockfiles.package_json import project
from advisord.lockfiles.registry import load
from advisord.lockfiles.text import decode, expect, guarded, lines_of, load_json, load_toml
from advisord.model.inventory import Inventory


def test_a_mark_and_windows_line_ends_are_taken_off() -> None:
    """Lines keep their numbers."""
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n") == "a\nb\rc\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a\nb\xff\n", "line 2: byte 0xff is not UTF-8 text"),
        (b"a\n\nb\0\n", "line 3: a NUL byte"),
        (b"\xff\xfea\0", "line 1: byte 0xff"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\n", "Git LFS pointer"),
        (b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic\n", "line 2: an unresolved merge conflict"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(data: bytes, sentence: str) -> None:
    """Never an empty lockfile."""
    with pytest.raises(LockfileError, match=sentence):
        decode(data)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{\n,", "line 2: is not JSON"),
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' stands twice"),
        ("NaN", "NaN is no JSON value"),
    ],
)
def test_json_is_read_strictly(text: str, sentence: str) -> None:
    """What readers disagree on is an error."""
    with pytest.raises(LockfileError, match=sentence):
        load_json(text)


def test_deep_nesting_is_refused() -> None:
    """Whoever reads, lockfile or manifest."""
    with pytest.raises(LockfileError, match="nested too deep"):
        load_json("[" * 100_000)
    with pytest.raises(LockfileError, match="nested too deep"):
        load_toml("a = " + "[" * 100_000)


def test_doubled_keys_may_be_allowed() -> None:
    """Where the lockfile's own tool is known to take the last one."""
    assert load_json('{"a": 1, "a": 2}', unique=False) == {"a": 2}


@pytest.mark.parametrize(
    "text", ["a = ", "a = 1\na = 2", ".".join(["a"] * 100) + " = 1", "[" + " . ".join(['"a"'] * 100) + "]"]
)
def test_toml_is_read_strictly_and_in_time(text: str) -> None:
    """Keys of very many parts cost a TOML parser quadratic time."""
    with pytest.raises(LockfileError):
        load_toml(text)


def test_long_lists_of_dotted_texts_are_no_long_keys() -> None:
    """Dots inside of texts are none of a key."""
    text = "a = [" + ", ".join(['"1.2.3.4"'] * 100) + "]"
    assert len(load_toml(text)["a"]) == 100


def test_lines_are_counted_from_one() -> None:
    """Of every match, in order."""
    assert lines_of("a\n\nb a\na", re.compile("a")) == [1, 3, 4]


def test_the_wrong_kind_is_named() -> None:
    """What it should have been and what it is."""
    with pytest.raises(LockfileError, match="`x` should be a text, but is a list"):
        expect(str, [], "`x`")


@pytest.mark.parametrize("error", [KeyError("a"), LockfileError("line 3: `a` is odd"), RecursionError()])
def test_a_rest_that_fails_leaves_what_was_read(error: Exception) -> None:
    """It is computed when a finding asks for it: too late for an error, so it is a problem."""

    def rest(_wanted: object) -> Inventory:
        raise error

    inventory = guarded(Format("npm", lambda _: Inventory("npm", (), rest=rest))).parse(b"")
    whole = inventory.whole()
    assert [(problem.code, problem.blocking) for problem in whole.problems] == [("broken-graph", False)]
    assert whole.whole() is whole


def test_an_annotation_that_fails_costs_nothing_but_itself() -> None:
    """The lockfile's own facts stay; the failure is a problem."""
    inventory = Inventory("cargo", ())

    def annotate(given: Inventory, manifests: object) -> Inventory:
        raise KeyError(given.format)

    guarded_annotate = guarded(Format("cargo", lambda _: inventory, annotate)).annotate
    assert guarded_annotate is not None
    found = guarded_annotate(inventory, None)  # type: ignore[arg-type]
    assert [(problem.code, problem.blocking) for problem in found.problems] == [("unreadable-manifest", False)]


@pytest.mark.parametrize("half", ["\\ud800", "\\uDC00", "\\udfff\\ud800"])
def test_half_a_surrogate_pair_is_no_text(half: str) -> None:
    """It passes as JSON, and would break the database, the output and the trackers: the lockfile is refused instead."""
    text = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a' + half + '": {"version": "1.0.0"}}}'
    with pytest.raises(LockfileError, match="half of a surrogate pair"):
        load("npm").parse(text.encode())
    with pytest.raises(LockfileError, match="half of a surrogate pair"):
        project(f'{{"name": "{half}"}}'.encode(), ".")


@pytest.mark.parametrize("name", ["a\\ud83d\\ude00", "c:\\\\\\\\udder", "a\\u00e9"])
def test_a_whole_pair_is_text(name: str) -> None:
    """As is what only looks like half of one, and one where nobody looks."""
    text = (
        '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/%s": {"version": "1.0.0", "deprecated": "\\ud800"}}}'
    )
    assert load("npm").parse((text % name).encode()).packages
