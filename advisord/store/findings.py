"""What has a state of its own about a finding: when it was first seen."""

import sqlite3
from collections.abc import Iterable, Sequence

from advisord.model.finding import Finding
from advisord.store.database import transaction


def first_seen(db: sqlite3.Connection, repository: int, findings: Sequence[Finding], now: str) -> list[Finding]:
    """The findings with `first_seen` filled in: `now` for those that are new.

    A finding is known by every id of its alias group, so a change of the canonical id does not make it new.
    """
    seen = {
        (ecosystem, package, vulnerability): moment
        for ecosystem, package, vulnerability, moment in db.execute(
            "SELECT ecosystem, package, vulnerability, first_seen FROM finding WHERE repository_id = ?", (repository,)
        )
    }
    dated = [finding._replace(first_seen=_earliest(seen, finding) or now) for finding in findings]
    new = [f for f in dated if (f.ecosystem, f.package, f.vulnerability) not in seen]
    if new:
        with transaction(db):
            db.executemany(
                "INSERT OR IGNORE INTO finding VALUES (?, ?, ?, ?, ?)",
                ((repository, f.ecosystem, f.package, f.vulnerability, f.first_seen) for f in new),
            )
    return dated


def _earliest(seen: dict[tuple[str, str, str], str], finding: Finding) -> str:
    names: Iterable[str] = {finding.vulnerability, *finding.ids, *finding.elsewhere}
    moments = [seen.get((finding.ecosystem, finding.package, name), "") for name in names]
    return min((moment for moment in moments if moment), default="")
