"""The page of one finding: what, where, since when, by which rule, what to do, and who says so."""

from advisord.web import content
from advisord.web.html import Content, Html, link, tag
from advisord.web.layout import layout
from advisord.web.look import Look
from advisord.web.parts import LEVELS, SCOPE_WORDS, moment, rated, section, table, what_to_do


def page(look: Look, data: content.Data) -> Html:
    """One finding: the decision with its facts, by when, where, who says so."""
    decision = data["decision"]
    also = [tag("li", tag("code", name)) for name in data["ids"][1:]]
    facts = [
        tag("li", tag("code", fact["name"]), ": ", "unknown" if fact["value"] is None else fact["value"])
        for fact in decision["facts"]
    ]
    facts += [
        tag("li", tag("code", name), ": unknown; an earlier rule asks for it, and unknown never makes it out of scope")
        for name in decision["unknown"]
    ]
    level = rated(data["severity"], data["score"], data["kind"])
    rows = [
        ("Repository", link(data["repository"], f"/repositories/{data['repository_id']}")),
        ("Package", (tag("code", data["package"]), f" ({data['ecosystem']})")),
        ("Severity", tag("span", level, class_=f"level {LEVELS[data['severity']]}")),
        ("Kind", data["kind"]),
        ("First seen", moment(data["first_seen"])),
        ("Published", moment(data["published"])),
        ("Issues", _issues(data["issues"])),
        ("Also known as", tag("ul", also, class_="inline") if also else "-"),
    ]
    return layout(
        look,
        f"{data['id']} in {data['package']}",
        tag("p", data["summary"], class_="lead") if data["summary"] else None,
        tag("dl", [(tag("dt", name), tag("dd", value)) for name, value in rows], class_="facts"),
        section(
            f"Decision: {SCOPE_WORDS[decision['scope']]}",
            tag("p", _by(decision), f": {decision['reason']}"),
            tag("h3", "What was looked at") if facts else None,
            tag("ul", facts) if facts else None,
        ),
        section("What to do", *what_to_do(data["places"])),
        section("By when", _deadlines(data["deadlines"])),
        section("Where", [_place(place) for place in data["places"]]),
        section(
            "Who says so",
            table(
                "Who says so",
                ("Feed", "Record", "Says", "Severity", "Fixed in"),
                [
                    (
                        one["feed"],
                        tag("code", one["id"]),
                        (one["verdict"], f": {one['reason']}" if one["reason"] else None),
                        tag("span", one["severity"], class_=f"level {LEVELS[one['severity']]}"),
                        ", ".join(one["fixed"]) or "-",
                    )
                    for one in data["witnesses"]
                ],
                "No record.",
                head=1,
                narrow="stack",
            ),
        ),
        tag("p", tag("a", "As JSON", href=f"/api/findings/{data['number']}")),
    )


def _by(decision: content.Data) -> Content:
    one = decision.get("acceptance")
    if not one:
        return ("By rule ", tag("code", decision["rule"]))
    who = one["who"] or "nobody named"
    return (f"By the acceptance of {one['name']} ({one['origin']}) by {who}, {one['until']}",)


def _issues(issues: list[content.Data]) -> Content:
    if not issues:
        return "none"
    return tag("ul", [tag("li", _issue(one), f" ({one['state']})") for one in issues], class_="inline")


def _issue(one: content.Data) -> Content:
    name = f"{one['tracker']} #{one['number']}"
    # A tracker of files says where the file is: that is no address of ours.
    return (name, " ", tag("code", one["url"])) if one["url"].startswith("/") else link(name, one["url"])


def _deadlines(deadlines: list[content.Data]) -> Content:
    if not deadlines:
        return tag("p", "The policy promises nothing for it.")
    return tag("ul", [tag("li", one["text"], "" if one["binding"] else " (a target)") for one in deadlines])


def _place(place: content.Data) -> Html:
    line = f":{place['line']}" if place["line"] else ""
    commit = f" ({place['commit'][:12]})" if place["commit"] else ""
    at = f" at {place['ref']}{commit}" if place["ref"] else ""
    paths = [
        tag("li", f"{one['reach']}: ", tag("code", " > ".join(one["path"])))
        for one in sorted(place["paths"], key=lambda one: len(one["path"]))[:20]
    ]
    return tag(
        "article",
        tag("h3", tag("code", f"{place['lockfile']}{line}"), at),
        tag(
            "p",
            f"Version {place['version']}: {place['verdict']}. ",
            f"{place['undecided']}. " if place["undecided"] else None,
            f"Fixed in {', '.join(place['fixed'])}." if place["fixed"] else None,
        ),
        tag("ul", paths) if paths else tag("p", "Nothing tells which component pulls it in.", class_="quiet"),
        tag("p", f"{len(place['paths']) - 20} more paths are in the JSON.") if len(place["paths"]) > 20 else None,
    )
