"""Law 7: whatever a feed says, it does nothing in an issue."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from advisord import defuse
from advisord.tracking import identity

_PIECES = st.sampled_from(
    ["@org", "#1", "o/r#1", "GH-1", "fixes ", "-->", "<!-- advisord:end -->", "<b>", "![a](b)", "https://x.y/z", "www.a.b", "`", "|", "\n", "\u202e", "\x07", "0123456789abcdef", "~", "$x$", "&amp;", "\\"]
)  # fmt: skip
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=12).map("".join)
_ACTS = [r"@\w", r"#\d", r"(?i)gh-\d", r"[0-9a-fA-F]{7}", r"://", r"(?i)www\.", r"<", r">", r"\n|\r", r"[!$%~^]\w", r"&\w+;(?<!&amp;)(?<!&lt;)(?<!&gt;)"]  # fmt: skip


@given(_TEXTS)
def test_prose_holds_nothing_that_acts(text: str) -> None:
    """No mention, reference, commit, link, tag, entity or line break, and nothing invisible but our own break."""
    shown = defuse.prose(text)
    for pattern in _ACTS:
        assert not re.search(pattern, shown), pattern
    bare = shown.replace(defuse.ZWSP, "")
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in bare)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]|]", shown)
    assert len(defuse.plain(text, 300)) <= 300


@given(_TEXTS)
def test_code_is_one_closed_span(text: str) -> None:
    """Two backticks, around everything; no cell border, no comment's end."""
    shown = defuse.code(text)
    assert shown == "-" or (shown.count("`") == 2 and shown[0] == shown[-1] == "`")
    assert "|" not in shown
    assert "-->" not in shown
    assert "\n" not in shown


@given(_TEXTS, _TEXTS, st.lists(_TEXTS.filter(bool), min_size=1, max_size=4), _TEXTS)
def test_a_marker_survives_any_name(package: str, ecosystem: str, ids: list[str], around: str) -> None:
    """What is written is read again, whatever names and people's text hold."""
    marker = identity.Marker(
        "0" * 16, "o/r", ecosystem=ecosystem or "x", package=package or "y", ids=tuple(ids), said=("a|b",)
    )
    block = f"{identity.BEGIN}\n{identity.encode(marker)}\n{identity.END}"
    assert identity.read(block) == marker
    people = around.replace("<!-- advisord:end -->", "")
    body = identity.splice(f"{people}\n{block}\n{people}", block)
    assert identity.block_of(body) == block
    assert identity.read(identity.remarked(block, marker._replace(rev=2))) == marker._replace(rev=2)
