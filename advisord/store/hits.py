"""The matching join, written down: which locked version is named by which advisory. Runs inside a transaction."""

import sqlite3
from collections.abc import Sequence

from advisord.store.database import chunks, marks

# One row of `{versions}` is a distinct locked version: (id, package_id, key). A version that can't be understood has
# a NULL key: every advisory about its package concerns it. CROSS JOIN fixes the order: without full statistics the
# planner starts from the wrong end and reads millions of rows. A pair may come more than once.
HITS = """
    SELECT v.id, i.advisory_id FROM {versions} v
        CROSS JOIN interval i ON i.package_id = v.package_id AND i.lo <= v.key AND i.hi > v.key
    UNION ALL SELECT v.id, l.advisory_id FROM {versions} v
        CROSS JOIN listed l ON l.package_id = v.package_id AND l.key = v.key
    UNION ALL SELECT v.id, a.advisory_id FROM {versions} v
        CROSS JOIN affects a ON a.package_id = v.package_id AND a.undecided <> ''
    UNION ALL SELECT v.id, a.advisory_id FROM {versions} v
        CROSS JOIN affects a ON a.package_id = v.package_id WHERE v.key IS NULL
"""

_OF_RECORDS = (
    """SELECT v.id, i.advisory_id FROM interval i CROSS JOIN version v
        ON v.package_id = i.package_id AND i.lo <= v.key AND i.hi > v.key WHERE i.advisory_id IN""",
    """SELECT v.id, l.advisory_id FROM listed l CROSS JOIN version v
        ON v.package_id = l.package_id AND l.key = v.key WHERE l.advisory_id IN""",
    """SELECT v.id, a.advisory_id FROM affects a CROSS JOIN version v
        ON v.package_id = a.package_id AND (a.undecided <> '' OR v.key IS NULL) WHERE a.advisory_id IN""",
)


def match_versions(db: sqlite3.Connection, after: int) -> None:
    """Write down what the advisories say of the versions that are new: those whose id is higher."""
    fresh = "(SELECT id, package_id, key FROM version WHERE id > :after)"
    db.execute(f"INSERT OR IGNORE INTO hit {HITS.format(versions=fresh)}", {"after": after})


def match_records(db: sqlite3.Connection, advisory_ids: Sequence[int]) -> None:
    """Match changed or new records anew against every locked version of their packages."""
    for some in chunks(advisory_ids):
        db.execute(f"DELETE FROM hit WHERE advisory_id IN ({marks(some)})", some)
        for selection in _OF_RECORDS:
            db.execute(f"INSERT OR IGNORE INTO hit {selection} ({marks(some)})", some)
