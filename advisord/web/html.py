"""Writing HTML so that other people's text can never become markup: every text is escaped, but what `tag` made."""

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is HTML already. Only this module makes it."""

    __slots__ = ()


Content = str | int | None | Iterable["Content"]

_VOID = {"meta", "link", "input", "br", "hr"}


def text(content: Content) -> Html:
    """The content as HTML: texts and numbers escaped, HTML as it is, one after the other; None is nothing."""
    if content is None:
        return Html("")
    if isinstance(content, Html):
        return content
    if isinstance(content, str | int):
        return Html(_escaped(content))
    return Html("".join(map(text, content)))


def tag(name: str, /, *content: Content, **attributes: str | int | bool | None) -> Html:
    """An element. Of an attribute's name a last `_` is left out, others become `-`; None and False leave it out."""
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_escaped(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{said}>" if name in _VOID else f"<{name}{said}>{text(content)}</{name}>")


def _escaped(value: str | int) -> str:
    """A text as HTML, without control and bidirectional characters; spaces stay, unlike in `printable`."""
    return escape("".join(character if character.isprintable() else " " for character in str(value)))


def link(content: Content, address: str, **attributes: str | None) -> Html:
    """A link, where the address is one of ours or of the web; else only the content."""
    if not (
        address.startswith(("https://", "http://")) or (address.startswith("/") and address[1:2] not in {"/", "\\"})
    ):
        return text(content)
    away = None if address.startswith("/") else "noreferrer noopener"
    return tag("a", content, href=address, rel=away, **attributes)


def document(title: str, *content: Content) -> Html:
    """A whole page."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} - advisord"),
        tag("link", rel="stylesheet", href="/style.css"),
    )
    return Html(f"<!DOCTYPE html>\n{tag('html', head, tag('body', *content), lang='en')}\n")
