"""Law: the reader of cargo's own layout says what a TOML parser says, or nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisord.errors import LockfileError
from advisord.lockfiles import cargo
from advisord.lockfiles.text import decode

DATA = Path(__file__).resolve().parents[1] / "unit" / "lockfiles" / "data" / "cargo"
SAMPLES = [decode(path.read_bytes()) for path in sorted(DATA.glob("*.lock"))]
LINES = [
    *sorted({line for sample in SAMPLES for line in sample.split("\n")}),
    '[[patch.unused]]\nname = "a"\nversion = "1.0.0"',
    'replace = "rand 0.8.5"',
    'name = "a',
    '"',
    "'''",
    "dependencies = []",
    ' "rand", # why',
    'x = "]"',
    "version = 99",
    "version = 4.0",
    "[metadata]",
    "\tname = 'a'",
    'name = "\\u0041"',
]
CHARACTERS = st.sampled_from(['"', "\n", "[", "]", "=", ",", "#", " ", "\\", "\t", "\r", "\x7f", "\x0b", "ä", "0", "'"])


def _agree(text: str) -> None:
    read = cargo._canonical(text)
    if read is not None:
        assert read.whole() == cargo._by_toml(text)


@settings(max_examples=400)
@given(data=st.data())
def test_changed_lines_never_make_the_readers_differ(data: st.DataObject) -> None:
    """Lines taken out, put in, doubled or exchanged."""
    lines = data.draw(st.sampled_from(SAMPLES)).split("\n")
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(lines)))
        kept = data.draw(st.integers(0, 2))
        lines[place : place + kept] = data.draw(st.lists(st.sampled_from(LINES), max_size=2))
    _agree("\n".join(lines))


@settings(max_examples=400)
@given(data=st.data())
def test_changed_characters_never_make_the_readers_differ(data: st.DataObject) -> None:
    """Single characters taken out, put in or exchanged."""
    text = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(CHARACTERS | st.just("")) + text[place + data.draw(st.integers(0, 1)) :]
    _agree(text)


@pytest.mark.parametrize("text", SAMPLES[1:])
def test_cargos_own_layout_needs_no_toml(text: str) -> None:
    """The fast way is taken for the layouts of 2018 and later."""
    read = cargo._canonical(text)
    assert read
    assert read.whole() == cargo._by_toml(text)


def test_what_is_no_toml_is_refused() -> None:
    """The TOML parser has the last word."""
    with pytest.raises(LockfileError, match="TOML"):
        cargo.parse(b'[[package]]\nname = "a\n')
