"""The table of deviations in `docs/lockfiles.md`: what we read differently than a peer, each with its reason."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "lockfiles.md"


class Deviation(NamedTuple):
    """One row: what differs, in the tokens that the document explains, and why."""

    tokens: frozenset[str]
    reason: str


@cache
def deviations() -> dict[tuple[str, str], Deviation]:
    """The rows by (format, case)."""
    rows: dict[tuple[str, str], Deviation] = {}
    _, _, section = DOCUMENT.read_text(encoding="utf-8").partition("## Deviations")
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 4 and "`" in cells[2]:
            tokens = frozenset(re.findall(r"`([^`]+)`", cells[2]))
            if not cells[3]:
                raise ValueError(f"the deviation {line!r} has no reason")
            rows[cells[0].strip("`"), cells[1].strip("`")] = Deviation(tokens, cells[3])
    return rows


def documented(name: str, *cases: str) -> frozenset[str]:
    """What the document says of the first of these cases that it knows."""
    found = [deviations()[name, case].tokens for case in cases if (name, case) in deviations()]
    return found[0] if found else frozenset()
