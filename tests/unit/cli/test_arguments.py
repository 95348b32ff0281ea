"""Reading a command line at once gives what argparse gives; whatever is out of the ordinary is argparse's."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisord.cli.arguments import EXCLUDE, MAX_AGE, Option, Options, parse, read
from advisord.cli.options import Parser

OPTIONS = (
    Option("--policy", "a file", "FILE"),
    Option("--fail-on", "a level", choices=("low", "high")),
    Option("--verbose", "more", group="report"),
    MAX_AGE,
    EXCLUDE,
)
OPERANDS = ("PATH", "folders", ".")


def by_argparse(arguments: list[str]) -> Options:
    """The same table read by argparse."""
    parser = Parser("scan")
    parser.add_argument("paths", nargs="*", default=["."])
    for option in OPTIONS:
        option.add_to(parser)
    return parser.parse_args(arguments, namespace=Options())


words = st.text(alphabet="abcz./=", min_size=1, max_size=5)
options = st.one_of(
    st.tuples(st.sampled_from(["--policy", "--exclude"]), words),
    st.tuples(st.just("--fail-on"), st.sampled_from(["low", "high"])),
    st.tuples(st.just("--max-age"), st.sampled_from(["24h", "7d"])),
    st.just(("--verbose",)),
    st.builds(lambda value: (f"--policy={value}",), words),
)


@given(chosen=st.lists(options, max_size=6), paths=st.lists(words, max_size=3))
def test_the_same_answers(chosen: list[tuple[str, ...]], paths: list[str]) -> None:
    """For every usual command line, options before operands as argparse wants them."""
    arguments = [part for option in chosen for part in option] + paths
    assert vars(read(arguments, OPTIONS, ".") or Options()) == vars(by_argparse(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["-h"],
        ["--verb"],
        ["--verbose=yes"],
        ["--policy"],
        ["--policy", "-x"],
        ["--policy", "--verbose"],
        ["--fail-on", "medium"],
        ["--max-age", "soon"],
        ["--", "-x"],
        ["-"],
    ],
)
def test_what_is_left_to_argparse(arguments: list[str]) -> None:
    """Help, mistakes and rare spellings."""
    assert read(arguments, OPTIONS, ".") is None


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--help"], 0, "report:"),
        (["--max-age", "soon"], 2, "'soon' is no duration"),
        (["--fail-on", "medium"], 2, "invalid choice: 'medium'"),
    ],
)
def test_argparse_speaks(arguments: list[str], status: int, said: str, capsys: pytest.CaptureFixture[Any]) -> None:
    """Its messages, with the readers' own sentences."""
    with pytest.raises(SystemExit) as ended:
        parse("scan", arguments, OPTIONS, OPERANDS, "")
    assert ended.value.code == status
    printed = capsys.readouterr()
    assert said in printed.out + printed.err


def test_a_path_that_looks_like_an_option() -> None:
    """`--` ends the options."""
    assert parse("scan", ["--verbose", "--", "-x"], OPTIONS, OPERANDS, "").paths == ["-x"]
