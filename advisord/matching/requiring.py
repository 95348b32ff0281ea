"""Who requires a locked package, and the project's own dependencies that lead to it. Pure."""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import NamedTuple

from advisord.matching.evidence import dependents
from advisord.model.inventory import Inventory


class Asker(NamedTuple):
    """Who requires a package: its index (None for a root), its name, the requirement as written ("": not known)."""

    package: int | None
    name: str
    requirement: str


Answer = tuple[bool | None, tuple[Asker, ...], tuple[Asker, ...]]
"""Whether all who require a package admit a version (None: not known), who does not, and of whom it is not known."""

Locked = tuple[str, str, str]
"""Ecosystem, name and version of a locked package."""


class Requiring:
    """What one lockfile, with its manifests, tells of who requires some of its packages."""

    def __init__(self, inventory: Inventory, wanted: Collection[Locked]) -> None:
        self._inventory = inventory
        self._before = dependents(inventory)
        self._askers = self._asking(wanted)

    def answer(self, locked: Locked, to: str) -> Answer:
        """Whether those who require one of the wanted packages admit another version of it.

        A requirement that the locked version does not meet itself was overruled (by a resolution, or a package that stands
        in for another): it says nothing.
        """
        hindering: list[Asker] = []
        unknown: list[Asker] = []
        asked = self._askers.get(locked, ())
        if not any(who.requirement for who in asked):
            return None, (), tuple(asked)
        from advisord.matching.requirements import admits  # most lockfiles say nothing of it

        for who in asked:
            allowed = admits(locked[0], who.requirement, to)
            if allowed is False and admits(locked[0], who.requirement, locked[2]):
                hindering.append(who)
            elif not allowed:
                unknown.append(who)
        allowed_by_all = False if hindering else True if asked and not unknown else None
        return allowed_by_all, tuple(hindering), tuple(unknown)

    def direct(self, askers: Iterable[Asker]) -> tuple[str, ...]:
        """The project's own dependencies that are one of these or pull one of them in, the nearest first.

        What comes through another of its own is left out: that one has to be moved in any case. Where nothing tells which
        are the project's own: these.
        """
        packages = self._inventory.packages
        own = self._own
        near: dict[int, int] = {who.package: 0 for who in askers if who.package is not None}
        for package in (level := list(near)):  # grows while it is walked
            for who in self._before[package] if package not in own else ():
                if who not in near:
                    near[who] = near[package] + 1
                    level.append(who)
        found = own.intersection(near) or {package for package, distance in near.items() if not distance}
        ordered = sorted(found, key=lambda package: (near[package], packages[package].name))
        return tuple(dict.fromkeys(packages[package].name for package in ordered))

    def _asking(self, wanted: Collection[Locked]) -> dict[Locked, list[Asker]]:
        packages, requirements = self._inventory.packages, self._inventory.requirements
        names = {name for _, name, _ in wanted}
        locked = {
            index: package[:3]
            for index, package in enumerate(packages)
            if package.name in names and package[:3] in wanted
        }
        asked: dict[Locked, dict[Asker, None]] = {}
        for index, name in locked.items():
            for parent in self._before[index]:
                who = Asker(parent, packages[parent].name, requirements.get((parent, index), ""))
                asked.setdefault(name, {})[who] = None
        for root in self._inventory.roots or ():
            for edge in root.edges:
                if edge.to in locked:
                    who = Asker(None, root.name or root.path, edge.requirement)
                    asked.setdefault(locked[edge.to], {})[who] = None
        return {name: list(who) for name, who in asked.items()}

    @cached_property
    def _own(self) -> set[int]:
        return {edge.to for root in self._inventory.roots or () for edge in root.edges}
