"""What a plan is made from besides findings, decisions and the tracker's issues."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from advisord.model.advisory import Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding


class Cause(StrEnum):
    """Why a tracked finding is not there any more."""

    FIXED = "fixed"
    """Every lockfile was read, and holds the package in unaffected versions only."""
    REMOVED = "removed"
    """Every lockfile was read, and none holds the package."""
    WITHDRAWN = "withdrawn"
    """Every record that affirmed it was withdrawn by its feed."""
    CORRECTED = "corrected"
    """The records were corrected: they cover the locked version no more."""
    UNTRACKED = "untracked"
    """The configuration does not name the branches or lockfiles any more where it was."""


class Sighting(NamedTuple):
    """What one lockfile holds of the package now: `versions`, none when it is not there; `commit` is what was read.

    `why` is what the lockfile's reader says of a package that is there without a version.
    """

    ref: str
    lockfile: str
    versions: tuple[str, ...]
    commit: str = ""
    why: str = ""


class Unlocked(NamedTuple):
    """A lockfile that is gone, while a manifest that it locked is still there, with no other lockfile in its place."""

    ref: str
    lockfile: str
    manifest: str


class Evidence(NamedTuple):
    """What is known of a tracked issue's package and ids now, by fresh and complete feeds and lockfiles (law 6).

    `closable` says that everything which could affirm the finding was read and is fresh: only then may an issue be
    closed, or a place be dropped from it. `why_not` says what is missing. `cause` is None when nothing explains why
    the finding is gone (it is then not closed), and of no meaning while the finding is there. `unpinned` are the
    lockfiles that name the package without a version that advisories speak of: a range, a branch, a folder. `unlocked` are
    the finding's own lockfiles of which only the manifest is left.
    """

    closable: bool
    why_not: str = ""
    cause: Cause | None = None
    now: tuple[Sighting, ...] = ()
    unpinned: tuple[Sighting, ...] = ()
    unlocked: tuple[Unlocked, ...] = ()


class Deadline(NamedTuple):
    """A date of a finding: what is due (`fix`), by when as a text for people, and as a moment (RFC 3339 in UTC).

    Without a moment it is shown, and nothing follows from it.
    """

    label: str
    due: str
    at: str = ""


Subject = tuple[str, str, str]
"""Ecosystem, package, canonical id: what a finding is called within a repository."""


class Group(StrEnum):
    """What gets an issue of its own."""

    FINDING = "finding"
    PACKAGE = "package"
    """All findings in a package together."""
    DIGEST = "digest"
    """Nothing: the finding is listed in the digest issue."""


class Route(NamedTuple):
    """Where the findings of one of the policy's routes go.

    `tracker` is "" for the repository's own. `assignees` and `milestone` are given to a new issue once; what people make
    of them later is theirs. `private` findings go to a private tracker or nowhere.
    """

    tracker: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    milestone: str = ""
    group: Group = Group.FINDING
    private: bool = False


class Sections(NamedTuple):
    """The parts of a body, as Markdown; "" for one that there is none of."""

    headline: str
    before: str
    where: str
    what_to_do: str
    why: str
    deadlines: str
    sources: str
    licence: str
    foot: str


class Texts(Protocol):
    """The user's own words for issues; each gives "" where the built-in text is to be used."""

    def title(self, finding: Finding, decision: Decision, built_in: str) -> str:
        """One line."""

    def body(self, finding: Finding, decision: Decision, deadlines: Sequence[Deadline], sections: Sections) -> str:
        """What stands between our border lines, as Markdown."""

    def comment(self, verb: str, reason: str, built_in: str) -> str:
        """A comment, as Markdown; `verb` and `reason` are those of the action that it belongs to."""


class Settings(NamedTuple):
    """How a repository's issues are kept.

    `labels` go on every issue, `scope_labels` by the decision's scope. `routes` are the policy's, by name; `tracker` is
    the repository's own ("": there is only one). `creates` limits the
    issues that one plan opens, `open_limit` those that are open at a time: findings beyond it are listed in one digest
    issue. The same holds, at the first contact with a repository that has more than `baseline_above` findings, for
    those below `baseline_from`. An issue closed by us is opened again within `reopen_within`, later a new one links it.
    `grace` is how long a person's "completed" stands against a lockfile that says otherwise; then it is opened again,
    once, if `overrule`. `acceptance` is how long "not planned" is taken as an accepted risk. `settle` is how
    long a person's close is left alone first: the commit behind it may not have been read yet. `remind` is
    how long before a deadline its issue is reminded of it; past it, it gets `overdue_label`. `formerly` are names
    that the repository had. `body_limit` counts characters. `private` says that what
    the repository holds must not be read by everyone: its issues then go to a private tracker or nowhere. `texts` are
    the user's own.
    """

    labels: tuple[str, ...] = ("advisord",)
    scope_labels: Mapping[Scope, tuple[str, ...]] = {Scope.IN: ("security",), Scope.REGULAR: ("dependencies",)}
    routes: Mapping[str, Route] = {}
    tracker: str = ""
    creates: int = 20
    open_limit: int = 100
    baseline_above: int = 50
    baseline_from: Severity = Severity.CRITICAL
    reopen_within: timedelta = timedelta(days=30)
    grace: timedelta = timedelta(days=7)
    overrule: bool = True
    acceptance: timedelta = timedelta(days=90)
    settle: timedelta = timedelta(hours=1)
    remind: timedelta = timedelta(days=7)
    overdue_label: str = "overdue"
    formerly: tuple[str, ...] = ()
    body_limit: int = 58_000
    private: bool = False
    texts: Texts | None = None

    def route(self, decision: Decision) -> Route:
        """The route of a decision, the plain one where the policy describes none."""
        return self.routes.get(decision.route, Route())
