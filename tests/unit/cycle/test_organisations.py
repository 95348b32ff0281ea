"""Organisations as a source: what is listed, what of it is watched, and what never takes a repository away."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from github_fake import Fault
from openapi import described
from organisation_fake import Organisation
from tracking import Clock

from advisord.cycle.forges import headers
from advisord.cycle.organisations import Listed, bring_up_to_date, expanded, listed_sentence
from advisord.settings import Settings
from advisord.source_settings import OrganisationSettings
from advisord.store import audit
from advisord.store import lockfiles as lockfile_store
from advisord.store import organisations as store
from advisord.store.database import open_writer, transaction
from advisord.times import stamp
from advisord.tracking.trackers.rest import Rest

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "github-rest.json"


class World:
    """An organisation of thirty repositories on GitHub, and what is known of it."""

    def __init__(self, db: sqlite3.Connection, *, app: bool = False, **keys: Any) -> None:
        self.db = db
        self.clock = Clock()
        self.github = Organisation(lambda: stamp(self.clock()), described(CONTRACT))
        how = {"app": "1", "app_key_file": "key.pem"} if app else {"token_env": "TOKEN"}
        self.wanted = OrganisationSettings.model_validate(
            {"name": "octo", "kind": "github", "url": "https://github.example", **how, **keys}
        )
        for number in range(18):
            self.github.add(f"app-{number:02}", private=number == 3, visibility="private" if number == 3 else "public")
        for number in range(4):
            self.github.add(f"old-{number}", archived=True)
        for number in range(3):
            self.github.add(f"fork-{number}", fork=True)
        for number in range(2):
            self.github.add(f"app-00-ghsa-abcd-ef12-345{number}", private=True, visibility="private")
        self.github.add("sandbox-x")
        self.github.add("locked", disabled=True)
        self.github.add("ghsa-tools")

    def look(self) -> Listed:
        """List it once, some minutes later."""
        self.clock.pass_by(minutes=10)
        rest = Rest(self.github, self.wanted.url, lambda: headers("github", "secret"), sleep=lambda _: None)
        return bring_up_to_date(self.db, self.wanted, rest, stamp(self.clock()))

    def settings(self, **more: Any) -> Settings:
        """The configuration with its repositories."""
        return expanded(Settings.model_construct(**{**EMPTY, "organisations": (self.wanted,), **more}), self.db)

    def names(self) -> list[str]:
        """The repositories that are watched."""
        return [one.name for one in self.settings().repositories]


EMPTY: dict[str, Any] = {"repositories": (), "trackers": {}}
APPS = [f"octo/app-{number:02}" for number in range(18)]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A new database."""
    with contextlib.closing(open_writer(str(tmp_path / "x.db"))) as connection:
        yield connection


@pytest.fixture
def world(db: sqlite3.Connection) -> World:
    """The organisation, with sandboxes excluded."""
    return World(db, exclude=["sandbox-*"])


def test_what_is_watched(world: World) -> None:
    """All pages are read; archived ones, forks, drafts' forks, disabled and excluded ones are left out, and told."""
    world.github.page = 7
    listed = world.look()
    assert listed.problem is None
    assert world.names() == [*APPS, "octo/ghsa-tools"]
    assert sum("/orgs/octo/repos" in target for _, target in world.github.requests) == 5
    said = listed_sentence(world.db, world.wanted, listed.change)
    assert said == (
        "octo: 19 of 30 repositories are watched; left out: archived 4, disabled 1, excluded 1, fork 3, temporary fork of"
        " a draft advisory 2; new: app-00, app-01, app-02, app-03, app-04 and 25 more"
    )


def test_one_repository_is_one(db: sqlite3.Connection) -> None:
    """A sentence for people counts as they do."""
    world = World(db)
    world.github.repositories = world.github.repositories[:1]
    assert listed_sentence(db, world.wanted, world.look().change).startswith(
        "octo: 1 of 1 repository is watched; new: "
    )


def test_what_opens_the_organisation_opens_its_repositories(db: sqlite3.Connection) -> None:
    """Both to read them and to write their issues; nothing else is handed on."""
    for world, opens in ((World(db), ("TOKEN", "", "", "")), (World(db, app=True), ("", "", "1", "key.pem"))):
        world.look()
        settings = world.settings()
        repository = settings.repositories[0]
        for one in (repository, settings.trackers[repository.name]):
            assert (one.token_env, one.token_file, one.app, one.app_key_file) == opens


def test_archived_ones_and_forks_if_wished(db: sqlite3.Connection) -> None:
    """Patterns are for names of any case; drafts' forks are never watched."""
    world = World(db, archived=True, forks=True, include=["APP-0*", "old-*", "fork-1"])
    world.look()
    assert world.names() == [*APPS[:10], "octo/fork-1", *(f"octo/old-{number}" for number in range(4))]


def test_each_has_its_own_issues(world: World) -> None:
    """A tracker of its own in the organisation's way; a private one's issues stay private."""
    world.look()
    settings = world.settings()
    assert settings.trackers["octo/app-03"].repository == "octo/app-03"
    assert settings.trackers["octo/app-03"].token_env == "TOKEN"
    assert [one.name for one in settings.repositories if one.private] == ["octo/app-03"]
    assert settings.repositories[0].git == "https://github.example/octo/app-00.git"


def test_one_tracker_for_all(db: sqlite3.Connection) -> None:
    """The organisation names it."""
    world = World(db, tracker="notes")
    world.look()
    settings = world.settings(trackers={"notes": None})
    assert {one.tracker for one in settings.repositories} == {"notes"}
    assert set(settings.trackers) == {"notes"}


def test_what_the_file_says_of_a_repository_counts(world: World) -> None:
    """One with a table of its own is left out, by its name or by its address."""
    world.look()
    own = [
        {"name": "octo/app-00", "git": "elsewhere", "tracker": "notes"},
        {"name": "mine", "git": "https://github.example/octo/APP-01/", "tracker": "notes"},
    ]
    chosen = Settings.model_validate(
        {
            "trackers": {"notes": {"kind": "local", "folder": "x"}},
            "repositories": own,
            "organisations": [world.wanted.model_dump()],
        }
    )
    names = [one.name for one in expanded(chosen, world.db).repositories]
    assert names == ["octo/app-00", "mine", *APPS[2:], "octo/ghsa-tools"]


def cut(status: int = 502, body: bytes = b"{}", **more: Any) -> Callable[[World], None]:
    """The second page can't be read."""

    def spoil(world: World) -> None:
        world.github.page = 10
        world.github.faults = [Fault("GET", r"page=2$", status, body=body, **more) for _ in range(3)]

    return spoil


def empty(world: World) -> None:
    """The list says that there is nothing."""
    world.github.repositories.clear()


def half(world: World) -> None:
    """The token sees public repositories only, and not all of them."""
    del world.github.repositories[5:]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (cut(), "transport"),
        (cut(200, b'[{"id": 1'), "broken"),
        (cut(200, b'[{"no": "repository"}]'), "broken"),
        (cut(200, b'{"message": "hello"}'), "broken"),
        (cut(404), "not-found"),
        (cut(403, headers={"retry-after": "900"}), "rate-limited"),
        (empty, "suspect-organisation"),
        (half, "suspect-organisation"),
    ],
)
def test_silence_takes_no_repository_away(world: World, spoil: Callable[[World], None], code: str) -> None:
    """A listing that failed, broke off or shrank leaves everything as it was, again and again, and says why."""
    world.look()
    before = world.names()
    for _ in range(3):
        spoil(world)
        problem = world.look().problem
        assert problem
        assert problem.code == code
        assert problem.blocking
        assert world.names() == before
    (state,) = store.states(world.db)
    assert (state.error_code, state.members) == (code, 30)
    assert audit.verify(world.db).problem == ""


def test_patience(world: World) -> None:
    """How long a server asks to be left alone is handed on."""
    cut(403, headers={"retry-after": "900"})(world)
    assert world.look().wait == 900.0


def test_gone_after_two_listings(world: World) -> None:
    """Pages shift while they are read: one listing without a repository says nothing yet."""
    world.look()
    (gone,) = [one for one in world.github.repositories if one["name"] == "app-05"]
    world.github.repositories.remove(gone)
    assert world.look().change.missed == ["app-05"]
    assert world.names() == [*APPS, "octo/ghsa-tools"]
    assert world.look().change.went == ["app-05"]
    assert "octo/app-05" not in world.names()
    world.github.repositories.append(gone)
    assert world.look().change.came == ["app-05"]
    assert "octo/app-05" in world.names()


def test_missed_once_and_back(world: World) -> None:
    """What was only missed is there as before."""
    world.look()
    gone = world.github.repositories.pop(0)
    world.look()
    world.github.repositories.append(gone)
    world.look()
    world.github.repositories.remove(gone)
    assert world.look().change.went == []


def test_losses_that_are_true(db: sqlite3.Connection) -> None:
    """The configuration may say that a list that shrank is right."""
    world = World(db, accept_losses=True)
    world.look()
    half(world)
    world.look()
    world.look()
    assert world.names() == APPS[:5]


def test_a_renamed_repository_is_the_same(world: World) -> None:
    """What is known of it goes with it, and its issues are found by its former name; two may change places."""
    world.look()
    number = lockfile_store.repository_id(world.db, "octo/app-00")
    other = lockfile_store.repository_id(world.db, "octo/app-01")
    with transaction(world.db):
        world.db.execute(
            "INSERT INTO issue VALUES (?, 'octo/app-00', 'k', '1', '', '', '[]', '', 'open', '')", (number,)
        )
    world.github.rename(100, "shop")
    listed = world.look()
    assert listed.change.renamed == [("app-00", "shop")]
    assert lockfile_store.repository_id(world.db, "octo/shop") == number
    assert world.db.execute("SELECT tracker FROM issue").fetchone() == ("octo/shop",)
    settings = world.settings()
    (shop,) = [one for one in settings.repositories if one.name == "octo/shop"]
    assert shop.formerly == ("octo/app-00",)
    assert settings.trackers["octo/shop"].repository == "octo/shop"
    world.github.rename(100, "app-01")
    world.github.rename(101, "shop")
    world.look()
    assert lockfile_store.repository_id(world.db, "octo/app-01") == number
    assert lockfile_store.repository_id(world.db, "octo/shop") == other


def test_a_new_repository_under_an_old_name(world: World) -> None:
    """It is another one: what is known of the one before is not its own."""
    world.look()
    number = lockfile_store.repository_id(world.db, "octo/app-00")
    world.github.repositories.pop(0)
    world.github.add("app-00")
    world.look()
    assert "octo/app-00" in world.names()
    assert lockfile_store.repository_id(world.db, "octo/app-00") != number
    assert lockfile_store.repository_id(world.db, "octo/app-00 (100)") == number


def test_an_app_sees_what_it_was_given(db: sqlite3.Connection) -> None:
    """Its installation's repositories, of this organisation alone; fewer than were promised are no list."""
    world = World(db, app=True)
    world.github.add("other")["full_name"] = "somebody/other"
    world.look()
    assert len(world.names()) == 20
    assert not any("/orgs/" in target for _, target in world.github.requests)
    page = b'{"total_count": 31, "repositories": []}'
    world.github.faults = [Fault("GET", "per_page=100", 200, body=page)]
    problem = world.look().problem
    assert problem
    assert problem.message == "the listing broke off: 0 of 31 repositories came"


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/octo/x.git",
        "https://user:password@github.example/octo/x.git",
        "ext::sh -c id",
        "--upload-pack=id",
        "file:///etc",
        "",
    ],
)
def test_an_address_elsewhere_gets_no_token(db: sqlite3.Connection, address: str) -> None:
    """Only the server that lists them is asked for repositories."""
    world = World(db)
    world.github.add("x", clone_url=address, html_url=address)
    world.look()
    assert "octo/x" not in world.names()
    assert "no address on its server 1" in listed_sentence(db, world.wanted, store.Change())


def test_another_server(world: World) -> None:
    """Ids mean other repositories there: nothing is carried over. While it can't be asked, those known stay."""
    world.look()
    before = world.names()
    world.wanted = world.wanted.model_copy(update={"path": "OCTO"})
    world.github.faults = [Fault("GET", "/orgs/", 503) for _ in range(3)]
    assert world.look().problem
    assert world.names() == before
    world.github.owner = "OCTO"
    half(world)
    assert world.look().problem is None
    assert world.names() == APPS[:5]
