"""What a rule can look at: the facts of a finding, of one place of it, and of one way in.

A fact is None when nobody knows it. `GETTERS` is all there is; `rules` says how each is compared.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from advisord.model.advisory import Severity
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.globs import base, below, is_glob, is_top, path_glob

DEV_GROUPS = frozenset({"dev", "development", "dev-dependencies", "devdependencies", "test", "tests", "testing"})
"""Group names that mean "not in what is shipped" in every format that has groups."""


class Context(NamedTuple):
    """What a decision may look at beside the finding. Whatever is missing is unknown.

    `lines` maps a ref to the name of its supported line. `locked` maps (ref, lockfile) to the versions locked there by
    package name: the triggers of acceptances look at it.
    """

    lines: Mapping[str, str] = {}
    locked: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]] = {}


class Where(NamedTuple):
    """A folder of the repository. Not `exact`: only the lockfile's folder is known, the package is used at or below."""

    folder: str
    exact: bool


class Case(NamedTuple):
    """One way in to one place of a finding, at a moment: what a rule is asked about."""

    finding: Finding
    place: Place | None
    via: Via | None
    now: datetime
    policy: CompiledPolicy
    context: Context


_KEPT_ASIDE = re.compile(r"(?:^|/)(?:gradle(?:/dependency-locks)?|[^/]+\.(?:xcodeproj|xcworkspace)(?:/.*)?)$")
"""Folders that hold a project's lockfile and nothing else of it: Gradle's own, and those of an Xcode project."""


def folder_of(lockfile: str) -> str:
    """The folder, relative to the repository, of the project that the lockfile locks."""
    return _KEPT_ASIDE.sub("", lockfile.rpartition("/")[0]) or "."


def age_in_days(published: str, now: datetime) -> int | None:
    """Whole days from an RFC 3339 date to now; None for a date that is missing, broken or nonsense (year 1)."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    if moment.year < 1970:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (now - moment).days


_OS = {"darwin": "macos", "osx": "macos", "win32": "windows", "win": "windows"}
_ARCH = {"amd64": "x86_64", "x64": "x86_64", "i686": "x86", "i386": "x86", "386": "x86", "arm64": "aarch64"}


def platform_name(text: str) -> str:
    """An operating system's or architecture's name, one spelling for each."""
    name = text.strip().lower()
    return _OS.get(name) or _ARCH.get(name) or name


def _reach(case: Case) -> str | None:
    if case.via is not None and case.via.path:
        return None if case.via.reach is Reach.UNKNOWN else case.via.reach
    groups = case.place.groups if case.place else ()
    if groups and all(group.lower() in DEV_GROUPS for group in groups):
        return Reach.DEV
    return None


def _direct(case: Case) -> bool | None:
    if case.via is not None and case.via.path:
        return len(case.via.path) == 1
    return case.place.direct if case.place else None


def _where(case: Case) -> Where | None:
    if case.via is not None and case.via.component:
        return Where(case.via.component, exact=True)
    if case.place is None:
        return None
    return Where(folder_of(case.place.lockfile), exact=False)


def _fix(case: Case) -> bool | None:
    if case.place is None:
        return None
    if case.place.fixed:
        return True
    return False if case.place.verdict is Verdict.AFFECTED else None


def _targets(case: Case) -> bool | None:
    finding = case.finding
    if not finding.os and not finding.arch:
        return True
    if not case.policy.targets:
        return None
    systems = {platform_name(name) for name in finding.os}
    machines = {platform_name(name) for name in finding.arch}
    return any(
        (not systems or not target.os or target.os in systems)
        and (not machines or not target.arch or target.arch in machines)
        for target in case.policy.targets
    )


def _ref(case: Case) -> str | None:
    if case.place is None or not case.place.ref:
        return None
    return short_ref(case.place.ref)


def short_ref(ref: str) -> str:
    """A ref as people write it: `refs/heads/main` is `main`."""
    return ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


def _line(case: Case) -> str | None:
    if case.place is None:
        return None
    return case.context.lines.get(case.place.ref) or case.context.lines.get(short_ref(case.place.ref))


def _severity(case: Case) -> str | None:
    severity = case.finding.rating.severity
    return None if severity is Severity.UNKNOWN else severity


def _member(case: Case) -> str | None:
    return case.via.name if case.via else None


def _groups(case: Case) -> tuple[str, ...] | None:
    return (case.place.groups or None) if case.place else None


FINDING: dict[str, Callable[[Case], Any]] = {
    "kind": lambda case: case.finding.kind,
    "ecosystem": lambda case: case.finding.ecosystem,
    "package": lambda case: case.finding.package,
    "advisory": lambda case: case.finding.ids,
    "severity": _severity,
    "score": lambda case: case.finding.rating.score,
    "cvss": lambda case: case.finding.rating.vector or None,
    "targets": _targets,
    "functions": lambda case: bool(case.finding.functions),
    "epss": lambda case: case.finding.epss,
    "exploited": lambda case: case.finding.known_exploited,
    "age": lambda case: age_in_days(case.finding.published, case.now),
}
PLACE: dict[str, Callable[[Case], Any]] = {
    "ref": _ref,
    "line": _line,
    "version": lambda case: case.place.version if case.place else None,
    "fix": _fix,
    "group": _groups,
    "verdict": lambda case: case.place.verdict.value if case.place else None,
}
VIA: dict[str, Callable[[Case], Any]] = {
    "component": _where,
    "path": _where,
    "distributed": _where,
    "member": _member,
    "reach": _reach,
    "direct": _direct,
}
GETTERS = {**FINDING, **PLACE, **VIA}


def show(name: str, value: Any, policy: CompiledPolicy) -> str | None:
    """A fact as a text for people; None when it is unknown."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Where):
        return _show_where(name, value, policy)
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value} days" if name == "age" else str(value)


def _show_where(name: str, where: Where, policy: CompiledPolicy) -> str:
    place = where.folder if where.exact else f"somewhere at or below {where.folder}"
    if name == "component":
        names = [component.name for component in policy.components if covers(component.paths, where)]
        return f"{', '.join(names)} ({place})" if names else f"none ({place})"
    if name == "distributed":
        known = distributed(policy, where)
        return "unknown" if known is None else "yes" if known else "no"
    return place


def covers(paths: tuple[str, ...], where: Where) -> bool | None:
    """Whether one of the path globs covers the folder; None when only a part of what it may be is covered."""
    if any(path_glob(pattern)(where.folder) for pattern in paths if where.exact or not is_top(pattern)):
        return True
    return None if not where.exact and any(_meets(pattern, where.folder) for pattern in paths) else False


def _meets(pattern: str, folder: str) -> bool:
    """Whether a path glob may cover a part of what stands below the folder."""
    stem = base(pattern)
    if is_top(pattern):
        return folder == "."
    return below(stem, folder) or (is_glob(pattern) and below(folder, stem))


def distributed(policy: CompiledPolicy, where: Where) -> bool | None:
    """As the first component that covers the folder says; what the policy does not mention is distributed."""
    possible = set()
    for component in policy.components:
        covered = covers(component.paths, where)
        if covered is not False:
            possible.add(component.distributed)
        if covered:
            break
    else:
        possible.add(True)
    return possible.pop() if len(possible) == 1 else None
