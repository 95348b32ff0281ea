"""What is true in the soak's world: advisories, lockfiles, and by both what is vulnerable. It knows nothing of advisord."""

import itertools
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

ECOSYSTEMS = ("crates.io", "npm")
_LATE = 150.0
"""Seconds for which what was true may still be all that anybody could know."""


class Key(NamedTuple):
    """What an issue is about: the number stands for the vulnerability."""

    repository: str
    package: str
    number: int


class Said(NamedTuple):
    """What an advisory says from a moment on: versions 1.0.0 to 1.`fixed`.0 are affected, unless it was withdrawn."""

    at: float
    fixed: int
    withdrawn: bool

    def affects(self, minor: int) -> bool:
        """Whether 1.`minor`.0 is affected."""
        return not self.withdrawn and minor < self.fixed


class Vulnerability:
    """One vulnerability: an advisory of GitHub that OSV has too, for crates also one of RustSec."""

    def __init__(self, number: int, ecosystem: str, package: str, fixed: int) -> None:
        self.number = number
        self.ecosystem = ecosystem
        self.package = package
        self.history = [Said(time.time(), fixed, withdrawn=False)]
        self.modified = datetime.now(UTC).timestamp()

    @property
    def now(self) -> Said:
        """What it says now."""
        return self.history[-1]

    @property
    def ghsa(self) -> str:
        """GitHub's name for it."""
        return f"GHSA-soak-{self.number:04}-xxxx"

    @property
    def rustsec(self) -> str:
        """RustSec's name for it, "" when they have none."""
        return f"RUSTSEC-2026-{self.number:04}" if self.ecosystem == "crates.io" else ""

    def change(self, fixed: int, *, withdrawn: bool) -> None:
        """Say something else. A record never changes twice in a second: its time is all that a feed compares."""
        self.modified = max(time.time(), self.modified + 1.0)
        self.history.append(Said(time.time(), fixed, withdrawn))

    def _moment(self) -> str:
        return f"{datetime.fromtimestamp(self.modified, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def osv(self, record: str) -> dict[str, Any]:
        """The record by that name as OSV has it."""
        value: dict[str, Any] = {
            "id": record,
            "modified": self._moment(),
            "published": "2026-01-01T00:00:00Z",
            "aliases": [name for name in (self.ghsa, self.rustsec, f"CVE-2026-{self.number:05}") if name not in {"", record}],
            "summary": f"{self.package} does what it should not ({self.number})",
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
            "affected": [
                {
                    "package": {"ecosystem": self.ecosystem, "name": self.package},
                    "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": f"1.{self.now.fixed}.0"}]}],
                }
            ],
        }  # fmt: skip
        return value | ({"withdrawn": self._moment()} if self.now.withdrawn else {})

    def github(self) -> dict[str, Any]:
        """The advisory as GitHub's API has it."""
        affected = {
            "package": {"ecosystem": "rust" if self.ecosystem == "crates.io" else "npm", "name": self.package},
            "vulnerable_version_range": f">= 1.0.0, < 1.{self.now.fixed}.0",
            "first_patched_version": f"1.{self.now.fixed}.0",
            "vulnerable_functions": [],
        }
        return {
            "ghsa_id": self.ghsa,
            "cve_id": f"CVE-2026-{self.number:05}",
            "summary": f"{self.package} does what it should not ({self.number})",
            "description": "",
            "type": "reviewed",
            "severity": "high",
            "identifiers": [{"type": "GHSA", "value": self.ghsa}],
            "references": [],
            "published_at": "2026-01-01T00:00:00Z",
            "updated_at": self._moment(),
            "withdrawn_at": self._moment() if self.now.withdrawn else None,
            "vulnerabilities": [affected],
            "cvss_severities": None,
        }


class Truth:
    """Everything, with its past. `locks` is repository → ref → (ecosystem, package) → minor version."""

    def __init__(
        self, chance: random.Random, repositories: tuple[str, ...], packages: int = 8, start: int = 16
    ) -> None:
        self.lock = threading.RLock()
        self.vulnerabilities: dict[int, Vulnerability] = {}
        self.locks: dict[str, dict[str, dict[tuple[str, str], int]]] = {}
        self._locked: dict[tuple[str, str, str], list[tuple[float, frozenset[int]]]] = {}
        self._affected: dict[Key, list[tuple[float, bool]]] = {}
        self._chance = chance
        self.packages = [
            (ecosystem, f"{ecosystem[0]}{number}") for ecosystem in ECOSYSTEMS for number in range(packages)
        ]
        for repository in repositories:
            self.locks[repository] = {
                ref: {package: chance.randint(0, 9) for package in self.packages} for ref in ("main", "v1")
            }
        for _ in range(start):
            self.add()
        self.settle()

    def add(self) -> Vulnerability:
        """A new vulnerability."""
        number = len(self.vulnerabilities) + 1
        ecosystem, package = self._chance.choice(self.packages)
        new = Vulnerability(number, ecosystem, package, self._chance.randint(2, 10))
        self.vulnerabilities[number] = new
        return new

    def settle(self) -> None:
        """Write down what is true from now on. To be called, with `lock` held, after every change."""
        now = time.time()
        for repository, refs in self.locks.items():
            for ecosystem, package in self.packages:
                versions = frozenset(locked[ecosystem, package] for locked in refs.values() if locked)
                past = self._locked.setdefault((repository, ecosystem, package), [])
                if not past or past[-1][1] != versions:
                    past.append((now, versions))
        for key, true in self._now():
            known = self._affected.setdefault(key, [])
            if not known or known[-1][1] != true:
                known.append((now, true))

    def _now(self) -> Iterator[tuple[Key, bool]]:
        for repository, one in itertools.product(self.locks, self.vulnerabilities.values()):
            versions = self._locked[repository, one.ecosystem, one.package][-1][1]
            yield Key(repository, one.package, one.number), any(map(one.now.affects, versions))

    def affected(self) -> set[Key]:
        """What is vulnerable now."""
        return {key for key, past in self._affected.items() if past[-1][1]}

    def since(self, key: Key) -> float:
        """When it became vulnerable the last time."""
        return self._affected[key][-1][0]

    def was_well(self, key: Key, since: float, until: float) -> bool:
        """Whether somebody who knew something of each half could think between these moments that it is not vulnerable.

        Advisories and lockfiles are read one after the other: their states need not have been true at one moment.
        """
        one = self.vulnerabilities[key.number]
        sayings = _during([(said.at, said) for said in one.history], since - _LATE, until)
        versions = _during(self._locked[key.repository, one.ecosystem, key.package], since - _LATE, until)
        return any(not any(map(said.affects, minors)) for said, minors in itertools.product(sayings, versions))


def _during(past: list[tuple[float, Any]], since: float, until: float) -> list[Any]:
    """The states that held at any moment between these."""
    ends = [*(moment for moment, _ in past[1:]), float("inf")]
    return [state for (begun, state), ended in zip(past, ends, strict=True) if begun <= until and ended >= since]
