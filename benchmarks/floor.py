"""The least that a scan of a Cargo.lock can be: read it with a regular expression, join it with SQLite, count the rows.

    python benchmarks/floor.py CARGO_LOCK DATABASE

`table` makes the database. This is no scanner: it knows no pre-releases, no sources and no advisory's details.
"""

import re
import sqlite3
import sys
from collections.abc import Iterable

ROWS = 300_000


def table(path: str, names: Iterable[str]) -> None:
    """A table of intervals: one of each of these packages, and of made-up ones as many as the feeds of a server have."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE interval (name TEXT, lo TEXT, hi TEXT, PRIMARY KEY (name, lo)) WITHOUT ROWID")
        made = (f"made-{number}" for number in range(ROWS))
        db.executemany(
            "INSERT INTO interval VALUES (?, '', '00001')", ((name,) for row in (names, made) for name in row)
        )
    db.close()


def main() -> None:
    """Print how many packages some interval names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r'\[\[package\]\]\nname = "([^"]+)"\nversion = "(\d+)\.(\d+)\.(\d+)', text)
    db = sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True)
    db.execute("CREATE TEMP TABLE wanted (name TEXT, key TEXT)")
    keys = ((name, f"{int(major):05}{int(minor):05}{int(patch):05}") for name, major, minor, patch in found)
    db.executemany("INSERT INTO wanted VALUES (?, ?)", keys)
    query = "SELECT count(*) FROM wanted w CROSS JOIN interval i ON i.name = w.name AND i.lo <= w.key AND i.hi > w.key"
    print(db.execute(query).fetchone()[0])


if __name__ == "__main__":
    main()
