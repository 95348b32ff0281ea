"""Reports to render: one with everything that can occur, an empty one, and one whose texts are hostile."""

from typing import Any

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding, Place, Verdict, Via, Witness
from advisord.model.inventory import Edge, Inventory, Package, Reach, Root, Source
from advisord.model.problem import Problem
from advisord.model.report import FeedData, Judged, Report, Scanned
from advisord.model.update import Update

NASTY = "x\n::error::y ]]> <script>alert(1)</script> & \"'` | \x00\x1b[31m\u202e @org #1 [a](b) {0} %0A \\ \udc80 -->"

EMPTY = Report(findings=(), problems=(), data={}, lockfiles=1, packages=0)


def place(**fields: Any) -> Place:
    """A place in `Cargo.lock` that is fixed by 1.2.4."""
    usual: dict[str, Any] = {
        "ref": "",
        "lockfile": "Cargo.lock",
        "format": "cargo",
        "line": 7,
        "version": "1.2.3",
        "verdict": Verdict.AFFECTED,
        "fixed": ("1.2.4",),
        "direct": False,
        "via": (Via("services/api", "api", Reach.RUNTIME, ("hyper", "h2")),),
    }
    return Place(**{**usual, **fields})


def finding(identifier: str = "RUSTSEC-2024-0001", at: Place | None = None, **fields: Any) -> Finding:
    """A critical finding of h2 in crates.io."""
    where = place() if at is None else at
    usual: dict[str, Any] = {
        "repository": "",
        "ecosystem": "crates.io",
        "package": "h2",
        "id": identifier,
        "ids": (identifier, "CVE-2024-0001"),
        "kind": Kind.VULNERABILITY,
        "rating": Rating(Severity.CRITICAL, 9.1, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"),
        "summary": "A flood of frames uses up memory",
        "witnesses": (
            Witness(
                "osv", identifier, Verdict.AFFECTED, Kind.VULNERABILITY, Rating(Severity.CRITICAL, 9.1), ("1.2.4",)
            ),
        ),
        "places": (where,),
        "published": "2024-01-02T03:04:05Z",
        "vulnerability": identifier,
    }
    return Finding(**{**usual, **fields})


def judged(
    identifier: str = "RUSTSEC-2024-0001", scope: Scope = Scope.IN, *, failing: bool = False, **fields: Any
) -> Judged:
    """A finding with a decision by the rule `shipped`."""
    introduced = fields.pop("introduced", None)
    decision = Decision(scope, "shipped", "We act on what we ship.")
    return Judged(finding(identifier, **fields), decision, introduced, failing)


INVENTORY = Inventory(
    "cargo",
    (
        Package("crates.io", "hyper", "0.14.0", line=3, direct=True),
        Package("crates.io", "h2", "1.2.3", line=7, direct=False, groups=("dev",)),
        Package("crates.io", "api", "0.1.0", Source.PATH, "services/api"),
        Package("crates.io", "mine", "0.1.0", Source.GIT, "https://git.example.org/mine", "0" * 40),
    ),
    edges=((1,), (), (0, 3), ()),
    roots=(Root("services/api", "api", (Edge(0, Reach.RUNTIME), Edge(3, Reach.RUNTIME)), 2),),
)

FULL = Report(
    findings=(
        judged(failing=True, introduced=True),
        judged("RUSTSEC-2024-0002", Scope.REGULAR, kind=Kind.UNMAINTAINED, rating=Rating(), introduced=False),
        judged("GHSA-2222-3333-4444", Scope.ACCEPTED, rating=Rating(Severity.LOW), introduced=False),
        judged("CVE-2024-0009", Scope.OUT, at=place(fixed=(), via=None, line=0), introduced=False),
        judged(
            "OSV-2024-1",
            at=place(verdict=Verdict.UNDECIDED, reason="The range can't be read.", fixed=()),
            rating=Rating(Severity.MEDIUM, 5.0, "AV:N/AC:L/Au:N/C:P/I:N/A:N"),
            introduced=False,
        ),
    ),
    problems=(
        Problem("stale-data", "osv", "was last read long ago"),
        Problem("excluded", "vendor/Cargo.lock", "is not read", blocking=False),
    ),
    data={"osv": FeedData("2026-01-01T00:00:00Z", "a mirror", 100, "2025-12-31T00:00:00Z")},
    lockfiles=2,
    packages=4,
    moment="2026-01-01T01:00:00Z",
    inventories=(Scanned("Cargo.lock", INVENTORY), Scanned("web/yarn.lock", Inventory("yarn", ()))),
    base="c" * 40,
    resolved=(judged("RUSTSEC-2020-0001"),),
    updates=(
        Update(
            "crates.io",
            "h2",
            "1.2.3",
            "2.0.0",
            "major",
            ("RUSTSEC-2024-0001", "RUSTSEC-2024-0002"),
            ("OSV-2024-1",),
            ("Cargo.lock", "tool/Cargo.lock"),
            False,
            (("hyper", "^1"),),
            ("reqwest",),
        ),
    ),
)


def hostile(text: str = NASTY) -> Report:
    """A report all of whose texts from outside are this one."""
    where = place(
        lockfile=text, version=text, reason=text, fixed=(text,), via=(Via(text, text, Reach.RUNTIME, (text, text)),)
    )
    witness = Witness(text, text, Verdict.AFFECTED, Kind.VULNERABILITY, Rating(Severity.HIGH), (text,), text)
    found = finding(
        text,
        where,
        package=text,
        ids=(text, text + "2"),
        summary=text,
        witnesses=(witness,),
        rating=Rating(Severity.HIGH, 7.5, text),
        alternatives=(text,),
    )
    decision = Decision(Scope.IN, text, text)
    undecided = found._replace(places=(where._replace(verdict=Verdict.UNDECIDED),), id=text + "3")
    package = Package("npm", text, text, line=1, groups=(text,))
    return FULL._replace(
        findings=(
            Judged(found, decision, True, failing=True),
            Judged(found, decision._replace(scope=Scope.OUT)),
            Judged(undecided, decision),
        ),
        problems=(Problem("unreadable-lockfile", text, text), Problem("excluded", text, text, blocking=False)),
        data={text: FeedData(text, text, 1, text)},
        inventories=(Scanned(text, Inventory("npm", (package, package._replace(source=Source.GIT, locator=text)))),),
        updates=(
            Update(
                "crates.io", text, text, text, "", (text,), (text,), (text,), False, ((text, text),), (text,), (text,)
            ),
        ),
    )
