"""Gradle's lock files: `gradle.lockfile`, `buildscript-gradle.lockfile`, and one file per configuration before Gradle 6.

The layout is that of Gradle's documentation, "Locking versions": `group:artifact:version=configuration,…` a line.
"""

import re

from advisord.errors import LockfileError
from advisord.lockfiles import limits, unreadable
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode
from advisord.model.inventory import Inventory, Package
from advisord.model.problem import Problem

_LINE = re.compile(r"([^:=\s]+):([^:=\s]+):([^:=\s]+)(?:=(.*))?")
_DEV = re.compile(
    r"test|.*Test(?![a-z])|lint(?![a-z])|.*LintChecks(?![a-z])|jmh(?![a-z])|dokka(?![a-z])|ktlint|spotless(?![a-z])"
)
_BUILD = re.compile(
    r"classpath|annotationProcessor|.*AnnotationProcessor(?![a-z]).*|k(?:apt|sp)(?![a-z]).*|_agp_internal_.*"
    r"|.*Plugins?(?:Classpath.*)?|kotlin(?:Compiler|BuildTools|KlibCommonizer|Native|Scripting).*|errorprone.*|zinc"
)
_TOOLS = frozenset({
    "checkstyle", "codenarc", "detekt", "detektPlugins", "developmentOnly", "jacocoAgent", "jacocoAnt", "pmd", "pmdAux",
    "spotbugs", "spotbugsPlugins", "spotbugsSlf4j", "testAndDevelopmentOnly",
})  # fmt: skip
"""Configurations of plug-ins of Gradle and Spring Boot, and of the usual code checkers, that no product ships.

So are those of Android's lint, of benchmarks (jmh), and of tools that write documentation or format code (`_DEV`).
"""


def parse(data: bytes) -> Inventory:
    """Packages; those that only tests and code checkers use have the group `dev`, those of the build itself `build`.

    The format has neither edges nor direct dependencies.
    """
    packages: list[Package] = []
    problems: list[Problem] = []
    for number, line in enumerate(decode(data).split("\n"), 1):
        entry = line.strip()
        if not entry or entry[0] == "#" or entry.startswith("empty="):
            continue
        match = _LINE.fullmatch(entry)
        if match is None:
            unreadable.entry(problems, number, "should be `group:artifact:version=configuration,…`")
            continue
        limits.check(len(packages))
        group, artifact, version, configurations = match.groups()
        packages.append(
            Package("Maven", f"{group}:{artifact}", version, line=number, groups=_groups(configurations or ""))
        )
    if problems and not packages:
        raise LockfileError(problems[0].message)
    return Inventory("gradle", tuple(packages), problems=tuple(problems))


def _groups(configurations: str) -> tuple[str, ...]:
    """Nothing as soon as one configuration is neither for development nor for the build."""
    names = [name for name in map(str.strip, configurations.split(",")) if name]
    kinds = {_kind(name) for name in names}
    return () if "" in kinds else tuple(sorted(kinds))


def _kind(configuration: str) -> str:
    if configuration in _TOOLS or _DEV.match(configuration):
        return "dev"
    return "build" if _BUILD.fullmatch(configuration) else ""


FORMAT = Format("gradle", parse)
