"""The pages, made of what the API answers. They need no script."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from advisord.store.trouble import OK
from advisord.web import chart, content
from advisord.web.html import Content, Html, link, tag
from advisord.web.layout import layout
from advisord.web.look import Look
from advisord.web.parts import (
    SCOPE_WORDS,
    deadline_table,
    feed_table,
    finding_table,
    matrix,
    moment,
    notice,
    pager,
    section,
    table,
)
from advisord.words import counted

Page = Callable[[Look, content.Data], Html]


_TROUBLES = {
    "failed": ("can't be read", "What is shown is old."),
    "unread": ("not read completely", "What that holds is not shown."),
    "unjudged": ("not judged", "What is shown is old, or not all."),
    "untracked": ("its issues are not kept", "They don't say what is shown here."),
    "unwatched": ("not watched", "What is shown is old."),
    "stale": ("not read lately", "What is shown is old."),
    "never": ("never read", "Nothing is known of it."),
}
"""What stands in the way of a repository, in words, and what follows for what is shown of it."""


def overview(look: Look, data: content.Data) -> Html:
    """Everything at one glance: what is broken first."""
    found, due = data["findings"], data["deadlines"]
    stale = [feed["name"] for feed in data["feeds"] if feed["enabled"] and not feed["fresh"]]
    warnings = [notice(f"Not up to date: {', '.join(stale)}. What is shown may miss advisories.")] if stale else []
    repositories = data["repositories"]
    if repositories["with_problems"]:
        words = counted(repositories["with_problems"], "repository", "repositories")
        warnings.append(
            notice(
                tag("a", words, href="/repositories?state=problems"),
                " could not be read, judged or tracked completely, or not lately.",
            )
        )
    if not repositories["total"]:
        warnings.append(notice("No repository was read yet. `advisord run` reads those of the configuration."))
    total = sum(found["by_severity"]["in"].values())
    worst = {level: found["by_severity"]["in"][level] for level in ("critical", "high")}
    tiles = tag(
        "ul",
        _tile(total, "open in scope", "/findings?scope=in"),
        [
            _tile(count, f"{level} in scope", f"/findings?scope=in&severity={level}", bad=bool(count))
            for level, count in worst.items()
        ],
        _tile(due["breached"], "deadlines breached", "/deadlines?state=breached", bad=bool(due["breached"])),
        _tile(due["ahead"], "deadlines ahead", "/deadlines?state=ahead"),
        _tile(repositories["total"], "repositories", "/repositories"),
        class_="tiles",
    )
    by_severity, by_age = "Open findings by severity", "Open findings by age"
    return layout(
        look,
        "Overview",
        *warnings,
        tiles,
        section(by_severity, matrix(by_severity, found["by_severity"], "severity", content.SEVERITIES)),
        section(by_age, matrix(by_age, found["by_age"], "age", content.AGES)),
        section("In scope over time", chart.over_time(data["history"], "Findings in scope")),
        _pressing(look, "Longest breached deadlines", "breached", due["longest_breached"], due["breached"]),
        _pressing(look, "Next deadlines", "ahead", due["next"], due["ahead"]),
        section("Feeds", feed_table(look, data["feeds"])),
        here="/",
    )


def _pressing(look: Look, heading: str, state: str, promises: list[content.Data], total: int) -> Html:
    every = tag("a", f"All {total:,} deadlines that are {state}", href=f"/deadlines?state={state}")
    return section(
        heading,
        deadline_table(look, heading, promises, f"No deadline is {state}."),
        tag("p", every) if total > len(promises) else None,
    )


def _tile(count: int, words: str, address: str, *, bad: bool = False) -> Html:
    number = tag("strong", f"{count:,}", class_="bad" if bad else None)
    return tag("li", tag("a", number, " ", words, href=address))


def findings(look: Look, data: content.Data) -> Html:
    """The list, its filters, its pages."""
    chosen = data["filter"]
    return layout(
        look,
        "Findings",
        _filters(look, chosen),
        tag(
            "p",
            counted(data["total"], "finding"),
            (" in ", link(chosen["repository_name"], f"/repositories/{chosen['repository']}"))
            if chosen["repository_name"]
            else None,
        ),
        finding_table(look, "Findings", data["findings"], _nothing(data, "Nothing matches these filters.")),
        pager(
            "/findings", {name: value for name, value in chosen.items() if value and name != "repository_name"}, data
        ),
        here="/findings",
        search=chosen["q"],
    )


def _nothing(data: content.Data, words: str) -> str:
    """What stands in the place of an empty list; a page after the last one is no empty list."""
    return f"There is no page {data['page']:,}: the last one is {data['pages']:,}." if data["total"] else words


def _filters(look: Look, chosen: Mapping[str, Any]) -> Html:
    ecosystems = sorted({*content.ecosystems(look), *filter(None, [chosen["ecosystem"]])})
    return tag(
        "form",
        tag("label", "Text ", tag("input", type="search", name="q", value=chosen["q"], maxlength=200)),
        _select("scope", "Scope", {scope: SCOPE_WORDS[scope] for scope in content.SCOPES}, chosen),
        _select("severity", "Severity", {level: level for level in content.SEVERITIES}, chosen),
        _select("age", "Age", {age: age for age in content.AGES}, chosen),
        _select("due", "Deadline", {state: state for state in content.DUE}, chosen),
        _select("ecosystem", "Ecosystem", {name: name for name in ecosystems}, chosen),
        _select("sort", "Order", content.ORDERS, chosen, every=False),
        tag("input", type="hidden", name="repository", value=chosen["repository"]) if chosen["repository"] else None,
        *_submit("/findings"),
        class_="filters",
        action="/findings",
    )


def _submit(path: str) -> tuple[Html, Html]:
    return tag("button", "Filter", type="submit"), tag("a", "Clear", href=path)


def _select(
    name: str, label: str, options: Mapping[str, str], chosen: Mapping[str, Any], *, every: bool = True
) -> Html:
    choices = [tag("option", "all", value="")] if every else []
    choices += [tag("option", words, value=value, selected=chosen[name] == value) for value, words in options.items()]
    return tag("label", f"{label} ", tag("select", choices, name=name))


def repositories(look: Look, data: content.Data) -> Html:
    """The list of repositories."""
    rows = [
        (
            link(one["name"], f"/repositories/{one['number']}"),
            *(_count(one, scope) for scope in content.SCOPES),
            moment(one["read_at"]),
            _health(one),
        )
        for one in data["repositories"]
    ]
    names = ("Repository", *(SCOPE_WORDS[scope] for scope in content.SCOPES), "Last read", "State")
    chosen = data["filter"]
    return layout(
        look,
        "Repositories",
        tag(
            "form",
            tag("label", "Name ", tag("input", type="search", name="q", value=chosen["q"], maxlength=200)),
            _select("state", "State", content.STATES, chosen),
            _select("sort", "Order", content.REPOSITORY_ORDERS, chosen, every=False),
            *_submit("/repositories"),
            class_="filters",
            action="/repositories",
        ),
        tag("p", counted(data["total"], "repository", "repositories")),
        table(
            "Repositories",
            names,
            rows,
            _nothing(data, "No repository matches, or none was read yet."),
            numbers=names[1:-2],
            narrow="stack",
        ),
        pager("/repositories", {name: value for name, value in chosen.items() if value}, data),
        here="/repositories",
    )


def _count(one: content.Data, scope: str) -> Content:
    count = one["findings"][scope]
    address = f"/findings?{urlencode({'repository': one['number'], 'scope': scope})}"
    return tag("a", f"{count:,}", href=address) if count else "0"


def _health(one: content.Data) -> Html:
    if one["state"] != OK:
        return tag("span", _trouble(one), class_="bad")
    if one["blocking_problems"]:
        return tag("span", counted(one["blocking_problems"], "problem"), class_="bad")
    return tag("span", "read", class_="good")


def _trouble(one: content.Data) -> str:
    return _TROUBLES[one["state"]][0] + (f": {one['error']['message']}" if one["error"] else "")


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}."


def repository(look: Look, data: content.Data) -> Html:
    """One repository."""
    problems = [
        tag(
            "li",
            tag("strong", "error" if one["blocking"] else "note", class_="bad" if one["blocking"] else None),
            f": {one['subject']}: {one['message']}",
        )
        for one in data["problems"]
    ]
    total = sum(data["findings"].values())
    every = f"/findings?{urlencode({'repository': data['number']})}"
    return layout(
        look,
        data["name"],
        notice(_sentence(_trouble(data)), f" {_TROUBLES[data['state']][1]}") if data["state"] != OK else None,
        tag(
            "dl",
            tag("dt", "Last read"), tag("dd", moment(data["read_at"])),
            tag("dt", "Findings last changed"), tag("dd", moment(data["changed"])),
            [
                (tag("dt", SCOPE_WORDS[scope].capitalize()), tag("dd", _count(data, scope)))
                for scope in content.SCOPES
            ],
            class_="facts",
        ),
        section("Problems", tag("ul", problems)) if problems else None,
        section(
            "Worst findings",
            finding_table(look, "Worst findings", data["worst"], "No finding.", repository=False),
            tag("p", tag("a", f"All {total:,} findings", href=every)) if total > len(data["worst"]) else None,
        ),
        section("In scope over time", chart.over_time(data["history"], "Findings in scope")),
    )  # fmt: skip


def deadlines(look: Look, data: content.Data) -> Html:
    """Deadlines, breached or ahead."""
    states = {"breached": "Breached", "ahead": "Ahead"}
    switch = tag(
        "nav",
        tag(
            "ul",
            [
                tag(
                    "li",
                    tag(
                        "a",
                        words,
                        href=f"/deadlines?state={state}",
                        aria_current="true" if state == data["state"] else None,
                    ),
                )
                for state, words in states.items()
            ],
        ),
        aria_label="Deadlines",
        class_="switch",
    )
    return layout(
        look,
        "Deadlines",
        switch,
        tag("p", f"{counted(data['total'], 'deadline')} {data['state']}"),
        deadline_table(look, "Deadlines", data["deadlines"], _nothing(data, f"No deadline is {data['state']}.")),
        pager("/deadlines", {"state": data["state"]}, data),
        here="/deadlines",
    )


def feeds(look: Look, data: content.Data) -> Html:
    """How the feeds are."""
    return layout(look, "Feeds", feed_table(look, data["feeds"]), here="/feeds")
