"""Feeds in two states, and `advisord sync` that is killed on the way from one to the other."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

from store_parts import dump

from advisord.store.database import open_writer


def record(name: str, number: int, state: int) -> dict[str, Any]:
    """A record; in the second state some have another range, other aliases, or were withdrawn."""
    changed = state if number % 3 == 0 else 0
    value: dict[str, Any] = {
        "id": f"GHSA-{name}-{number}",
        "modified": f"2026-01-0{1 + changed}T00:00:00Z",
        "aliases": [f"CVE-{(number + changed) // 2}"] if number % 4 == 0 else [],
        "affected": [
            {
                "package": {"ecosystem": name, "name": f"p{number % 500}"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": f"{1 + changed}.0.0"}]}],
                "versions": [f"0.{n}.0" for n in range(number % 7)],
            }
        ],
    }
    if changed and number % 5 == 0:
        value["withdrawn"] = "2026-01-02T00:00:00Z"
    return value


def write(folder: Path, state: int, size: int = 3000) -> None:
    """Two ecosystems; the second state lacks some records, has some new ones, and one that can't be read."""
    for name in ("npm", "crates.io"):
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        numbers = range(state * size // 50, size + state * size // 10)
        records = [record(name, number, state) for number in numbers]
        if state:
            records.append({"id": f"GHSA-{name}-broken", "modified": "2026-01-02T00:00:00Z", "affected": "no list"})
        with zipfile.ZipFile(target / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for value in records:
                archive.writestr(f"{value['id']}.json", json.dumps(value))
        (target / "modified_id.csv").write_text("".join(f"{value['modified']},{value['id']}\n" for value in records))
    (folder / "ecosystems.txt").write_text("npm\ncrates.io\n")


def start(database: Path, feed: Path) -> subprocess.Popen[str]:
    """A sync in a process of its own."""
    command = [sys.executable, "-m", "advisord", "sync", "osv", "--from", str(feed), "--db", str(database)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(database.parent)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=database.parent
    )


def sync(database: Path, feed: Path) -> float:
    """An undisturbed sync; how long it took."""
    begun = time.monotonic()
    process = start(database, feed)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return time.monotonic() - begun


def killed(database: Path, feed: Path, within: float, chance: random.Random) -> bool:
    """A sync that is killed at a moment of its life; False when it ended before."""
    process = start(database, feed)
    time.sleep(chance.uniform(0.1, within))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def state(database: Path) -> str:
    """The ordered dump, after SQLite's own check."""
    with closing(open_writer(str(database))) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dump(db)
