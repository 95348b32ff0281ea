"""`advisord doctor`: one line for each thing, with what to do."""

import shutil
import socket
from pathlib import Path

from github_fake import Account
from loopback import Loopback
from organisation_fake import Organisation
from running import Advisord
from store_parts import damage

REPOSITORY = '[[repositories]]\nname = "{}"\ngit = "{}"\ntracker = "issues"\n'


def test_all_is_well(advisord: Advisord, synced: Path) -> None:
    """A small world that works, and a database that is sound."""
    done = advisord("doctor", "--config", "advisord.toml")
    assert done.status == 0, done.out
    lines = done.out.splitlines()
    assert lines[0] == "ok     configuration: 3 feeds, 1 tracker, 1 repository"
    assert all(line.startswith(("ok", "warn", "   ")) for line in lines)
    for what in ("git: git version", "is sound", "feed osv:", "tracker issues:", "repository shop:", "disk:"):
        assert what in done.out


def test_everything_that_is_wrong_is_told_at_once(advisord: Advisord, world: Path, server: Loopback) -> None:
    """A damaged database, a clock, tokens, feeds and repositories: each with its own line, and status 3."""
    (world / "advisord.db").write_bytes(b"no database" * 1000)
    (world / "token").write_text("planted-s3cret")
    (world / "token").chmod(0o644)
    server.put("/feed", b"", headers={"date": "Mon, 01 Jan 2001 00:00:00 GMT"})
    config = (world / "advisord.toml").read_text().replace("feeds/osv", server.url + "/feed")
    config = config.replace("feeds/github", "nowhere").replace('git = "shop"', 'git = "shop"\ntoken_file = "token"')
    (world / "advisord.toml").write_text(config + REPOSITORY.format("gone", "no-such-folder"))
    done = advisord("doctor", "--config", "advisord.toml")
    assert done.status == 3
    errors = [line for line in done.out.splitlines() if line.startswith("error")]
    for what in ("store:", "clock:", "feed github:", "repository gone:"):
        assert any(line.startswith(f"error  {what}") for line in errors), done.out
    assert "warn   token:" in done.out
    assert "chmod 600" in done.out
    assert "ok     repository shop:" in done.out
    assert "planted-s3cret" not in done.out + done.err


def test_damage_in_the_middle_of_the_database(advisord: Advisord, synced: Path) -> None:
    """SQLite's own check may break off over it; the rest is looked at all the same, and `db verify` names the file."""
    damage(synced / "advisord.db", "finding")
    done = advisord("doctor")
    assert done.status == 3
    assert f"error  store: {synced / 'advisord.db'} is damaged: " in done.out
    assert "ok     repository shop:" in done.out
    verified = advisord("db", "verify")
    assert (verified.status, verified.out.splitlines()[-1]) == (3, f"{synced / 'advisord.db'}: damaged")
    backup = advisord("db", "backup", "b.db")
    assert (backup.status, (synced / "b.db").exists()) == (3, False)
    assert "no backup was written: the database is damaged" in backup.err


def test_folders_that_are_gone(advisord: Advisord, world: Path) -> None:
    """A mirror of a feed, and a tracker's folder whose issues the database knows."""
    assert advisord("run", "--once").status == 0
    shutil.rmtree(world / "issues")
    config = world / "advisord.toml"
    config.write_text(config.read_text().replace("feeds/osv", "nowhere"))
    done = advisord("doctor")
    assert done.status == 3
    assert f"error  feed osv: there is no {world / 'nowhere'}" in done.out
    assert f"error  tracker issues: {world / 'issues'} is gone, with " in done.out


def test_without_a_configuration(advisord: Advisord, synced: Path) -> None:
    """What a scan needs is looked at; a configuration that was named has to be there."""
    (synced / "advisord.toml").unlink()
    done = advisord("doctor", env={"ADVISORD_DB": str(synced / "advisord.db")})
    lines = done.out.splitlines()
    assert lines[0].startswith("ok     configuration: none here (advisord.toml, or --config FILE)")
    assert "advisord.db is sound" in done.out
    for what in ("git: ", "disk: ", "feed osv: ", "feed rustsec: ", "feed github: "):
        assert f" {what}" in done.out
    assert advisord("doctor", "--config", "advisord.toml").status != 0


def test_pages_that_can_not_be_served(advisord: Advisord, synced: Path) -> None:
    """With [web] it is said whether what the pages need is installed."""
    config = synced / "advisord.toml"
    plain = config.read_text()
    config.write_text(plain + '[web]\nlisten = "127.0.0.1:0"\n')
    assert "ok     web: what the pages need is installed" in advisord("doctor").out
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        config.write_text(f'{plain}[web]\nlisten = "{listen}"\ntoken_file = "gone"\n')
        done = advisord("doctor")
    assert done.status == 3
    assert f"error  web: the pages can't listen on {listen}: another program listens there" in done.out
    assert "error  web: the token file can't be read" in done.out
    (synced / "gone").write_text("12345")
    assert "error  web: the token of the pages is shorter than 16 characters\n" in advisord("doctor").out
    (synced / "sitecustomize.py").write_text("import sys\nsys.modules['uvicorn'] = None\n")
    done = advisord("doctor", env={"PYTHONPATH": str(synced)})
    assert done.status == 3
    assert "error  web: uvicorn can't be found" in done.out
    assert "pip install 'advisord[web]'" in done.out


def test_a_bad_configuration(advisord: Advisord, world: Path) -> None:
    """Every mistake is a line."""
    (world / "advisord.toml").write_text('[run]\nlog = "xml"\nspeed = 3\n')
    done = advisord("doctor", "--config", "advisord.toml")
    assert done.status == 3
    assert [line.split(": ")[1] for line in done.out.splitlines() if line.startswith("error")] == [
        "run.log",
        "run.speed",
    ]


ORGANISATION = """\
[[organisations]]
name = "octo"
kind = "github"
url = "{url}"
token_env = "OCTO"
[trackers.crab]
kind = "github"
repository = "octo/crab"
url = "{url}"
token_env = "OCTO"
[trackers.gone]
kind = "github"
repository = "octo/gone"
url = "{url}"
token_env = "OCTO"
"""


def test_what_a_token_may_and_lacks(advisord: Advisord, synced: Path) -> None:
    """Of an organisation and of a tracker; the answers come in the order of the configuration, the token never."""
    github = Organisation(lambda: "2026-03-01T12:00:00Z")
    github.tokens["planted-s3cret"] = Account("octocat", push=False)
    github.add("crab")
    with github.served() as url:
        config = synced / "advisord.toml"
        config.write_text(config.read_text() + ORGANISATION.format(url=url))
        github.scopes = "read:org, gist"
        done = advisord("doctor", "--config", "advisord.toml", env={"OCTO": "planted-s3cret"})
        assert done.status == 3
        assert "planted-s3cret" not in done.out + done.err
        lines = [line for line in done.out.splitlines() if "octo" in line or "crab" in line or "gone" in line]
        assert lines[0].startswith("ok     tracker crab: octo/crab answers to the token; it is public")
        assert lines[1] == "ok     tracker crab: its token may: pull; scopes gist, read:org"
        assert "tracker crab: the account may not push to the repository" in lines[2]
        assert "tracker crab: the token lacks the scope repo" in lines[3]
        assert lines[4].startswith("error  tracker gone: ")
        assert lines[5] == "ok     organisation octo: its token may: list it; scopes gist, read:org"
        assert "private repositories are neither listed nor read" in lines[6]
        github.scopes = "repo"
        github.tokens["planted-s3cret"] = Account("octocat")
        done = advisord("doctor", "--config", "advisord.toml", env={"OCTO": "planted-s3cret"})
        assert "warn   tracker crab" not in done.out
        assert "warn   organisation" not in done.out
