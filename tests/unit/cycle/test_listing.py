"""The configuration as organisations make it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from github_fake import Fault
from organisation_fake import Organisation
from tracking import Clock

from advisord.cycle.forges import headers
from advisord.cycle.listing import Organisations
from advisord.cycle.plugs import Plugs
from advisord.settings import Settings
from advisord.source_settings import OrganisationSettings
from advisord.store.database import open_writer
from advisord.times import stamp
from advisord.tracking.trackers.rest import Rest

OCTO = {"name": "octo", "kind": "github", "url": "https://github.example", "token_env": "TOKEN"}
CONFIGURED = {"feeds": {}, "organisations": [OCTO]}


class World:
    """One organisation with a repository."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.clock = Clock()
        self.said: list[str] = []
        self.github = Organisation(lambda: stamp(self.clock()), None)
        self.github.add("app")
        self.listing = Organisations(
            Settings.model_validate(CONFIGURED), db, cast(Plugs, self), self.clock, self.said.append
        )

    def rest(self, wanted: OrganisationSettings) -> Rest:
        """Its server."""
        return Rest(self.github, wanted.url, lambda: headers("github", "secret"), sleep=lambda _: None)

    def look(self) -> list[str]:
        """List it; the codes of what is wrong."""
        return [problem.code for problem in self.listing.look(self.listing.settings.organisations[0])]

    def names(self) -> list[str]:
        """What is watched."""
        return [one.name for one in self.listing.settings.repositories]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Which nobody has listed yet."""
    with closing(open_writer(str(tmp_path / "x.db"))) as db:
        yield World(db)


def test_only_what_is_new_makes_another_configuration(world: World) -> None:
    """Whoever holds it sees by its identity that nothing has to be arranged anew."""
    assert (world.look(), world.names()) == ([], ["octo/app"])
    before = world.listing.settings
    assert world.look() == []
    assert world.listing.settings is before
    world.github.add("new")
    assert (world.look(), world.names()) == ([], ["octo/app", "octo/new"])


def test_another_configuration(world: World) -> None:
    """It has the repositories of the last listing at once, as far as it wants them."""
    world.look()
    wanted = {**OCTO, "exclude": ["app"]}
    world.listing.configure(Settings.model_validate({**CONFIGURED, "organisations": [wanted]}))
    assert world.names() == []
    world.listing.configure(Settings.model_validate(CONFIGURED))
    assert world.names() == ["octo/app"]


def test_a_server_that_asks_for_patience(world: World) -> None:
    """It is not asked before; nothing is taken away; it is told once."""
    world.look()
    world.github.faults += [Fault("GET", "/repos", 403, headers={"retry-after": "900"})] * 9
    asked = len(world.github.requests)
    assert world.look() == ["rate-limited"]
    assert len(world.github.requests) > asked
    world.github.faults.clear()
    asked = len(world.github.requests)
    assert world.look() == ["rate-limited"]
    assert (len(world.github.requests), world.names()) == (asked, ["octo/app"])
    world.clock.pass_by(minutes=16)
    assert world.look() == []
    assert len([line for line in world.said if line.startswith("error: octo: ")]) == 1


def test_no_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the configuration lacks is a problem of the organisation, and its repositories stay."""
    world.look()
    with_plugs = Organisations(
        Settings.model_validate(CONFIGURED),
        world.listing._db,
        Plugs("/nowhere", world.clock),
        world.clock,
        world.said.append,
    )
    monkeypatch.delenv("TOKEN", raising=False)
    (problem,) = with_plugs.look(with_plugs.settings.organisations[0])
    assert "TOKEN" in problem.message
    assert [one.name for one in with_plugs.settings.repositories] == ["octo/app"]
    assert world.said[-1] == f"error: {problem.subject}: {problem.message}"
