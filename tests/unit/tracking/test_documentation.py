"""The issue bodies in the documentation are what is really written."""

import re
from pathlib import Path

import pytest
from tracking import advised, decision, finding, place

from advisord.model.advisory import Kind, Rating, Severity
from advisord.model.decision import Scope
from advisord.model.finding import Finding, Verdict, Via
from advisord.model.inventory import Reach
from advisord.tracking import identity, render
from advisord.tracking.identity import Marker
from advisord.tracking.inputs import Deadline
from advisord.tracking.templates import Templates

DOCS = Path(__file__).resolve().parents[3] / "docs"
API = Via("services/api", "api", Reach.RUNTIME, ("hyper", "h2"))
CLI = Via("tools/cli", "cli", Reach.BUILD, ("reqwest", "hyper", "h2"))

FIXABLE = finding(
    "RUSTSEC-2024-0332",
    "GHSA-q6cp-qfwq-4gcv",
    package="h2",
    summary="Degradation of service in h2 servers with CONTINUATION Flood",
    places=(
        advised(place(version="0.3.25", fixed="0.3.26")._replace(via=(API, CLI)), allowed=True),
        advised(place(ref="release/1.x", version="0.3.20", fixed="0.3.26")._replace(via=(API,)), allowed=True),
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


def test_the_documented_template_works(tmp_path: Path) -> None:
    """The example renders, and every name that the table lists is there."""
    text = (DOCS / "tracking.md").read_text(encoding="utf-8")
    example = text.partition("```jinja\n")[2].partition("```")[0]
    (tmp_path / "body.md").write_text(example, encoding="utf-8")
    texts = Templates(str(tmp_path))
    marker = Marker("0" * 16, "octo/crab")
    due = (Deadline("fix", "2026-05-30"),)
    made = texts.body(told(FIXABLE), decision(), due, render.sections(told(FIXABLE), decision(), marker, due))
    assert texts.problems == []
    assert "- `Cargo.lock`: `0.3.25`, update to `0.3.26`" in made
    rows = dict(re.findall(r"^\| (`(?:title|body)[^|]+) \| (.+) \|$", text, re.MULTILINE))
    common = re.findall(r"`(\w+)`", rows["`title.txt`, `body.md`"])
    simple, of_place = common[: common.index("places")], common[common.index("places") + 1 :]
    sections = re.findall(r"`(\w+)`", rows["`body.md`"].partition("`sections` with")[2])
    names = [*simple, *(f"places[0].{name}" for name in of_place), *(f"sections.{name}" for name in sections)]
    (tmp_path / "body.md").write_text("".join(f"{{{{ {name} }}}}\n" for name in names), encoding="utf-8")
    texts = Templates(str(tmp_path))
    assert texts.body(told(FIXABLE), decision(), due, render.sections(told(FIXABLE), decision(), marker, due))
    assert texts.problems == []
