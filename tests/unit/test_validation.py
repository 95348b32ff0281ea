"""Mistakes in TOML files, in our words."""

from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import Field, ValidationError
from pydantic_core import InitErrorDetails, core_schema

from advisord.errors import SettingsError
from advisord.validation import Table, mistakes, validate


class Inner(Table):
    """A table within."""

    date: str = ""
    fix: bool = False


class Outer(Table):
    """A file."""

    until: Inner = Inner()
    feeds: dict[str, Inner] = Field(default={})
    several: list[Inner] = Field(default=[Inner()], min_length=1)
    word: Annotated[str, Field(min_length=1)] = "x"
    number: Annotated[int, Field(ge=1, le=10)] = 1
    ratio: float = 1.0
    choice: Literal["a", "b"] = "a"
    flag: bool = False


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('until = "soon"', "must be a table with any of date, fix, not a text"),
        ("[feeds]\nosv = 3", "must be a table with any of date, fix, not a number"),
        ("several = []", "needs at least 1 entry, not 0"),
        ("several = [3]", "must be a table with any of date, fix, not a number"),
        ("several = {}", "must be a list, not a table"),
        ('word = ""', "is too short: 1 or more characters"),
        ("word = 3", "must be a text, not a number"),
        ("number = 0", "must be 1 or more"),
        ("number = 11", "must be 10 or less"),
        ('number = "many"', "must be a whole number, not a text"),
        ("number = 1.5", "must be a whole number, not a number"),
        ("ratio = []", "must be a number, not a list"),
        ('choice = "c"', "must be 'a' or 'b'"),
        ('flag = "maybe"', "must be true or false, not a text"),
        ("wrod = 1", "unknown key wrod; did you mean word?"),
    ],
)
def test_each_mistake_says_what_is_expected(text: str, sentence: str) -> None:
    """What it must be, and what it is; never the value, which may be a secret."""
    with pytest.raises(SettingsError) as caught:
        validate(text, Outer, subject="x.toml", what="file", manual="")
    ((_where, said),) = caught.value.problems
    assert said.partition(": ")[2] == sentence


def test_no_word_of_pydantic_leaks() -> None:
    """Every type of error that pydantic knows has a sentence of ours."""
    context: dict[str, Any] = dict.fromkeys(("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length"), 1)
    context |= {"pattern": "x", "expected": "'a'", "field_type": "List", "actual_length": 0, "error": "Wrong."}
    said = {}
    for kind in get_args(core_schema.ErrorType):
        try:
            detail = InitErrorDetails(type=kind, loc=("word",), input="x", ctx=context)
            error = ValidationError.from_exception_data("Outer", [detail])
        except (TypeError, KeyError):
            continue  # one with a context of its own, which no field of ours can cause
        said[kind] = mistakes(error, Outer, {"word": "x"})[0][1]
    assert len(said) > 50
    assert not {kind: words for kind, words in said.items() if "nput should" in words or "instance" in words}


@pytest.mark.parametrize(("text", "count"), [("x = 1", "1 problem"), ("x = 1\ny = 2", "2 problems")])
def test_problems_are_counted(text: str, count: str) -> None:
    """All of them at once, in words for their number."""
    with pytest.raises(SettingsError, match=f"^{count} in it$"):
        validate(text, Outer, subject="policy.toml", what="policy", manual="")


@pytest.mark.parametrize("text", ["x = ", "x = " + "9" * 5000, "x = " + "[" * 5000, "\0", "x" * 1_000_001])
def test_no_toml(text: str) -> None:
    """Whatever it is, one error of ours: a repository's own policy comes from outside."""
    with pytest.raises(SettingsError, match=r"the policy is (not TOML|larger than 1 MB)"):
        validate(text, Outer, subject="policy.toml", what="policy", manual="")
