"""Which refs of a repository are supported lines, and so are scanned.

A line is `main` (the default branch), `latest-tag`, `latest-minor`, `previous-minor`, `latest-major`, `previous-major`,
`latest-2-minors` (or majors), a version pattern (`1.*`, `4.2`), a comparison (`>=4.2`), or a glob over branch and tag names
(`release-*`). A line is scanned on its branch, where the next fix will come from; without one on its highest release.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from advisord.scope.compiled import Line, Lines
from advisord.scope.facts import short_ref
from advisord.scope.globs import is_glob, name_glob

MAX_LINES = 50
"""Lines that one entry may name: a comparison such as `>=0.1` must not scan every release that ever was."""

_NAMED = re.compile(r"(?P<which>latest|previous)-(?:(?P<count>\d{1,2})-)?(?P<part>minor|major)s?")
_COMPARISON = re.compile(r"(?P<sign>>=|<=|>|<|=)v?(?P<version>\d+(?:\.\d+)*)")
_VERSIONS = re.compile(r"v?(?P<prefix>\d+(?:\.\d+)*)(?:\.[*xX])*")
_RELEASE = re.compile(r"(?:[A-Za-z][\w-]*?[-_/@])?v?(?P<version>\d+(?:[.-]\d+){1,3})")
_AFTER_NEXT = re.compile(r"next-(?P<part>minor|major|patch|release)(?:\s*\+\s*(?P<days>\d+)\s+days?)?")

Version = tuple[int, ...]


class Ref(NamedTuple):
    """A branch or tag as git names it (`refs/tags/v1.2.3`), with the date of its commit (ISO, "" when unknown)."""

    name: str
    date: str = ""


class Supported(NamedTuple):
    """A ref to scan, the line that it stands for, and why."""

    ref: str
    line: str
    reason: str


class Choice(NamedTuple):
    """The refs to scan, and what could not be found or has ended, one sentence each."""

    refs: tuple[Supported, ...]
    notes: tuple[str, ...]


class _Releases(NamedTuple):
    """What the tags tell: release → tag, and the branches by name."""

    tags: dict[Version, Ref]
    branches: dict[str, str]
    default: str
    lines: Lines

    def newest(self, width: int) -> list[Version]:
        """The distinct lines of that many numbers, newest first."""
        return sorted({version[:width] for version in self.tags if len(version) >= width}, reverse=True)

    def began(self, line: Version) -> str:
        """The date of a line's first release."""
        first = min(version for version in self.tags if version[: len(line)] == line)
        return self.tags[first].date

    def ref_of(self, line: Version) -> str:
        """The branch of a line, else its highest release's tag."""
        branch = self._branch(line)
        if branch:
            return branch
        return self.tags[max(version for version in self.tags if version[: len(line)] == line)].name

    def _branch(self, line: Version) -> str:
        text = ".".join(str(number) for number in line)
        if self.lines.branch:
            numbers = {"major": line[0], "minor": line[1] if len(line) > 1 else "x", "version": text}
            wanted = re.sub(r"\{(\w+)\}", lambda match: str(numbers.get(match[1], match[0])), self.lines.branch)
            return self.branches.get(wanted, "")
        shape = re.compile(rf"(?:.*[/_-])?v?{re.escape(text)}(?:\.[xX])*(?:[-_](?:stable|branch|maint\w*|lts))?")
        return next((ref for name, ref in sorted(self.branches.items()) if shape.fullmatch(name)), "")


def choose(lines: Lines, refs: Sequence[Ref], default_branch: str, now: datetime) -> Choice:
    """The refs that a policy wants scanned. Without any line in the policy: the default branch alone."""
    releases = _releases(lines, refs, default_branch)
    wanted = lines.supported or (Line("main"),)
    before = lines.before_1_0 and lines.scheme == "semver" and not any(version >= (1,) for version in releases.tags)
    if before:
        wanted = lines.before_1_0
    chosen: dict[str, Supported] = {}
    notes: list[str] = []
    for line in wanted:
        if _over(line, now.date()):
            notes.append(f"{line.what} was supported until {line.until}")
            continue
        found = list(_refs(line, releases, now.date()))
        if not found:
            notes.append(f"{line.what} names no branch or release of this repository")
        for ref, reason in found:
            why = f"{reason} (there is no release 1.0.0 yet)" if before else reason
            chosen.setdefault(ref, Supported(ref, line.what, why))
    return Choice(tuple(chosen.values()), tuple(notes))


def _over(line: Line, today: date) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", line.until)) and today.isoformat() > line.until


def _releases(lines: Lines, refs: Sequence[Ref], default_branch: str) -> _Releases:
    tags: dict[Version, Ref] = {}
    branches: dict[str, str] = {}
    for ref in refs:
        name = short_ref(ref.name)
        if not ref.name.startswith("refs/tags/"):
            branches[name] = ref.name
            continue
        version = _version(name, lines.tag)
        if version:
            tags[version] = ref
    default = branches.get(default_branch, f"refs/heads/{default_branch}")
    return _Releases(tags, branches, default, lines)


def _version(tag: str, template: str) -> Version | None:
    """A release's numbers; None for a pre-release and for a tag that is no release."""
    if template:
        head, _, tail = template.partition("{version}")
        if not tag.startswith(head) or not tag.endswith(tail):
            return None
        tag = tag[len(head) : len(tag) - len(tail)]
    match = _RELEASE.fullmatch(tag.partition("+")[0])
    numbers = tuple(int(part) for part in re.split(r"[.-]", match["version"])) if match else None
    return None if numbers is None or any(number > 10**9 for number in numbers) else numbers


def _refs(line: Line, releases: _Releases, today: date) -> Iterator[tuple[str, str]]:
    what = line.what
    named, comparison, versions = _NAMED.fullmatch(what), _COMPARISON.fullmatch(what), _VERSIONS.fullmatch(what)
    if what == "main":
        yield releases.default, "the default branch"
    elif what == "latest-tag":
        if releases.tags:
            yield releases.tags[max(releases.tags)].name, "the latest release"
    elif named:
        yield from _ranked(line, named, releases, today)
    elif comparison:
        bound = tuple(int(number) for number in comparison["version"].split("."))
        fitting = [one for one in releases.newest(2) if _compare(one, comparison["sign"], bound)]
        for one in fitting[:MAX_LINES]:
            yield releases.ref_of(one), f"{_dotted(one)} is {what}"
    elif versions:
        prefix = tuple(int(number) for number in versions["prefix"].split("."))
        if prefix in releases.newest(len(prefix)):
            yield releases.ref_of(prefix), f"the line {what}"
    else:
        names = {**releases.branches, **{short_ref(ref.name): ref.name for ref in releases.tags.values()}}
        fitting_names = [name for name in sorted(names) if name_glob(what)(name)]
        for name in fitting_names[: MAX_LINES if is_glob(what) else 1]:
            yield names[name], f"named {what}"


def _ranked(line: Line, named: re.Match[str], releases: _Releases, today: date) -> Iterator[tuple[str, str]]:
    """`latest-minor`, `previous-major`, `latest-2-minors`; and, for a time after a release, what that was before it."""
    newest = releases.newest(2 if named["part"] == "minor" else 1)
    first = 1 if named["which"] == "previous" else 0
    last = first + int(named["count"] or 1)
    for one in newest[first:last]:
        yield releases.ref_of(one), f"{_dotted(one)} is the {line.what}"
    grace = _AFTER_NEXT.fullmatch(line.until)
    if grace and len(newest) > last:
        began = releases.began(newest[0])
        leaving = newest[last]
        text = f"{_dotted(leaving)} was the {line.what} until {_dotted(newest[0])} came out"
        if not began:
            yield releases.ref_of(leaving), f"{text}; when that was is unknown"
        elif today <= date.fromisoformat(began[:10]) + timedelta(days=int(grace["days"] or 0)):
            yield releases.ref_of(leaving), f"{text} on {began[:10]}: supported {line.until}"


def _compare(version: Version, sign: str, bound: Version) -> bool:
    """On the numbers that both have: 1.0 is neither above nor below `1`."""
    width = min(len(version), len(bound))
    ours, theirs = version[:width], bound[:width]
    return {">=": ours >= theirs, "<=": ours <= theirs, ">": ours > theirs, "<": ours < theirs, "=": ours == theirs}[
        sign
    ]


def _dotted(version: Version) -> str:
    return ".".join(str(number) for number in version)
