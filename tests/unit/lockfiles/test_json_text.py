"""JSON with lines: equal to the json module, and right about where keys and elements stand."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisord.errors import LockfileError
from advisord.lockfiles.json_text import load

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.sampled_from([None, 0, 2, "\t"]), st.integers(0, 5))
def test_the_value_is_that_of_the_json_module(value: Any, indent: int | str | None, depth: int) -> None:
    """Whatever the layout and the depth."""
    assert load(json.dumps(value, indent=indent), depth).value == value


@given(st.dictionaries(st.text(max_size=4), _VALUES, min_size=1), st.integers(1, 4))
def test_every_key_stands_on_its_line(value: dict[str, Any], depth: int) -> None:
    """In what a tool writes, a key's line begins with the key."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    lines = text.split("\n")
    document = load(text, depth)
    for key in value:
        found = lines[document.line(document.value, key) - 1]
        assert found.startswith(f"  {json.dumps(key, ensure_ascii=False)}: ")


def test_lines_in_other_layouts() -> None:
    """Several keys on one line, blank lines, and elements: of an object the line of its first key."""
    document = load('{"a": 1, "b":\n\n [\n{\n"x": 1}, 2,\n\n[]]\n}', 2)
    inner = document.value["b"]
    assert [document.line(document.value, key) for key in "ab"] == [1, 1]
    assert [document.line(inner, index) for index in range(3)] == [5, 5, 7]
    assert document.line(inner[0], "x") == 0


@pytest.mark.parametrize("layout", ['{"a": 1, "a": 2}', '{\n  "a": 1,\n  "a": 2\n}', '{"b": {\n"a": 1,\n"a": 2\n}}'])
def test_a_key_that_stands_twice(layout: str) -> None:
    """Which of the two counts depends on the reader."""
    with pytest.raises(LockfileError, match="stands twice"):
        load(layout, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[",
        '{"a"',
        '{"a":',
        '{"a": 1',
        "[1",
        "[1,",
        '{"a" 1}',
        "{1: 2}",
        "[1 2]",
        "1 2",
        "NaN",
        "[" * 100000,
        "9" * 5000,
        '{"a": nope}',
        '{\n"a": 1\n"b": 2}',
    ],
)
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_what_is_no_json(text: str, depth: int) -> None:
    """Anything else is a LockfileError, at every depth."""
    with pytest.raises(LockfileError):
        load(text, depth)
