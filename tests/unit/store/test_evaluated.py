"""What became of every record."""

import sqlite3

from store_parts import advisory, affects, span

from advisord.model.advisory import Range
from advisord.store.advisories import write_page
from advisord.store.evaluated import Evaluated, evaluated

_GIT = Range("GIT", ())
_NOW = "2026-11-01T00:00:00Z"


def test_every_record_has_its_place(db: sqlite3.Connection) -> None:
    """It is evaluated, or there is a reason; a withdrawn one is not asked for more, a vanished one does not count."""
    page = [
        advisory("A-1", affects("p", span("0", "1.0.0"))),
        advisory("A-2", affects("p", _GIT, span("0", "1.0.0")), affects("q", versions=["1.0.0"])),
        advisory("B-1", affects("p", _GIT)),
        advisory("C-1", affects("p")),
        advisory("D-1", affects("p", span("0", "1", kind="ECOSYSTEM"), ecosystem="Linux")),
        advisory("D-2", affects("p", ecosystem="Linux", versions=["1.0.0"])),
        advisory("E-1", affects("p", span("0", "not a version"))),
        advisory("E-2", affects("p", _GIT), affects("q", Range("ODD", ()))),
        advisory("F-1"),
        advisory("G-1", affects("p", _GIT), withdrawn=_NOW),
        advisory("H-1", affects("p", span("0", "1.0.0"))),
    ]
    write_page(db, "osv", _NOW, advisories=page, rejected=[("X-1", "it is not JSON")])
    write_page(db, "osv", _NOW, advisories=[], removed=["H-1"])
    assert evaluated(db) == {
        "osv": Evaluated(
            10,
            2,
            {
                "give only git commits": 1,
                "name no affected versions": 1,
                "are of ecosystems whose order of versions is not known": 2,
                "have a range or a version that can't be understood": 2,
                "name no package": 1,
                "are withdrawn": 1,
            },
            1,
        )
    }


def test_a_feed_without_records(db: sqlite3.Connection) -> None:
    """It is there, with nothing."""
    write_page(db, "osv", _NOW, advisories=[])
    assert evaluated(db) == {"osv": Evaluated(0, 0, {}, 0)}
