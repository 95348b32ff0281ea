"""What advisord finds in real lockfiles, beside what others found in them.

    python benchmarks/truth.py CORPUS

CORPUS holds `feeds/`, `lockfiles/` and `truth/`. Exit status 1 when the comparison with cargo-audit is not exact.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from advisord.versions import compare, normalise_name

ADVISORD = [sys.executable, "-m", "advisord"]


class Row(NamedTuple):
    """One statement: this advisory concerns this version of this package in this lockfile."""

    lockfile: str
    package: str
    version: str
    advisory: str


class Comparison(NamedTuple):
    """Rows of a truth file that advisord has too, those that it lacks, and those that only advisord has."""

    name: str
    agreed: set[Row]
    missing: set[Row]
    extra: set[Row]

    def __str__(self) -> str:
        return f"{self.name:16} agreed {len(self.agreed):5}  missing {len(self.missing):3}  extra {len(self.extra):3}"


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a tab-separated file without quoting."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def synced(corpus: Path, database: Path) -> None:
    """Read the real feeds into a database."""
    for name, source in (("osv", "osv"), ("rustsec", "rustsec.bundle"), ("github", "github")):
        command = [*ADVISORD, "sync", name, "--db", str(database), "--from", str(corpus / "feeds" / source)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def scanned(corpus: Path, database: Path, pattern: str, *options: str) -> dict[str, Any]:
    """The JSON report of all lockfiles that the pattern names, paths relative to the folder of lockfiles."""
    folder = corpus / "lockfiles"
    lockfiles = sorted(str(path.relative_to(folder)) for path in folder.glob(pattern))
    command = [*ADVISORD, "scan", "--db", str(database), "--format", "json", *options, *lockfiles]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def cargo_audit(corpus: Path, database: Path) -> Comparison:
    """RUSTSEC ids per package of all Cargo lockfiles: to be met exactly."""
    truth = {
        Row(row["lockfile"], row["package"], row["version"], row["advisory"])
        for row in rows(corpus / "truth/cargo-audit.tsv")
    }
    found = {
        Row(finding["lockfile"], finding["package"], finding["version"], identifier)
        for finding in scanned(corpus, database, "cargo/*/Cargo.lock")["findings"]
        for identifier in finding["ids"]
        if identifier.startswith("RUSTSEC-")
    }
    return Comparison("cargo-audit", truth & found, truth - found, found - truth)


def derived(
    corpus: Path, database: Path, name: str, column: str, prefix: str, *options: str, families: Sequence[str]
) -> Comparison:
    """Go and npm: what a small independent evaluator derived from the same records."""
    truth = {
        Row(row["lockfile"], row[column], row["version"].removeprefix("v"), row["id"])
        for row in rows(corpus / f"truth/{name}-derived.tsv")
    }
    found = {
        Row(finding["lockfile"], finding["package"], finding["version"].removeprefix("v"), identifier)
        for family in families
        for finding in scanned(corpus, database, f"{family}/*/*", *options)["findings"]
        for identifier in finding["ids"]
        if identifier.startswith(prefix)
    }
    lockfiles = {row.lockfile for row in truth}
    found = {row for row in found if row.lockfile in lockfiles}
    return Comparison(f"{name}-derived", truth & found, truth - found, found - truth)


def pip_audit(corpus: Path, database: Path) -> Comparison:
    """PYSEC ids per pinned package; what advisord has beyond a lockfile's rows was matched by range."""
    truth = {
        Row(row["lockfile"], normalise_name("PyPI", row["package"]), row["version"], row["id"])
        for row in rows(corpus / "truth/pip-audit.tsv")
    }
    found = {
        Row(finding["lockfile"], normalise_name("PyPI", finding["package"]), finding["version"], identifier)
        for family in ("poetry", "uv", "pipenv", "requirements", "pixi")
        for finding in scanned(corpus, database, f"{family}/*/*")["findings"]
        for identifier in finding["ids"]
        if identifier.startswith("PYSEC-")
    }
    lockfiles = {row.lockfile for row in truth}
    found = {row for row in found if row.lockfile in lockfiles}
    same = {
        row
        for row in truth
        if any(
            row._replace(version=other.version) == other and compare("PyPI", row.version, other.version) == 0
            for other in found
        )
    }
    return Comparison("pip-audit", same, truth - same, found - truth)


def main() -> int:
    """Print every comparison."""
    corpus = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "advisord.db"
        synced(corpus, database)
        first = cargo_audit(corpus, database)
        comparisons = [
            first,
            derived(corpus, database, "go", "module", "GO-", "--stdlib", families=["go"]),
            derived(corpus, database, "npm", "package", "GHSA-", families=["npm", "yarn", "pnpm"]),
            pip_audit(corpus, database),
        ]
    for comparison in comparisons:
        print(comparison)
        for row in sorted(comparison.missing):
            print("  missing", *row)
        for row in sorted(comparison.extra)[:20]:
            print("  extra  ", *row)
    return 1 if first.missing or first.extra else 0


if __name__ == "__main__":
    sys.exit(main())
