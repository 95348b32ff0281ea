"""What every lockfile format owes: it loads, reads its samples sanely, and answers any bytes with LockfileError or less."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisord.errors import LockfileError
from advisord.lockfiles.registry import ENTRIES, FORMATS, UNREAD, load, recognise
from advisord.lockfiles.text import MAX_BYTES
from advisord.model.inventory import Inventory, Package

DATA = Path(__file__).resolve().parents[1] / "unit" / "lockfiles" / "data"
SECONDS = 20.0

DEEP = (
    b"[" * 200_000,
    b'{"a":' * 200_000,
    b"x = " + b"[" * 200_000,
    b"x = " + b"{a=" * 200_000,
    b".".join([b"a"] * 200_000) + b" = 1",
    b"[" + b".".join([b'"a"'] * 200_000) + b"]",
    b"- " * 200_000,
    b"".join(b" " * depth + b"a:\n" for depth in range(2_000)),
    b"a: &a [x, x]\n" + b"".join(b"k%d: &k%d [*a, *a]\n" % (n, n) for n in range(1_000)),
    b"<a>" * 200_000,
    b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
    b'"' * 200_000,
    b"\\" * 200_000,
    b"(" * 200_000,
    b" " * 200_000 + b"a",
    b"\n" * 200_000,
    b"a\n" * 100_000,
    b"a: " * 100_000,
)


class _Nothing:
    """A lockfile without neighbours."""

    def read(self, path: str) -> bytes | None:
        """None."""
        return None

    def find(self, name: str) -> Sequence[str]:
        """Nothing."""
        return ()


class _Garbage(_Nothing):
    """Neighbours that hold what no manifest holds."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, path: str) -> bytes | None:
        """The same bytes for every path."""
        return self.data

    def find(self, name: str) -> Sequence[str]:
        """One file beside the lockfile, one below."""
        return (name, f"a/{name}")


def _samples(name: str) -> list[bytes]:
    folder = DATA / name.replace("-", "_")
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def _check(inventory: Inventory, name: str, data: bytes) -> None:
    count = len(inventory.packages)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert inventory.format == name
    for package in inventory.packages:
        assert package.ecosystem
        assert package.name
        assert 0 <= package.line <= lines
        assert list(package.groups) == sorted(set(package.groups))
    if inventory.edges is not None:
        assert len(inventory.edges) == count
        assert all(0 <= to < count for ends in inventory.edges for to in ends)
    for root in inventory.roots or ():
        assert all(0 <= edge.to < count for edge in root.edges)
        assert root.package is None or 0 <= root.package < count
        assert "\\" not in root.path
        assert not root.path.startswith("/")
    assert all(0 <= index < count for pair in inventory.requirements for index in pair)


def _read(name: str, data: bytes) -> Inventory | None:
    begun = time.monotonic()
    try:
        inventory = load(name).parse(data)
    except LockfileError:
        return None
    finally:
        assert time.monotonic() - begun < SECONDS
    whole = inventory.whole()
    assert time.monotonic() - begun < SECONDS
    assert [_identity(package) for package in whole.packages] == [_identity(package) for package in inventory.packages]
    _check(whole, name, data)
    wanted = range(0, len(whole.packages), 2)
    some = inventory.whole(wanted)
    assert [some.packages[index] for index in wanted] == [whole.packages[index] for index in wanted]
    assert (some.edges, some.roots, some.problems) == (whole.edges, whole.roots, whole.problems)
    return whole


def _identity(package: Package) -> Package:
    """What matching needs of a package, which is there before all else is computed."""
    return package._replace(line=0, groups=(), direct=None, marker="")


def test_the_table_names_each_format_and_file_once() -> None:
    """No two formats share a name or a plain file name, and what is not read is not recognised."""
    names = [file for entry in ENTRIES for file in entry.names]
    assert len(set(FORMATS)) == len(FORMATS)
    assert len(set(names)) == len(names)
    assert not [file for file in UNREAD if recognise(file)]
    assert all(recognise(f"some/folder/{file}") == entry.name for entry in ENTRIES for file in entry.names)


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_reads_its_samples(name: str) -> None:
    """A format has its own name, and samples in its data folder, at least one of which holds packages."""
    assert load(name).name == name
    read = [_read(name, sample) for sample in _samples(name)]
    assert any(inventory and inventory.packages for inventory in read), f"no sample for {name}"


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25)
@given(data=st.binary(max_size=200))
def test_any_bytes_give_an_inventory_or_the_lockfile_error(name: str, data: bytes) -> None:
    """Random bytes never raise anything else."""
    _read(name, data)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=80)
@given(data=st.data())
def test_damaged_samples_give_an_inventory_or_the_lockfile_error(name: str, data: st.DataObject) -> None:
    """A sample that is cut, spliced, or has some bytes exchanged never raises anything else, whole or annotated."""
    sample = data.draw(st.sampled_from(_samples(name)))
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, min(len(sample), start + 80)))
    piece = data.draw(
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from(
                [b"null", b"[]", b"{}", b'""', b"-1", b"1e999", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf"]
            ),
            st.just(sample[start:end] * 2),
        )
    )
    damaged = data.draw(st.sampled_from([sample[:start], sample[:start] + piece + sample[end:]]))
    inventory = _read(name, damaged)
    annotate = load(name).annotate
    if inventory is not None and annotate is not None:
        _check(annotate(inventory, _Nothing()), name, damaged)
        _check(annotate(inventory, _Garbage(sample)), name, damaged)
        _check(annotate(inventory, _Garbage(piece)), name, damaged)


@pytest.mark.parametrize("name", FORMATS)
def test_deep_and_long_texts_are_answered_in_time(name: str) -> None:
    """Nesting, long keys, alias and entity bombs end in an answer, not in a crash or an hour's work."""
    for data in DEEP:
        _read(name, data)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_above_the_size_limit_is_refused(name: str) -> None:
    """The size is looked at before anything else."""
    with pytest.raises(LockfileError, match="bytes"):
        load(name).parse(b"\n" * (MAX_BYTES + 1))


@pytest.mark.parametrize("name", FORMATS)
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(name: str) -> None:
    """The same packages on the same lines."""
    for sample in _samples(name):
        plain = _read(name, sample)
        assert _read(name, b"\xef\xbb\xbf" + sample.replace(b"\n", b"\r\n")) == plain
