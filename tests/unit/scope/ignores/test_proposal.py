"""Proposals for the policy."""

from datetime import date

import pytest
from report_parts import finding

from advisord.errors import SettingsError
from advisord.scope import policy
from advisord.scope.ignores.proposal import acceptance_text, example
from advisord.scope.ignores.registry import read

RULES = '[[rules]]\nid = "default"\nreason = "All."\nthen = "in"\n'
DENY = b"""[advisories]
ignore = [
  { id = "RUSTSEC-2021-0002", reason = "Says \\"no\\". Re-audit trigger: next engine bump, or by 2026-10-23." },
  "RUSTSEC-2021-0003",
]
"""


def test_a_proposal_needs_a_person() -> None:
    """As it stands it is refused, because nobody agreed; with a name it is an acceptance with the date and trigger."""
    (first, second), _problems = read("deny.toml", DENY, {"engine": ("0.4.2",)})
    text = acceptance_text(first, "2026-11-20")
    with pytest.raises(SettingsError) as refused:
        policy.compile(RULES + text)
    assert dict(refused.value.problems).keys() == {"acceptances[0].who"}
    accepted = policy.compile(RULES + text.replace('who = ""', 'who = "ana"')).acceptances[0]
    assert (accepted.until.date, accepted.until.packages) == ("2026-10-23", (("engine", "0.4.2"),))
    assert "until when?" in acceptance_text(second, "2026-11-20")


def test_an_example_lacks_only_who_and_why() -> None:
    """As it is printed it is refused; completed it accepts the finding for 90 days."""
    text = example(finding(), date(2026, 11, 21))
    with pytest.raises(SettingsError) as refused:
        policy.compile(text)
    assert dict(refused.value.problems).keys() == {"acceptances[0].who", "acceptances[0].why"}
    accepted = policy.compile(text.replace('= ""', '= "ana"')).acceptances[0]
    assert accepted.until.date == "2027-02-19"
    assert (accepted.advisory, accepted.package) == (finding().id, finding().package)
