"""The OSV answers over real feeds: what pip-audit was told with the same records is told here."""

import contextlib
import csv
from collections import defaultdict
from pathlib import Path

import pytest
from web_parts import Client, answer

from advisord.cli import main
from advisord.settings import Settings, Store
from advisord.store import mirror
from advisord.store.database import open_reader


@pytest.fixture(scope="module")
def ask(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The application over the corpus' PyPI and crates.io records."""
    path = str(tmp_path_factory.mktemp("osv") / "advisord.db")
    source = str(corpus / "feeds/osv")
    assert main(["sync", "osv", "--from", source, "--ecosystem", "PyPI", "--ecosystem", "crates.io", "--db", path]) == 0
    with contextlib.closing(open_reader(path)) as db:
        assert mirror.document(db, "PYSEC-2024-48")
    return Client(Settings(store=Store(path=path)))


def test_pip_audit_is_told_what_it_was_told(ask: Client, corpus: Path) -> None:
    """Every id that pip-audit found for a pin is in the answer for it, with the same fixes."""
    with (corpus / "truth/pip-audit.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    expected = defaultdict(set)
    for row in rows:
        expected[row["package"], row["version"]].add(row["id"])
    pins = list(expected)
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in pins]
    results = answer(ask("/v1/querybatch", data={"queries": queries}))["results"]
    missing = []
    for pin, query, result in zip(pins, queries, results, strict=True):
        ids = {one["id"] for one in result.get("vulns", [])}
        whole = answer(ask("/v1/query", data=query)).get("vulns", [])
        assert {one["id"] for one in whole} == ids
        missing += [(pin, identifier) for identifier in expected[pin] - ids]
    assert len(pins) > 30
    assert missing == []
