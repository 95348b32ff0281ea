"""What every page has: its landmarks, the ways to the others, a search."""

from http import HTTPStatus

from advisord.times import stamp
from advisord.web.html import Content, Html, document, tag
from advisord.web.look import Look
from advisord.web.parts import moment

_PLACES = (("/", "Overview"), ("/findings", "Findings"), ("/deadlines", "Deadlines"), ("/repositories", "Repositories"))
_NAVIGATION = (*_PLACES, ("/feeds", "Feeds"))


def layout(look: Look | None, title: str, *body: Content, here: str = "", search: str = "") -> Html:
    """A page with its landmarks. Without a look at the data it has no moment."""
    navigation = tag(
        "nav",
        tag(
            "ul",
            [
                tag("li", tag("a", name, href=path, aria_current="page" if path == here else None))
                for path, name in _NAVIGATION
            ],
        ),
        aria_label="Pages",
    )
    form = tag(
        "form",
        tag("label", "Search", for_="search"),
        tag("input", type="search", id="search", name="q", value=search, maxlength=200),
        tag("button", "Search", type="submit"),
        action="/findings",
        role="search",
    )
    return document(
        title,
        tag("a", "To the content", href="#content", class_="skip"),
        tag("header", tag("p", tag("a", "advisord", href="/"), class_="name"), navigation, form),
        tag("main", tag("h1", title), *body, id="content"),
        tag(
            "footer",
            tag("p", "As of ", moment(stamp(look.now))) if look else None,
            tag("p", "Read-only. The same as JSON: ", tag("a", "/api/openapi.json", href="/api/openapi.json")),
        ),
    )


def error(status: int, message: str) -> Html:
    """What could not be answered, and why."""
    title = f"{HTTPStatus(status).phrase.capitalize()} ({status})"
    return layout(
        None,
        title,
        tag("p", f"{message[:1].upper()}{message[1:]}.", class_="lead"),
        tag("p", tag("a", "To the overview", href="/")),
    )
