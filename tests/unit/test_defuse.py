"""Untrusted text in the body of an issue."""

import pytest

from advisord import defuse
from advisord.defuse import ZWSP


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ask @org/team", f"ask @{ZWSP}org/team"),
        ("fixes #1", f"fixes #{ZWSP}1"),
        ("closes octo/crab#12", f"closes octo/crab#{ZWSP}12"),
        ("see GH-7", f"see GH-{ZWSP}7"),
        ("since 1234567890abcdef", f"since 123456{ZWSP}7890ab{ZWSP}cdef"),
        ("https://github.com/o/r/issues/1", f"https:{ZWSP}//github.com/o/r/issues/1"),
        ("www.example.org", f"www{ZWSP}.example.org"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
        ("--> out <!--", f"--&gt; out &lt;!{ZWSP}--"),
        ("![x](https://e.org/p.png)", f"!{ZWSP}\\[x\\](https:{ZWSP}//e.org/p.png)"),
        ("a | b ```c", "a \\| b \\`\\`\\`c"),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("ev\u202eil\u200b \x1b[31mred\x00", "evil \\[31mred"),
        ("!12 $3 %4 ~5 &6", f"!{ZWSP}12 \\${ZWSP}3 %{ZWSP}4 \\~{ZWSP}5 &amp;{ZWSP}6"),
    ],
)
def test_prose_shows_the_text_and_does_nothing(text: str, shown: str) -> None:
    """Mentions, references, links, HTML, images, tables and invisible characters are harmless."""
    assert defuse.prose(text) == shown


def test_a_long_text_is_cut() -> None:
    """The limit counts visible characters."""
    assert defuse.prose("x" * 1000, 10) == "xxxxxxxxx…"


def test_code_can_not_be_left() -> None:
    """A name in a code span holds no backtick, no cell border and no comment's end."""
    assert defuse.code("a`b|c-->d<!--e") == "`a'b¦c-- >d< !--e`"
    assert defuse.code("") == "-"


@pytest.mark.parametrize(
    ("identifier", "page"),
    [
        ("RUSTSEC-2026-0001", "https://rustsec.org/advisories/RUSTSEC-2026-0001.html"),
        ("GHSA-aaaa-bbbb-cccc", "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"),
        ("GO-2026-0001", "https://pkg.go.dev/vuln/GO-2026-0001"),
        ("CVE-2026-0001", "https://nvd.nist.gov/vuln/detail/CVE-2026-0001"),
        ("PYSEC-2026-1", "https://osv.dev/vulnerability/PYSEC-2026-1"),
    ],
)
def test_an_id_links_to_its_publisher(identifier: str, page: str) -> None:
    """Each kind of id has a page."""
    assert defuse.advisory(identifier) == f"[{identifier}]({page})"


def test_an_odd_id_is_not_linked() -> None:
    """What is not an id by its characters is shown as code."""
    assert defuse.advisory("x](https://e.org) @all") == "`x](https://e.org) @all`"
