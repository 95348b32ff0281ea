"""Parts that several pages share."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from advisord.web.content import SCOPES, days_until
from advisord.web.html import Content, Html, link, tag
from advisord.web.look import Look
from advisord.words import counted

SCOPE_WORDS = {"in": "in scope", "regular": "regular", "accepted": "accepted", "out": "out of scope"}
LEVELS = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "none": "low",
    "unknown": "unknown",
}
"""Severity → class of the style sheet."""

_FEW = 10


def section(heading: str, *body: Content) -> Html:
    """A part of a page."""
    return tag("section", tag("h2", heading), *body)


def notice(*body: Content) -> Html:
    """Something that whoever looks has to know first."""
    return tag("p", *body, class_="notice", role="alert")


def table(
    caption: str,
    names: Sequence[str],
    rows: Sequence[Sequence[Content]],
    nothing: str,
    *,
    head: int = 0,
    numbers: Sequence[str] = (),
    narrow: str = "",
) -> Html:
    """A table that can be scrolled sideways, by keyboard too; a sentence where there are no rows.

    `head` is the column that names the row, `numbers` are the columns that hold numbers. With `narrow="stack"` a row
    becomes a block on a narrow screen; the roles then say to a screen reader what is a table still.
    """
    if not rows:
        return tag("p", nothing, class_="quiet")
    kinds = ["number" if name in numbers else None for name in names]

    def cell(place: int, content: Content) -> Html:
        label = names[place] if narrow else None
        if place == head:
            return tag("th", content, scope="row", role="rowheader", class_=kinds[place], data_label=label)
        return tag("td", content, role="cell", class_=kinds[place], data_label=label)

    heads = [
        tag("th", name, scope="col", role="columnheader", class_=kind) for name, kind in zip(names, kinds, strict=True)
    ]
    lines = [tag("tr", [cell(*one) for one in enumerate(row)], role="row") for row in rows]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption, class_="hidden"),
            tag("thead", tag("tr", heads, role="row"), role="rowgroup"),
            tag("tbody", lines, role="rowgroup"),
            role="table",
        ),
        class_=f"wide {narrow}".strip(),
        role="region",
        aria_label=caption,
        tabindex=0,
    )


def matrix(caption: str, counted: Mapping[str, Mapping[str, int]], name: str, words: Sequence[str]) -> Html:
    """Scopes by something else; every count leads to its findings."""

    def cell(scope: str, word: str) -> Content:
        count = counted[scope][word]
        if not count:
            return tag("span", "0", class_="quiet")
        return tag("a", f"{count:,}", href=f"/findings?{urlencode({'scope': scope, name: word})}")

    rows = [
        (
            tag("a", SCOPE_WORDS[scope], href=f"/findings?scope={scope}"),
            *(cell(scope, word) for word in words),
            f"{sum(counted[scope].values()):,}",
        )
        for scope in SCOPES
    ]
    return table(caption, ("Scope", *words, "all"), rows, "", numbers=(*words, "all"))


def finding_table(
    look: Look, caption: str, rows: Sequence[Mapping[str, Any]], nothing: str, *, repository: bool = True
) -> Html:
    """Findings, one a row; `repository` says whether each has to name its own."""
    names = ("Severity", "Finding", "Package", "Repository", "Scope", "First seen", "Due", "Update to")
    lines: list[tuple[Content, ...]] = [
        (
            _level(row["severity"], row["kind"]),
            (
                tag("a", row["id"], href=f"/findings/{row['number']}"),
                " undecided" if row["undecided"] else None,
                tag("span", row["summary"], class_="summary") if row["summary"] else None,
            ),
            (tag("code", row["package"], " ", row["version"]), tag("span", row["ecosystem"], class_="aside")),
            link(row["repository"], f"/repositories/{row['repository_id']}"),
            (tag("span", SCOPE_WORDS[row["scope"]], class_="keep"), tag("span", row["rule"], class_="aside")),
            _ago(look, row["first_seen"]),
            _due(look, row["due"]) if row["scope"] == "in" else "-",
            row["fixed"] or "no fix",
        )
        for row in rows
    ]
    shown = [place for place, name in enumerate(names) if repository or name != "Repository"]
    chosen = [[line[place] for place in shown] for line in lines]
    return table(caption, [names[place] for place in shown], chosen, nothing, head=1, narrow="stack")


def deadline_table(look: Look, caption: str, promises: Sequence[Mapping[str, Any]], nothing: str) -> Html:
    """Deadlines, one a row."""
    return table(
        caption,
        ("Due", "What", "Finding", "Severity", "Repository"),
        [
            (
                _due(look, one["at"]),
                (one["kind"], None if one["binding"] else " (a target)"),
                (tag("a", one["id"], href=f"/findings/{one['number']}"), " in ", tag("code", one["package"])),
                _level(one["severity"]),
                link(one["repository"], f"/repositories/{one['repository_id']}"),
            )
            for one in promises
        ],
        nothing,
        head=2,
        narrow="stack",
    )


def _level(severity: str, kind: str = "") -> Html:
    return tag("span", rated(severity, None, kind), class_=f"level {LEVELS[severity]}")


def rated(severity: str, score: float | None, kind: str) -> str:
    """The severity with its score; what nobody rates because it is no plain vulnerability says what it is."""
    if severity == "unknown" and kind not in {"", "vulnerability"}:
        return kind
    return severity if score is None else f"{severity} {score:.1f}"


def feed_table(look: Look, feeds: Sequence[Mapping[str, Any]]) -> Html:
    """The feeds' health."""
    return table(
        "Health of the feeds",
        ("Feed", "State", "As of", "Records", "Unreadable", "Newest record", "Covers"),
        [
            (
                feed["name"],
                _feed_state(feed),
                (
                    moment(feed["as_of"]),
                    tag("span", _ago(look, feed["as_of"]), class_="aside") if feed["as_of"] else None,
                ),
                f"{feed['records']:,}",
                f"{feed['rejected']:,}",
                moment(feed["newest"]),
                ", ".join(feed["ecosystems"]) or "nothing yet",
            )
            for feed in feeds
        ],
        "No feed is configured.",
        numbers=("Records", "Unreadable"),
        narrow="stack",
    )


def _feed_state(feed: Mapping[str, Any]) -> Html:
    if not feed["enabled"]:
        return tag("span", "not enabled", class_="quiet")
    if feed["error"]:
        return tag("span", f"failed: {feed['error']['message']} [{feed['error']['code']}]", class_="bad")
    if feed["as_of"] is None:
        return tag("span", "never read", class_="bad")
    return tag("span", "fresh", class_="good") if feed["fresh"] else tag("span", "old", class_="bad")


def moment(stamp: str | None) -> Content:
    """A moment for people, exact for programs."""
    if not stamp:
        return "-"
    return tag("time", stamp[:16].replace("T", " "), " UTC" if len(stamp) > 10 else None, datetime=stamp)


def _ago(look: Look, stamp: str | None) -> Content:
    days = days_until(look, stamp or "")
    if days is None:
        return "-"
    words = "today" if days >= -1 else f"{counted(-days - 1, 'day')} ago"
    return tag("time", words, datetime=stamp, title=stamp)


def _due(look: Look, stamp: str | None) -> Content:
    days = days_until(look, stamp or "")
    if days is None:
        return "-"
    if days < 0:
        words, level = (f"breached {counted(-days - 1, 'day')} ago" if days < -1 else "breached today"), "bad"
    else:
        words, level = f"in {counted(days, 'day')}" if days else "within a day", "warn" if days < 3 else ""
    return tag("time", words, datetime=stamp, title=stamp, class_=level or None)


def pager(path: str, query: Mapping[str, object], data: Mapping[str, Any]) -> Html | None:
    """Links to the pages of a list."""
    page, pages = data["page"], data["pages"]
    if pages < 2:
        return None
    near = sorted({1, pages, *(number for number in range(page - 2, page + 3) if 1 <= number <= pages)})

    def to(number: int, words: str, **attributes: str | None) -> Html:
        return tag("li", tag("a", words, href=f"{path}?{urlencode({**query, 'page': number})}", **attributes))

    links = [to(number, f"{number:,}", aria_current="page" if number == page else None) for number in near]
    before = [to(page - 1, "Previous", rel="prev")] if 1 < page <= pages else []
    after = [to(page + 1, "Next", rel="next")] if page < pages else []
    return tag("nav", tag("ul", before, links, after), class_="pager", aria_label="Pages of the list")


def what_to_do(places: Sequence[Mapping[str, Any]]) -> Sequence[Content]:
    """What to do, in the words of scans and issues: once for all places where it is the same."""
    where: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for place in places:
        where.setdefault(tuple(place["what_to_do"]), []).append(place)
    parts: list[Content] = []
    for (first, *notes), same in where.items():
        named = [_named(place) for place in same[:_FEW]]
        more = f" and {len(same) - _FEW} more" if len(same) > _FEW else ""
        parts += [
            tag("p", tag("strong", _sentence(first)), f" For {', '.join(named)}{more}." if len(where) > 1 else None),
            tag("ul", [tag("li", _sentence(note)) for note in notes]) if notes else None,
        ]
    return parts


def _named(place: Mapping[str, Any]) -> str:
    ref = f" at {place['ref']}" if place["ref"] else ""
    return f"{place['version']} in {place['lockfile']}{ref}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
