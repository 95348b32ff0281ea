"""YAML with scalars as text: what it keeps, what it refuses."""

import subprocess
import sys
import time

import pytest
import yaml

from advisord.errors import LockfileError
from advisord.lockfiles import yaml_text
from advisord.lockfiles.yaml_text import load, load_all


@pytest.fixture(params=["libyaml", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both parsers that PyYAML may come with."""
    if request.param == "pure":
        monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    return str(request.param)


def test_scalars_stay_text(parser: str) -> None:
    """Numbers, booleans and dates are the text that stands in the file; tags change nothing."""
    text = "a: 1.10\nb: true\nc: 2024-01-01\nd: 0x10\ne: !!int 7\nf: [1e3, 'x', \"y\"]\n"
    assert load(text).value == {
        "a": "1.10",
        "b": "true",
        "c": "2024-01-01",
        "d": "0x10",
        "e": "7",
        "f": ["1e3", "x", "y"],
    }


def test_null_is_none_as_a_value_and_text_as_a_key_or_in_quotes(parser: str) -> None:
    """A package may be called `null`; a quoted text is a text."""
    text = "null: 1\n~: 2\na:\nb: null\nc: ~\nd: 'null'\ne: ''\nf: [~, '~']\n"
    value = {"null": "1", "~": "2", "a": None, "b": None, "c": None, "d": "null", "e": "", "f": [None, "~"]}
    assert load(text).value == value


def test_every_key_knows_its_line(parser: str) -> None:
    """Lines are 1-based and belong to one mapping; a sequence's mapping starts at its first key."""
    document = load("# comment\na:\n  b: 1\n  c: 2\nlist:\n- x: 1\n  y: 2\n- {}\n")
    value = document.value
    assert document.line(value, "a") == 2
    assert document.line(value["a"], "c") == 4
    assert document.line(value["list"][0]) == 6
    assert document.line(value["list"][1]) == 0
    assert document.line(value, "missing") == 0
    assert document.line("no mapping") == 0


def test_documents(parser: str) -> None:
    """Several documents are read on request and refused otherwise; no document is no value."""
    assert [document.value for document in load_all("---\na: 1\n---\nb: 2\n...\n")] == [{"a": "1"}, {"b": "2"}]
    assert load("").value is None
    assert load("# only a comment\n").value is None
    with pytest.raises(LockfileError, match="2 YAML documents"):
        load("a: 1\n---\nb: 2\n")


def test_aliases_are_followed(parser: str) -> None:
    """An alias is the very node that it names; `<<` merges nothing."""
    value = load("a: &x {k: [1]}\nb: *x\nc: &s text\n*s : *s\nn: &n ~\nm: *n\n<<: *x\n").value
    assert value["a"] is value["b"] is value["<<"]
    assert value["text"] == "text"
    assert value["m"] is None


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("a: [1", "not YAML"),
        ("a: 'x", "not YAML"),
        ("a:\n\t- b", "not YAML: line 2"),
        ("a: 1\nb: 2\na: 3", "line 3: key 'a' stands twice"),
        ("? [a, b]\n: 1", "line 1: a key of a mapping must be a text"),
        ("a: &x [1]\n*x : 2", "line 2: a key of a mapping must be a text"),
        ("a: *x", "line 1: alias \\*x has no anchor"),
        ("a: &x [*x]", "alias \\*x has no anchor"),
        ("a: &x 1\nb: &x [*x]", "line 2: alias \\*x has no anchor"),
        ("a: \x00", "not YAML"),
        ("a: \ud800", "not YAML"),
        ("[" * 5000, "nested deeper"),
        ("- " * 5000 + "a", "nested deeper"),
        ("---\na\n" * 101, "more than 100 YAML documents"),
    ],
)
def test_refusals(parser: str, text: str, match: str) -> None:
    """What is no YAML, or not the kind that a lockfile is written in, is one clear sentence."""
    with pytest.raises(LockfileError, match=match):
        load(text)


def test_alias_bomb(parser: str) -> None:
    """Nested aliases that stand for billions of nodes are refused at once."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    start = time.perf_counter()
    with pytest.raises(LockfileError, match="aliases stand for over"):
        load("\n".join(lines))
    assert time.perf_counter() - start < 1


def test_too_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of nodes is bounded, whatever the size of the file."""
    monkeypatch.setattr(yaml_text, "MAX_NODES", 100)
    with pytest.raises(LockfileError, match="more than 100 YAML nodes"):
        load("- a\n" * 101)


def test_importing_costs_no_yaml() -> None:
    """PyYAML is imported by the first call only."""
    code = "import sys, advisord.lockfiles.yaml_text; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
