"""Who the policy names to hear of a finding, and that what is unknown keeps nobody from hearing."""

from datetime import UTC, datetime

import pytest
from notices import finding

from advisord.errors import SettingsError
from advisord.model.advisory import Severity
from advisord.scope.compiled import dump, load
from advisord.scope.listeners import Listeners, named
from advisord.scope.policy import compile as compiled

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RULES = '[[rules]]\nid = "default"\nreason = "Ours."\nthen = "in"\n'
NOTIFY = """\
[[notify]]
to = ["security", "log"]
when = { severity = ">= high" }
[[notify]]
to = "oncall"
when = { exploited = true, package = "hyper" }
"""


def heard(text: str, **changed: object) -> tuple[str, ...] | None:
    """Who hears of a finding."""
    return Listeners(compiled(RULES + text)).of(finding(**changed), NOW)  # type: ignore[arg-type]


def test_without_a_word_each_decides_for_itself() -> None:
    """None is another answer than nobody."""
    assert heard("") is None
    assert heard(NOTIFY, severity=Severity.LOW, known_exploited=False) == ()


def test_all_that_hold_are_told() -> None:
    """Not the first only; a name that comes twice is told once."""
    assert heard(NOTIFY, known_exploited=False) == ("security", "log")
    assert heard(NOTIFY, known_exploited=True) == ("security", "log", "oncall")
    assert heard(NOTIFY + '[[notify]]\nto = "log"\n', severity=Severity.LOW, package="atty") == ("log",)


def test_unknown_keeps_nobody_from_hearing() -> None:
    """As an open rule puts nothing out of scope."""
    assert heard(NOTIFY) == ("security", "log", "oncall")
    assert heard(NOTIFY, severity=Severity.UNKNOWN, package="atty") == ("security", "log")


def test_it_comes_back_from_the_cache() -> None:
    """As every part of a policy."""
    policy = compiled(RULES + NOTIFY)
    assert load(dump(policy)) == policy
    assert named(policy) == ("security", "log", "oncall")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[notify]]\nwhen = { severity = "high" }\n', "notify[0].to"),
        ('[[notify]]\nto = "a"\nwhen = { severity = "terrible" }\n', "notify[0].when.severity"),
        ('[[notify]]\nto = "a"\nwhen = { component = "services" }\n', "notify[0].when.component"),
        ('[[notify]]\nto = "a"\nurl = "https://evil.example"\n', "notify[0].url"),
        ("[[notify]]\nto = []\n", "notify[0].to"),
    ],
)
def test_mistakes(text: str, key: str) -> None:
    """Each with its key; an address has no place in a policy."""
    with pytest.raises(SettingsError) as error:
        compiled(RULES + text)
    assert key in dict(error.value.problems)
