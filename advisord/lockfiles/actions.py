"""GitHub Actions: what workflows and `action.yml` files use.

`uses:` stands in `jobs.<job_id>`, in `jobs.<job_id>.steps[*]` (GitHub documentation, "Workflow syntax") and in
`runs.steps[*]` ("Metadata syntax"). A commit is what pins an action, and the comment behind it tells its version: so lines
are read, not the YAML tree. Block scalars (scripts, mostly) are passed over.
"""

import re
from collections.abc import Iterator

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root
from advisord.model.problem import Problem

_LONGEST_LINE = 20_000
_USES = re.compile(
    r"""(?:^[ -]*+|[{,]\s*)(["']?)uses\1\s*:(?:\s+[&!][^\s]+)*\s*(?:"([^"]*)"|'([^']*)'|([^\s,}#"'][^\s,}]*)?)"""
)
_SCALAR = re.compile(r"^([ -]*+)[^#\n]*?:(?:\s+[&!][^\s]+)*\s+[|>][-+0-9]*\s*(?:#.*)?$")
_ACTION = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(?:/[^@]*)?@(?P<ref>\S+)")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.IGNORECASE)
_COMMENT = re.compile(r"\s#\s*(.*)$")
_VERSION = re.compile(r"(?:^|[\s=@:/])(v\d+(?:\.\d+)*|\d+(?:\.\d+)+)((?:[-+][\w.-]+)?)(?=$|[\s,;)])|^(\d+)$")
_NAME = re.compile(r"""^name:\s*["']?([^"'#\n]+?)["']?\s*(?:#.*)?$""", re.MULTILINE)
_RUNS = re.compile(r"^[\"']?runs[\"']?\s*:", re.MULTILINE)


def parse(data: bytes) -> Inventory:
    """The actions and reusable workflows that a workflow or a composite action uses.

    The version is the ref as written; for a commit it is the version that the comment behind it names ("" if none).
    Local ones (`./`) and images (`docker://`) are no packages. A workflow runs where things are built; what an
    `action.yml` uses runs where the action does.
    """
    text = decode(data)
    packages: dict[tuple[str, str, str], Package] = {}
    problems: list[Problem] = []
    unpinned: list[tuple[str, str]] = []
    for value, comment, line in _values(text):
        if value.startswith(("./", "../", "docker://", "$")):
            continue
        match = _ACTION.fullmatch(value)
        if match is None:
            message = f"line {line}: `uses: {value[:100]}` names no action of the form owner/name@ref"
            problems.append(Problem("not-an-action", "", message, blocking=False))
            continue
        name, ref = match["name"], match["ref"].removeprefix("refs/tags/")
        if "${{" in ref:
            message = f"line {line}: {name} is used at a ref that is computed when the workflow runs"
            problems.append(Problem("not-pinned", "", message, blocking=False))
            unpinned.append(("GitHub Actions", name))
            continue
        version, commit = (_named(comment), ref.lower()) if _COMMIT.fullmatch(ref) else (ref, "")
        package = Package("GitHub Actions", name, version, commit=commit, line=line, direct=True)
        packages.setdefault((name, version, commit), package)
    reach = Reach.RUNTIME if _RUNS.search(text) else Reach.BUILD
    edges = tuple([Edge(index, reach) for index in range(len(packages))])
    title = _NAME.search(text)
    roots = (Root(".", title[1] if title else "", edges),)
    return Inventory(
        "actions", tuple(packages.values()), None, roots, problems=tuple(problems), unpinned=tuple(unpinned)
    )


def _values(text: str) -> Iterator[tuple[str, str, int]]:
    """Each value of `uses` with the comment on its line and the line's number."""
    scalar = -1  # the column of the key whose block scalar is passed over
    pending = -1  # the column of a `uses` whose value stands on the next line
    for number, line in enumerate(text.split("\n"), 1):
        body = line.strip()
        if not body:
            continue
        if len(line) > _LONGEST_LINE:
            raise LockfileError(f"line {number} has {len(line)} characters; that is no line of a workflow")
        indent = len(line) - len(line.lstrip(" "))
        if pending >= 0:
            if indent > pending:
                yield body.partition(" #")[0].strip("\"' "), _comment(line), number
            pending = -1
        elif 0 <= scalar < indent or body.startswith("#"):
            continue
        scalar = -1
        for match in _USES.finditer(line):
            value = match[2] or match[3] or match[4] or ""
            if value and value[0] not in "|>":
                yield value, _comment(line), number
            elif match.end() == len(line.rstrip()):
                pending = _column(line)
        if pending < 0 and (block := _SCALAR.match(line)):
            scalar = len(block[1])


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))


def _comment(line: str) -> str:
    match = _COMMENT.search(line)
    return match[1] if match else ""


def _named(comment: str) -> str:
    """The version in a comment like `v4.1.0`, `tag=v4`, `pin@v1.2`, `ratchet:actions/checkout@v4`."""
    match = _VERSION.search(comment)
    return (match[3] or match[1] + match[2]) if match else ""


FORMAT = Format("actions", parse)
