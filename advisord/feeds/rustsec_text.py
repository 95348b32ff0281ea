"""What RustSec's database says besides its OSV form: front matter, and the prose of advisories."""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from advisord.model.advisory import Event, Range

_FRONT = re.compile(r"\ufeff?\s*```toml\s*?\n(.*?)\n```", re.DOTALL)
_SPEAKS = re.compile(r"\balternatives?\b|\balternative\(s\)", re.IGNORECASE)
_BULLET = re.compile(r"\s{0,3}(?:[-*+]|\d{1,2}[.)])\s+(.*)")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_CRATE_PAGE = re.compile(r"https?://(?:www\.)?(?:crates\.io/crates|lib\.rs/crates|docs\.rs)/([A-Za-z0-9_-]+)")
_LINKED = re.compile(r"\[\s*`?\s*([^`\]]+?)\s*`?\s*\](?:\(\s*<?([^)\s>]*)[^)]*\))?")
_QUOTED = re.compile(r"`([^`]+)`")
_INSTEAD = re.compile(
    r"\[`?([A-Za-z][A-Za-z0-9_-]*)`?\]\(https://crates\.io/crates/([A-Za-z0-9_-]+)/?\)\s+(?:crate\s+)?instead\b"
)


class Front(NamedTuple):
    """What the front matter of an advisory adds: RustSec's word for its kind, when it was withdrawn, whether a fix exists."""

    informational: str
    withdrawn: str
    fixable: bool


def front(document: bytes) -> Front | None:
    """Read the TOML in front of an advisory (advisory-db, EXAMPLE_ADVISORY.md); None when it can't be read."""
    match = _FRONT.match(document[:1_000_000].decode("utf-8", "replace").replace("\r\n", "\n"))
    if match is None:
        return None
    try:
        table = tomllib.loads(match[1])
    except (ValueError, RecursionError):  # a number of thousands of digits is a plain ValueError
        return None
    about, versions = table.get("advisory"), table.get("versions")
    if not isinstance(about, dict):
        return None
    patched = versions.get("patched") if isinstance(versions, dict) else None
    word, withdrawn = about.get("informational"), about.get("withdrawn")
    return Front(
        word if isinstance(word, str) else "",
        "" if withdrawn is None else str(withdrawn),
        not isinstance(patched, list) or bool(patched),
    )


def without_fix(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """The same versions, but what ends a range is no fix.

    `patched = []` says that no fix exists, yet the OSV form ends a range with `fixed` where `unaffected` versions begin.
    """
    return tuple([part for one in ranges for part in _limited(one)])


def _limited(one: Range) -> Iterator[Range]:
    if one.unreadable or not any(event.kind == "fixed" for event in one.events):
        yield one
        return
    events: list[Event] = []
    for event in one.events:
        if event.kind == "fixed":
            # A limit bounds a whole range: each interval becomes a range of its own.
            yield one._replace(events=(*events, Event("limit", event.version)))
            events = []
        else:
            events.append(event)
    if events:
        yield one._replace(events=tuple(events))


def alternatives(text: str, own: str) -> tuple[str, ...]:
    """The crates that a text lists as alternatives, in its order. Only plain statements count.

    A list counts when its heading, or the paragraph that introduces it with a colon, speaks of alternatives, and in it
    what each item begins with: a crate's name as a link or in code. Outside lists, only "use [name](crates.io…) instead".
    """
    found: list[str] = []
    for item in _listed(text):
        name = _named(item)
        if name:
            found.append(name)
    found += [name for name, linked in _INSTEAD.findall(text) if name.lower() == linked.lower()]
    return tuple([name for name in dict.fromkeys(found) if name != own])


def _listed(text: str) -> Iterator[str]:
    """The items of lists that are introduced as alternatives."""
    heading, paragraph, active = False, "", False
    in_list = False
    for line in text[:200_000].splitlines():
        bullet = _BULLET.match(line)
        if line.startswith("#"):
            heading = bool(_SPEAKS.search(line)) and not re.search(r"\bno\b", line, re.IGNORECASE)
            paragraph, active, in_list = "", False, False
        elif bullet:
            if not in_list:
                introduced = bool(_SPEAKS.search(paragraph)) and paragraph.rstrip().endswith((":", ";"))
                active = introduced or heading
                paragraph, in_list = "", True
            if active:
                yield bullet[1]
        elif not line.strip():
            if not in_list:
                paragraph += "\n"
        elif in_list and line[0] in " \t":
            continue  # an item goes on
        else:
            in_list = False
            paragraph = f"{paragraph} {line}" if paragraph and not paragraph.endswith("\n") else line


def _named(item: str) -> str:
    """The crate that an item begins with, "" when it begins with anything else."""
    linked = _LINKED.match(item)
    if linked:
        page = _CRATE_PAGE.match(linked[2] or "")
        name = page[1] if page else linked[1]
        return name if _NAME.fullmatch(name) and (not page or _close(name, linked[1])) else ""
    quoted = _QUOTED.match(item)
    if quoted:
        return quoted[1] if _NAME.fullmatch(quoted[1]) else ""
    page = _CRATE_PAGE.match(item.lstrip("<"))
    return page[1] if page else ""


def _close(name: str, label: str) -> bool:
    """Whether a link's label names the crate that the link leads to."""
    return name.lower().replace("_", "-") == label.strip().lower().replace("_", "-")
