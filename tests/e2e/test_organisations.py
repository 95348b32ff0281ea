"""An organisation of thirty repositories: the real command, a real git server and a fake GitHub."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from git_server import GitServer
from github_fake import Fault
from organisation_fake import Organisation
from running import Advisord, Ran

from advisord.demo import DATA
from advisord.times import stamp

CONFIG = (
    DATA
    + """\
[[organisations]]
name = "octo"
kind = "github"
url = "{github}"
token_env = "OCTO_TOKEN"
exclude = ["sandbox-*"]
[run]
pause = "0s"
issues_per_run = 5
"""
)
LOCK = """\
version = 3

[[package]]
name = "h2"
version = "{}"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "0000000000000000000000000000000000000000000000000000000000000000"
"""
BESIDE = {
    "Cargo.toml": "[package]\nname = 'x'\n",
    "advisord-policy.toml": "[repository]\n",
    "deny.toml": "",
    "src/main.rs": "x",
}
VULNERABLE, FIXED = LOCK.format("0.3.3"), LOCK.format("0.3.26")
WATCHED = 10


class World:
    """The folder, the organisation and its git server."""

    def __init__(self, advisord: Advisord, github: Organisation, git: GitServer) -> None:
        self.advisord, self.github, self.git = advisord, github, git
        for kind, files in (
            ("vulnerable", {"Cargo.lock": VULNERABLE, **BESIDE}),
            ("fixed", {"Cargo.lock": FIXED}),
            ("empty", {}),
        ):
            git.make(f"{kind}.git", files)

    def add(self, name: str, as_: str, **more: Any) -> None:
        """A repository on both servers."""
        self.git.copy(f"octo/{name}.git", f"{as_}.git")
        self.github.add(name, **more)

    def once(self) -> Ran:
        """One cycle. No token is shown."""
        ran = self.advisord("run", "--once", env={"OCTO_TOKEN": "secret"})
        assert "secret" not in ran.out + ran.err
        return ran

    def issues(self) -> dict[str, list[str]]:
        """The states of the issues of each repository that has some."""
        return {
            one.repository: [issue["state"] for issue in one.issues.values()]
            for one in self.github.each.values()
            if one.issues
        }


@pytest.fixture
def organisation(advisord: Advisord, world: Path) -> Iterator[World]:
    """Thirty repositories, of which ten are watched, one of them vulnerable, one private and vulnerable, one empty."""
    (world / "served").mkdir()
    github = Organisation(lambda: stamp(datetime.now(UTC)))
    github.page = 7
    with contextlib.closing(GitServer(world / "served")) as git, github.served() as url:
        github.git = git.url
        (world / "advisord.toml").write_text(CONFIG.format(github=url), encoding="utf-8")
        made = World(advisord, github, git)
        made.add("shop", "vulnerable")
        made.add("vault", "vulnerable", private=True, visibility="private")
        made.add("new", "empty")
        for number in range(7):
            made.add(f"app-{number:02}", "fixed")
        for number in range(9):
            made.add(f"old-{number}", "vulnerable", archived=True)
        for number in range(8):
            made.add(f"fork-{number}", "vulnerable", fork=True)
        made.add("shop-ghsa-abcd-ef12-3456", "vulnerable", private=True, visibility="private")
        made.add("vault-ghsa-abcd-ef12-3456", "vulnerable", private=True, visibility="private")
        made.add("sandbox-x", "vulnerable")
        yield made


def test_an_organisation_over_time(organisation: World) -> None:
    """Listed, read, its issues kept in each repository; a listing cut in the middle, a new name, one that leaves."""
    github, git = organisation.github, organisation.git
    github.each[101].visibility = "private"
    ran = organisation.once()
    assert ran.status == 0, ran.out + ran.err
    assert (
        f"octo: {WATCHED} of 30 repositories are watched; left out: archived 9, excluded 1, fork 8, temporary"
        in ran.out
    )
    assert "note: octo/new: nothing was pushed to it yet" in ran.out
    assert organisation.issues() == {"octo/shop": ["open"], "octo/vault": ["open"]}
    asked = git.asked()
    # To know a repository: its refs, their newest state, the wanted files.
    assert sum("shop.git" in one for one in asked) == 2 + 3 + 2
    assert not any(name in " ".join(asked) for name in ("ghsa", "old-", "fork-", "sandbox"))

    # Nothing has changed: one list of the organisation, one question to each repository, nothing written.
    before = len(github.requests)
    assert organisation.once().status == 0
    assert {method for method, _ in github.requests[before:]} == {"GET"}
    assert len(git.asked()) == 2 * WATCHED

    # The listing breaks off: everything goes on with the repositories that are known, and the command says so.
    github.faults = [Fault("GET", r"/orgs/octo/repos.*page=3", 502) for _ in range(3)]
    git.commit("octo/shop.git", {"Cargo.lock": FIXED})
    ran = organisation.once()
    assert ran.status == 3
    assert "error: octo: GET /orgs/octo/repos was answered with 502" in ran.err
    assert organisation.issues() == {"octo/shop": ["closed"], "octo/vault": ["open"]}
    assert len(git.requests) > WATCHED
    said = organisation.advisord("status")
    assert said.status == 3
    assert "octo       failed" in said.out

    # A repository gets another name: its issue is still its own.
    git.commit("octo/shop.git", {"Cargo.lock": VULNERABLE})
    (git.folder / "octo/shop.git").rename(git.folder / "octo/market.git")
    github.rename(100, "market")
    ran = organisation.once()
    assert ran.status == 0, ran.out + ran.err
    assert "renamed: shop is now market" in ran.out
    assert organisation.issues() == {"octo/market": ["open"], "octo/vault": ["open"]}
    assert len(github.each[100].issues) == 1


def test_one_that_leaves(organisation: World, advisord: Advisord) -> None:
    """After two listings without it, it is no longer watched: nothing is asked of it, its issue stays as it is."""
    github, git = organisation.github, organisation.git
    for one in [one for one in github.repositories if one["name"].startswith("app-")]:
        github.repositories.remove(one)
    organisation.once()
    (gone,) = [one for one in github.repositories if one["name"] == "shop"]
    github.repositories.remove(gone)
    assert "missing, gone if they are missing again: shop" in organisation.once().out
    git.asked()
    ran = organisation.once()
    assert ran.status == 0, ran.out + ran.err
    assert "gone: shop" in ran.out
    assert "note: octo/shop: is no longer watched; its issues stay as they are" in ran.out
    assert not any("shop" in one for one in git.asked())
    assert organisation.issues()["octo/shop"] == ["open"]
    said = advisord("status")
    assert said.status == 0, said.out
    assert "octo/shop  no longer watched since" in said.out
    assert "findings then: h2 0.3.3" in said.out
    assert "octo       ok" in said.out
    pruned = advisord("db", "prune", "--keep", "0s").out
    assert "1 repository, " in pruned
    assert "1 mirror of repositories that are not watched removed" in pruned
    assert "0 repositories" in advisord("db", "prune").out
    assert "octo/shop" not in advisord("status").out
    github.repositories.append(gone)
    assert organisation.once().status == 0
    assert organisation.issues()["octo/shop"] == ["open"]
