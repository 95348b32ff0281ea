"""`advisord doctor`: one line for each thing, with what to do."""

from pathlib import Path

from loopback import Loopback
from running import Advisord

REPOSITORY = '[[repositories]]\nname = "{}"\ngit = "{}"\ntracker = "issues"\n'


def test_all_is_well(advisord: Advisord, synced: Path) -> None:
    """A small world that works, and a database that is sound."""
    done = advisord("doctor", "--config", "advisord.toml")
    assert done.status == 0, done.out
    lines = done.out.splitlines()
    assert lines[0] == "ok     configuration: 3 feeds, 1 trackers, 1 repositories"
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


def test_a_bad_configuration(advisord: Advisord, world: Path) -> None:
    """Every mistake is a line."""
    (world / "advisord.toml").write_text('[run]\nlog = "xml"\nspeed = 3\n')
    done = advisord("doctor", "--config", "advisord.toml")
    assert done.status == 3
    assert [line.split(": ")[1] for line in done.out.splitlines() if line.startswith("error")] == [
        "run.log",
        "run.speed",
    ]
