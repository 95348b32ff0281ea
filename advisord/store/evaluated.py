"""What became of every record of the feeds: evaluated, or set aside with a reason."""

import sqlite3
from typing import NamedTuple

_REASONS = (
    "",
    "give only git commits",
    "name no affected versions",
    "are of ecosystems whose order of versions is not known",
    "have a range or a version that can't be understood",
    "name no package",
    "are withdrawn",
)

# A number is a place in _REASONS; of several that a record's packages have the last one counts. The texts are those of
# advisord.versions.ranges.
_WHY = """
    SELECT feed, why, count(*) FROM (
        SELECT a.feed, CASE
            WHEN a.withdrawn <> '' THEN 6
            WHEN NOT EXISTS (SELECT 1 FROM affects f WHERE f.advisory_id = a.id) THEN 5
            ELSE coalesce((SELECT max(CASE
                WHEN f.undecided LIKE 'Only git commits are given%' THEN 1
                WHEN f.undecided LIKE 'The record names no affected versions%' THEN 2
                WHEN f.undecided LIKE '%: no order %is known for%' THEN 3
                ELSE 4 END) FROM affects f WHERE f.advisory_id = a.id AND f.undecided <> ''), 0)
            END AS why
        FROM advisory a WHERE a.gone = ''
    ) GROUP BY feed, why ORDER BY feed, count(*) DESC
"""


class Evaluated(NamedTuple):
    """Records of one feed. `records` is the sum of `evaluated` and of `aside`, by reason as a part of a sentence.

    What is partly set aside (one package of several) counts as set aside: matching evaluates the rest of it all the same.
    `unreadable` are those in quarantine: no record could be made of them, or not of their present state.
    """

    records: int
    evaluated: int
    aside: dict[str, int]
    unreadable: int


def evaluated(db: sqlite3.Connection) -> dict[str, Evaluated]:
    """Every record that a feed still has, by feed."""
    counted: dict[str, dict[int, int]] = {name: {} for (name,) in db.execute("SELECT name FROM feed ORDER BY name")}
    for feed, why, count in db.execute(_WHY):
        counted.setdefault(feed, {})[why] = count
    unreadable = dict(db.execute("SELECT feed, count(*) FROM rejected GROUP BY feed"))
    return {
        feed: Evaluated(
            sum(counts.values()),
            counts.get(0, 0),
            {_REASONS[why]: count for why, count in counts.items() if why},
            unreadable.get(feed, 0),
        )
        for feed, counts in counted.items()
    }
