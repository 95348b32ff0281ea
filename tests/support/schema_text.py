"""A database of this release as SQL text, with something in it: what a later release has to be able to open.

`python tests/support/schema_text.py` writes that of the schema of today to where the tests look for it.
"""

import re
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "unit/store/data"
_NOW = "2026-01-01T00:00:00Z"


def fill(db: sqlite3.Connection) -> None:
    """Put an advisory and a lockfile that it concerns into it."""
    from store_parts import advisory, affects, lock, span

    from advisord.store.advisories import write_page

    write_page(db, "osv", _NOW, advisories=[advisory("GHSA-1", affects("p", span("1.0.0", "2.0.0")))])
    lock(db, "a" * 40, ("npm", "p", "1.5.0"))


def text() -> str:
    """A filled database as SQL; the same whenever it is made."""
    from advisord.store.database import SCHEMA_VERSION, open_writer

    with tempfile.TemporaryDirectory() as folder, closing(open_writer(f"{folder}/a.db")) as db:
        fill(db)
        lines = list(db.iterdump())
    made = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+00:00", "2026-01-01 00:00:00.000000+00:00", "\n".join(lines))
    return f"{made}\nPRAGMA user_version = {SCHEMA_VERSION};\n"


def main() -> None:
    """Write the text of today's schema."""
    from advisord.store.database import SCHEMA_VERSION

    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"schema-{SCHEMA_VERSION}.sql"
    path.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
