"""The one-shot pipeline: reading a lockfile of a tree."""

from contextlib import closing

from store_parts import advisory, affects, span

from advisord import scan
from advisord.store.advisories import write_page
from advisord.store.database import open_writer

PARENT = b"""<project><groupId>g</groupId><artifactId>top</artifactId><version>1</version><dependencyManagement>
<dependencies><dependency><groupId>g</groupId><artifactId>managed</artifactId><version>1.0</version></dependency>
</dependencies></dependencyManagement></project>"""
CHILD = b"""<project><parent><groupId>g</groupId><artifactId>top</artifactId><version>1</version></parent>
<artifactId>app</artifactId><dependencies>
<dependency><groupId>g</groupId><artifactId>managed</artifactId></dependency>
<dependency><groupId>g</groupId><artifactId>own</artifactId><version>2.0</version></dependency>
</dependencies></project>"""


def test_versions_that_stand_in_another_file_are_matched() -> None:
    """A project's managed versions are its parent's; each finding stands with the package that it is about."""
    tree = {"pom.xml": PARENT, "app/pom.xml": CHILD}
    read, problem = scan.read_one("app/pom.xml", "app/pom.xml", "pom", tree.get, lambda: tree, {})
    assert read
    assert problem is None
    records = [
        advisory(f"GHSA-{n}", affects(f"g:{n}", span("0", "9", "ECOSYSTEM"), ecosystem="Maven"))
        for n in ("managed", "own")
    ]
    with closing(open_writer(":memory:")) as db:
        write_page(db, "osv", "2026-01-01T00:00:00Z", advisories=records)
        found = scan.match(db, [read])
    assert [(one.package, one.places[0].version, one.places[0].line) for one in found] == [
        ("g:managed", "1.0", 3),
        ("g:own", "2.0", 4),
    ]
