"""The policy file: what it may say, and how it is refused."""

import pytest

from advisord.errors import SettingsError
from advisord.model.decision import Scope
from advisord.scope import policy
from advisord.scope.compiled import DEFAULT_POLICY, Target, dump, load

SMALL = """
[[rules]]
id = "default"
reason = "Everything is ours."
then = "in"
"""

FULL = """
name = "full"
targets = ["linux/amd64", "windows"]

[components]
services = ["services/", "libs/"]
vendored = { paths = "vendor/", distributed = false }

[[rules]]
id = "not-ours"
reason = "We do not ship it."
when = { distributed = false, severity = "< Moderate", package = ["a*", "!ab"], epss = 0.5, direct = true }
then = "out"

[[rules]]
id = "default"
reason = "Everything else is tracked."
then = "regular"
route = "weekly"

[routes.weekly]
labels = ["dependencies"]
group = "digest"

[deadlines]
binding = true
timezone = "Europe/Berlin"
holidays = "DE-BE"
acknowledge = "3 business days"
fix = { "critical,high" = "30 days from triaged", moderate = "next minor release" }
update = "14 days"
disclosure = ["90 days from reported", "7 days after the fix"]

[lines]
supported = ["main", "previous-minor until next-minor + 30 days", "3.5 until 2027-01-31"]
before_1_0 = ["main", "latest-tag"]

[severity]
scheme = "CVSS:3.1"
guide = { critical = "Anyone can run code." }

[[acceptances]]
advisory = "CVE-2026-1"
who = "ana"
why = "No untrusted input reaches it."
since = 2026-01-31
until = { date = 2026-12-31, package = { raft = "0.7.*" }, fix = true }

[repository]
may_accept = ["deny.toml"]
"""


def problems(text: str) -> dict[str, str]:
    """Every problem of a policy by its key."""
    with pytest.raises(SettingsError) as caught:
        policy.compile(text, "policy.toml")
    assert caught.value.subject == "policy.toml"
    return dict(caught.value.problems)


def test_one_rule_is_a_policy() -> None:
    """A default rule is all that is needed."""
    compiled = policy.compile(SMALL)
    assert [rule.then for rule in compiled.rules] == [Scope.IN]


def test_everything_is_carried_over() -> None:
    """Each table of the file arrives in the compiled form, with words and names normalised."""
    compiled = policy.compile(FULL)
    conditions = dict(compiled.rules[0].when)
    assert conditions["severity"] == ("< medium",)
    assert conditions["distributed"] == ("false",)
    assert conditions["epss"] == ("0.5",)
    assert compiled.targets == (Target("linux", "x86_64"), Target("windows", ""))
    assert [clause.severities for clause in compiled.deadlines.clauses if clause.kind == "fix"] == [
        ("critical", "high"),
        ("medium",),
    ]
    disclosure = compiled.deadlines.clauses[-1]
    assert [term.start for term in disclosure.terms] == ["first seen", "fixed"]
    assert compiled.route("weekly").group == "digest"
    assert compiled.route("unheard-of").labels == ()
    assert [(line.what, line.until) for line in compiled.lines.supported] == [
        ("main", ""),
        ("previous-minor", "next-minor + 30 days"),
        ("3.5", "2027-01-31"),
    ]
    assert compiled.acceptances[0].until.packages == (("raft", "0.7.*"),)
    assert compiled.delegation.accept == ("deny.toml",)


def test_json_round_trip() -> None:
    """What was validated once can be kept as text."""
    compiled = policy.compile(FULL)
    assert load(dump(compiled)) == compiled


@pytest.mark.parametrize(
    "text", ["", "{}", "null", "[1]", '{"schema":"advisord.policy/0"}', '{"schema":"advisord.policy/1"}']
)
def test_a_foreign_text_is_not_loaded(text: str) -> None:
    """A kept text of another version means: validate again."""
    assert load(text) is None


def test_all_problems_come_at_once_with_line_and_hint() -> None:
    """A person should not have to run it ten times."""
    found = problems(
        """
nam = "x"

[[rules]]
id = "Dev"
reason = "Development only."
when = { reech = "dev", severity = "urgent", component = "nowhere", cvss = "N", ecosystem = "cargo", score = ">= 11" }
then = "outside"
route = "nowhere"

[deadlines]
fix = { dire = "30 days", high = "30 parsecs" }
acknowledge = "2 business hours"
timezone = "Mars/Base"

[[acceptances]]
advisory = "CVE-2026-1"
until = {}
"""
    )
    assert found["nam"] == "line 2: unknown key nam; did you mean name?"
    assert found["rules[0].when.reech"] == "line 7: unknown key reech; did you mean reach?"
    assert "line 7: must be none, low" in found["rules[0].when.severity"]
    assert found["rules[0].when.component"] == "line 7: no component of [components] is called nowhere"
    assert "CVSS metrics" in found["rules[0].when.cvss"]
    assert "0 to 10" in found["rules[0].when.score"]
    assert found["rules[0].when.ecosystem"] == "line 7: no ecosystem is called cargo; OSV calls it crates.io"
    assert "'in', 'regular' or 'out'" in found["rules[0].then"]
    assert found["rules[0].route"] == "line 9: no route of [routes] is called nowhere"
    assert "does not have the form" in found["rules[0].id"]
    assert "the last rule must be the default" in found["rules[0]"]
    assert "line 12: no severity is called dire" in found["deadlines.fix.dire"]
    assert "30 days from triaged" in found["deadlines.fix.high"]
    assert "counts in days" in found["deadlines.acknowledge"]
    assert "Mars/Base" in found["deadlines.timezone"]
    assert found["acceptances[0].who"] == "line 16: who is missing; add it"
    assert "names no trigger" in found["acceptances[0].until"]


def test_a_rule_after_a_default_is_never_reached() -> None:
    """A second rule without conditions is a mistake, and so is an id that is used twice."""
    found = problems(SMALL + SMALL)
    assert "no rule after it is ever reached" in found["rules[0]"]
    assert "two rules are called default" in found["rules[1].id"]


@pytest.mark.parametrize("text", ["= 1", "a = ", "[[rules]", "\x00", "name = 'x'\nname = 'y'"])
def test_broken_toml_is_one_sentence(text: str) -> None:
    """A text that is not TOML is refused with the line that tomllib names."""
    with pytest.raises(SettingsError, match="not TOML"):
        policy.compile(text)


@pytest.mark.parametrize(
    "text",
    [
        "rules = 1",
        "rules = [1]",
        "components = 3",
        "[rules]\nid=1",
        "acceptances = [[1]]",
        "[[rules]]\nwhen=[1]",
    ],
)
def test_wrong_shapes_are_problems_not_crashes(text: str) -> None:
    """Whatever stands where a table should be."""
    assert problems(text)


def test_a_huge_file_is_refused() -> None:
    """A policy is a page or two."""
    with pytest.raises(SettingsError, match="1 MB"):
        policy.compile("#" * 1_000_001)


def test_the_schema_describes_every_predicate() -> None:
    """Editors get the predicates with their descriptions."""
    schema = policy.schema()
    when = schema["$defs"]["When"]["properties"]
    assert "AV:N" in when["cvss"]["description"]
    assert schema["additionalProperties"] is False


def test_without_rules_everything_is_in_scope() -> None:
    """A policy that only accepts a risk, or only promises something, needs no rules."""
    only = policy.compile(
        '[[acceptances]]\nadvisory = "CVE-2026-1"\nwho = "ana"\nwhy = "Not reachable."\nsince = 2026-01-01\n'
        "until = { date = 2026-12-31 }\n"
    )
    assert only.rules == DEFAULT_POLICY.rules
    assert len(only.acceptances) == 1
    assert policy.compile('[deadlines]\nfix = "30 days"\n').rules == DEFAULT_POLICY.rules


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("npmm", "no ecosystem is called npmm; did you mean npm?"),
        ("crates", "no ecosystem is called crates; OSV calls it crates.io"),
        ("github", "no ecosystem is called github; OSV calls it GitHub Actions"),
        ("debain", "no ecosystem is called debain; did you mean Debian?"),
        ("deno", "no ecosystem is called deno; known are "),
        ("!Pypy", "no ecosystem is called Pypy; did you mean PyPI?"),
        ("nonsense", "no ecosystem is called nonsense; known are "),
        ("NPM", ""),
        ("Debian:12", ""),
        ("conda", ""),
        ("*", ""),
    ],
)
def test_ecosystems_are_known_ones(name: str, said: str) -> None:
    """In rules and in acceptances; in any case, with a suffix, as a pattern."""
    text = (
        f'[[acceptances]]\npackage = "x"\necosystem = "{name.lstrip("!")}"\nwho = "ana"\nwhy = "Why."\nsince = 2026-01-01\n'
        f'until = {{ date = 2026-12-31 }}\n[[rules]]\nid = "a"\nreason = "Why."\nwhen = {{ ecosystem = "{name}" }}\nthen = "out"\n'
        + SMALL
    )
    if not said:
        assert policy.compile(text)
        return
    found = problems(text)
    assert set(found) == {"rules[0].when.ecosystem", "acceptances[0].ecosystem"}
    assert all(said in sentence for sentence in found.values())
