"""`advisord status` where there is much to say."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advisord.cli import status
from advisord.store import lockfiles, snapshots
from advisord.store.database import open_writer


@pytest.fixture
def many(tmp_path: Path) -> str:
    """A database of thirty repositories, of which 25 were read just now, one failed and four were never read."""
    path = str(tmp_path / "advisord.db")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with contextlib.closing(open_writer(path)) as db:
        for number in range(30):
            repository = lockfiles.repository_id(db, f"shop-{number:02}")
            if number < 26:
                lockfiles.mark_read(db, repository, now)
                snapshots.write(db, repository, f"shop-{number:02}", [], [], now)
        lockfiles.mark_failed(db, lockfiles.repository_id(db, "shop-07"), now, "git-failed", "the server is away")
    return path


def test_many_repositories_are_put_together(many: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that need somebody are named, the others counted; all are there on demand, and in JSON."""
    assert status.run(["--db", many]) == 3
    text = capsys.readouterr().out
    assert [line.split()[0] for line in text.splitlines() if line.startswith("shop-")] == [
        "shop-07",
        *(f"shop-{number}" for number in range(26, 30)),
    ]
    assert "the server is away [git-failed]" in text
    assert "30 repositories: 1 failed, 4 never, 25 ok; 0 lockfiles, 0 findings, 0 open issues (--verbose" in text
    status.run(["--db", many, "--verbose"])
    assert capsys.readouterr().out.count("\nshop-") == 30
    status.run(["--db", many, "--format", "json"])
    assert len(json.loads(capsys.readouterr().out)["repositories"]) == 30


def test_when_none_is_well_only_some_are_named(many: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is a number, not pages."""
    status.run(["--db", many, "--max-age", "0s"])
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("shop-")]) == 20
    assert any("; 10 more that are not ok (--verbose" in line for line in lines)


def test_many_repositories_with_one_of_a_thing(many: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What they have together is counted as people do."""
    with contextlib.closing(open_writer(many)) as db:
        db.execute("INSERT INTO issue VALUES (1, 't', 'k', '5', 'npm', 'p', '[]', '', 'open', '')")
    status.run(["--db", many])
    assert "0 lockfiles, 0 findings, 1 open issue (--verbose" in capsys.readouterr().out


def test_one_of_a_thing_and_what_to_look_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts have their nouns; what can't be read names the option that says why."""
    path = str(tmp_path / "advisord.db")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with contextlib.closing(open_writer(path)) as db:
        db.execute("INSERT INTO feed (name, source, as_of, records) VALUES ('osv', 'a mirror', ?, 1)", (now,))
        db.execute("INSERT INTO rejected VALUES ('osv', 'OSV-1', 'it is no JSON', ?)", (now,))
    status.run(["--db", path])
    assert "1 record, 1 can't be read (--verbose says why), from a mirror" in capsys.readouterr().out
