"""Emptying archives before tomllib reads a lockfile changes nothing else: not what is valid, not what is read."""

import re
import tomllib
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisord.lockfiles.toml_packages import emptied

FORMATS = ("uv", "poetry", "pdm", "pylock")

_PIECES = (
    "wheels = [\n",
    "sdist = ",
    "files = [\n",
    '"odd.key" = [\n',
    '    { url = "u", hash = "h", size = 10 },\n',
    '    { url = "u", size = 010 },\n',
    '{ url = "u", hash = "h", upload-time = "t" }\n',
    '    {file = "f", hash = "h"},\n',
    '    {file = "f", file = "h"},\n',
    '    {url = "f", hash = "\\u0041"},\n',
    '    { url = "u", upload-time = 2025-01-01T00:00:00Z, size = 1, hashes = { sha256 = "a" } },\n',
    "]\n",
    "[[package]]\n",
    "[[packages]]\n",
    "[package.source]\n",
    'name = "a"\n',
    'x = "y',
    '"""\n',
    "'''\n",
    "x = [\n",
    "# wheels = [\n",
    '"\n',
    "\n",
    " ",
    "\\",
    "\r\n",
    "\x00",
    "\u0661",
)


def _read(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _without(value: Any, key: re.Pattern[str]) -> Any:
    """The document with every array and table of archives emptied, in the way of someone who has time."""
    if isinstance(value, list):
        return [_without(item, key) for item in value]
    if isinstance(value, dict):
        return {k: _blank(v) if key.fullmatch(k) else _without(v, key) for k, v in value.items()}
    return value


def _blank(value: Any) -> Any:
    archive = isinstance(value, (list, dict)) and (
        not value or {"url", "file", "path", "filename", "name"} & set(_keys(value))
    )
    return type(value)() if archive else value


def _keys(value: Any) -> list[str]:
    tables = value if isinstance(value, list) else [value]
    return [key for table in tables if isinstance(table, dict) for key in table]


@pytest.mark.parametrize("format_", FORMATS)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=12))
def test_emptied_text_means_the_same(format_: str, pieces: list[str]) -> None:
    """Valid stays valid, invalid stays invalid, and everything but archives is read alike."""
    text = "".join(pieces)
    pattern = import_module(f"advisord.lockfiles.{format_}")._ARCHIVES
    before, after = _read(text), _read(emptied(text, pattern))
    assert (before is None) == (after is None)
    key = re.compile(r"wheels|sdist" if format_ in {"uv", "pylock"} else r".*")
    if before is not None:
        assert _without(before, key) == _without(after, key)
