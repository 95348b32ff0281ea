"""The lists of GitLab and Forgejo; what is asked and answered is held to our tables of facts."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from facts import facts
from github_fake import Reply

from advisord.cycle.forges import first, headers, listed
from advisord.errors import TransportError
from advisord.source_settings import OrganisationSettings
from advisord.store.organisations import Member
from advisord.tracking.trackers.rest import Rest

GITLAB: dict[str, Any] = {
    "id": 1, "path_with_namespace": "grp/sub/shop", "http_url_to_repo": "https://lab.example/grp/sub/shop.git",
    "ssh_url_to_repo": "git@lab.example:grp/sub/shop.git", "visibility": "public", "archived": False,
    "empty_repo": False, "repository_access_level": "enabled", "issues_access_level": "enabled",
}  # fmt: skip
FORGEJO: dict[str, Any] = {
    "id": 1, "full_name": "grp/shop", "clone_url": "https://lab.example/grp/shop.git", "private": False,
    "ssh_url": "ssh://git@lab.example:2222/grp/shop.git", "internal": False, "archived": False, "fork": False,
    "empty": False, "name": "shop", "html_url": "https://lab.example/grp/shop", "has_issues": True, "permissions": None,
    "owner": {"id": 9, "login": "grp", "visibility": "public"},
}  # fmt: skip


class Server:
    """Answers with pages of a list, which a server might send unless they are `odd`."""

    def __init__(self, kind: str, *pages: list[Any], odd: bool = False) -> None:
        self.kind = kind
        self.pages = pages
        self.odd = odd
        self.asked: list[str] = []

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object | None = None) -> Reply:
        """One page, and where the next one is."""
        assert (method, headers["authorization"], json) == ("GET", "Bearer secret", None)
        self.asked.append(url)
        number = len(self.asked)
        target = url.removeprefix("https://lab.example")
        facts(self.kind).check_request(method, target, None)
        if not self.odd:
            facts(self.kind).check_answer(method, target, 200, self.pages[number - 1])
        following = f'<https://lab.example{urlsplit(url).path}?page={number + 1}>; rel="next"'
        more = {"link": following} if number < len(self.pages) else {}
        return Reply(200, more, dumped(self.pages[number - 1]))


def dumped(data: Any) -> bytes:
    """As JSON."""
    return json.dumps(data).encode()


def look(
    kind: str, *pages: list[Any], path: str = "grp", ssh: bool = False, odd: bool = False
) -> tuple[list[Member], Server]:
    """What a server with these pages is taken to have."""
    server = Server(kind, *pages, odd=odd)
    keys = {"name": "g", "kind": kind, "path": path, "url": "https://lab.example", "token_env": "T", "ssh": ssh}
    wanted = OrganisationSettings.model_validate(keys)
    rest = Rest(server, wanted.url, lambda: headers(kind, "secret"), sleep=lambda _: None)
    return listed(rest, wanted), server


def test_a_group_on_gitlab() -> None:
    """With the groups below it, all pages; private ones, forks, empty and disabled ones are known as such."""
    others = [
        {**GITLAB, "id": 2, "visibility": "internal"},
        {**GITLAB, "id": 3, "forked_from_project": {"id": 9}, "archived": True},
        {**GITLAB, "id": 4, "empty_repo": True},
        {**GITLAB, "id": 5, "repository_access_level": "disabled"},
        {**GITLAB, "id": 6, "marked_for_deletion_on": "2026-01-01"},
        {**GITLAB, "id": 7, "path_with_namespace": "else/where"},
        {**GITLAB, "id": 8, "mr_default_target_self": False},
    ]
    (shop, internal, fork, empty, *off, hidden), server = look("gitlab", [GITLAB], others)
    assert shop == Member(
        "1", "grp/sub/shop", "sub/shop", GITLAB["http_url_to_repo"], GITLAB["ssh_url_to_repo"], private=False
    )
    assert (internal.private, fork.fork, fork.archived, empty.unusable) == (True, True, True, "empty")
    assert [one.unusable for one in off] == ["disabled", "disabled"]
    assert (shop.fork, hidden.fork) == (False, True), "a fork of what we may not read"
    assert server.asked[0].startswith("https://lab.example/api/v4/groups/grp/projects?include_subgroups=true&")
    assert len(server.asked) == 2


def test_a_group_below_a_group() -> None:
    """Its path is one part of the address; names begin below it."""
    (shop,), server = look("gitlab", [GITLAB], path="grp/sub")
    assert shop.name == "shop"
    assert "/groups/grp%2Fsub/projects" in server.asked[0]


def test_an_organisation_on_forgejo() -> None:
    """Gitea's is the same; an address for ssh may have a port."""
    limited = {"id": 9, "login": "grp", "visibility": "limited"}
    others: list[dict[str, Any]] = [{"internal": True}, {"empty": True}, {"owner": limited}]
    members, server = look("forgejo", [FORGEJO, *({**FORGEJO, "id": 2 + n, **one} for n, one in enumerate(others))])
    assert [one.private for one in members] == [False, True, False, True], (
        "only who is signed in sees a limited owner's"
    )
    assert [one.unusable for one in members] == ["", "", "empty", ""]
    assert members[0].ssh == FORGEJO["ssh_url"]
    assert server.asked == ["https://lab.example/api/v1/orgs/grp/repos?limit=50"]


def test_what_is_not_told_is_private() -> None:
    """What a server leaves out is taken for the more careful of the two."""
    (shop,), _ = look("gitlab", [{key: value for key, value in GITLAB.items() if key != "visibility"}], odd=True)
    assert shop.private
    (crab,), _ = look("forgejo", [{key: value for key, value in FORGEJO.items() if key != "private"}], odd=True)
    assert crab.private


@pytest.mark.parametrize("name", ["grp/../../etc", "grp/-x y", "grp/a\nb", "grp/", "grp"])
def test_what_is_no_name_is_left_out(name: str) -> None:
    """Nobody's text becomes a path here."""
    assert look("forgejo", [{**FORGEJO, "full_name": name}])[0] == []


@pytest.mark.parametrize(
    "entry", [None, 7, "x", [], {}, {"id": "1", "full_name": "grp/x"}, {"id": 1, "full_name": None}]
)
def test_what_is_no_repository_is_no_list(entry: Any) -> None:
    """One entry that can't be understood makes the whole list unusable: it may hide anything."""
    with pytest.raises(TransportError, match="no list of repositories"):
        look("forgejo", [FORGEJO, entry], odd=True)


def test_whether_there_is_anything() -> None:
    """One page is enough to see that."""
    server = Server("forgejo", [FORGEJO], [FORGEJO])
    wanted = OrganisationSettings.model_validate(
        {"name": "grp", "kind": "forgejo", "url": "https://lab.example", "token_env": "T"}
    )
    assert first(Rest(server, wanted.url, lambda: headers("forgejo", "secret")), wanted)
    assert len(server.asked) == 1
