"""What has to hold after a soak: the laws, and bounds."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from github_fake import Data
from soak_daemon import Supervised
from soak_servers import Hub
from soak_storm import Storm
from soak_truth import Key, Truth

from advisord.tracking import identity

MIB = 1 << 20
_MOST_MEMORY = 250 * MIB
_MOST_GROWTH = 40 * MIB
_MOST_FILES = 100
_MOST_THREADS = 40
_MOST_LOG = 64 * MIB
_EXCUSED = ("no space left", "another process has held the database", "the configuration is not TOML")
"""The last words of a daemon that may end by itself; it is started again."""


class Verdict(NamedTuple):
    """A law, and where it does not hold."""

    law: str
    faults: Sequence[str]


class Ended(Protocol):
    """A soak whose daemon has ended."""

    folder: Path
    truth: Truth
    hub: Hub
    daemon: Supervised
    storm: Storm
    refused: list[str]

    def opened(self) -> dict[Key, list[int]]:
        """The issues of each key."""

    def command(self, *arguments: str) -> tuple[int, str]:
        """Another command on the same configuration."""

    def spilled(self) -> list[str]:
        """Where the planted token is."""


def judge(soak: Ended, rested: bool, ended: int) -> list[Verdict]:
    """Every law with its faults."""
    issues = soak.opened()
    states = soak.hub.issues
    return [
        Verdict("it came to rest, and ended in good order", _rest(rested, ended, soak.daemon)),
        Verdict("one open issue for each vulnerable package of a repository", list(_open(soak, issues, states))),
        Verdict("no issue twice", [f"{key}: {numbers}" for key, numbers in issues.items() if len(numbers) > 1]),
        Verdict("no issue closed without evidence", list(_closed(soak, issues))),
        Verdict("no fought person", [*_fought(soak, issues), *soak.storm.people.lost(states)]),
        Verdict("no comment twice", list(_comments(soak.hub))),
        Verdict("the plan is empty, twice", [f for _ in range(2) for f in _planned(soak)]),
        Verdict("the audit log is whole", _told(soak.command("audit", "verify"))),
        Verdict("the database is sound", _told(soak.command("db", "verify"))),
        Verdict("memory, files, threads and write-ahead log are bounded", list(_bounds(soak.daemon))),
        Verdict("no defect and no traceback in the log", _defects(soak.daemon)),
        Verdict("the pages answer", soak.refused),
        Verdict("the token is nowhere", soak.spilled()),
    ]


def _rest(rested: bool, ended: int, daemon: Supervised) -> list[str]:
    faults = (
        [] if rested else ["something was still being written or waited for, or a feed or repository had not recovered"]
    )
    if ended:
        faults.append(f"the last exit status was {ended}")
    return faults + [
        f"it ended by itself with {status}: {words}"
        for status, words in daemon.exits
        if status not in {0, -9, -15} and not any(excuse in words for excuse in _EXCUSED)
    ]


def _open(soak: Ended, issues: Mapping[Key, list[int]], states: Mapping[int, Data]) -> Iterator[str]:
    affected = soak.truth.affected()
    last = {number: (who, what) for _, number, who, what in soak.hub.turns}
    for key in affected | issues.keys():
        there = [number for number in issues.get(key, ()) if states[number]["state"] == "open"]
        by_people = [number for number in issues.get(key, ()) if last[number][0] == "person"]
        if key in affected and not there and not by_people:
            yield f"{key} is vulnerable and has no open issue: {issues.get(key, 'none at all')}"
        if key in affected and len(there) > 1:
            yield f"{key} has several open issues: {there}"
        if key not in affected and set(there) - set(by_people):
            yield f"{key} is not vulnerable and has an open issue: {there}"


def _closed(soak: Ended, issues: Mapping[Key, list[int]]) -> Iterator[str]:
    keys = {number: key for key, numbers in issues.items() for number in numbers}
    for at, number, who, what in soak.hub.turns:
        if who == "advisord" and what == "closed" and not soak.truth.was_well(keys[number], at, at):
            yield f"#{number} ({keys[number]}) at {time.ctime(at)}"


def _fought(soak: Ended, issues: Mapping[Key, list[int]]) -> Iterator[str]:
    """A person's close stands, unless what it was about went away meanwhile and came back; a reopening likewise."""
    keys = {number: key for key, numbers in issues.items() for number in numbers}
    last: dict[int, tuple[float, str, str]] = {}
    for at, number, who, what in soak.hub.turns:
        before = last.get(number)
        last[number] = (at, who, what)
        if before and before[1] == "person" and who == "advisord":
            if what == "reopened" and not soak.truth.was_well(keys[number], before[0], at):
                yield f"#{number} was closed by a person at {time.ctime(before[0])} and reopened at {time.ctime(at)}"
            if what == "closed" and not soak.truth.was_well(keys[number], at, at):
                yield f"#{number} was reopened by a person at {time.ctime(before[0])} and closed at {time.ctime(at)}"


def _comments(hub: Hub) -> Iterator[str]:
    for number, comments in hub.comments.items():
        said = [marker for marker in (identity.comment_marker(comment["body"]) for comment in comments) if marker]
        if len(said) != len(set(said)):
            yield f"#{number}: {[marker for marker in set(said) if said.count(marker) > 1]}"


def _planned(soak: Ended) -> list[str]:
    status, text = soak.command("plan", "--format", "json")
    try:
        plan: Any = json.loads(text)
    except ValueError:
        return [f"plan ended with {status}: {text[:300]}"]
    return [str(action)[:300] for one in plan["plans"] for action in one["actions"]]


def _told(done: tuple[int, str]) -> list[str]:
    return [] if done[0] == 0 else [done[1].strip()[:500]]


def _bounds(daemon: Supervised) -> Iterator[str]:
    for name, most, bound in (
        ("memory", max(sample.memory for sample in daemon.samples), _MOST_MEMORY),
        ("open files", max(sample.files for sample in daemon.samples), _MOST_FILES),
        ("threads", max(sample.threads for sample in daemon.samples), _MOST_THREADS),
        ("the write-ahead log", max(sample.log for sample in daemon.samples), _MOST_LOG),
    ):
        if most > bound:
            yield f"{name}: {most:,} is more than {bound:,}"
    last = [sample.memory for sample in daemon.samples if sample.pid == daemon.samples[-1].pid]
    if len(last) > 60 and last[-1] - last[len(last) // 3] > _MOST_GROWTH:
        yield f"memory grew from {last[len(last) // 3]:,} to {last[-1]:,} in one process"


def _defects(daemon: Supervised) -> list[str]:
    text = daemon.log.read_text(encoding="utf-8", errors="replace")
    return [
        text[found.start() :][:3000] for found in re.finditer(r"Traceback \(most recent|a defect in advisord", text)
    ]
