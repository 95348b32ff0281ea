"""`advisord packages`: what the lockfile readers read."""

import json
import sys
from collections.abc import Sequence
from posixpath import dirname
from typing import Any

from advisord import scan
from advisord.cli.absent import no_lockfile
from advisord.cli.options import Parser, add_exclude
from advisord.errors import UsageError
from advisord.lockfiles.discovery import EXCLUDE
from advisord.lockfiles.interface import Read
from advisord.matching.evidence import vias
from advisord.model.finding import Via, start
from advisord.model.inventory import Inventory
from advisord.model.problem import Problem
from advisord.places import annotated
from advisord.reports.entries import problem as problem_entry
from advisord.reports.plain import printable
from advisord.words import counted

SCHEMA = "advisord.packages/1"


def run(arguments: Sequence[str]) -> int:
    """Carry out the command. Exit status 3 when a lockfile could not be read, or none is there."""
    parser = Parser(
        "packages",
        epilog="Exit status: 0; 2 bad usage, or no such package (--why); 3 a lockfile could not be read, or there is none.",
    )
    parser.add_argument("paths", metavar="LOCKFILE|PATH", nargs="*", default=["."], help="lockfiles or folders")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--tree", action="store_true", help="show which components pull each package in, and how")
    parser.add_argument("--why", metavar="PACKAGE", help="show only this package, with a path from each component")
    add_exclude(parser)
    options = parser.parse_args(arguments)

    lockfiles, problems = scan.read_paths(options.paths, options.exclude or EXCLUDE)
    lockfiles = [read._replace(inventory=annotated(read)) for read in lockfiles]
    problems += scan.inventory_problems(lockfiles)
    if not lockfiles and not problems:
        problems.append(no_lockfile(options.paths, options.exclude))
    if options.why is not None and not problems:
        lockfiles = _locking(options.why, lockfiles)
    reach = options.tree or options.why is not None
    render = _json if options.format == "json" else _text
    sys.stdout.write(render(lockfiles, problems, reach, options.why))
    return 3 if any(problem.blocking for problem in problems) else 0


def _locking(name: str, lockfiles: Sequence[Read]) -> list[Read]:
    """The lockfiles that lock the package. Raises UsageError when none does: silence would say that it is not used."""
    found = [read for read in lockfiles if _chosen(read.inventory, name)]
    if found:
        return found
    from difflib import get_close_matches  # only for a mistake

    names = sorted({package.name for read in lockfiles for package in read.inventory.packages})
    near = get_close_matches(name, names, 3)
    searched = counted(len(lockfiles), "lockfile")
    raise UsageError(f"no package is called {name!r} in {searched}", hint=f"near: {', '.join(near)}" if near else "")


def _chosen(inventory: Inventory, why: str | None) -> list[int]:
    return [index for index, package in enumerate(inventory.packages) if why is None or package.name == why]


def _json(lockfiles: Sequence[Read], problems: Sequence[Problem], reach: bool, why: str | None) -> str:
    document = {
        "schema": SCHEMA,
        "lockfiles": [
            {
                "path": read.path,
                "format": read.format,
                "packages": [_entry(read, index, reach) for index in _chosen(read.inventory, why)],
            }
            for read in lockfiles
        ],
        "problems": [problem_entry(problem) for problem in problems],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _entry(read: Read, index: int, reach: bool) -> dict[str, Any]:
    package = read.inventory.packages[index]
    entry: dict[str, Any] = {
        "ecosystem": package.ecosystem,
        "name": package.name,
        "version": package.version,
        "groups": list(package.groups),
        "direct": package.direct,
        "source": package.source,
        "line": package.line or None,
    }
    if package.locator:
        entry["locator"] = package.locator
    if package.commit:
        entry["commit"] = package.commit
    if package.marker:
        entry["marker"] = package.marker
    if reach:
        found = _ways_in(read, index)
        entry["via"] = None if found is None else [_via(via) for via in found]
    return entry


def _ways_in(read: Read, index: int) -> Sequence[Via] | None:
    return vias(read.inventory, [index], dirname(read.place) or ".")[index]


def _via(via: Via) -> dict[str, Any]:
    return {"component": via.component, "name": via.name, "reach": via.reach, "path": [start(via), *via.path]}


def _text(lockfiles: Sequence[Read], problems: Sequence[Problem], reach: bool, why: str | None) -> str:
    lines = []
    for read in lockfiles:
        chosen = _chosen(read.inventory, why)
        lines.append(f"{printable(read.path)}: {read.format}, {counted(len(read.inventory.packages), 'package')}")
        for index in chosen:
            package = read.inventory.packages[index]
            marks = [package.ecosystem, *package.groups]
            marks += {True: ["direct"], False: ["transitive"], None: []}[package.direct]
            marks += [package.source.value] if package.source != "registry" else []
            lines.append(f"  {printable(package.name)} {printable(package.version)}  ({', '.join(marks)})")
            if reach:
                lines += _ways(_ways_in(read, index))
    lines += [
        f"{'error' if problem.blocking else 'note'}: {printable(problem.subject)}: {printable(problem.message)}"
        for problem in problems
    ]
    return "\n".join(lines) + "\n"


def _ways(found: Sequence[Via] | None) -> list[str]:
    if found is None:
        return ["    the lockfile and its manifests do not tell who pulls it in"]
    if not found:
        return ["    no component pulls it in"]
    return [f"    {via.reach}: {' > '.join(printable(step) for step in (start(via), *via.path))}" for via in found]
