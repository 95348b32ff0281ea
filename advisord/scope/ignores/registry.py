"""All formats of ignore files: which file is one, what it accepts, and where two files disagree."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import yaml

from advisord.model.problem import Problem
from advisord.scope.compiled import Acceptance, Until
from advisord.scope.ignores import cargo_audit, deny, grype, openvex, osv_scanner, pip_audit, snyk, trivy
from advisord.scope.ignores.interface import MAX_BYTES, Entry, Format
from advisord.scope.ignores.prose import proposed

FORMATS: tuple[Format, ...] = (
    deny.FORMAT,
    cargo_audit.FORMAT,
    osv_scanner.FORMAT,
    trivy.PLAIN,
    trivy.YAML,
    grype.FORMAT,
    snyk.FORMAT,
    openvex.FORMAT,
    pip_audit.FORMAT,
)


class Imported(NamedTuple):
    """One entry of an ignore file. `acceptance` is what the file itself says; `proposal` what its comments suggest."""

    tool: str
    file: str
    ecosystem: str
    entry: Entry
    acceptance: Acceptance
    proposal: Until


class Drift(NamedTuple):
    """Two files of the same kind that disagree about an advisory."""

    advisory: str
    sentence: str


def format_of(path: str) -> Format | None:
    """The format of a file, by its path."""
    return next((one for one in FORMATS if one.matches(path)), None)


def read(
    path: str, content: bytes, locked: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[list[Imported], list[Problem]]:
    """The entries of one file. `locked` (name → versions) lets comments be read for triggers.

    A file that can't be read accepts nothing, and is a problem that is shown.
    """
    chosen = format_of(path)
    if chosen is None:
        return [], []
    if len(content) > MAX_BYTES:
        return [], [_problem(path, "it is larger than 1 MB")]
    try:
        entries = chosen.read(content.decode("utf-8"))
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        return [], [_problem(path, " ".join(str(error).split()))]
    return [_imported(chosen, path, entry, locked or {}) for entry in entries], []


def drift(imported: Sequence[Imported], aliases: Mapping[str, str] | None = None) -> list[Drift]:
    """Where two files about the same ecosystem disagree. `aliases` maps an id to its canonical one."""
    same = aliases or {}
    found = []
    for ecosystem in sorted({one.ecosystem for one in imported}):
        by_file: dict[str, dict[str, Imported]] = {}
        for one in imported:
            if one.ecosystem == ecosystem and one.entry.advisory:
                by_file.setdefault(one.file, {})[same.get(one.entry.advisory, one.entry.advisory)] = one
        for advisory in sorted({name for names in by_file.values() for name in names}):
            found += _disagreement(advisory, by_file)
    return found


def acceptances(imported: Iterable[Imported], allowed: Sequence[str]) -> tuple[Acceptance, ...]:
    """The acceptances that a policy lets such files make: `allowed` are names of files, or of tools."""
    return tuple(one.acceptance for one in imported if may(one.tool, one.file, allowed))


def may(tool: str, path: str, allowed: Sequence[str]) -> bool:
    """Whether a policy lets this file of a tool accept."""
    return tool in allowed or path in allowed or path.rpartition("/")[2] in allowed


def _disagreement(advisory: str, by_file: Mapping[str, Mapping[str, Imported]]) -> list[Drift]:
    having = {file: entries[advisory] for file, entries in by_file.items() if advisory in entries}
    missing = [file for file in by_file if file not in having]
    found = []
    if missing:
        places = ", ".join(one.acceptance.origin for one in having.values())
        found.append(Drift(advisory, f"{advisory} is ignored in {places}, but not in {', '.join(missing)}"))
    ends = {file: one.entry.expires or one.proposal.date for file, one in having.items()}
    if len({end for end in ends.values() if end}) > 1:
        dates = ", ".join(f"{end} in {file}" for file, end in ends.items() if end)
        found.append(Drift(advisory, f"{advisory} is ignored until different dates: {dates}"))
    return found


def _imported(chosen: Format, path: str, entry: Entry, locked: Mapping[str, tuple[str, ...]]) -> Imported:
    origin = f"{path}:{entry.line}" if entry.line else path
    until = Until(date=entry.expires)
    if entry.package and entry.version:
        until = until._replace(packages=((entry.package, entry.version),))
    acceptance = Acceptance(
        entry.advisory, entry.package, entry.ecosystem, why=entry.reason, until=until, origin=origin
    )
    proposal = proposed(entry.comment, locked, entry.package)
    return Imported(chosen.name, path, chosen.ecosystem, entry, acceptance, proposal)


def _problem(path: str, message: str) -> Problem:
    return Problem("unreadable-ignore-file", path, f"Not read, so it accepts nothing: {message}", blocking=False)
