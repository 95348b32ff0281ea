"""One record of one feed."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What an advisory is about. Everything but the first two is informational in RustSec's sense."""

    VULNERABILITY = "vulnerability"
    MALWARE = "malware"
    UNSOUND = "unsound"
    UNMAINTAINED = "unmaintained"
    NOTICE = "notice"


class Severity(StrEnum):
    """Qualitative severity rating scale (CVSS v3.1 specification, section 5); unknown is a value, never a low one."""

    UNKNOWN = "unknown"
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Rating(NamedTuple):
    """Severity as one source gives it: the level, the score 0.0 to 10.0 and the vector when there is one."""

    severity: Severity = Severity.UNKNOWN
    score: float | None = None
    vector: str = ""


class Event(NamedTuple):
    """One event of a range. `kind` is `introduced`, `fixed`, `last_affected` or `limit` (OSV schema, `events`).

    `introduced_after` is ours: a feed's `> version`, for which OSV has no event.
    """

    kind: str
    version: str


class Range(NamedTuple):
    """One range of an OSV `affected` entry. `type` is `SEMVER`, `ECOSYSTEM`, `GIT`, or whatever the record says.

    `unreadable` is the reason why the feed's own range text could not be turned into events: it makes the verdict
    undecided.
    """

    type: str
    events: tuple[Event, ...]
    unreadable: str = ""


class Affected(NamedTuple):
    """One package that an advisory is about. `name` is in the ecosystem's normalised form.

    `functions` are paths of affected functions; `os` and `arch` restrict the targets (empty: all).
    """

    ecosystem: str
    name: str
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    arch: tuple[str, ...] = ()


class Advisory(NamedTuple):
    """One record of one feed. Times are RFC 3339 texts in UTC as the feed wrote them, empty when not given.

    `aliases` are the other ids of the same vulnerability (never `related` or `upstream`). `document` is the record as
    the feed sent it. `epss` is a probability (0 to 1), `alternatives` are packages that the record names as replacements.
    """

    feed: str
    id: str
    aliases: tuple[str, ...]
    kind: Kind
    rating: Rating
    summary: str
    published: str
    modified: str
    withdrawn: str
    affected: tuple[Affected, ...]
    document: bytes
    epss: float | None = None
    alternatives: tuple[str, ...] = ()
