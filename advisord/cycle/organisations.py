"""Organisations as a source: what their servers list becomes repositories, as if each had a table in the configuration."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from sqlite3 import Connection
from typing import Any, NamedTuple

from advisord.cycle.forges import listed, path_of, server
from advisord.errors import AdvisordError, TrackerError, TransportError
from advisord.model.problem import Problem
from advisord.settings import Settings, TrackerSettings
from advisord.source_settings import OrganisationSettings, RepositorySettings
from advisord.store import organisations as store
from advisord.store.organisations import Change, Member
from advisord.tracking.trackers.rest import Rest
from advisord.words import counted

SHRANK = "suspect-organisation"
"""The code of a problem: a listing lacks more repositories than is believed."""
_DRAFT = re.compile(r"-ghsa(-[0-9a-z]{4}){3}\Z")


class MemberSettings(RepositorySettings):
    """A repository of an organisation: its configuration is the organisation's."""

    api: str
    owner: str


class Listed(NamedTuple):
    """How listing an organisation ended; `wait` is how many seconds the server asks for patience (0.0: it does not)."""

    change: Change = Change()
    problem: Problem | None = None
    wait: float = 0.0


def bring_up_to_date(db: Connection, wanted: OrganisationSettings, rest: Rest, now: str) -> Listed:
    """List an organisation and put it down. When that fails, or lacks too much, the repositories stay those known."""
    source = f"{server(wanted)} {path_of(wanted)}"
    store.attempt(db, wanted.name, now)
    try:
        found = listed(rest, wanted)
    except (TransportError, TrackerError) as exc:
        return _failed(db, wanted, now, exc)
    lost = 0 if wanted.accept_losses else store.lost(db, wanted.name, source, found)
    if lost:
        message = f"the list of repositories lacks {lost} that were there, which is not believed: all known ones stay"
        hint = "see what the token may read; if they are gone, say accept_losses = true for once"
        return _failed(db, wanted, now, TrackerError(message, hint=hint, code=SHRANK))
    return Listed(store.keep(db, wanted.name, source, found, now))


def _failed(db: Connection, wanted: OrganisationSettings, now: str, exc: AdvisordError) -> Listed:
    message = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
    store.failed(db, wanted.name, now, exc.code, message)
    wait = exc.retry_after or 0.0 if isinstance(exc, TransportError) else 0.0
    return Listed(problem=Problem(exc.code, wanted.name, message), wait=wait)


def expanded(settings: Settings, db: Connection) -> Settings:
    """The configuration with a table for each repository that the organisations were last seen to have.

    What has a table of its own in the file is that; what two organisations list belongs to the first of them.
    """
    if not settings.organisations:
        return settings
    repositories = list(settings.repositories)
    trackers = dict(settings.trackers)
    names = {one.name for one in repositories}
    seen = {_plain(one.git) for one in repositories}
    for organisation in settings.organisations:
        for member in store.members(db, organisation.name):
            name = f"{organisation.name}/{member.name}"
            addresses = {_plain(member.https), _plain(member.ssh)} - {""}
            if why_not(organisation, member) or name in names or addresses & seen:
                continue
            names.add(name)
            seen |= addresses
            if not organisation.tracker:
                trackers[name] = _tracker(organisation, member)
            repositories.append(_repository(organisation, member, name))
    return settings.model_copy(update={"repositories": tuple(repositories), "trackers": trackers})


def why_not(organisation: OrganisationSettings, member: Member) -> str:
    """Why a repository of an organisation is not watched; "" when it is."""
    name = member.name.casefold()
    if _DRAFT.search(name) or (member.private and "-ghsa-" in name):
        return "temporary fork of a draft advisory"
    if not any(fnmatchcase(name, pattern.casefold()) for pattern in organisation.include):
        return "not included"
    if any(fnmatchcase(name, pattern.casefold()) for pattern in organisation.exclude):
        return "excluded"
    if member.archived and not organisation.archived:
        return "archived"
    if member.fork and not organisation.forks:
        return "fork"
    if member.unusable:
        return member.unusable
    return "" if _git(organisation, member) else "no address on its server"


def listed_sentence(db: Connection, organisation: OrganisationSettings, change: Change) -> str:
    """One line about a listing."""
    counts = Counter(why_not(organisation, member) for member in store.members(db, organisation.name))
    left_out = ", ".join(f"{why} {count}" for why, count in sorted(counts.items()) if why)
    news = [
        f"{word}: {_few(names)}"
        for word, names in (
            ("new", change.came),
            ("gone", change.went),
            ("renamed", [f"{old} is now {new}" for old, new in change.renamed]),
            ("missing, gone if they are missing again", change.missed),
        )
        if names
    ]
    every = counted(counts.total(), "repository is", "repositories are")
    said = f"{organisation.name}: {counts['']:,} of {every} watched"
    return "; ".join([said, *([f"left out: {left_out}"] if left_out else []), *news])


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _git(organisation: OrganisationSettings, member: Member) -> str:
    return member.ssh if organisation.ssh else member.https


def _plain(address: str) -> str:
    return address.casefold().removesuffix("/").removesuffix(".git")


def _former(organisation: OrganisationSettings, member: Member) -> Iterator[str]:
    yield from (f"{organisation.name}/{name}" for name in member.formerly)


def _access(organisation: OrganisationSettings) -> dict[str, Any]:
    """What opens the organisation opens its repositories, and their issues."""
    return {name: getattr(organisation, name) for name in ("token_env", "token_file", "app", "app_key_file")}


def _repository(organisation: OrganisationSettings, member: Member, name: str) -> MemberSettings:
    return MemberSettings.model_construct(
        name=name,
        git=_git(organisation, member),
        refs=organisation.refs,
        policy=organisation.policy,
        tracker=organisation.tracker or name,
        **_access(organisation),
        exclude=organisation.exclude_folders,
        private=member.private,
        formerly=tuple(_former(organisation, member)),
        api=server(organisation),
        owner=path_of(organisation),
    )


def _tracker(organisation: OrganisationSettings, member: Member) -> TrackerSettings:
    """The repository's own issues."""
    return TrackerSettings.model_construct(
        kind=organisation.kind,
        folder="",
        repository=member.path,
        url=organisation.url,
        **_access(organisation),
        issue_type=organisation.issue_type,
    )
