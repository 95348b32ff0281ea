"""Texts of feeds, lockfiles and repositories, made harmless in the Markdown of an issue or a comment.

They are untrusted (law 7): a mention would ping people, a reference would link and close other issues, HTML or an image
would be rendered, a comment's end would break out of our block. A zero-width space behind the sign that starts a
mention or a reference keeps the text readable and makes it mean nothing to GitHub, GitLab and Forgejo.
"""

import re
import unicodedata
from urllib.parse import quote

ZWSP = "\u200b"

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_ESCAPED = {c: "\\" + c for c in "\\`*_[]|"}
_SIGILS = {c: c + ZWSP for c in "@#!%^"} | {"~": "\\~" + ZWSP, "$": "\\$" + ZWSP}
_ENTITIES = {"&": "&amp;" + ZWSP, "<": "&lt;", ">": "&gt;"}
_CHARACTERS = str.maketrans(_ESCAPED | _SIGILS | _ENTITIES)
_HEX = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{7,}")
_ISSUE = re.compile(r"(gh)-(?=\d)", re.IGNORECASE)
_HOST = re.compile(r"(www)\.", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,78}[A-Za-z0-9])?")


def plain(text: str, limit: int) -> str:
    """One line of visible characters, at most `limit` of them, cut behind a word: for a title, which no tracker renders."""
    spaced = "".join(" " if c.isspace() else c for c in text[: 20 * limit])
    visible = "".join(c for c in spaced if unicodedata.category(c) not in _INVISIBLE)
    line = " ".join(visible.split())
    if len(line) <= limit:
        return line
    words, space, _ = line[:limit].rpartition(" ")
    return (words if space and 2 * len(words) > limit else line[: limit - 1]).rstrip(" ,;:") + "…"


def prose(text: str, limit: int = 300) -> str:
    """One line of Markdown that shows the text (its first `limit` characters) and does nothing.

    Safe inside a paragraph or a table cell, but not at the beginning of a line.
    """
    line = _HEX.sub(_broken, plain(text, limit))
    line = _HOST.sub(rf"\1{ZWSP}.", _ISSUE.sub(rf"\1-{ZWSP}", line)).replace("://", f":{ZWSP}//")
    return line.translate(_CHARACTERS)


def code(text: str, limit: int = 120) -> str:
    """A name, version, path or commit as a code span, in which trackers look for nothing; a dash for an empty text."""
    line = plain(text, limit).replace("`", "'").replace("|", "¦").replace("<!", "< !").replace("-->", "-- >")
    return f"`{line}`" if line else "-"


def advisory(identifier: str) -> str:
    """An advisory's id, linked to the page of whoever gives out such ids."""
    if not _ID.fullmatch(identifier):
        return code(identifier)
    return f"[{identifier}]({address(identifier)})"


def address(identifier: str) -> str:
    """The page of an advisory; ids that no one else is known to publish are looked up at osv.dev."""
    name = quote(identifier, safe="", errors="replace")
    prefix = identifier.partition("-")[0]
    if prefix == "RUSTSEC":
        return f"https://rustsec.org/advisories/{name}.html"
    if prefix == "GHSA":
        return f"https://github.com/advisories/{name}"
    if prefix == "GO":
        return f"https://pkg.go.dev/vuln/{name}"
    if prefix == "CVE":
        return f"https://nvd.nist.gov/vuln/detail/{name}"
    return f"https://osv.dev/vulnerability/{name}"


def _broken(match: re.Match[str]) -> str:
    """Seven or more hex digits would be linked as a commit: cut into pieces of six."""
    digits = match[0]
    return ZWSP.join(digits[i : i + 6] for i in range(0, len(digits), 6))
