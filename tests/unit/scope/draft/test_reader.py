"""SECURITY.md texts in many people's styles, with the facts that each states."""

from pathlib import Path

import pytest

from advisord.scope import policy
from advisord.scope.draft.reader import draft
from advisord.scope.draft.writer import policy_text

DATA = Path(__file__).parent / "data"
TEXTS = sorted(path.stem for path in DATA.glob("*.md"))


@pytest.mark.parametrize("name", TEXTS)
def test_every_stated_fact_and_nothing_else(name: str) -> None:
    """Line, kind, qualifier and value of every fact, as a reader wrote them down."""
    stated = [
        tuple(line.split("\t")) for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines() if line
    ]
    facts = draft((DATA / f"{name}.md").read_text(encoding="utf-8")).facts
    assert [(str(fact.line), fact.kind, fact.qualifier, fact.value) for fact in facts] == stated


@pytest.mark.parametrize("name", TEXTS)
def test_the_drafted_policy_passes_the_check(name: str) -> None:
    """What is drafted is a policy, whatever the text says."""
    read = draft((DATA / f"{name}.md").read_text(encoding="utf-8"))
    text = policy_text(read, name)
    compiled = policy.compile(text)
    assert compiled.rules[-1].id == "default"
    for fact in read.facts:
        assert f"line {fact.line}" in text


def test_the_document_has_its_schema() -> None:
    """The JSON form."""
    document = draft("We will acknowledge reports within 2 days.\n").document()
    assert document == {
        "schema": "advisord.draft/1",
        "facts": [
            {
                "kind": "ack",
                "qualifier": "",
                "value": "2 days",
                "line": 1,
                "text": "We will acknowledge reports within 2 days.",
            }
        ],
        "remarks": [],
        "not_understood": [],
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff",
        "|",
        "|---|",
        "- ",
        "<table>",
        "```\nwithin 5 days we acknowledge",
        "---\nack: 5 days\n---\n",
        "<!-- We acknowledge within 5 days. -->",
        "[x]: https://host.example/within-5-days",
        "We keep your report for 30 days.",
        "You must reply within 5 days.",
        "For example, we might fix it within 3 days.",
        "Bounties are paid within 30 days.",
        "We cannot guarantee a response within 24 hours.",
        "Do not write to old@lamp.example-project.org.",
        "Thanks to ana@lab.org for reporting a bug that was fixed in 2 days.",
    ],
)
def test_traps(text: str) -> None:
    """Nothing is drafted from what promises nothing."""
    assert draft(text).facts == ()


@pytest.mark.parametrize(
    "bomb", ["|a", "[a](", "- a\n", "fix in 5 days and ", "a@", "1.", "<table><tr>", "public until after fix. ", "\\*"]
)
def test_no_text_takes_long(bomb: str) -> None:
    """Half a megabyte of anything is read in a moment: longer than a policy is cut."""
    assert len(draft(bomb * (500_000 // len(bomb))).facts) < 10_000


def test_every_sentence_is_used_or_listed() -> None:
    """Sentences that share a line with a used one are no exception, and neither are those without a number."""
    read = draft(
        "# Security\n\nThank you. We acknowledge reports within 2 days. We may be slow. We guarantee these deadlines.\n\n"
        "We fix within:\n\n- Critical: 7 days\n- Others: when we can\n"
    )
    assert [(note.line, note.text) for note in read.not_understood] == [
        (3, "Thank you."),
        (3, "We may be slow."),
        (8, "Others: when we can"),
    ]
    assert [(remark.kind, remark.value, remark.line) for remark in read.remarks] == [("binding", "true", 3)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("We are committed to meeting these timelines.", ["true"]),
        ("These deadlines are binding.", ["true"]),
        ("We do not guarantee these timelines pre-1.0.", ["false"]),
        ("These timelines are best-effort commitments and are not guaranteed SLAs.", ["false"]),
        ("We try to meet these deadlines.", []),
        ("We guarantee confidentiality.", []),
    ],
)
def test_commitments_and_targets(text: str, value: list[str]) -> None:
    """Whether deadlines bind is read where a sentence says so."""
    assert [remark.value for remark in draft(text).remarks] == value
