"""JSON of feeds, with the fast decoder and without."""

import json
import sys

import pytest

from advisord.feeds import json_text


@pytest.fixture(params=["fast", "plain"], autouse=True)
def decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both decoders, as far as they are installed."""
    if request.param == "fast":
        pytest.importorskip("msgspec")
    else:
        monkeypatch.setitem(sys.modules, "msgspec.json", None)
    monkeypatch.setattr(json_text, "_decode", json_text._decoder())


@pytest.mark.parametrize(
    "value", [{"a": [1, 2.5, None, True, "é\U0001f600"]}, [], "x", {"n": 10**30}, {"": {"": [[]]}}, {"a": "\\ud800"}]
)
def test_values(value: object) -> None:
    """What was written is read, however it was escaped."""
    for plain in (True, False):
        assert json_text.loads(json.dumps(value, ensure_ascii=plain).encode()) == value


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"{", "it is not JSON"),
        (b'"\xff"', "not UTF-8"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b" <!doctype html>", "an HTML page, not JSON"),
    ],
)
def test_errors(document: bytes, words: str) -> None:
    """One kind of error, in words."""
    with pytest.raises(ValueError, match=words):
        json_text.loads(document)


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document beyond the limit is not decoded."""
    monkeypatch.setattr(json_text, "MAX_BYTES", 3)
    with pytest.raises(ValueError, match="more than the limit of 3"):
        json_text.loads(b"[1, 2]")


def test_texts() -> None:
    """Only the strings of a list."""
    assert json_text.texts(["a", "", None, 1, "b"]) == ("a", "b")
    assert json_text.texts("ab") == json_text.texts(None) == ()
