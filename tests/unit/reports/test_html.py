"""The HTML report: one file that needs nothing and lets nothing in."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from report_parts import EMPTY, FULL, NASTY, hostile, judged, place

from advisord.model.finding import Via
from advisord.model.inventory import Reach
from advisord.model.report import Report
from advisord.reports.html import render

ALLOWED = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "p",
    "ul",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "span",
    "strong",
    "code",
    "br",
    "a",
    "details",
    "summary",
}
VOID = {"meta", "br"}


class Tags(HTMLParser):
    """Every tag, its attributes, and whether all are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It must be the one that was opened last."""
        assert self.open.pop() == tag


@pytest.mark.parametrize("report", [EMPTY, FULL, hostile(), hostile("</style></title><script src=x onerror=y>")])
def test_well_formed_and_closed(report: Report) -> None:
    """Tags nest, only known ones occur, nothing runs, nothing is loaded; links lead to https."""
    tags = Tags()
    tags.feed(render(report))
    assert tags.open == []
    assert tags.seen <= ALLOWED
    names = {name for name, _ in tags.attributes}
    assert names <= {"lang", "charset", "http-equiv", "content", "name", "class", "scope", "href", "rel"}
    assert all(str(value).startswith("https://") for name, value in tags.attributes if name == "href")


def test_the_policy_allows_its_own_style_only() -> None:
    """The content security policy names the hash of the style sheet that is there."""
    text = render(FULL)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert style is not None
    assert policy is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "prefers-color-scheme: dark" in style[1]


def test_headlines() -> None:
    """The first line says what it is."""
    assert "Nothing to act on" in render(EMPTY)
    assert "The answer can&#x27;t be trusted" in render(FULL)
    assert "1 finding fails the scan</h1>" in render(FULL._replace(problems=()))


def test_every_finding_is_there() -> None:
    """Each section has its findings, the resolved ones too; hostile texts are shown, not obeyed."""
    text = render(FULL)
    for heading in ("In scope (2)", "Regular (1)", "Accepted (1)", "Out of scope (1)", "Resolved by this change (1)"):
        assert f"<h2>{heading}</h2>" in text
    assert "&lt;script&gt;" in render(hostile(NASTY))


def test_rows_stay_low_and_names_whole() -> None:
    """All but the shortest path are folded away; a name breaks nowhere unless it is wider than its cell.

    A summary may break anywhere: a long word in it would push the other columns off the page.
    """
    ways = tuple(Via(f"c{n}", "", Reach.RUNTIME, ("h2",)) for n in range(9))
    text = render(EMPTY._replace(findings=(judged(at=place(via=ways)),)))
    assert "via c0 &gt; h2<details><summary>and more</summary>via c1" in text
    assert "4 more workspace members" in text
    assert re.findall(r"(\S+) \{ overflow-wrap: anywhere", text) == [".said"]
    assert f'<td class="said">{judged().finding.summary}<br>' in text


def test_what_fails_is_marked_where_not_all_does() -> None:
    """As the text does."""
    two = (judged(failing=True), judged("GHSA-2"))
    assert render(EMPTY._replace(findings=two)).count(">fails</strong>") == 1
    assert ">fails</strong>" not in render(EMPTY._replace(findings=two[:1]))
