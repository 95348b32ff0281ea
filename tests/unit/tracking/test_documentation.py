"""The issue bodies in the documentation are what is really written."""

from pathlib import Path

import pytest
from tracking import decision, finding, place

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Verdict, Via
from advisord.model.inventory import Reach
from advisord.tracking import identity, render
from advisord.tracking.identity import Marker
from advisord.tracking.inputs import Deadline

DOCS = Path(__file__).resolve().parents[3] / "docs"
API = Via("services/api", "api", Reach.RUNTIME, ("hyper", "h2"))
CLI = Via("tools/cli", "cli", Reach.BUILD, ("reqwest", "hyper", "h2"))

FIXABLE = finding(
    "RUSTSEC-2024-0332",
    "GHSA-q6cp-qfwq-4gcv",
    package="h2",
    summary="Degradation of service in h2 servers with CONTINUATION Flood",
    places=(
        place(version="0.3.25", fixed="0.3.26")._replace(via=(API, CLI)),
        place(ref="release/1.x", version="0.3.20", fixed="0.3.26")._replace(via=(API,)),
    ),
)
REPLACE = finding(
    "RUSTSEC-2024-0384",
    package="instant",
    summary="`instant` is unmaintained",
    severity=Severity.UNKNOWN,
    places=(
        place(version="0.1.13", fixed="")._replace(via=(Via(".", "app", Reach.RUNTIME, ("parking_lot", "instant")),)),
    ),
    kind=Kind.UNMAINTAINED,
    alternatives=("web-time",),
)._replace(rating=Rating())
UNDECIDED = finding(
    "GHSA-aaaa-bbbb-cccc",
    package="left-right",
    summary="The range of this advisory can't be read: >= 1.0 but not 2",
    severity=Severity.CRITICAL,
    places=(place(version="1.0.x", fixed="")._replace(verdict=Verdict.UNDECIDED, reason="1.0.x is no version"),),
)

TOLD = {
    "RUSTSEC-2024-0332": ("rustsec", ("0.3.26", "0.4.4")),
    "GHSA-q6cp-qfwq-4gcv": ("github", ("0.3.26", "0.4.4")),
    "RUSTSEC-2024-0384": ("rustsec", ()),
    "GHSA-aaaa-bbbb-cccc": ("osv", ()),
}


def told(found: Finding) -> Finding:
    """With what each feed really says."""
    return found._replace(
        witnesses=tuple(
            w._replace(
                feed=TOLD[w.id][0], fixed=TOLD[w.id][1], rating=found.rating, verdict=found.verdict, kind=found.kind
            )
            for w in found.witnesses
        )
    )


def body(found: Finding, scope: Scope, deadlines: tuple[Deadline, ...] = ()) -> str:
    """Title and block, without the hidden lines."""
    marker = Marker("0" * 16, found.repository, ecosystem=found.ecosystem, package=found.package, ids=found.ids)
    block = render.block(told(found), decision(scope), marker, 58_000, deadlines)
    hidden = (identity.BEGIN, identity.END, identity.encode(marker))
    shown = "\n".join(line for line in block.splitlines() if line not in hidden)
    return f"# {render.title(found)}\n\n{shown}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("update", body(FIXABLE, Scope.IN, (Deadline("fix", "2026-05-30"), Deadline("next status", "2026-03-10")))),
        ("replace", body(REPLACE, Scope.REGULAR)),
        ("undecided", body(UNDECIDED, Scope.IN)),
    ],
)
def test_the_examples_are_true(name: str, text: str) -> None:
    """Each file is the text of an issue, as people read it."""
    assert (DOCS / "issues" / f"{name}.md").read_text(encoding="utf-8") == text
