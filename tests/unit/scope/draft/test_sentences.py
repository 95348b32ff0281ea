"""Single sentences, in the words of many projects."""

import pytest

from advisord.scope.draft.reader import draft


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("We commit to an initial response within two business days of submission.", "ack from report 2 business days"),
        ("Expect a first reply from us inside 72 hours.", "ack  72 hours"),
        ("The maintainers endeavour to reply in under a week.", "ack  1 week"),
        ("We typically respond within a day or two.", "ack  2 days"),
        ("Initial response time: 24-48 hours", "ack  48 hours"),
        (
            "We'll investigate and confirm the vulnerability within 10 days of receiving the report.",
            "triage from report 10 days",
        ),
        (
            "A patch for critical problems will be shipped no later than 14 days after triage.",
            "fix critical; from triage 14 days",
        ),
        ("Medium and low severity issues are fixed in the next regular release.", "fix medium,low next release"),
        ("You will be updated on our progress at least weekly.", "update  1 week"),
        ("We will send status updates every two weeks until the issue is resolved.", "update  2 weeks"),
        ("Please allow us 90 days to fix the issue before going public.", "disclosure  90 days"),
        ("We investigate every report and respond within 48 hours.", "ack  48 hours"),
        ("Triage and initial response within 7 business days, with a rating.", "triage  7 business days"),
        ("Default embargo: 90 days from the first report, or until a patch is out.", "disclosure from report 90 days"),
        ("## Response time\n\n- **Critical**: within 24 hours", "ack critical 24 hours"),
        ("We ask for a 60-day embargo.", "disclosure  60 days"),
        ("After 90 days, you are free to publish your findings.", "disclosure  90 days"),
        ("Please give us at least three weeks before disclosing.", "disclosure  3 weeks"),
        ("We'd appreciate it if you kept it confidential until we have released a fix.", "disclosure  after fix"),
        ("If you don't hear from us within 7 days, please ping the maintainers.", ""),
        ("We only provide security updates for the most recent major version.", "supported  latest major"),
        ("Security fixes are backported to the last two minor releases.", "supported  2 minor versions"),
        (
            "We provide security fixes for the latest release, so please make sure to run it.",
            "supported  latest release",
        ),
        ("Make sure that you run the latest release before you ask for support.", ""),
        ("Older releases receive critical fixes only for 90 days after the next minor release.", ""),
        ("Versions before 2.0 are end-of-life.", "unsupported  < 2.0"),
        ("Python 3.9 and later are supported.", ""),
        ("We support each minor release for 12 months.", ""),
        (
            "Vulnerabilities in dependencies should be reported to the upstream projects.",
            "out_of_scope dependency Vulnerabilities in dependencies should be reported to the upstream projects",
        ),
        ("Bugs in the demo app under `demo/` are not in scope.", "out_of_scope path demo/"),
        ("PGP keys for alice@foo-lib.dev are on the key server.", ""),
        ('Use the "Report a vulnerability" link on the Security tab.', "contact  github-advisory"),
        ("Severity is assessed with CVSS v3.1.", "severity_scheme  CVSS v3.1"),
        ("Accounts are locked for 30 days after abuse.", ""),
        ("We review dependencies every week.", ""),
    ],
)
def test_one_statement(sentence: str, stated: str) -> None:
    """The kind, qualifier and value of the one fact, or none."""
    facts = draft(sentence).facts
    assert [f"{fact.kind} {fact.qualifier} {fact.value}" for fact in facts] == [stated] * bool(stated)


@pytest.mark.parametrize(
    ("sentence", "fixes"),
    [
        (
            "We will patch critical vulnerabilities within 48 hours and all others within 30 days.",
            ["critical 48 hours", "high,medium,low 30 days"],
        ),
        (
            "Our SLA for fixing is 7 days (critical), 30 days (high), 90 days (medium/low).",
            ["critical 7 days", "high 30 days", "medium,low 90 days"],
        ),
        (
            "The fix will be released within 7 days for critical, 30 days for high and 90 days for everything else.",
            ["critical 7 days", "high 30 days", "medium,low 90 days"],
        ),
    ],
)
def test_a_time_for_each_severity(sentence: str, fixes: list[str]) -> None:
    """Each time belongs to its own levels."""
    assert [f"{fact.qualifier} {fact.value}" for fact in draft(sentence).facts] == fixes


def test_several_promises_in_one_sentence() -> None:
    """Acknowledgement, triage and fix, each with its own time."""
    facts = draft("Acknowledgement in 48 hours, triage in 5 days and a fix within 90 days.").facts
    assert [(fact.kind, fact.value) for fact in facts] == [
        ("ack", "48 hours"),
        ("triage", "5 days"),
        ("fix", "90 days"),
    ]
