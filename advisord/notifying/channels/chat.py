"""A chat's incoming webhook, as Slack and Mattermost have it: one post for what is due.

What others wrote must not ping anybody, link anywhere or look like ours. Slack acts on `<…>` alone, in which all else
is written as entities (its reference "Formatting text for app surfaces", "Escaping text"); Mattermost reads Markdown and
`@channel` too. So names become code spans, in which neither looks for anything, and the signs that begin a mention, a
link or an image are cut from what follows by a zero-width space.
"""

import json
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from advisord.defuse import ZWSP
from advisord.model.notice import Notice, Parcel, Word
from advisord.notifying.interface import Post

_LIMIT = 3500
"""Characters of a post: Slack cuts or splits beyond 4,000, old releases of Mattermost refuse it."""
_WIDEST = 2500
_LINES = 20
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CUT = re.compile(r"(:(?=//)|@|!(?=\[)|\](?=[(\[:])|\b[Ww]{3}(?=\.)|(?<=\w)\.(?=[A-Za-z]{2})|~(?=\w)|#(?=\w))")


class Chat:
    """One address to post to."""

    most = 200

    def __init__(self, post: Post) -> None:
        self._post = post

    def send(self, parcel: Parcel) -> str:
        """Post the notices as one text."""
        content = {"text": text(parcel.notices), "unfurl_links": False, "unfurl_media": False}
        self._post.send(json.dumps(content).encode("ascii"), {"content-type": "application/json"})
        return ""

    def check(self) -> str:
        """The server answers."""
        return self._post.check()


def text(notices: Sequence[Notice]) -> str:
    """The post: a line for each notice, as many as fit; the others are counted."""
    lines: list[str] = []
    length = 0
    for notice in notices:
        line = _line(notice)
        length += len(line) + 3
        if lines and (len(lines) == _LINES or length > _LIMIT - 100):
            break
        lines.append(line)
    left = len(notices) - len(lines)
    shown = [f"• {line}" for line in lines] if len(notices) > 1 else lines
    return "\n".join([*shown, f"… and {left} more: see the issues and the pages."] if left else shown)


def _line(notice: Notice) -> str:
    """One notice: as many whole words as fit, because half a code span would protect nothing."""
    line = ""
    for word in notice.words:
        shown = _shown(word)
        if len(line) + len(shown) > _WIDEST:
            return f"{line}…"
        line += shown
    return line + _links(notice)


def _shown(word: Word) -> str:
    entities = "".join(_ENTITIES.get(character, character) for character in word.text)
    if word.style == "code":
        name = entities.replace("`", "'")
        return f"`{name}`" if name else "-"
    if word.style == "said":
        return _CUT.sub(rf"\1{ZWSP}", entities.replace("`", "'").replace("\\", "/"))
    return entities


def _links(notice: Notice) -> str:
    """The issues, as links in the form that both know."""
    found = []
    for address in notice.data.get("issues", ())[:3]:
        if not re.fullmatch(r"https?://[!#-;=?-{}~]+", address):
            continue
        found.append(f"<{address.replace('&', '&amp;')}|issue {_number(address)}>")
    return f" ({', '.join(found)})" if found else ""


def _number(address: str) -> str:
    last = urlsplit(address).path.rpartition("/")[2]
    return f"#{last}" if last.isdecimal() else ""
