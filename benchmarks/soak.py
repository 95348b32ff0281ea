"""A soak: the real daemon in a world where everything changes and everything breaks, by chance, for as long as you wish.

    python benchmarks/soak.py --minutes 30 [--seed N]

Loopback feeds, git repositories and a GitHub; a storm, then a calm in which it must come to rest, then what has to hold.
The seed is printed; what happens is the same for it, when it happens is not. Exit status: 0 all holds; 1 something does not.
"""

import argparse
import http.client
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from planted import forms, processes
from soak_clock import OFFSET
from soak_daemon import Sample, Supervised
from soak_judge import Verdict, judge
from soak_servers import Feeds, GitServer, Hub
from soak_storm import Storm
from soak_truth import Key, Truth

from advisord.times import stamp
from advisord.tracking import identity

REPOSITORIES = ("alpha", "beta", "gamma", "delta")
MIB = 1 << 20
_PATIENCE = 240.0
CONFIGURATION = """\
[store]
path = "state/advisord.db"
[feeds.osv]
source = "{feeds}/osv"
[feeds.github]
source = "{feeds}"
token_env = "SOAK_TOKEN"
[feeds.rustsec]
source = "{rustsec}"
[tracking]
open_limit = 100000
baseline_above = 100000
[run]
log = "json"
feeds_every = "3s"
repositories_every = "2s"
review_every = "6s"
max_age = "30s"
pause = "0s"
issues_per_run = 1000
drain = "20s"
step_limit = "3m"
[web]
listen = "127.0.0.1:0"
"""
REPOSITORY = """\
[[repositories]]
name = "{name}"
git = "{git}"
refs = ["main", "v1"]
tracker = "{name}"
[trackers.{name}]
kind = "github"
repository = "octo/crab"
url = "{hub}"
token_env = "SOAK_TOKEN"
"""
"""They share a tracker under different names: only so many issues may be opened under one name in an hour."""


class Length(NamedTuple):
    """How long the storm lasts, in seconds, and how many new advisories are timed in the calm.

    After `rest` seconds without a write to the tracker, and with nothing that waits, the daemon is at rest.
    """

    storm: float
    probes: int = 5
    rest: float = 12.0


class Soak:
    """One soak in a folder."""

    def __init__(self, folder: Path, seed: int, *, pace: float = 1.0) -> None:
        self.folder = folder
        self.token = f"planted-{random.Random(seed).randbytes(12).hex()}"
        self._chance = random.Random(seed)
        self._pace = pace
        self.truth = Truth(self._chance, REPOSITORIES)
        self.feeds = Feeds(self.truth, random.Random(seed + 1), self.token)
        self.git = GitServer(folder / "git", self.truth)
        self.hub = Hub(lambda: stamp(datetime.now(UTC)), self.token)
        self.listed: list[bytes] = []
        self.refused: list[str] = []
        config = CONFIGURATION.format(feeds=self.feeds.url, rustsec=self.git.address("advisory-db"))
        config += "".join(
            REPOSITORY.format(name=name, git=self.git.address(name), hub=self.hub.url) for name in REPOSITORIES
        )
        (folder / "advisord.toml").write_text(config, encoding="utf-8")
        self.daemon = Supervised(folder, self._environment())
        self.storm = Storm(self._chance, self.truth, self.feeds, self.git, self.hub, self.daemon, folder)

    def _environment(self) -> dict[str, str]:
        clock = self.folder / "clock"
        clock.write_text("0", encoding="ascii")
        mine = {OFFSET: str(clock), "SOAK_TOKEN": self.token, "XDG_CACHE_HOME": str(self.folder / "cache")}
        return {**os.environ, **mine}

    def close(self) -> None:
        """End everything."""
        self.daemon.process.kill()
        self.git.shut()
        self.feeds.close()
        self.hub.door.shut()

    def blow(self, seconds: float, say: bool) -> None:
        """The storm. In its second half nothing kills the daemon, so that its memory can be watched over time."""
        begun = told = time.monotonic()
        while (now := time.monotonic()) < begun + seconds:
            self.storm.deadly = now < begun + seconds / 2
            self.storm.blow()
            self.wait(self._chance.uniform(0.2, 2.0) / self._pace)
            self.listed.append(processes())
            self._look()
            if say and now - told > 60:
                told = now
                print(
                    f"{(now - begun) / 60:4.0f} min: {len(self.hub.issues)} issues, {_shown(self.daemon.samples[-1])}",
                    flush=True,
                )
        self.storm.end()
        self.hub.faults.clear()

    def _look(self) -> None:
        """Somebody looks at the pages, and a collector at the metrics."""
        path = self._chance.choice(("/", "/metrics", "/healthz", "/readyz", "/api/findings", "/findings?q=c1"))
        try:
            with urllib.request.urlopen(self.daemon.address + path, timeout=20) as answer:  # noqa: S310
                answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 503 or path != "/readyz":  # not ready is an answer
                    self.refused.append(f"{path}: {error.code} {error.read(300)!r}")
        except (OSError, ValueError, http.client.HTTPException):
            return  # it is being started again

    def wait(self, seconds: float) -> None:
        """Let time pass, and keep the daemon running."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.daemon.keep()
            time.sleep(0.1)

    def rest(self, seconds: float) -> bool:
        """Wait until nothing more is written to the tracker; whether that came about."""
        end = time.monotonic() + _PATIENCE
        quiet = time.monotonic()
        written = -1
        while time.monotonic() < end:
            self.wait(0.5)
            now = sum(method != "GET" for method, _ in self.hub.requests)
            if now != written:
                written, quiet = now, time.monotonic()
            elif time.monotonic() - quiet > seconds and not self._unfinished():
                return True
        return False

    def _unfinished(self) -> bool:
        """Whether it waits for something, which can take longer than any silence.

        A feed or a repository backs off; an action that a kill cut off is not repeated before the tracker's list can be
        trusted to show it.
        """
        with closing(sqlite3.connect(f"file:{self.folder}/state/advisord.db?mode=ro", uri=True)) as db:
            waiting = db.execute("SELECT (SELECT count(*) FROM feed WHERE error_code <> '') +"
                                 " (SELECT count(*) FROM repository WHERE error_code <> '') +"
                                 " (SELECT count(*) FROM trouble) +"
                                 " (SELECT count(*) FROM intent WHERE outcome = '')").fetchone()[0]  # fmt: skip
        return bool(waiting)

    def probe(self, number: int) -> list[float]:
        """Seconds from a new advisory in the feeds to its last issue, for advisories that affect something."""
        latencies = []
        for _ in range(number):
            self.storm.new_advisory()
            new = max(self.truth.vulnerabilities)
            keys = {key for key in self.truth.affected() if key.number == new}
            begun = time.monotonic()
            while keys - set(self.opened()) and time.monotonic() < begun + 60:
                self.wait(0.1)
            if keys:
                latencies.append(time.monotonic() - begun)
        return latencies

    def opened(self) -> dict[Key, list[int]]:
        """The issues of each key, by the names in their markers."""
        by_name = {name: one for one in self.truth.vulnerabilities.values() for name in (one.ghsa, one.rustsec) if name}
        found: dict[Key, list[int]] = {}
        with self.hub.mutex:
            for number, issue in self.hub.issues.items():
                marker = identity.read(issue["body"])
                if marker:
                    for one in {by_name[name].number: by_name[name] for name in marker.ids if name in by_name}.values():
                        found.setdefault(Key(marker.repository, one.package, one.number), []).append(number)
        return found

    def command(self, *arguments: str) -> tuple[int, str]:
        """Another command on the same configuration, when the daemon has ended."""
        done = subprocess.run(
            [sys.executable, "-m", "advisord", *arguments, "--config", "advisord.toml"],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def spilled(self) -> list[str]:
        """Where the planted token is to be found, but for what only its own environment shows."""
        kept = {
            path.name: path.read_bytes()
            for path in [*self.folder.glob("state/**/*"), self.daemon.log]
            if path.is_file()
        }
        kept["the process list"] = b"\n".join(self.listed)
        return [name for name, data in kept.items() for form in forms(self.token) if form in data]


def _shown(sample: Sample) -> str:
    return f"RSS {sample.memory / MIB:.0f} MiB, {sample.files} files, {sample.threads} threads, WAL {sample.log / MIB:.1f} MiB"


def soak(folder: Path, seed: int, length: Length, *, say: bool = True, pace: float = 1.0) -> list[Verdict]:
    """The whole of it; what has to hold, and whether it does."""
    (folder / "git").mkdir(parents=True)
    one = Soak(folder, seed, pace=pace)
    try:
        one.wait(3)
        one.blow(length.storm, say)
        rested = one.rest(length.rest)
        latencies = one.probe(length.probes)
        rested = one.rest(length.rest) and rested
        verdicts = judge(one, rested, one.daemon.stop())
    finally:
        one.close()
    if say:
        _report(one, latencies, verdicts)
    return verdicts


def _report(one: Soak, latencies: list[float], verdicts: list[Verdict]) -> None:
    print(f"happened: {', '.join(f'{number} {what}' for what, number in sorted(one.storm.met.items()))}")
    turns = Counter(f"{who} {what}" for _, _, who, what in one.hub.turns)
    print(f"issues: {len(one.hub.issues)}; {', '.join(f'{number} {turn}' for turn, number in sorted(turns.items()))}")
    print(f"the daemon ended {len(one.daemon.exits)} times: {_counted(one.daemon.exits)}")
    if latencies:
        print(
            f"from an advisory in the feeds to its last issue, in the calm: median {statistics.median(latencies):.1f} s,"
            f" longest {max(latencies):.1f} s (feeds every 3 s, repositories every 2 s)"
        )
    samples = one.daemon.samples
    most = Sample(0.0, 0, *(max(values) for values in list(zip(*samples, strict=True))[2:]))
    print(f"the daemon at its end: {_shown(samples[-1])}; at most: {_shown(most)}")
    for verdict in verdicts:
        print(f"{'BROKEN' if verdict.faults else 'holds'}: {verdict.law}")
        for fault in verdict.faults[:20]:
            print(f"        {fault}")


def _counted(exits: list[tuple[int, str]]) -> str:
    said = Counter(f"{status} {words}".strip()[:120] for status, words in exits)
    return "; ".join(f"{number} x {what}" for what, number in said.items()) or "never"


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="work in this folder, and leave it there")
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    folder = options.keep or Path(tempfile.mkdtemp(prefix="advisord-soak-"))
    print(f"seed {seed}, {options.minutes:g} minutes, in {folder}", flush=True)
    verdicts = soak(folder, seed, Length(options.minutes * 60))
    broken = any(verdict.faults for verdict in verdicts)
    if not options.keep and not broken:
        shutil.rmtree(folder)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
