"""Cargo.lock in real repositories: both readers agree, and reach is what a person works out."""

from pathlib import Path

import pytest

from advisord.lockfiles import cargo
from advisord.lockfiles.cargo_manifests import annotate
from advisord.lockfiles.neighbours import Neighbours
from advisord.lockfiles.text import decode
from advisord.matching.evidence import vias
from advisord.model.inventory import Inventory


def _annotated(top: Path, lockfile: str) -> Inventory:
    paths = sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())

    def read(path: str) -> bytes | None:
        return (top / path).read_bytes() if path in paths else None

    inventory = cargo.parse((top / lockfile).read_bytes()).whole()
    return annotate(inventory, Neighbours(lockfile, lambda: paths, read))


def test_both_readers_agree_on_every_real_lockfile(corpus: Path) -> None:
    """And all but cargo's layout of before 2017 are read the fast way."""
    slow = []
    for path in sorted((corpus / "lockfiles" / "cargo").rglob("Cargo.lock")):
        text = decode(path.read_bytes())
        fast = cargo._canonical(text)
        if fast is None:
            slow.append(path)
            assert "[root]\n" in text
        else:
            assert fast.whole() == cargo._by_toml(text), path
        assert cargo.parse(path.read_bytes()).whole().edges is not None, path
    assert len(slow) <= 2


@pytest.mark.parametrize(
    ("workspace", "lockfile", "package", "expected"),
    [
        ("humancto__mango", "Cargo.lock", "tonic-build 0.12.3", ["crates/mango-proto build tonic-build"]),
        ("humancto__mango", "Cargo.lock", "prost 0.13.5", ["crates/mango-proto runtime prost"]),
        ("humancto__mango", "Cargo.lock", "hdrhistogram 7.5.4", ["benches/storage runtime hdrhistogram"]),
        (
            "humancto__mango",
            "Cargo.lock",
            "loom 0.7.2",
            ["crates/mango-loom-demo runtime loom", "crates/mango-mvcc runtime loom"],
        ),
        (
            "humancto__mango",
            "Cargo.lock",
            "proptest 1.11.0",
            ["benches/storage dev proptest", "crates/mango-mvcc runtime proptest", "crates/mango-storage dev proptest"],
        ),
        (
            "humancto__mango",
            "Cargo.lock",
            "tempfile 3.27.0",
            [
                "benches/storage runtime tempfile",
                "crates/mango-mvcc runtime proptest>tempfile",
                "crates/mango-proto build tonic-build>prost-build>tempfile",
                "crates/mango-storage dev tempfile",
            ],
        ),
        (
            "humancto__mango",
            "Cargo.lock",
            "nix 0.26.4",
            [
                "benches/storage runtime nix",
                "crates/mango-mvcc runtime mango-storage>raft-engine>nix",
                "crates/mango-storage runtime raft-engine>nix",
            ],
        ),
        ("humancto__mango", "fuzz/Cargo.lock", "libfuzzer-sys 0.4.12", ["fuzz runtime libfuzzer-sys"]),
        ("humancto__mango", "fuzz/Cargo.lock", "redb 4.1.0", ["fuzz runtime mango-mvcc>mango-storage>redb"]),
        (
            "mossida__sync",
            "Cargo.lock",
            "axum 0.7.5",
            [
                "core/cli runtime net>axum",
                "core/net runtime axum",
                "core/rpc runtime axum",
                "sync runtime cli>net>axum",
            ],
        ),
    ],
)
def test_spot_checks_by_hand(corpus: Path, workspace: str, lockfile: str, package: str, expected: list[str]) -> None:
    """Worked out from the Cargo.toml files by a person."""
    inventory = _annotated(corpus / "workspaces" / workspace, lockfile)
    index = next(i for i, p in enumerate(inventory.packages) if f"{p.name} {p.version}" == package)
    found = vias(inventory, [index], lockfile.rpartition("/")[0])[index]
    assert [f"{via.component} {via.reach.value} {'>'.join(via.path)}" for via in found or ()] == expected
