"""A draft as a policy: which rules it has, and what its last one says."""

from pathlib import Path

import pytest

from advisord.model.decision import Scope
from advisord.scope import policy
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.draft.reader import draft
from advisord.scope.draft.writer import policy_text

DATA = Path(__file__).parent / "data"


def _drafted(text: str) -> CompiledPolicy:
    return policy.compile(policy_text(draft(text), "drafted"))


def _rules(text: str) -> list[tuple[str, str]]:
    return [(rule.id, rule.then.value) for rule in _drafted(text).rules]


def test_parts_of_the_dependencies_leave_the_rest_in_scope() -> None:
    """Development dependencies are out, unmaintained packages regular, and everything else is in."""
    drafted = _drafted((DATA / "27-boundaries.md").read_text(encoding="utf-8"))
    assert [(rule.id, rule.then.value) for rule in drafted.rules] == [
        ("out-of-scope-dev", "out"),
        ("regular-unmaintained", "regular"),
        ("stated-scope", "in"),
        ("default", "in"),
    ]
    assert drafted.deadlines.binding
    assert [(line.what, line.until) for line in drafted.lines.supported] == [
        ("latest-minor", ""),
        ("previous-minor", "next-minor + 60 days"),
    ]


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("Out of scope: vulnerabilities in third-party dependencies.", Scope.REGULAR),
        ("Out of scope: vulnerabilities in third-party dependencies, social engineering.", Scope.REGULAR),
        ("Out of scope: vulnerabilities in development dependencies.", Scope.IN),
        ("Out of scope: vulnerabilities in third-party dependencies that can't be exploited.", Scope.IN),
        ("Out of scope: outdated dependencies without a proof of concept.", Scope.IN),
        ("Out of scope: social engineering.", Scope.IN),
        ("In scope: the code in core/ and web/.", Scope.IN),
        ("Thank you.", Scope.IN),
    ],
)
def test_the_default_is_in_unless_the_text_says_otherwise(text: str, default: Scope) -> None:
    """Only plain words about all dependencies make what nobody decides a regular matter; nothing makes it out."""
    assert _drafted(f"# Security\n\n## Scope\n\n{text}\n").rules[-1].then is default


def test_both_said_is_a_matter_for_a_person() -> None:
    """Dependencies called out of scope and asked for in one text."""
    text = (
        "# Security\n\nIf you have found a vulnerability in one of our dependencies, report it.\n\n"
        "Out of scope: vulnerabilities in third-party dependencies.\n"
    )
    assert _rules(text) == [("default", "in")]


def test_what_is_not_understood_stands_in_the_draft() -> None:
    """With its line, at the end."""
    text = policy_text(draft("# Security\n\nWe fix within 5 days. We like cats.\n"))
    assert text.endswith("# Not understood:\n# line 3: We like cats.\n")


def test_no_rule_is_wider_than_its_statement() -> None:
    """A path and a condition in one statement have to hold both; what is tracked as a normal issue is regular."""
    text = (
        "# Security\n\n## Scope\n\nOut of scope:\n\n- Development dependencies of examples/\n- Code in site/\n"
        "- Unmaintained packages (we track these as normal issues)\n"
    )
    rules = {rule.id: (rule.then.value, [(one.name, one.values) for one in rule.when]) for rule in _drafted(text).rules}
    assert rules == {
        "out-of-scope-paths-dev": ("out", [("path", ("examples/",)), ("reach", ("dev",))]),
        "out-of-scope-paths": ("out", [("path", ("site/",))]),
        "regular-unmaintained": ("regular", [("kind", ("unmaintained",))]),
        "default": ("in", []),
    }
