"""Markdown for a comment on a change: short, and harmless whatever the texts."""

import re

from report_parts import EMPTY, FULL, NASTY, hostile, judged

from advisord.reports.markdown import MARKER, render


def test_what_a_change_did() -> None:
    """What is new first, what is gone and what was there folded away, what is settled last."""
    text = render(FULL)
    assert text.startswith(f"{MARKER}\n### advisord: the answer can't be trusted\n")
    heads = re.findall(r"^(?:\*\*|<summary>)(\d.*?)(?:\*\*|</summary>)$", text, re.MULTILINE)
    assert heads == [
        "1 introduced by this change",
        "1 resolved by this change",
        "2 that were there before",
        "2 accepted or out of scope",
    ]
    assert "- **error**: `osv`: was last read long ago" in text


def test_a_clean_report_is_short() -> None:
    """Nothing to act on: a headline and the tally."""
    assert render(EMPTY).splitlines() == [
        MARKER,
        "### advisord: nothing to act on",
        "",
        "0 packages in 1 lockfile: no known vulnerability.",
        "",
        "<sub>data: none</sub>",
    ]


def test_hostile_texts_do_nothing() -> None:
    """No mention, reference, link, HTML, comment's end or further row comes from other people's texts."""
    text = render(hostile(NASTY))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") - line.count("\\|") for line in rows} == {7}
    assert "-->" not in text.replace(MARKER, "")
    outside = re.sub(r"(?<!\\)`[^`\n]*`", "", text)
    assert re.search(r"(?<!\\)\]\(b\)", outside) is None
    assert "<script" not in outside
    assert "@org" not in outside
    assert "#1" not in outside


def test_size_is_bounded() -> None:
    """A thousand findings with long texts fit into a comment."""
    many = EMPTY._replace(findings=tuple(judged(f"GHSA-{n}", summary="&" * 500) for n in range(1000)))
    text = render(many)
    assert len(text) < 65_536
    assert "960 more are not shown." in text


def test_what_to_do_once_for_all() -> None:
    """Each update stands once, with what it removes, who stands in its way, and the lockfiles that need it."""
    (line,) = [line for line in render(FULL).splitlines() if line.startswith("- `h2 1.2.3`: ")]
    assert (
        "update to 2.0.0 (a major one): fixes 2, 1 without a fix; needs more than this update: hyper requires" in line
    )
    assert line.endswith("update reqwest first (Cargo.lock, tool/Cargo.lock)")
