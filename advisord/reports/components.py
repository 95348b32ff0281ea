"""The packages of all lockfiles as components of one bill of materials: each once, by a reference of its own."""

from typing import NamedTuple

from advisord.model.inventory import Inventory, Package, Source
from advisord.model.report import Report
from advisord.reports.plain import printable
from advisord.versions import purl


class Component(NamedTuple):
    """One package, with every (lockfile, line) where it stands."""

    ref: str
    package: Package
    purl: str
    places: list[tuple[str, int]]


def reference(package: Package) -> str:
    """What names the package in a document: its package URL, if it is from the public registry."""
    if package.source is Source.REGISTRY and (found := purl(package.ecosystem, package.name, package.version)):
        return found
    where = "" if package.source is Source.REGISTRY else f"|{package.source}|{package.locator}|{package.commit}"
    return printable(f"{package.ecosystem}:{package.name}@{package.version}{where}")


def components(report: Report) -> dict[str, Component]:
    """All packages by reference, sorted by it."""
    found: dict[str, Component] = {}
    for path, inventory in report.inventories:
        for package in inventory.whole().packages:
            ref = reference(package)
            if ref not in found:
                found[ref] = Component(ref, package, ref if ref.startswith("pkg:") else "", [])
            found[ref].places.append((path, package.line))
    return dict(sorted(found.items()))


def dependencies(report: Report, project: str) -> dict[str, list[str]]:
    """Who requires whom, as far as the lockfiles say; `project` stands for all their roots together."""
    found: dict[str, set[str]] = {}
    for scanned in report.inventories:
        inventory = scanned.inventory.whole()
        refs = [reference(package) for package in inventory.packages]
        for index, ends in enumerate(inventory.edges or ()):
            found.setdefault(refs[index], set()).update(refs[to] for to in ends)
        found.setdefault(project, set()).update(refs[index] for index in _direct(inventory))
    return {ref: sorted(ends - {ref}) for ref, ends in sorted(found.items())}


def _direct(inventory: Inventory) -> set[int]:
    direct = {index for index, package in enumerate(inventory.packages) if package.direct}
    for root in inventory.roots or ():
        direct.update([root.package] if root.package is not None else [edge.to for edge in root.edges])
    return direct
