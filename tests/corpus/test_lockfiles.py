"""Every format against the corpus: a peer's parser expectations, syft's reading of the same lockfiles, real files.

`docs/lockfiles.md` lists each deviation with its reason. The list is held to what is true: a deviation that is not
listed fails, and so does a listed one that no longer shows. In its table, `groups` says that only the groups differ,
`-name@version` that we leave a package out, `+name@version` that we read one more, `reads` that we read what the peer
rejects, `rejects` the other way round. A case is a fixture, a case's title or a lockfile of the corpus; `*` is all.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from deviations import documented

from advisord.errors import LockfileError
from advisord.lockfiles.neighbours import Neighbours
from advisord.lockfiles.registry import FORMATS, load, recognise
from advisord.model.inventory import Inventory, Package, Reach
from advisord.model.reach import strongest


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        yield from rows


def _label(package: Package) -> tuple[str, str]:
    commit = f"#{package.commit}" if package.commit else ""
    return f"{package.name}@{package.version}{commit}", ",".join(package.groups)


def _read(name: str, path: Path) -> Inventory | None:
    try:
        return load(name).parse(path.read_bytes()).whole()
    except LockfileError:
        return None


@pytest.mark.parametrize("name", FORMATS)
def test_a_peers_expectations_are_met_or_the_deviation_is_listed(corpus: Path, name: str) -> None:
    """Each fixture of the peer gives the packages it expects, or differs exactly as the documentation says."""
    expected: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for format_, fixture, _, title, *package in _rows(corpus / "parsers" / "expected.tsv"):
        if format_ == name:
            package_name, version, groups, commit = package
            label = f"{package_name}@{version}{f'#{commit}' if commit else ''}"
            expected.setdefault((fixture, title), set()).add((label, groups))
    wrong = []
    for format_, fixture, _, title, want, _ in _rows(corpus / "parsers" / "cases.tsv"):
        if format_ != name:
            continue
        inventory = _read(name, corpus / "parsers" / name / fixture)
        listed = documented(name, title, fixture)
        if want == "error" or inventory is None:
            tokens = {"reads"} if want == "error" and inventory else {"rejects"} if want != "error" else set()
        else:
            tokens = _difference(expected.get((fixture, title), set()), {_label(p) for p in inventory.packages})
        if not listed <= tokens <= listed | documented(name, "*"):
            wrong.append(f"{fixture} ({title}): found {sorted(tokens)}, listed {sorted(listed)}")
    assert not wrong, "\n".join(wrong)


def _difference(want: set[tuple[str, str]], have: set[tuple[str, str]]) -> set[str]:
    wanted, found = {label for label, _ in want}, {label for label, _ in have}
    tokens = {f"-{label}" for label in wanted - found} | {f"+{label}" for label in found - wanted}
    shared = wanted & found
    if {pair for pair in want if pair[0] in shared} != {pair for pair in have if pair[0] in shared}:
        tokens.add("groups")
    return tokens


@pytest.mark.parametrize("name", FORMATS)
def test_what_syft_reads_is_read(corpus: Path, name: str) -> None:
    """Of what an independent reader lists everything is found, or the documentation says why it is not."""
    listed: dict[str, set[tuple[str, str]]] = {}
    for lockfile, package, version, _ in _rows(corpus / "truth" / "syft-packages.tsv"):
        if recognise(lockfile) == name:
            listed.setdefault(lockfile, set()).add((_normal(name, package), version))
    missing = []
    for lockfile, packages in listed.items():
        inventory = load(name).parse((corpus / "lockfiles" / lockfile).read_bytes()).whole()
        ours = {(_normal(name, package.name), _syft_version(name, package)) for package in inventory.packages}
        explained = documented(name, lockfile)
        missing += [
            f"{lockfile}: {package}@{version}"
            for package, version in sorted(packages - ours)
            if f"-{package}@{version}" not in explained
        ]
    assert not missing, "\n".join(missing[:60])


def _normal(name: str, package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower() if name in {"poetry", "requirements", "pipenv"} else package


def _syft_version(name: str, package: Package) -> str:
    return f"v{package.version}" if name == "go" and package.version else package.version


@pytest.mark.parametrize("name", FORMATS)
def test_real_lockfiles_are_read(corpus: Path, name: str) -> None:
    """Every real lockfile of the corpus is read whole: packages with lines, and no blocking problem."""
    paths = [path for root in ("lockfiles", "workspaces") for path in sorted((corpus / root).rglob("*"))]
    for path in paths:
        relative = path.relative_to(corpus).as_posix()
        if not path.is_file() or recognise(relative) != name:
            continue
        inventory = load(name).parse(path.read_bytes()).whole()
        assert not [problem for problem in inventory.problems if problem.blocking], relative
        lines = path.read_bytes().count(b"\n") + 1
        for package in inventory.packages:
            assert 0 < package.line <= lines, f"{relative}: {package}"


def test_every_package_of_a_real_workspace_has_roots_and_reach(corpus: Path) -> None:
    """Where the manifests of the same commit are there, no package and no edge of a member is unknown."""
    for top in sorted((corpus / "workspaces").iterdir()):
        paths = sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())
        files = {path: (top / path).read_bytes() for path in paths}
        for path in paths:
            name = recognise(path)
            if name is None:
                continue
            inventory = load(name).parse(files[path]).whole()
            if annotate := load(name).annotate:
                inventory = annotate(inventory, Neighbours(path, files.keys, files.get))
            where = f"{top.name}/{path}"
            assert inventory.problems == (), where
            assert inventory.roots, where
            assert all(root.path for root in inventory.roots), where
            reach = strongest(inventory)
            own = {root.package for root in inventory.roots}
            lost = set(range(len(inventory.packages))) - own - reach.keys()
            assert [inventory.packages[index].name for index in lost] == [], where
            assert Reach.UNKNOWN not in reach.values(), where
