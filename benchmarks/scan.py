"""`advisord scan` beside other scanners, whole processes in turn: `python benchmarks/scan.py CORPUS [RUNS]`.

CORPUS holds `feeds/rustsec.bundle` and `lockfiles/`. cargo-audit reads the same advisories from a checkout of the bundle;
it is looked for beside this interpreter and on the path. Each row is the median of RUNS pairs (21), run in turn in one
process, so that a machine whose speed drifts slows both. "cold" evicts what a scan reads from the page cache first, as far
as the system lets an ordinary process do that. Prints the README's table.

Not measured: cargo-deny needs a cargo toolchain and every manifest, not just a lockfile; pip-audit asks a server, so only
its start is beside a whole scan; osv-scanner needs a Go toolchain to build it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

RUNS = 21
MANY = 30
COPIES = 200
LOCKFILES = {
    "small": "cargo/BurntSushi__ripgrep",
    "medium": "cargo/alacritty__alacritty@eb1a28ce",
    "large": "cargo/prefix-dev__pixi",
}
PYTHON_LOCKFILE = "requirements"


class Run(NamedTuple):
    """What one process took, by the system's own accounting: seconds, seconds of both kinds, MiB at the most."""

    wall: float
    cpu: float
    peak: float


class Row(NamedTuple):
    """One line of the table: medians, and the median of the ratios of the pairs."""

    name: str
    ours: Run
    theirs: Run
    ratio: float

    def __str__(self) -> str:
        def cell(run: Run) -> str:
            return f"{run.wall * 1000:.0f} ms / {run.cpu * 1000:.0f} ms / {run.peak:.0f} MiB"

        return f"| {self.name} | {cell(self.ours)} | {cell(self.theirs)} | {self.ratio:.2f} |"


def timed(command: Sequence[str]) -> Run:
    """Run a command to its end; what it prints is thrown away."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def total(commands: Sequence[Sequence[str]]) -> Run:
    """Several commands one after the other."""
    runs = [timed(command) for command in commands]
    return Run(sum(run.wall for run in runs), sum(run.cpu for run in runs), max(run.peak for run in runs))


def evict(*paths: Path) -> None:
    """Ask the system to forget the contents of these files and folders."""
    for path in paths:
        for file in [path] if path.is_file() else (found for found in path.rglob("*") if found.is_file()):
            handle = os.open(file, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def pairs(
    name: str, ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]], runs: int, cold: Sequence[Path] = ()
) -> Row:
    """Both in turn; one pair first that does not count."""
    found = []
    for _ in range(runs + 1):
        evict(*cold)
        first = total(ours)
        evict(*cold)
        found.append((first, total(theirs)))
    found = found[1:]

    def middle(index: int) -> Run:
        return Run(*(median(pair[index][field] for pair in found) for field in range(3)))

    return Row(name, middle(0), middle(1), median(pair[0].wall / pair[1].wall for pair in found))


def program(name: str) -> str | None:
    """A program beside this interpreter, else on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def measure(corpus: Path, folder: Path, runs: int) -> list[Row]:
    """Every row that can be measured here."""
    advisord, audit, pip_audit = program("advisord"), program("cargo-audit"), program("pip-audit")
    if advisord is None:
        raise SystemExit("advisord is not installed here")
    bundle, lockfiles = corpus / "feeds/rustsec.bundle", corpus / "lockfiles"
    database, checkout = folder / "advisord.db", folder / "advisory-db"
    subprocess.run([advisord, "sync", "rustsec", "--from", bundle, "--db", database], check=True, capture_output=True)
    subprocess.run(["git", "clone", "-q", "-b", "main", bundle, checkout], check=True)

    def ours(*paths: Path) -> list[list[str]]:
        return [[advisord, "scan", "--db", str(database), "--max-age", "9w", *map(str, paths)]]

    def theirs(path: Path) -> list[str]:
        return [audit or "", "audit", "--no-fetch", "--stale", "--db", str(checkout), "--file", str(path)]

    rows = []
    if audit:
        for size, name in LOCKFILES.items():
            path = lockfiles / name / "Cargo.lock"
            packages = path.read_text(encoding="utf-8").count("[[package]]")
            rows.append(pairs(f"{size}, {packages} packages", ours(path), [theirs(path)], runs))
            cold = (database, checkout, path)
            rows.append(pairs(f"{size}, cold", ours(path), [theirs(path)], max(runs // 3, 3), cold))
        many = sorted((lockfiles / "cargo").glob("*/Cargo.lock"))[:MANY]
        name = f"{len(many)} lockfiles, one run against {len(many)}"
        rows.append(pairs(name, ours(*many), [theirs(path) for path in many], max(runs // 3, 3)))
    copies = folder / "copies"
    for number in range(COPIES):
        (copies / str(number)).mkdir(parents=True)
        shutil.copy(lockfiles / LOCKFILES["medium"] / "Cargo.lock", copies / str(number))
    single = ours(copies / "0" / "Cargo.lock")
    rows.append(
        pairs(f"{COPIES} medium lockfiles in one folder, against one of them", ours(copies), single, max(runs // 3, 3))
    )
    if pip_audit:
        path = next(iter(sorted((lockfiles / PYTHON_LOCKFILE).rglob("requirements*.txt"))))
        osv = corpus / "feeds/osv"
        sync: list[str | Path] = [advisord, "sync", "osv", "--ecosystem", "PyPI", "--from", osv, "--db", database]
        subprocess.run(sync, check=True, capture_output=True)
        rows.append(
            pairs("a requirements.txt, against pip-audit's start alone", ours(path), [[pip_audit, "--version"]], runs)
        )
    return rows


def main() -> None:
    """Print the table."""
    corpus = Path(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    print("| lockfile | advisord: wall / CPU / memory | cargo-audit, or what is named | ratio of wall |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for row in measure(corpus, Path(folder), runs):
            print(row, flush=True)


if __name__ == "__main__":
    main()
