"""`advisord scan --online`: the same answer without a database."""

import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from running import Advisord


@pytest.fixture
def osv(world: Path) -> Iterator[str]:
    """An API that answers from the demonstration's records: by name only, so that more comes than is affected."""
    records: dict[str, Any] = {}
    for path in (world / "feeds/osv").glob("*/all.zip"):
        with zipfile.ZipFile(path) as archive:
            records.update((name[:-5], json.loads(archive.read(name))) for name in archive.namelist())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            queries = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
            if any(query["package"]["ecosystem"] == "npm" for query in queries) and (world / "no-npm").exists():
                self._send(400, {"code": 3})
                return
            results = [
                {"vulns": [{"id": r["id"]} for r in records.values() if self._names(r, query)]} for query in queries
            ]
            self._send(200, {"results": results})

        def do_GET(self) -> None:
            self._send(200, records[self.path.rpartition("/")[2]])

        def _names(self, record: dict[str, Any], query: dict[str, Any]) -> bool:
            named = any(entry["package"]["name"] == query["package"]["name"] for entry in record["affected"])
            return named and query.get("version") != "unversioned"

        def _send(self, status: int, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response_only(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def findings(out: str) -> set[tuple[str, str, str]]:
    """(package, version, id) of a report."""
    return {(one["package"], one["version"], one["id"]) for one in json.loads(out)["findings"]}


def test_the_same_as_with_a_database(advisord: Advisord, world: Path, osv: str) -> None:
    """What the mirror of OSV finds; nothing is written anywhere."""
    advisord("sync", "osv", "--from", "feeds/osv", "--db", "osv.db")
    expected = findings(advisord("scan", "shop", "--db", "osv.db", "--format", "json").out)
    ran = advisord("scan", "shop", "--online", "--format", "json", env={"ADVISORD_OSV_API": osv})
    assert ran.status == 1
    assert findings(ran.out) == expected != set()
    assert not list(advisord.home.rglob("*.db"))


def test_an_ecosystem_that_is_refused_does_not_stop_the_others(advisord: Advisord, world: Path, osv: str) -> None:
    """Its silence is no clean bill: exit 3, with the findings of the others."""
    (world / "no-npm").touch()
    ran = advisord("scan", "shop", "--online", env={"ADVISORD_OSV_API": osv})
    assert ran.status == 3
    assert "hyper 0.14.9" in ran.out
    assert "osv npm: it refuses questions about this ecosystem" in ran.out


def test_a_version_without_a_place(advisord: Advisord, world: Path, osv: str) -> None:
    """The API knows nothing of a version that is none; everything about the package is asked for, and is undecided."""
    path = world / "package-lock.json"
    packages = {"": {"dependencies": {"minimist": "1"}}, "node_modules/minimist": {"version": "unversioned"}}
    path.write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    advisord("sync", "osv", "--from", "feeds/osv", "--db", "osv.db")
    expected = findings(advisord("scan", str(path), "--db", "osv.db", "--format", "json").out)
    ran = advisord("scan", str(path), "--online", "--format", "json", env={"ADVISORD_OSV_API": osv})
    assert findings(ran.out) == expected
    assert "unversioned" in {version for _, version, _ in expected}


def test_no_answer(advisord: Advisord, world: Path) -> None:
    """Nobody there: exit 3; a contradiction on the command line: exit 2."""
    ran = advisord("scan", "shop", "--online", env={"ADVISORD_OSV_API": "http://127.0.0.1:9"})
    assert ran.status == 3
    assert "osv crates.io, npm: http://127.0.0.1:9/v1/querybatch can't be reached" in ran.out
    assert ran.out.count("error: ") == 1, "one cause, one sentence"
    assert "data: osv (0 records), as of never" in ran.out
    assert advisord("scan", "shop", "--online", "--offline").status == 2
