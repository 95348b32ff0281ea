"""pom.xml: properties, managed versions, parents, scopes, profiles, ranges, and what is no pom.xml."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Manifests
from advisord.lockfiles.pom import annotate, parse
from advisord.model.inventory import Inventory, Reach, Source

DATA = Path(__file__).parent / "data" / "pom"
Written = Callable[[Mapping[str, bytes]], Manifests]
APP = (DATA / "app" / "pom.xml").read_bytes()
PARENT = (DATA / "pom.xml").read_bytes()


def _found(inventory: Inventory) -> dict[str, str]:
    return {package.name: package.version for package in inventory.packages}


def _pom(dependency: str, properties: str = "") -> bytes:
    properties = f"<properties>{properties}</properties>"
    return f"<project>{properties}<dependencies><dependency>{dependency}</dependency></dependencies></project>".encode()


def test_what_stands_in_the_file_alone() -> None:
    """Properties in properties, fields of the project, exact ranges; of a repeated dependency Maven takes the last."""
    inventory = parse(APP)
    assert _found(inventory) == {
        "com.example:sibling": "1.0-SNAPSHOT",
        "org.example:log": "2.7",
        "org.example:exact": "1.10",
        "org.example:native": "1.0",
        "org.example:twice": "1.1",
        "org.example:extra": "9",
    }
    by_name = {package.name.partition(":")[2]: package for package in inventory.packages}
    assert (by_name["log"].line, by_name["log"].groups, by_name["log"].direct) == (18, ("provided",), True)
    assert (by_name["extra"].groups, by_name["twice"].groups, by_name["exact"].groups) == (("extra",), (), ())
    assert by_name["native"].source is Source.PATH


def test_what_is_not_pinned_is_shown() -> None:
    """A range, a version that only the parent knows, a missing group: problems that don't block."""
    problems = parse(APP).problems
    assert [problem.message.partition(":")[0] for problem in problems] == ["line 30", "line 35", "line 39", "line 61"]
    assert not any(problem.blocking for problem in problems)
    assert "'[1.0,2)'" in problems[0].message


def test_the_parent_in_the_repository_fills_in(manifests: Written) -> None:
    """Its properties and its managed versions and scopes; the project's own properties come first."""
    above = manifests({"pom.xml": APP, "../pom.xml": PARENT})
    inventory = annotate(parse(APP), above)
    assert _found(inventory) == _found(parse(APP)) | {"com.example:managed": "2.15.10", "org.example:json": "2.15.10"}
    assert inventory.roots is not None
    (root,) = inventory.roots
    assert (root.path, root.name) == (".", "app")
    edges = {inventory.packages[edge.to].name.partition(":")[2]: edge for edge in root.edges}
    assert (edges["managed"].reach, edges["managed"].requirement) == (Reach.DEV, "${json.version}")
    assert (edges["extra"].reach, edges["twice"].reach) == (Reach.UNKNOWN, Reach.RUNTIME)
    assert [package.groups for package in inventory.packages if package.name == "com.example:managed"] == [("test",)]


def test_where_a_version_may_come_from(manifests: Written) -> None:
    """A parent that is not in the repository, and what is imported, are named; not where nothing is left out."""
    ours = b"""<project><parent><groupId>org.example</groupId><artifactId>starter</artifactId><version>2.7</version>
      <relativePath/></parent><properties><bom>1.0</bom></properties>
      <dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>bom</artifactId>
      <version>${bom}</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
      <dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency></dependencies></project>"""
    (problem,) = annotate(parse(ours), manifests({"pom.xml": ours})).problems
    assert problem.message == (
        "line 5: g:a is not pinned: there is no version here; it may stand in org.example:starter 2.7, g:bom 1.0,"
        " which is not read"
    )
    plain = _pom("<groupId>g</groupId><artifactId>a</artifactId>")
    (problem,) = annotate(parse(plain), manifests({"pom.xml": plain})).problems
    assert problem.message.endswith("there is no version here")


def test_another_project_above_is_no_parent(manifests: Written) -> None:
    """What stands at the parent's place must be the parent; one that leads back to itself ends."""
    other = PARENT.replace(b"<artifactId>parent<", b"<artifactId>other<")
    alone = annotate(parse(APP), manifests({"pom.xml": APP}))
    assert annotate(parse(APP), manifests({"pom.xml": APP, "../pom.xml": other})) == alone
    assert alone._replace(problems=()) == parse(APP)._replace(problems=())
    assert annotate(parse(APP), manifests({})) == parse(APP)
    itself = APP.replace(b"</parent>", b"<relativePath>.</relativePath></parent>").replace(b">parent<", b">app<")
    itself = itself.replace(b"<artifactId>app</artifactId>\n  <prop", b"<artifactId>app</artifactId>\n<prop")
    assert _found(annotate(parse(itself), manifests({"pom.xml": itself}))) == _found(parse(itself))


@pytest.mark.parametrize(
    ("version", "exact"),
    [
        ("1.10", "1.10"),
        ("[1.10]", "1.10"),
        ("[1.0,1.0]", "1.0"),
        ("1.0-SNAPSHOT", "1.0-SNAPSHOT"),
        ("[1.0,)", None),
        ("[1.0,]", None),
        ("(,1.0],[1.2,)", None),
        ("[1.0],[1.2]", None),
        ("LATEST", None),
        ("RELEASE", None),
        ("${nope}", None),
        ("${a}", "3"),
        ("1.${b}", "1.3"),
        ("${loop}", None),
        ("", None),
    ],
)
def test_versions(version: str, exact: str | None) -> None:
    """A version, a range that holds one only, or not pinned."""
    data = _pom(
        f"<groupId>g</groupId><artifactId>a</artifactId><version>{version}</version>",
        "<a>${b}</a><b> 3 </b><loop>${loop}</loop>",
    )
    inventory = parse(data)
    assert [package.version for package in inventory.packages] == ([exact] if exact else [])
    assert len(inventory.problems) == (0 if exact else 1)


def test_properties_that_grow_are_bounded() -> None:
    """Properties that stand for each other many times over end as not pinned."""
    bomb = "".join(f"<p{i}>${{p{i + 1}}}${{p{i + 1}}}${{p{i + 1}}}</p{i}>" for i in range(100))
    assert parse(_pom("<groupId>g</groupId><artifactId>a</artifactId><version>${p0}</version>", bomb)).packages == ()
    many = "<dependency><groupId>${p0}</groupId></dependency>" * 20_000
    with pytest.raises(LockfileError, match="properties"):
        parse(f"<project><properties>{bomb}</properties><dependencies>{many}</dependencies></project>".encode())


@pytest.mark.parametrize("data", [b"", b"prose", b"<settings/>", b"<!DOCTYPE project><project/>", b"<project>", b"{}"])
def test_what_is_no_pom(data: bytes) -> None:
    """Anything else is a LockfileError."""
    with pytest.raises(LockfileError):
        parse(data)


def test_a_pom_without_dependencies() -> None:
    """A parent that only manages versions locks nothing."""
    assert parse(PARENT).packages == ()
