"""How an issue is known again: a block in its body that is ours, and a hidden marker in it that says what it is about.

Everything that a later run needs stands in the marker, so a lost database is rebuilt from the tracker's own list. A
marker is one HTML comment: `<!-- advisord:v1 name=value … -->`, each value percent-encoded down to letters, digits and
`_.-~`, lists with commas between their encoded items: no name or id can end the comment.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote, unquote

from advisord.model.plan import Issue

BEGIN = "<!-- advisord:begin -->"
END = "<!-- advisord:end -->"

_MARKER = re.compile(r"<!-- advisord:v1 ([A-Za-z0-9_.~%,= -]{1,30000}) -->")
_COMMENT = re.compile(r"<!-- advisord:v1 comment=[0-9a-f]{16} -->")
_BLOCK = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)
_PLACES = 40
_IDS = 60
_LONG = 200
_ROOM_FOR_PLACES = 8000
_ROOM_FOR_IDS = 4000
"""Characters of a marker, percent-encoded: a letter beyond ASCII takes up to twelve. All of them stay below what is read."""


class Facts(NamedTuple):
    """What a reader of the issue was last told, to know what is news.

    `places` are `ref:lockfile`, () when they are too many to list; `total` is their number. `due` are deadlines
    as `label: date`.
    """

    scope: str = ""
    severity: str = ""
    verdict: str = ""
    fixed: str = ""
    exploited: str = ""
    withdrawn: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    total: int = 0
    due: tuple[str, ...] = ()


class Marker(NamedTuple):
    """What an issue is about, and what we did to it.

    `key` is chosen when the issue is opened and never computed again. `kind` is `finding` or `digest`. `rev` counts the
    versions of our block. `title` is the digest of the title as we wrote it. `labels` are those that we set. `said` are
    the things that are said or done once: see `advisord.tracking.plan`. `since` is, for a digest, the moment of the
    first contact with the repository. `after` is the number of the issue that this one succeeds.
    """

    key: str
    repository: str
    kind: str = "finding"
    ecosystem: str = ""
    package: str = ""
    ids: tuple[str, ...] = ()
    rev: int = 1
    title: str = ""
    labels: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    since: str = ""
    after: str = ""
    facts: Facts = Facts()


def digest(text: str) -> str:
    """A short name for a text, the same whatever its line ends and the spaces before them are."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    return sha256("\n".join(line.rstrip() for line in lines).encode("utf-8", "replace")).hexdigest()[:16]


def new_key(repository: str, ecosystem: str, package: str, identifier: str, after: str = "") -> str:
    """The key of an issue about to be opened; `after` is the number of the one that it succeeds."""
    return digest("\n".join(quote(part, safe="") for part in (repository, ecosystem, package, identifier, after)))


def short(text: str) -> str:
    """The text itself, or a bounded name for one that no marker should have to hold."""
    return text if len(text) <= _LONG else f"{text[:_LONG]}~{digest(text)}"


def bounded_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that a marker holds: the first ones, each of bounded length."""
    kept = [short(identifier) for identifier in ids][:_IDS]
    while len(_written(kept)) > _ROOM_FOR_IDS:
        kept.pop()
    return tuple(kept)


def place_name(ref: str, lockfile: str) -> str:
    """A place as it stands in `Facts.places`."""
    return f"{ref}:{lockfile}"


def bounded_places(names: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The places that a marker holds, and how many there are; none are listed when they are too many."""
    ordered = tuple(sorted({short(name) for name in names}))
    fit = len(ordered) <= _PLACES and len(_written(ordered)) <= _ROOM_FOR_PLACES
    return (ordered if fit else ()), len(ordered)


def _written(items: Iterable[str]) -> str:
    return ",".join(quote(item, safe="") for item in items)


def encode(marker: Marker) -> str:
    """The marker as the hidden line of a body."""
    fields: dict[str, str] = {}
    for name, value in (*marker._asdict().items(), *marker.facts._asdict().items()):
        if name == "facts" or not value:
            continue
        items = value if isinstance(value, tuple) else (str(value),)
        fields[name] = _written(items)
    return "<!-- advisord:v1 " + " ".join(f"{name}={value}" for name, value in fields.items()) + " -->"


def block_of(body: str) -> str:
    """Our block in a body, its two border lines included; "" when it is not there."""
    match = _BLOCK.search(body)
    return match[0] if match else ""


def read(body: str) -> Marker | None:
    """The marker in our block; None when it is not there or makes no sense."""
    match = _MARKER.search(block_of(body))
    if not match:
        return None
    fields = {name: value for name, _, value in (part.partition("=") for part in match[1].split(" "))}

    def one(name: str) -> str:
        return unquote(fields.get(name, ""))

    def many(name: str) -> tuple[str, ...]:
        return tuple(unquote(item) for item in fields.get(name, "").split(",") if item)

    def number(name: str) -> int:
        text = fields.get(name, "")
        return int(text) if re.fullmatch(r"\d{1,9}", text) else 0

    known = Facts(
        one("scope"), one("severity"), one("verdict"), one("fixed"), one("exploited"), many("withdrawn"),
        many("places"), number("total"), many("due"),
    )  # fmt: skip
    marker = Marker(
        one("key"), one("repository"), one("kind"), one("ecosystem"), one("package"), many("ids"), number("rev"),
        one("title"), many("labels"), many("said"), one("since"), one("after"), known,
    )  # fmt: skip
    whole = marker.kind == "digest" or (marker.kind == "finding" and marker.ecosystem and marker.package and marker.ids)
    return marker if whole and re.fullmatch(r"[0-9a-f]{16}", marker.key) else None


def remarked(block: str, marker: Marker) -> str:
    """The same block with another marker."""
    return _MARKER.sub(lambda _: encode(marker), block, count=1)


def splice(body: str, block: str) -> str:
    """The body with our block exchanged; people's text around it stays as it is."""
    if not block_of(body):
        return f"{body.rstrip()}\n\n{block}\n" if body.strip() else f"{block}\n"
    return _BLOCK.sub(lambda _: block, body, count=1)


def fingerprint(issue: Issue) -> str:
    """What a plan relies on: people's text around our block may change without making the plan wrong."""
    parts = (issue.number, issue.state, issue.state_reason or "", issue.closed_at, issue.title, *sorted(issue.labels))
    return digest("\n".join((*parts, block_of(issue.body))))


def signed(text: str, *occasion: str) -> str:
    """A comment's text with a hidden marker of its occasion: what is said there is said once."""
    return f"{text}\n\n<!-- advisord:v1 comment={digest(chr(10).join(occasion))} -->"


def comment_marker(text: str) -> str:
    """The hidden marker of a comment; "" when there is none."""
    found = _COMMENT.findall(text)
    return str(found[-1]) if found else ""
