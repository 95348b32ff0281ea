"""Law: any text gives a draft whose facts stand on lines of the text, and whose policy passes the check."""

from hypothesis import given, settings
from hypothesis import strategies as st

from advisord.scope import policy
from advisord.scope.draft.facts import KINDS
from advisord.scope.draft.reader import draft
from advisord.scope.draft.writer import policy_text

PIECES = st.sampled_from(
    [
        "within 3 business days", "acknowledge", "fix", "critical", "| Version | Supported |", "|---|---|", "| 1.x | yes |", "## Scope",
        "In scope:", "- `src/`", "- ", "disclose", "security@lamp.org", "next minor release", "\n", "\n\n", ". ", "until 2026-01-31", "<!--",
        "```", "90 days", "we will", "supported", "\u2003", '"', "\\", "\x7f", "latest", "*", "**",
    ]
)  # fmt: skip


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join)))
def test_any_text_can_be_drafted(text: str) -> None:
    """Nothing raises, lines exist, and the file is valid."""
    read = draft(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for fact in read.facts:
        assert fact.kind in KINDS
        assert 1 <= fact.line <= lines
        assert fact.value
    policy.compile(policy_text(read, "drafted"))
