"""Loading the feeds beside their bare floor: `python benchmarks/feeds.py [CORPUS] [RECORDS]`.

The floor is unzipping the same bytes and `json.loads` of each record. The floor and each load run in a process of their
own, so that each has its own peak of memory; all in one run, the small real feeds several times. CORPUS has `feeds/osv`; RECORDS is the size of the
made-up feed (300,000), shaped like npm's: mostly short reports of malware, some vulnerabilities with ranges.
"""

import json
import random
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from processes import Cost, measured, tell

from advisord.cycle.poll import poll
from advisord.feeds.osv import OsvFeed
from advisord.feeds.source import FolderSource
from advisord.net.http import Http
from advisord.net.objects import HttpObjects
from advisord.store.database import open_writer

DELTA = 100
NPM = "npm"


def floor(folder: Path) -> int:
    """Unzip and parse every archive; it writes nothing."""
    for path in folder.glob("*/all.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                json.loads(archive.read(name))
    return 0


def load(folder: Path, http: Http, base: str = "") -> int:
    """What `advisord sync osv` does, from the folder or from a server of it; the number of rows written."""
    ecosystems = [path.parent.name for path in folder.glob("*/all.zip")]
    with closing(open_writer(str(folder.with_suffix(".db")))) as db:
        before = db.total_changes
        source = HttpObjects(base, http) if base else FolderSource(str(folder))
        polled = poll(db, OsvFeed(source, ecosystems=ecosystems), "benchmark", "2026-11-01T00:00:00Z")
        if polled.problem:
            raise SystemExit(polled.problem.message)
        return db.total_changes - before


def step(name: str, folder: Path, base: str) -> None:
    """Do one step and say what it cost; what has to be imported is imported before, by a tiny feed.

    As in a sync and in the daemon one client serves all feeds: what its first request costs is not a delta's cost.
    """
    with tempfile.TemporaryDirectory() as temporary, closing(Http()) as http:
        tiny = Path(temporary) / "tiny"
        made_up(tiny, 20, 1)
        with served(tiny) as near:
            load(tiny, http, near)
        begun = time.process_time()
        written = load(folder, http, base) if name == "load" else floor(folder)
        seconds = time.process_time() - begun
    tell(seconds, written)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder as a web server."""

    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def record(number: int, chance: random.Random, modified: str) -> dict[str, Any]:
    """A record as npm's are: nine of ten are malware that affects everything of its package, or listed versions."""
    name = f"{chance.choice('abcdefgh')}-package-{number}"
    package = {"package": {"ecosystem": NPM, "name": name, "purl": f"pkg:npm/{name}"}}
    value: dict[str, Any] = {
        "schema_version": "1.7.3",
        "id": f"MAL-2026-{number}",
        "modified": modified,
        "published": "2026-01-01T00:00:00Z",
    }
    if number % 10:
        value["summary"] = f"Malicious code in {name} (npm)"
        value["details"] = "\n---\n_-= Per source details. Do not edit below this line. =-_\n" + name * 12
        if number % 3:
            value["affected"] = [{**package, "versions": [f"1.0.{n}" for n in range(chance.randrange(1, 6))]}]
        else:
            events = [{"introduced": "0"}]
            value["affected"] = [{**package, "ranges": [{"type": "SEMVER", "events": events}]}]
        value["database_specific"] = {
            "malicious-packages-origins": [
                {
                    "import_time": modified,
                    "modified_time": modified,
                    "sha256": f"{chance.getrandbits(256):064x}",
                    "source": "somebody",
                    "versions": ["1.0.0"],
                }
            ]
        }
        value["credits"] = [{"name": "somebody", "type": "FINDER", "contact": ["https://somebody.example"]}]
        return value
    value["id"] = f"GHSA-{number:04}-aaaa-bbbb"
    value["aliases"] = [f"CVE-2026-{number}"]
    value["summary"] = f"Something is wrong in {name}"
    value["details"] = "A long text about what is wrong and how it is found. " * 30
    value["severity"] = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
    events = [{"introduced": "0"}, {"fixed": f"{chance.randrange(9)}.{chance.randrange(30)}.{chance.randrange(30)}"}]
    value["affected"] = [{**package, "ranges": [{"type": "SEMVER", "events": events}]}]
    value["references"] = [{"type": "WEB", "url": f"https://advisories.example/{number}/{n}"} for n in range(5)]
    return value


def made_up(folder: Path, size: int, changed: int) -> None:
    """The feed, listed as OSV does, newest first; some records from all over it have changed, and are there alone, too."""
    chance = random.Random(7)
    rows = []
    (folder / NPM).mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / NPM / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(size):
            new = changed > 0 and number % (size // changed) == 0
            value = record(number, chance, f"2026-0{1 + new}-{1 + number * 27 // size:02}T00:00:{number // 7 % 60:02}Z")
            text = json.dumps(value)
            archive.writestr(f"{value['id']}.json", text)
            rows.append(f"{value['modified']},{value['id']}\n")
            if new:
                (folder / NPM / f"{value['id']}.json").write_text(text)
    (folder / NPM / "modified_id.csv").write_text("".join(sorted(rows, reverse=True)))


def compare(name: str, folder: Path, pairs: int) -> Cost:
    """Print full loads beside their floors, in turn: the pair with the median ratio."""
    found: list[tuple[float, Cost, Cost]] = []
    database = folder.with_suffix(".db")
    for _ in range(pairs):
        for left in database.parent.glob(f"{database.name}*"):
            left.unlink()
        bare, cost = measured(__file__, "floor", folder, ""), measured(__file__, "load", folder, "")
        found.append((cost.seconds / bare.seconds, cost, bare))
    ratio, cost, bare = sorted(found, key=lambda one: one[0])[pairs // 2]
    print(
        f"{name:20} {ratio:5.2f} times the floor (at most 3): {cost.seconds:.2f} s, {bare.seconds:.2f} s;"
        f" memory {cost.peak:.0f} MB (at most 400), database {database.stat().st_size / 1e6:.0f} MB"
    )
    return cost


def main(corpus: Path, size: int) -> None:
    """Print all ratios."""
    with tempfile.TemporaryDirectory() as temporary:
        real = Path(temporary) / "real"
        shutil.copytree(corpus / "feeds/osv", real)
        compare("real feeds", real, 7)
        large = Path(temporary) / "large"
        made_up(large, size, 0)
        whole = compare(f"{size:,} records", large, 1)
        made_up(large, size, DELTA)
        with served(large) as base:
            for name, limit in (
                (f"{DELTA} of them changed", "at most 1 %"),
                ("unchanged", "one row: when it was asked"),
            ):
                cost = measured(__file__, "load", large, base)
                share = cost.seconds / whole.seconds
                print(
                    f"{name:20} {share:.2%} of the load: {cost.seconds:.3f} s; {cost.counted[0]:.0f} rows written ({limit})"
                )


if __name__ == "__main__":
    if sys.argv[1:2] in (["floor"], ["load"]):
        step(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    else:
        main(
            Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/corpus"),
            int(sys.argv[2] if len(sys.argv) > 2 else 300_000),
        )
