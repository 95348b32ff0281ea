"""All repositories of an organisation, as its server lists them. A listing is whole, or it raises."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from advisord.errors import TransportError
from advisord.net.urls import origin
from advisord.settings import TrackerSettings
from advisord.source_settings import OrganisationSettings
from advisord.store.organisations import Member
from advisord.tracking.trackers.rest import Rest, field

API = {"github": "https://api.github.com", "gitlab": "https://gitlab.com"}
_PATH = re.compile(r"(?!.*(^|/)\.{1,2}(/|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)+")
_LIMIT = 100_000


def headers(kind: str, token: str) -> dict[str, str]:
    """What to send with each question; without a token what everybody may see is listed."""
    said = {"accept": "application/vnd.github+json" if kind == "github" else "application/json"}
    if kind == "github":
        said["x-github-api-version"] = "2022-11-28"
    return said | ({"authorization": f"Bearer {token}"} if token else {})


def server(wanted: OrganisationSettings | TrackerSettings) -> str:
    """The address of the server's interface."""
    return (wanted.url or API.get(wanted.kind, "")).rstrip("/")


def path_of(wanted: OrganisationSettings) -> str:
    """What the server calls the organisation."""
    return (wanted.path or wanted.name).strip("/")


def listed(rest: Rest, wanted: OrganisationSettings) -> list[Member]:
    """Every repository, whatever its state. Raises TransportError and TrackerError, as `Rest` does."""
    owner = path_of(wanted)
    found: dict[str, Member] = {}
    for data in _LISTINGS[wanted.kind](rest, wanted, owner):
        member = _READERS[wanted.kind](data)
        if not _PATH.fullmatch(member.path) or not member.path.casefold().startswith(f"{owner.casefold()}/"):
            continue  # shared with the organisation, or no name at all: not its own
        name = member.path[len(owner) + 1 :]
        here = _hosts(server(wanted))
        member = member._replace(name=name, https=_ours(member.https, here), ssh=_ours(member.ssh, here))
        found[member.number] = member
        if len(found) > _LIMIT:
            raise TransportError(f"the organisation lists more than {_LIMIT:,} repositories", code="too-large")
    return list(found.values())


def first(rest: Rest, wanted: OrganisationSettings) -> bool:
    """Whether the organisation lists anything to us; raises as `listed` does."""
    return next(_LISTINGS[wanted.kind](rest, wanted, path_of(wanted)), None) is not None


def _github(rest: Rest, wanted: OrganisationSettings, owner: str) -> Iterator[Any]:
    if not wanted.app:
        for page in rest.pages(f"/orgs/{quote(owner)}/repos?type=all&sort=created&direction=asc&per_page=100"):
            yield from page
        return
    # What the app was given; the list for organisations holds all that is public besides.
    path = "/installation/repositories"
    promised = field(rest.get(f"{path}?per_page=1").data, "total_count")
    count = 0
    for page in rest.pages(f"{path}?per_page=100", "repositories"):
        count += len(page)
        yield from page
    _counted(promised, count)


def _gitlab(rest: Rest, _wanted: OrganisationSettings, owner: str) -> Iterator[Any]:
    query = "include_subgroups=true&with_shared=false&order_by=id&sort=asc&per_page=100"
    for page in rest.pages(f"/api/v4/groups/{quote(owner, safe='')}/projects?{query}"):
        yield from page


def _forgejo(rest: Rest, _wanted: OrganisationSettings, owner: str) -> Iterator[Any]:
    for page in rest.pages(f"/api/v1/orgs/{quote(owner)}/repos?limit=50"):
        yield from page


def _counted(promised: Any, count: int) -> None:
    if isinstance(promised, int) and count < promised:
        message = f"the listing broke off: {count} of {promised} repositories came"
        raise TransportError(message, code="broken", retryable=True)


def _of_github(data: Any) -> Member:
    return _member(
        data,
        path="full_name",
        https="clone_url",
        private=field(data, "private") is not False or field(data, "visibility") not in (None, "public"),
        archived=field(data, "archived") is True,
        fork=field(data, "fork") is True,
        unusable="disabled" if field(data, "disabled") is True else "",
    )


def _of_gitlab(data: Any) -> Member:
    off = field(data, "repository_access_level") == "disabled" or field(data, "marked_for_deletion_on")
    return _member(
        data,
        path="path_with_namespace",
        https="http_url_to_repo",
        ssh="ssh_url_to_repo",
        private=field(data, "visibility") != "public",
        archived=field(data, "archived") is True,
        # The first is shown to who may read what it was forked from, the second is a fork's alone.
        fork=field(data, "forked_from_project") is not None or field(data, "mr_default_target_self") is not None,
        unusable="disabled" if off else "empty" if field(data, "empty_repo") is True else "",
    )


def _of_forgejo(data: Any) -> Member:
    hidden = field(data, "internal") is True or field(field(data, "owner"), "visibility") in ("limited", "private")
    return _member(
        data,
        path="full_name",
        https="clone_url",
        private=field(data, "private") is not False or hidden,
        archived=field(data, "archived") is True,
        fork=field(data, "fork") is True,
        unusable="empty" if field(data, "empty") is True else "",
    )


def _member(data: Any, *, path: str, https: str, ssh: str = "ssh_url", **more: Any) -> Member:
    number, name = field(data, "id"), field(data, path)
    if not isinstance(number, int) or not isinstance(name, str):
        raise TransportError("the server's answer is no list of repositories", code="broken", retryable=True)
    page = field(data, "html_url")  # GitHub may leave the address for git out of a list
    address = field(data, https) or (f"{page}.git" if page else "")
    return Member(str(number), name, "", str(address), str(field(data, ssh) or ""), **more)


def _hosts(api: str) -> set[str]:
    host = origin(api)[1]
    return {host, host.removeprefix("api."), f"ssh.{host.removeprefix('api.')}"}


def _ours(address: str, hosts: set[str]) -> str:
    """The address, "" when it leads to another server: ours alone may be sent our token."""
    if "://" in address:
        try:
            scheme, host, _ = origin(address)
        except ValueError:
            return ""
        user = address.partition("://")[2].partition("/")[0].rpartition("@")[0]
        return address if host in hosts and (scheme == "ssh" or not user) and ":" not in user else ""
    host = address.partition(":")[0].rpartition("@")[2].lower()
    return address if host in hosts and not address.startswith("-") else ""


_LISTINGS: dict[str, Callable[[Rest, OrganisationSettings, str], Iterator[Any]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "forgejo": _forgejo,
}
_READERS: dict[str, Callable[[Any], Member]] = {"github": _of_github, "gitlab": _of_gitlab, "forgejo": _of_forgejo}
