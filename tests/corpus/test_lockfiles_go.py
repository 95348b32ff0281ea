"""go.mod in real repositories."""

import csv
from pathlib import Path

from advisord.lockfiles import go


def test_modules_and_the_standard_library_are_those_of_an_independent_evaluator(corpus: Path) -> None:
    """Each row's module stands in the inventory of its lockfile, in that version."""
    with (corpus / "truth" / "go-derived.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    for lockfile in sorted({row[0] for row in rows}):
        inventory = go.parse((corpus / "lockfiles" / lockfile).read_bytes())
        ours = {(package.name, package.version) for package in inventory.packages}
        theirs = {(row[1], row[2].removeprefix("v")) for row in rows if row[0] == lockfile}
        assert theirs <= ours, lockfile
