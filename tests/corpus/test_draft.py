"""The draft of real SECURITY.md texts against what one careful reader found in them.

Run it as a script to see the table: `python tests/corpus/test_draft.py FOLDER` (texts/, truth.tsv, traps.tsv).
"""

import csv
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from advisord.scope.draft.facts import Fact
from advisord.scope.draft.reader import draft


class Row(NamedTuple):
    """A stated fact."""

    kind: str
    qualifier: str
    value: str
    line: int
    certainty: str


class Result(NamedTuple):
    """One text judged."""

    right: list[Row]
    missed: list[Row]
    invented: list[Fact]


def table(path: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of a TSV by file."""
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows.setdefault(row["file"], []).append(row)
    return rows


def covers(row: Row, fact: Fact) -> bool:
    """Same kind and value; scope statements are paraphrases and compare by line."""
    if row.kind != fact.kind:
        return False
    if row.kind in {"in_scope", "out_of_scope"}:
        return row.line == fact.line
    return row.value.casefold() == fact.value.casefold()


def judge(folder: Path) -> dict[str, Result]:
    """Every text of the folder."""
    truth = table(folder / "truth.tsv")
    results = {}
    for path in sorted((folder / "texts").iterdir()):
        rows = [
            Row(row["kind"], row["qualifier"], row["value"], int(row["line"]), row["certainty"])
            for row in truth.get(path.name, [])
        ]
        facts = draft(path.read_text(encoding="utf-8")).facts
        clear = [row for row in rows if row.certainty == "clear"]
        right = [row for row in clear if any(covers(row, fact) for fact in facts)]
        results[path.name] = Result(
            right,
            [row for row in clear if row not in right],
            [fact for fact in facts if not any(covers(row, fact) for row in rows)],
        )
    return results


def show(results: dict[str, Result]) -> None:
    """Print the table."""
    for name, result in results.items():
        print(f"{name}: right {len(result.right)}, missed {len(result.missed)}, invented {len(result.invented)}")
        for row in result.missed:
            print("   missed  ", *row)
        for fact in result.invented:
            print("   invented", *fact)
    totals = [sum(len(result[number]) for result in results.values()) for number in range(3)]
    print(f"all: right {totals[0]}, missed {totals[1]}, invented {totals[2]}")


def test_no_clear_fact_is_missed_and_none_is_invented(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All 13 texts."""
    results = judge(corpus / "security")
    with capsys.disabled():
        print()
        show(results)
    assert not [fact for result in results.values() for fact in result.invented]
    assert not [row for result in results.values() for row in result.missed]


def test_no_trap_is_walked_into(corpus: Path) -> None:
    """What must not be drafted, unless a true row says the same of the same line."""
    truth = table(corpus / "security" / "truth.tsv")
    for name, traps in table(corpus / "security" / "traps.tsv").items():
        facts = draft((corpus / "security" / "texts" / name).read_text(encoding="utf-8")).facts
        true_lines = {(row["kind"], int(row["line"])) for row in truth.get(name, [])}
        for trap in traps:
            place = (trap["kind_not_to_draft"], int(trap["line"]))
            if place not in true_lines:
                assert not [fact for fact in facts if (fact.kind, fact.line) == place], trap


if __name__ == "__main__":
    show(judge(Path(sys.argv[1])))
