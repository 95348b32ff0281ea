"""Gradle's `gradle/verification-metadata.xml`: the checksums of every artifact that a build may load.

The layout is that of Gradle's documentation, "Verifying dependencies".
"""

from advisord.errors import LockfileError
from advisord.lockfiles import limits, unreadable
from advisord.lockfiles.interface import Format
from advisord.lockfiles.xml_text import scan
from advisord.model.inventory import Inventory, Package
from advisord.model.problem import Problem


def parse(data: bytes) -> Inventory:
    """Every component. Whether the product, its tests or the build uses it, the file does not say."""
    packages: list[Package] = []
    problems: list[Problem] = []
    roots: list[str] = []

    def start(tag: str, attributes: dict[str, str], line: int) -> None:
        if not roots:
            roots.append(tag.rpartition(":")[2])
        if tag != "component" and not tag.endswith(":component"):
            return
        group, name, version = (attributes.get(key, "") for key in ("group", "name", "version"))
        limits.check(len(packages))
        if group and name and version:
            packages.append(Package("Maven", f"{group}:{name}", version, line=line))
        else:
            unreadable.entry(problems, line, "a component needs `group`, `name` and `version`")

    scan(data, start)
    if roots != ["verification-metadata"]:
        raise LockfileError("has no root element `verification-metadata`")
    return Inventory("gradle-verification", tuple(packages), problems=tuple(problems))


FORMAT = Format("gradle-verification", parse)
