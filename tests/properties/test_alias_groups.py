"""Law 3: grouping of aliases does not depend on the order of arrival; a corrected alias un-merges."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisord.matching.aliases import groups, rank
from advisord.model.advisory import Advisory, Kind, Rating
from advisord.store.advisories import write_page
from advisord.store.database import open_writer

IDS = [f"{prefix}-{number}" for prefix in ("RUSTSEC", "GHSA", "CVE", "PYSEC", "X") for number in range(3)]
records = st.dictionaries(st.sampled_from(IDS), st.frozensets(st.sampled_from(IDS), max_size=3), max_size=8)


def slow_groups(known: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The obvious reading: grow each record's set of names until it no longer grows."""
    answer = {}
    for record, aliases in known.items():
        names = {record, *aliases}
        while True:
            more = names.union(*({other, *others} for other, others in known.items() if names & {other, *others}))
            if more == names:
                break
            names = more
        answer[record] = frozenset(other for other in known if other in names)
    return answer


def advisory(record: str, aliases: frozenset[str]) -> Advisory:
    """An advisory that says nothing but its aliases."""
    return Advisory(
        "osv", record, tuple(sorted(aliases - {record})), Kind.VULNERABILITY, Rating(), "", "", "", "", (), b""
    )


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    connection = open_writer(str(tmp_path / "a.db"))
    yield connection
    connection.close()


@given(records, st.randoms())
def test_groups_are_the_transitive_closure(known: dict[str, frozenset[str]], random: object) -> None:
    """The union-find agrees with the obvious reading, whatever the order."""
    order = list(known)
    random.shuffle(order)  # type: ignore[attr-defined]
    canonical = groups((record, {record, *known[record]}) for record in order)
    for record, members in slow_groups(known).items():
        assert canonical[record] == min(members, key=rank)


def test_the_store_groups_alike_in_any_order_and_unmerges(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Written record by record in any order, then corrected, the database holds the groups of its last state."""

    @given(st.lists(records, min_size=1, max_size=4))
    def check(states: list[dict[str, frozenset[str]]]) -> None:
        connection = open_writer(str(tmp_path_factory.mktemp("store") / "a.db"))
        current: dict[str, frozenset[str]] = {}
        for state in states:
            current |= state
            for record, aliases in state.items():
                write_page(connection, "osv", "now", advisories=[advisory(record, aliases)])
        stored = dict(connection.execute("SELECT record, vulnerability FROM advisory"))
        connection.close()
        assert stored == {record: min(members, key=rank) for record, members in slow_groups(current).items()}

    check()


def test_a_vanished_record_binds_nothing(db: sqlite3.Connection) -> None:
    """When the record that bound two others is gone, they are two vulnerabilities again."""
    page = [
        advisory("RUSTSEC-1", frozenset()),
        advisory("GHSA-1", frozenset({"RUSTSEC-1", "PYSEC-1"})),
        advisory("PYSEC-1", frozenset()),
    ]
    write_page(db, "osv", "t1", advisories=page, listing={a.id: "" for a in page})
    assert set(dict(db.execute("SELECT record, vulnerability FROM advisory")).values()) == {"RUSTSEC-1"}
    write_page(db, "osv", "t2", advisories=[], listing={"RUSTSEC-1": "", "PYSEC-1": ""})
    assert dict(db.execute("SELECT record, vulnerability FROM advisory")) == {
        "RUSTSEC-1": "RUSTSEC-1",
        "PYSEC-1": "PYSEC-1",
        "GHSA-1": "GHSA-1",
    }
