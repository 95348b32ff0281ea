"""The pages: every one of them renders, leads only to pages that are there, and shows foreign text as text."""

import sqlite3
from html.parser import HTMLParser

import pytest
from web_parts import HOSTILE, Client, Shown, answer, just_read, links, show

from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.model.problem import Problem
from advisord.store import feeds, lockfiles

PATHS = ("/", "/findings", "/findings/1", "/repositories", "/repositories/1", "/deadlines", "/feeds", "/nothing")


@pytest.mark.parametrize("path", PATHS[:2] + PATHS[3:4] + PATHS[5:7])
def test_pages_of_an_empty_database(ask: Client, path: str) -> None:
    """Nothing to show is a page too."""
    assert ask(path).status_code == 200


class _Tags(HTMLParser):
    """Which elements and attributes a page has, and whether all are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in {"meta", "link", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_hostile_text_is_shown_as_text(ask: Client, db: sqlite3.Connection) -> None:
    """Names, summaries, reasons, refs, addresses and errors of others never become markup."""
    bad = Shown(HOSTILE, HOSTILE, text=HOSTILE, ecosystem=HOSTILE, due="2026-01-02T00:00:00Z")
    number = show(db, HOSTILE, bad, problems=(Problem(HOSTILE, HOSTILE, HOSTILE),))
    lockfiles.mark_failed(db, number, "2026-02-01T00:00:00Z", HOSTILE, HOSTILE)
    feeds.attempt(db, "osv", HOSTILE, "2026-02-01T00:00:00Z")
    feeds.failed(db, "osv", HOSTILE, HOSTILE)
    db.execute(
        "INSERT INTO issue VALUES (?, 't', 'k', '1', ?, ?, ?, '', 'open', 'javascript:alert(1)')",
        (number, HOSTILE, HOSTILE, '["CVE-' + HOSTILE.replace('"', '\\"').replace("\x1b", "\\u001b") + '"]'),
    )
    for path in (*PATHS, "/findings?q=%3Cscript%3E", "/findings?ecosystem=%3Cscript%3E"):
        page = ask(path).text
        tags = _Tags()
        tags.feed(page)
        assert tags.open == []
        assert "script" not in tags.seen
        assert not {name for name in tags.attributes if name.startswith("on") or name == "style"}
        assert "\u202e" not in page
        assert "\x1b" not in page
        assert 'href="javascript' not in page
    assert "&lt;script&gt;" in ask("/findings/1").text
    assert "t #1 (open)" in ask("/findings/1").text


def test_every_link_leads_somewhere(ask: Client, db: sqlite3.Connection) -> None:
    """Followed from the first page, no link of ours is dead."""
    show(db, "shop/ä", *(Shown(f"p{n}", f"GHSA-{n}", due="2026-01-01T00:00:00Z") for n in range(60)))
    seen: set[str] = set()
    waiting = {"/"}
    while waiting and len(seen) < 300:
        path = waiting.pop()
        seen.add(path)
        response = ask(path)
        assert response.status_code == 200, path
        if path.startswith(("/api", "/style")):
            continue
        waiting |= links(response.text) - seen
    assert "/findings/60" in seen


def test_every_field_has_a_label_and_every_page_its_landmarks(ask: Client, db: sqlite3.Connection) -> None:
    """A page is usable without seeing it."""
    show(db, "shop", Shown())
    for path in PATHS:
        page = ask(path).text
        for landmark in ("<header>", "<main id=", "<nav ", "<footer>", '<html lang="en">', "<h1>", 'class="skip"'):
            assert landmark in page, (path, landmark)
        assert page.count("<h1>") == 1
        assert page.count("<select") + page.count('<input type="search"') <= page.count("<label")


def test_tables_can_be_read_without_seeing_them(ask: Client, db: sqlite3.Connection) -> None:
    """Each has a caption, a header for every column, and one for every row."""
    show(db, "shop", Shown(due="2026-01-02T00:00:00Z"))
    for path in PATHS:
        for rest in ask(path).text.split("<table")[1:]:
            table = rest.partition("</table>")[0]
            assert "<caption" in table, path
            columns = table.count('<th scope="col"')
            rows = table.count('<th scope="row"')
            assert rows == table.count('<tr role="row">') - 1 > 0, path
            assert table.count("<td ") == rows * (columns - 1), path


def test_every_page_has_a_title_of_its_own(ask: Client, db: sqlite3.Connection) -> None:
    """A tab says what is in it."""
    show(db, "shop", Shown())
    titles = [ask(path).text.partition("<title>")[2].partition("</title>")[0] for path in PATHS]
    assert len(set(titles)) == len(PATHS)
    assert "GHSA-1 in hyper - advisord" in titles


def test_the_overview_s_numbers_lead_to_as_many(ask: Client, db: sqlite3.Connection) -> None:
    """Every tile leads to a list of that length."""
    import re

    show(db, "a", *(Shown(f"p{n}", f"GHSA-{n}", severity=s) for n, s in enumerate(Severity)))
    show(db, "b", Shown(due="2026-01-02T00:00:00Z"), problems=(Problem("x", "y", "z"),))
    just_read(db, 1, 2)
    page = ask("/").text
    tiles = re.findall(r'<li><a href="([^"]+)"><strong[^>]*>(\d+)</strong>', page)
    assert len(tiles) == 6
    for address, count in tiles:
        found = answer(ask(f"/api{address.replace('&amp;', '&')}"))
        assert str(found["total"]) == count, address
    assert '<a href="/repositories?state=problems">1 repository</a> could not be read' in page


def test_repositories_are_filtered_and_sorted(ask: Client, db: sqlite3.Connection) -> None:
    """By name, by whether something is wrong; the worst first."""
    just_read(db, show(db, "shop", Shown()))
    problem = Problem("x", "y", "z")
    just_read(db, show(db, "Pay", Shown("b", "GHSA-2", severity=Severity.CRITICAL), problems=(problem,)))

    def names(query: str) -> list[str]:
        return [one["name"] for one in answer(ask(f"/api/repositories?{query}"))["repositories"]]

    assert names("sort=worst") == ["Pay", "shop"]
    assert names("q=pAY") == names("state=problems") == ["Pay"]
    assert names("state=sound") == ["shop"]
    assert names("state=sound&q=pay") == []
    assert ask("/repositories?sort=x").status_code == 400


def test_a_list_of_one_repository_says_so(ask: Client, db: sqlite3.Connection) -> None:
    """A filter that no field shows is named, and leads back to the repository."""
    number = show(db, "shop", Shown())
    assert f'1 finding in <a href="/repositories/{number}">shop</a>' in ask(f"/findings?repository={number}").text


def test_a_tracker_of_files_is_no_address_of_ours(ask: Client, db: sqlite3.Connection) -> None:
    """Its path is shown; a link would lead to nothing."""
    number = show(db, "shop", Shown())
    row = (number, "t", "k", "5", "npm", "hyper", '["GHSA-1"]', "", "open", "/srv/issues/5.md")
    db.execute("INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    page = ask("/findings/1").text
    assert "<code>/srv/issues/5.md</code>" in page
    assert 'href="/srv' not in page


def test_nothing_read_yet_says_what_to_do(ask: Client) -> None:
    """An empty page is no clean bill of health."""
    assert "No repository was read yet." in ask("/").text


def test_stale_feeds_are_said_first(ask: Client) -> None:
    """Nobody takes an empty page without fresh data for a clean bill of health."""
    assert "Not up to date: github, osv, rustsec" in ask("/").text


def test_a_repository_page_says_what_is_wrong(ask: Client, db: sqlite3.Connection) -> None:
    """Problems and the last error stand before the findings."""
    number = show(db, "shop", Shown(), problems=(Problem("x", "Cargo.lock", "can't be understood"),))
    lockfiles.mark_failed(db, number, "2026-02-01T00:00:00Z", "git-failed", "the server is away")
    page = ask(f"/repositories/{number}").text
    assert "the server is away" in page
    assert page.index("can&#x27;t be understood") < page.index("GHSA-1")


@pytest.mark.parametrize(
    ("read_at", "words"), [("", "never read"), ("2026-01-01T00:00:00Z", "not read lately"), ("9999-01-01T00:00:00Z", "not read lately")]
)  # fmt: skip
def test_an_old_reading_is_no_good_one(ask: Client, db: sqlite3.Connection, read_at: str, words: str) -> None:
    """A repository that nobody reads any more has no new findings either: the overview, the list and its page say so."""
    number = show(db, "shop")
    if read_at:
        lockfiles.mark_read(db, number, read_at)
    assert "1 repository</a> could not be read" in ask("/").text
    assert f'<span class="bad">{words}</span>' in ask("/repositories?state=problems").text
    assert f'role="alert">{words.capitalize()}.' in ask(f"/repositories/{number}").text
    just_read(db, number)
    assert "1 repository</a> could not be read" not in ask("/").text
    assert '<span class="good">read</span>' in ask("/repositories?state=sound").text
    assert 'role="alert"' not in ask(f"/repositories/{number}").text


@pytest.mark.parametrize("path", ["/findings", "/repositories", "/deadlines?state=ahead"])
def test_a_page_after_the_last_one_is_no_empty_list(ask: Client, db: sqlite3.Connection, path: str) -> None:
    """Who comes by an old link is told where the list ends."""
    show(db, "shop", Shown(due="9999-01-01T00:00:00Z"))
    page = ask(f"{path}{'&' if '?' in path else '?'}page=1234").text
    assert "There is no page 1,234: the last one is 1." in page


def test_a_filter_stays_chosen_that_meets_nothing(ask: Client, db: sqlite3.Connection) -> None:
    """The form never says `all` of a list that is filtered."""
    show(db, "shop", Shown())
    page = ask("/findings?ecosystem=PyPI").text
    assert '<option value="PyPI" selected>PyPI</option>' in page
    assert "Nothing matches these filters." in page


def test_the_list_is_worst_first(ask: Client, db: sqlite3.Connection) -> None:
    """Scope before severity, severity before age."""
    show(
        db,
        "shop",
        Shown("a", "OUT-CRITICAL", Scope.OUT, Severity.CRITICAL),
        Shown("b", "IN-LOW", Scope.IN, Severity.LOW),
        Shown("c", "IN-HIGH-NEW", Scope.IN, Severity.HIGH, "2026-01-02T00:00:00Z"),
        Shown("d", "IN-HIGH-OLD", Scope.IN, Severity.HIGH),
    )
    page = ask("/findings").text
    places = [page.index(f">{name}<") for name in ("IN-HIGH-OLD", "IN-HIGH-NEW", "IN-LOW", "OUT-CRITICAL")]
    assert places == sorted(places)


def test_the_chart_has_its_numbers_as_a_table(ask: Client, db: sqlite3.Connection) -> None:
    """What a picture shows can be read too."""
    from datetime import UTC, datetime

    show(db, "shop", Shown(), now=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    page = ask("/").text
    assert 'class="opened"' in page
    assert "1 opened and 0 closed in 90 days; open now: 1" in page
