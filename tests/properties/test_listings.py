"""Law: comparing and storing listings by blocks finds what comparing them record by record finds."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from advisord.model.listing import Listing
from advisord.store.database import open_writer, transaction
from advisord.store.entries import Entries

# Few records and moments, so that much is equal; some records end a block.
_RECORDS = st.sampled_from(["A-1", "A-37", "B-37", "B-2", "C-137", "C,3", "D"])
_LISTINGS = st.dictionaries(_RECORDS, st.sampled_from(["1", "2", ""]))


@given(_LISTINGS, _LISTINGS)
def test_the_difference(mine: dict[str, str], theirs: dict[str, str]) -> None:
    """By blocks and by records."""
    fresh, gone = Listing.of(mine).beside(Listing.of(theirs))
    assert fresh == {f"{said},{record}".encode() for record, said in mine.items() - theirs.items()}
    assert gone == {f"{said},{record}".encode() for record, said in theirs.items() - mine.items()}
    assert Listing.of(mine) == mine
    assert bool(Listing.of(mine)) == bool(mine)


@given(st.lists(st.tuples(st.sampled_from(["npm", "PyPI"]), st.booleans(), _LISTINGS), max_size=8))
def test_what_is_stored(steps: list[tuple[str, bool, dict[str, str]]]) -> None:
    """Pages and complete listings of two partitions, in any order, and another reader who sees the same."""
    expected: dict[str, dict[str, str]] = {"npm": {}, "PyPI": {}}
    with TemporaryDirectory() as folder, closing(open_writer(str(Path(folder) / "a.db"))) as db:
        entries = Entries(db, "osv")
        for partition, complete, records in steps:
            before = expected[partition]
            with transaction(db):
                if complete:
                    expected[partition] = records
                    held = {record for listing in expected.values() for record in listing}
                    assert entries.replace(partition, records) == before.keys() - held
                else:
                    expected[partition] = {**before, **records}
                    entries.add(partition, records)
            for reader in (entries, Entries(db, "osv")):
                assert {name: reader.of(name) for name in expected} == expected
