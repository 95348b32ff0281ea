"""Markdown for a comment on a change: short, and harmless whatever the texts."""

import re

from report_parts import EMPTY, FULL, NASTY, hostile, judged

from advisord.reports import registry
from advisord.reports.markdown import MARKER, render


def test_what_a_change_did() -> None:
    """What is new first, what is gone and what was there folded away, what is settled last."""
    text = render(FULL)
    assert text.startswith(f"{MARKER}\n### advisord: the answer can't be trusted\n")
    heads = re.findall(r"^(?:\*\*|<summary>)(\d.*?)(?:\*\*|</summary>)$", text, re.MULTILINE)
    assert heads == [
        "1 introduced",
        "2 there before",
        "1 resolved",
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
    assert line.endswith(
        "move reqwest to a version that allows 2.0.0; whether there is one is not known (Cargo.lock, tool/Cargo.lock)"
    )


def test_the_same_numbers_as_the_text() -> None:
    """The sentences that count are those of the text, of the annotations and of the page, word for word."""
    report = FULL._replace(problems=(), since="main")
    said = [
        "4 packages in 2 lockfiles: 2 in scope (1 critical, 1 medium; 1 undecided), 1 regular (1 unmaintained), ",
        "1 accepted, 1 out of scope; 1 finding fails the scan",
        "1 introduced, 2 there before; 1 resolved",
    ]
    for words in said:
        for format_ in ("text", "markdown", "github", "html"):
            assert words in registry.render(format_, report, width=1000), format_
    assert "`since main (ccccccc)`: 1 introduced" in render(report)


def test_what_fails_is_marked_and_a_kind_is_named() -> None:
    """Where not everything fails; what nobody rates says what it is instead of an unknown severity."""
    report = FULL._replace(problems=())
    text = render(report)
    assert text.count("**fails**") == 1
    assert "| critical 9.1, **fails** |" in text
    assert "| unmaintained |" in text
    assert "### advisord: 1 finding fails the scan" in text


def test_a_reason_that_all_share_is_said_once() -> None:
    """Above the tables, and not in each row; otherwise each row says its own."""
    shared = EMPTY._replace(findings=(judged(), judged("GHSA-2")))
    assert render(shared).count("We act on what we ship.") == 1
    other = shared.findings[1]._replace(decision=shared.findings[1].decision._replace(rule="other"))
    assert "| why |" in render(EMPTY._replace(findings=(shared.findings[0], other)))
