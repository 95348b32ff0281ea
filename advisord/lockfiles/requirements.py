"""Requirements files of pip: what is pinned with `==` or `===` is locked, everything else is said and not guessed.

The grammar is pip's ("Requirements File Format" in its documentation). The comments of pip-compile and uv (`# via …`)
tell who asks for a package; where every package has one they are the graph. Files that are included with `-r` or `-c`
are lockfiles of their own where their names say so; where they don't, the inclusion is a problem.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.address import public, source_at
from advisord.lockfiles.interface import Format
from advisord.lockfiles.python_requirement import indexed, normalise, parse_requirement
from advisord.lockfiles.text import decode
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem

_BYTE_ORDER_MARKS = ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*(?:latin-1|iso-8859-1|iso-latin-1|cp1252)\b")
_COMMENT = re.compile(r"(?:^|\s)#(.*)$")
_OPTIONS = re.compile(r"\s--?[a-zA-Z].*$")
_CLAUSE = re.compile(r"\s*(===|==|~=|!=|<=|>=|<|>)\s*([^\s,;()\[\]=<>~]+)\s*")
_FILE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?<=-[rc]))(\S+)")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s+|=|(?<=-e))(\S.*)")
_ARCHIVE = r"\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)"
_ADDRESS = re.compile(rf"(?:[A-Za-z][A-Za-z0-9+.-]*:|[./~\\]|[^\s@\[;=<>!~]*[/\\])|\S*{_ARCHIVE}(?:\s|;|$)")
_COMMIT = re.compile(r"@([0-9a-fA-F]{40})(?=[#?]|$)")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_ARCHIVE_NAME = re.compile(rf"([^-].{{0,100}}?)-(\d[^-]{{0,100}})(?:-.{{1,200}})?{_ARCHIVE}")
_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
_FROM_FILE = re.compile(r"\((?:pyproject\.toml|setup\.py|setup\.cfg)|^-r\b")
_UNREADABLE = "unreadable-line"
_MAX_PROBLEMS = 1000
_MAX_LINES = 200_000


class _Line(NamedTuple):
    """A logical line with the number of its first real one, and the comments beside and right below it."""

    number: int
    text: str
    comments: list[str]


class _Unread(NamedTuple):
    """A line that locks nothing, and the package that it seems to name ("": none)."""

    problem: Problem
    name: str = ""


def parse(data: bytes) -> Inventory:
    """What a requirements file says. Raises LockfileError where it holds lines and none of them is a requirement."""
    packages: list[Package] = []
    asked_by: list[list[str]] = []
    problems: list[Problem] = []
    unpinned: dict[tuple[str, str], None] = {}
    for count, line in enumerate(_lines(_text(data))):
        if count == _MAX_LINES:
            raise LockfileError(f"holds more than {_MAX_LINES} requirements; that is no list of them")
        answer = _read(line)
        if isinstance(answer, Package):
            packages.append(answer)
            asked_by.append(_asked_by(line.comments))
        elif answer:
            problems.append(answer.problem)
            if answer.name:
                unpinned["PyPI", answer.name] = None
    if problems and not packages and all(problem.code == _UNREADABLE for problem in problems):
        raise LockfileError("holds no line that is a requirement")
    if len(problems) > _MAX_PROBLEMS:
        rest = f"{len(problems) - _MAX_PROBLEMS} more lines are not pinned or can't be read"
        problems[_MAX_PROBLEMS:] = [_problem("not-pinned", rest)]
    inventory = Inventory("requirements", tuple(packages), problems=tuple(problems), unpinned=tuple(unpinned))
    return _connected(inventory, asked_by) if packages and all(asked_by) else inventory


def _text(data: bytes) -> str:
    """The text as pip decodes it: byte order marks and the encoding comment (PEP 263) of the first two lines."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return decode(data.decode(encoding).encode())
            except UnicodeError as exc:
                raise LockfileError(f"begins as {encoding.upper()} text, but is none") from exc
    if any(_COOKIE.match(line) for line in data[:1000].split(b"\n")[:2]):
        return decode(data.decode("cp1252", "replace").encode())
    return decode(data)


def _lines(text: str) -> Iterator[_Line]:
    line: _Line | None = None  # waits for the comments below it
    parts: list[str] = []  # of a line that goes on
    first = 0
    for number, raw in enumerate(text.split("\n"), 1):
        comment = _COMMENT.search(raw) if "#" in raw else None
        content = raw[: comment.start()] if comment else raw
        if comment and line and not parts and raw[0] in " \t" and not content.strip():
            line.comments.append(comment[1])
            continue
        first = first if parts else number
        goes_on = content.endswith("\\")
        parts.append(content[:-1] if goes_on else content)
        if goes_on:  # which a comment ends
            continue
        if whole := " ".join(parts).strip():
            if line:
                yield line
            line = _Line(first, whole, [comment[1]] if comment else [])
        parts = []
    if line:
        yield line
    if whole := " ".join(parts).strip():
        yield _Line(first, whole, [])


def _read(line: _Line) -> Package | _Unread | None:
    """The package of a pinned line, what is wrong with another one, None for what speaks of no package."""
    text = line.text
    if text.startswith("-"):
        if editable := _EDITABLE.match(text):
            return _at_address(line, editable[1])
        if (included := _FILE.match(text)) and "requirement" not in included[1].rpartition("/")[2].lower():
            sentence = f"includes {included[1]}, whose name is not that of a lockfile: what it pins is not read here"
            return _Unread(_problem("included-file", f"line {line.number}: {sentence}"))
        return None
    text = _OPTIONS.sub("", text)
    if _ADDRESS.match(text):
        return _at_address(line, text)
    requirement = parse_requirement(text)
    if requirement and requirement.url:
        return _at_address(line, requirement.url, requirement.name, requirement.marker)
    clauses = [_CLAUSE.fullmatch(clause) for clause in requirement.specifier.split(",")] if requirement else []
    if not requirement or (requirement.specifier and not all(clauses)):
        name = _NAMED.match(text)
        problem = _problem(_UNREADABLE, f"line {line.number}: is no requirement: {text[:80]!r}")
        return _Unread(problem, name[0] if name else "")
    pins = {clause[2] for clause in clauses if clause and clause[1] in {"==", "==="} and not set("*$") & set(clause[2])}
    if len(pins) != 1:
        wanted = f"{requirement.name}{requirement.specifier}"
        problem = _problem("not-pinned", f"line {line.number}: {wanted} names no single version with == or ===")
        return _Unread(problem, requirement.name)
    return Package("PyPI", requirement.name, pins.pop(), line=line.number, marker=requirement.marker)


def _at_address(line: _Line, text: str, name: str = "", marker: str = "") -> Package | _Unread:
    """What an address or a path locks: a commit, or an archive whose file name tells its version."""
    address, _, condition = text.partition(" ;") if not marker else (text, "", marker)
    address = address.split()[0]
    scheme = address.partition(":")[0].lower()
    egg = _EGG.search(address)
    name = name or (egg[1] if egg else "")
    file_name = re.split(r"[#?]", address, maxsplit=1)[0].replace("\\", "/").rpartition("/")[2]
    archive = _ARCHIVE_NAME.fullmatch(file_name.replace("%2B", "+").replace("%2b", "+"))
    if commit := _COMMIT.search(address):
        locator = public(address[: commit.start()].removeprefix("git+"))
        if name:
            return Package("PyPI", name, "", Source.GIT, locator, commit[1], line.number, marker=condition.strip())
    elif archive and "+" not in scheme:
        name, version = name or archive[1], archive[2]
        source = source_at(address, version) if scheme in {"http", "https", "ftp"} else Source.PATH
        locator = "" if source is Source.REGISTRY else public(address)
        return Package("PyPI", name, version, source, locator, "", line.number, marker=condition.strip())
    what = f"{name} from {public(address)}" if name else public(address)
    problem = _problem("not-pinned", f"line {line.number}: {what} is locked to no commit and no version")
    named = _NAMED.match(file_name)  # a repository is mostly called as its package
    return _Unread(problem, name or (named[0].removesuffix(".git") if named else ""))


def _problem(code: str, message: str) -> Problem:
    return Problem(code, "", message, blocking=False)


def _asked_by(comments: Sequence[str]) -> list[str]:
    """Who asks for a package, as its comments tell: names, `-r file`, `project (pyproject.toml)`."""
    names: list[str] = []
    inside = False
    for comment in comments:
        text = comment.strip()
        if text == "via" or text.startswith("via "):
            inside = True
            text = text[4:]
        elif text.startswith("from "):  # uv tells the index
            inside = False
        if inside:
            names += [name.strip() for name in text.split(",") if name.strip()]
    return names


def _connected(inventory: Inventory, asked_by: Sequence[Sequence[str]]) -> Inventory:
    """With edges and the one root. Who asks and is not in the file is the project."""
    by_name = indexed((normalise(package.name), index) for index, package in enumerate(inventory.packages))
    edges: list[list[int]] = [[] for _ in inventory.packages]
    direct: set[int] = set()
    for index, names in enumerate(asked_by):
        for name in names:
            askers = [] if _FROM_FILE.search(name) else by_name.get(normalise(name.partition("[")[0]), [])
            for asker in askers:
                edges[asker].append(index)
            if not askers and not name.startswith("-c"):
                direct.add(index)
    packages = tuple(package._replace(direct=index in direct) for index, package in enumerate(inventory.packages))
    root = Root(".", "", tuple(Edge(index, Reach.UNKNOWN) for index in sorted(direct)))
    return inventory._replace(packages=packages, edges=edges, roots=(root,))


FORMAT = Format("requirements", parse)
