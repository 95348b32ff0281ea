"""The life of an issue."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from tracking import REPOSITORY, Desk, decision, finding, place

from advisord.model.advisory import Severity
from advisord.model.decision import ENDED, Accepted, Fact, Scope
from advisord.model.plan import Issue, State, StateReason, Verb
from advisord.tracking import identity
from advisord.tracking.inputs import Cause, Deadline, Evidence, Settings, Sighting
from advisord.tracking.interface import Listing, Visibility
from advisord.tracking.plan import plan

HIGH = (finding(), decision())


def only(desk: Desk) -> Issue:
    """The one issue in the tracker."""
    (issue,) = desk.tracker.issues.values()
    return issue


def said(desk: Desk, number: str = "1") -> str:
    """All comments on an issue."""
    return "\n".join(desk.tracker.comments[number])


def test_a_finding_in_scope_gets_one_issue() -> None:
    """Title, labels and marker are there, and planning again is empty."""
    desk = Desk()
    made = desk.run(HIGH)
    issue = only(desk)
    assert [action.verb for action in made.actions] == [Verb.OPEN]
    assert issue.title == "tokio: data race in the broadcast channel (RUSTSEC-2026-0001)"
    assert issue.labels == ("advisord", "security")
    assert issue.key


@pytest.mark.parametrize("scope", [Scope.OUT, Scope.ACCEPTED])
def test_what_is_out_of_scope_or_accepted_gets_none(scope: Scope) -> None:
    """No issue, no action."""
    desk = Desk()
    assert desk.run((finding(), decision(scope))).actions == ()


def test_a_new_place_and_a_new_severity_are_told() -> None:
    """The block is updated in place, and a comment says what matters."""
    desk = Desk()
    desk.run(HIGH)
    worse = finding(severity=Severity.CRITICAL, places=(place(), place(ref="v1")))
    desk.run((worse, decision()))
    assert "`v1`" in only(desk).body
    assert "now **critical**; it was high" in said(desk)
    assert "Found in `Cargo.lock` on `v1` too" in said(desk)


def test_a_bumped_but_affected_version_is_no_news() -> None:
    """The table changes, nobody is told."""
    desk = Desk()
    desk.run(HIGH)
    desk.run((finding(places=(place(version="1.0.0-rc.9"),)), decision()))
    assert "`1.0.0-rc.9`" in only(desk).body
    assert said(desk) == ""


@dataclass
class Gone:
    """A cause, and how the issue is closed."""

    cause: Cause
    reason: StateReason
    words: str


@pytest.mark.parametrize(
    "case",
    [
        Gone(Cause.FIXED, StateReason.COMPLETED, "Fixed: no locked version of `tokio`"),
        Gone(Cause.REMOVED, StateReason.COMPLETED, "`tokio` is not locked any more"),
        Gone(Cause.WITHDRAWN, StateReason.NOT_PLANNED, "withdrawn"),
        Gone(Cause.CORRECTED, StateReason.NOT_PLANNED, "corrected"),
        Gone(Cause.UNTRACKED, StateReason.NOT_PLANNED, "not tracked any more"),
    ],
)
def test_an_issue_is_closed_with_its_evidence(case: Gone) -> None:
    """The reason and what was looked at stand in a comment."""
    desk = Desk()
    desk.run(HIGH)
    now = (Sighting("main", "Cargo.lock", ("1.0.1",), "0123456789abcdef"),)
    desk.run(evidence=Evidence(closable=True, cause=case.cause, now=now))
    assert only(desk).state_reason is case.reason
    assert case.words in said(desk)
    assert "`Cargo.lock` on `main` holds `1.0.1`, commit `0123456789ab`" in said(desk)


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(closable=False, why_not="the feed rustsec is stale", cause=Cause.FIXED),
        Evidence(closable=True, cause=None),
    ],
)
def test_silence_closes_nothing(evidence: Evidence) -> None:
    """Law 6: without fresh and complete evidence and a cause an issue stays open, and a note says why."""
    desk = Desk()
    desk.run(HIGH)
    made = desk.run(evidence=evidence)
    assert only(desk).state is State.OPEN
    assert "#1: stays open, because" in made.notes[0]


UNPINNED = Evidence(closable=True, unpinned=(Sighting("main", "Cargo.lock", ()),))


def test_what_is_named_but_not_pinned_stays_open() -> None:
    """It is said once, until it is pinned to an affected version again; a note says it each time."""
    desk = Desk()
    desk.run(HIGH)
    for _ in range(2):
        made = desk.run(evidence=UNPINNED)
        assert only(desk).state is State.OPEN
        (note,) = made.notes
        assert "not pinned any more: nobody can say which version is used (Cargo.lock at main)" in note
        assert said(desk).count("This can't be called fixed: `tokio` is named there") == 1
        assert "- `Cargo.lock` on `main`" in said(desk)
    desk.run(HIGH)
    desk.run(evidence=UNPINNED)
    assert said(desk).count("can't be called fixed") == 2
    desk.run(evidence=Evidence(closable=True, cause=Cause.FIXED))
    assert only(desk).state_reason is StateReason.COMPLETED


def test_a_stale_feed_comes_before_what_is_not_pinned() -> None:
    """Nothing is said on an issue while not everything was read."""
    desk = Desk()
    desk.run(HIGH)
    made = desk.run(evidence=UNPINNED._replace(closable=False, why_not="the feed rustsec is stale"))
    assert made.notes == ("#1: stays open, because the feed rustsec is stale",)


@pytest.mark.parametrize("text", ["", None])
def test_what_people_did_counts_where_it_is_not_pinned(text: str | None) -> None:
    """Without our block nothing is said; opened again by a person it stays so, without a word."""
    desk = Desk()
    desk.run(HIGH)
    if text is None:
        desk.run(evidence=Evidence(closable=True, cause=Cause.FIXED))
        desk.tracker.person_opens("1")
    else:
        desk.tracker.person_edits("1", body=text)
    before = said(desk)
    desk.run(evidence=UNPINNED)
    assert (only(desk).state, said(desk)) == (State.OPEN, before)


def test_a_place_that_is_not_pinned_is_not_called_fixed() -> None:
    """The finding is still in another place."""
    desk = Desk()
    desk.run((finding(places=(place(), place(ref="v1"))), decision()))
    desk.run((finding(places=(place(ref="v1"),)), decision()), evidence=UNPINNED)
    assert "No longer pinned in `Cargo.lock` on `main`: nobody can say which version is used." in said(desk)
    assert "No longer affected" not in said(desk)


def test_silence_takes_no_place_off_the_list() -> None:
    """A lockfile that was not read is not a fixed one."""
    desk = Desk()
    desk.run((finding(places=(place(), place(ref="v1"))), decision()))
    made = desk.run(HIGH, evidence=Evidence(closable=False, why_not="`v1` can't be read"))
    assert "`v1`" in only(desk).body
    assert made.notes == ("#1: no place is taken off the list, because `v1` can't be read",)
    desk.run(HIGH)
    assert "No longer affected: `Cargo.lock` on `v1`." in said(desk)


def test_out_of_scope_closes_with_the_rule() -> None:
    """The finding is still there; the rule says why nobody has to act."""
    desk = Desk()
    desk.run(HIGH)
    desk.run((finding(), decision(Scope.OUT, "dev-only")))
    assert only(desk).state_reason is StateReason.NOT_PLANNED
    assert "Out of scope, by rule `dev-only`" in said(desk)


def test_it_comes_back_within_the_time_to_reopen() -> None:
    """The same issue is opened again."""
    desk = Desk()
    desk.run(HIGH)
    desk.run()
    desk.clock.pass_by(days=29)
    desk.run(HIGH)
    assert only(desk).state is State.OPEN
    assert "It is back:" in said(desk)
    desk.run()
    assert only(desk).state is State.CLOSED
    assert len(desk.tracker.comments["1"]) == 3


def test_it_comes_back_later() -> None:
    """A new issue links the old one."""
    desk = Desk()
    desk.run(HIGH)
    desk.run()
    desk.clock.pass_by(days=31)
    desk.run(HIGH)
    assert [issue.state for issue in desk.tracker.issues.values()] == [State.CLOSED, State.OPEN]
    assert "It was tracked before in #1." in desk.tracker.issues["2"].body


def test_not_planned_is_a_proposal() -> None:
    """Said once, proposed to the policy, left closed until it runs out, opened again then."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_closes("1", StateReason.NOT_PLANNED)
    desk.clock.pass_by(hours=2)
    made = desk.run(HIGH)
    assert made.proposals[0].until == "2026-05-30T12:00:00Z"
    assert "until 2026-05-30" in said(desk)
    desk.clock.pass_by(days=80)
    assert desk.run(HIGH).actions == ()
    desk.clock.pass_by(days=20)
    desk.run(HIGH)
    assert only(desk).state is State.OPEN


def test_an_accepted_risk_that_gets_worse_comes_back() -> None:
    """A higher severity, or a fix, is another risk than the one that was accepted."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_closes("1", StateReason.NOT_PLANNED)
    desk.clock.pass_by(hours=2)
    desk.run(HIGH)
    desk.run((finding(severity=Severity.CRITICAL), decision()))
    assert only(desk).state is State.OPEN
    assert "its severity rose to critical" in said(desk)


def test_completed_too_early() -> None:
    """One comment, a grace period, opened again once; then the person has the last word."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_closes("1", StateReason.COMPLETED)
    assert "a moment ago" in desk.run(HIGH).notes[0]
    desk.clock.pass_by(hours=2)
    desk.run(HIGH)
    assert "Closed as completed, but still locked" in said(desk)
    desk.clock.pass_by(days=8)
    desk.run(HIGH)
    assert only(desk).state is State.OPEN
    desk.tracker.person_closes("1", StateReason.COMPLETED)
    for _ in range(3):
        desk.clock.pass_by(days=8)
        desk.run(HIGH)
    assert only(desk).state is State.CLOSED
    assert len(desk.tracker.comments["1"]) == 3


def test_a_person_s_duplicate_is_left_alone() -> None:
    """No comment, no new issue."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_closes("1", StateReason.DUPLICATE)
    desk.clock.pass_by(days=100)
    assert desk.run(HIGH).actions == ()


def test_what_a_person_opens_again_stays_open() -> None:
    """We closed it as fixed, a person disagrees: said once, then left alone."""
    desk = Desk()
    desk.run(HIGH)
    desk.run()
    desk.tracker.person_opens("1")
    desk.run()
    assert only(desk).state is State.OPEN
    assert "A person opened this issue again" in said(desk)
    assert desk.run().actions == ()


def test_titles_and_labels_of_people_stay() -> None:
    """A renamed issue keeps its name; a label taken away stays away; theirs stay."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_edits("1", title="Our tokio problem", labels=("advisord", "theirs"))
    desk.run((finding(severity=Severity.CRITICAL, summary="worse than thought"), decision()))
    assert only(desk).title == "Our tokio problem"
    assert only(desk).labels == ("advisord", "theirs")


def test_our_title_follows_the_advisory() -> None:
    """As long as nobody changed it."""
    desk = Desk()
    desk.run(HIGH)
    desk.run((finding(summary="worse than thought"), decision()))
    assert only(desk).title == "tokio: worse than thought (RUSTSEC-2026-0001)"


def test_a_changed_scope_changes_our_labels_only() -> None:
    """The label of the old scope goes, the label of the new one comes."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_edits("1", labels=("advisord", "security", "theirs"))
    desk.run((finding(), decision(Scope.REGULAR)))
    assert only(desk).labels == ("advisord", "theirs", "dependencies")
    assert "now a regular issue" in said(desk)


def test_another_canonical_id_and_other_aliases_keep_the_issue() -> None:
    """The key is chosen once; ids that overlap are enough."""
    desk = Desk()
    desk.run((finding("GHSA-aaaa-bbbb-cccc"), decision()))
    key = only(desk).key
    desk.run((finding("RUSTSEC-2026-0001", "GHSA-aaaa-bbbb-cccc"), decision()))
    desk.run((finding("RUSTSEC-2026-0001", "CVE-2026-1"), decision()))
    assert only(desk).key == key


def test_merged_vulnerabilities_share_the_lowest_number() -> None:
    """The other issue is closed as its duplicate."""
    desk = Desk()
    desk.run((finding("A-1"), decision()), (finding("B-1"), decision()))
    desk.run((finding("B-1", "A-1"), decision()))
    first, second = desk.tracker.issues.values()
    assert (first.state, second.state_reason) == (State.OPEN, StateReason.DUPLICATE)
    assert "as #1, which stays" in said(desk, "2")


def test_split_vulnerabilities_get_their_issues_back() -> None:
    """The issue goes to the id that it was opened for; the one that was a duplicate is opened again."""
    desk = Desk()
    desk.run((finding("A-1"), decision()), (finding("B-1"), decision()))
    desk.run((finding("B-1", "A-1"), decision()))
    desk.run((finding("B-1"), decision()), (finding("A-1"), decision()))
    assert len(desk.tracker.issues) == 2
    ids = {
        number: (identity.read(issue.body) or identity.Marker("", "")).ids
        for number, issue in desk.tracker.issues.items()
    }
    assert ids == {"1": ("A-1",), "2": ("B-1",)}
    assert all(issue.state is State.OPEN for issue in desk.tracker.issues.values())


def test_a_lost_database_is_rebuilt() -> None:
    """The tracker's own list is enough."""
    desk = Desk()
    desk.run(HIGH)
    rows = dict(desk.outbox.rows)
    desk.outbox.rows.clear()
    desk.run(HIGH)
    assert desk.outbox.rows == rows


def test_a_deleted_issue_is_replaced_once() -> None:
    """A second deletion is meant."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_removes("1", "deleted")
    desk.run(HIGH)
    assert list(desk.tracker.issues) == ["2"]
    desk.tracker.person_removes("2", "deleted")
    made = desk.run(HIGH)
    assert desk.tracker.issues == {}
    assert "deleted the issue of RUSTSEC-2026-0001 again" in made.notes[0]


def test_a_transferred_issue_is_left_where_it_went() -> None:
    """No second one is opened behind it."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_removes("1", "transferred")
    assert "a person moved it" in desk.run(HIGH).notes[0]


def test_a_removed_block_is_left_alone() -> None:
    """No new issue, no rewriting; closed when it is fixed, all the same."""
    desk = Desk()
    desk.run(HIGH)
    desk.tracker.person_edits("1", body="we keep our own notes here", key="")
    assert desk.run((finding(severity=Severity.LOW), decision())).actions == ()
    desk.run()
    assert (only(desk).state, only(desk).body) == (State.CLOSED, "we keep our own notes here")


def test_an_incomplete_list_opens_and_closes_nothing() -> None:
    """An update of an issue that was seen is all that may happen."""
    desk = Desk()
    for number in range(4):
        desk.run(*((finding(f"A-{n}"), decision()) for n in range(number + 1)))
    desk.tracker.complete = False
    made = desk.plan((finding("A-0", severity=Severity.LOW), decision()), (finding("B-0"), decision()))
    assert [(action.verb, action.number) for action in made.actions] == [(Verb.UPDATE, "1")]
    assert "page 2 was answered with 502" in made.notes[0]


def test_issues_of_other_repositories_are_left_alone() -> None:
    """Several repositories may share a tracker."""
    desk = Desk()
    desk.run(HIGH)
    body = only(desk).body.replace("octo%2Fcrab", "octo%2Fother")
    desk.tracker.person_edits("1", body=body)
    made = desk.run()
    assert only(desk).state is State.OPEN
    assert "octo/other" in made.notes[0]


def test_a_renamed_repository_keeps_its_issues() -> None:
    """Its earlier names are a setting."""
    desk = Desk(Settings(formerly=("octo/old",)))
    desk.run(HIGH)
    desk.tracker.person_edits("1", body=only(desk).body.replace("octo%2Fcrab", "octo%2Fold"))
    assert [action.verb for action in desk.run(HIGH).actions] == [Verb.UPDATE]


def test_a_budget_opens_the_worst_first() -> None:
    """The rest is opened by the next runs."""
    desk = Desk(Settings(creates=2))
    decided = [(finding(f"A-{n}", severity=severity), decision()) for n, severity in enumerate(Severity)]
    made = desk.plan(*decided)
    assert [action.title[-5:] for action in made.actions] == ["(A-5)", "(A-4)"]
    assert "4 more issues are opened later" in made.notes[0]


def test_above_the_limit_there_is_one_digest() -> None:
    """It lists what has no issue of its own, and is closed when it is empty."""
    desk = Desk(Settings(open_limit=2))
    decided = [(finding(f"A-{n}", package=f"crate{n}"), decision()) for n in range(5)]
    desk.run(*decided)
    assert len(desk.tracker.opened()) == 3
    digest = desk.tracker.opened()[-1]
    assert "3 findings in 3 packages" in digest.body
    assert "crate4" in digest.body
    desk.run(*decided[:2])
    assert desk.tracker.issues[digest.number].state is State.CLOSED


def test_silence_takes_nothing_off_the_digest() -> None:
    """While not everything was read, what is not found any more stays on the list, and why; what is new is added."""
    desk = Desk(Settings(open_limit=0))
    decided = [(finding(f"A-{n}", package=f"crate{n}"), decision()) for n in range(4)]
    desk.run(*decided[:3])
    unread = Evidence(closable=False, why_not="Cargo.lock at main can't be read: is not TOML")
    for left in (decided[:2], []):
        made = desk.run(*left, evidence=unread)
        assert made.notes == (
            "#1: no finding is taken off the list, because Cargo.lock at main can't be read: is not TOML",
        )
    assert "3 findings in 3 packages" in only(desk).body
    desk.run(*decided, evidence=unread)
    assert "4 findings in 4 packages" in only(desk).body
    desk.run()
    assert only(desk).state is State.CLOSED


def test_two_digests_become_one_and_a_person_may_close_it() -> None:
    """The lowest number stays; a person's close is respected, and told."""
    desk = Desk(Settings(open_limit=0))
    desk.run(HIGH)
    desk.tracker.issues["2"] = only(desk)._replace(number="2")
    desk.tracker.comments["2"] = []
    desk.run(HIGH)
    assert desk.tracker.issues["2"].state_reason is StateReason.DUPLICATE
    desk.tracker.person_closes("1", StateReason.NOT_PLANNED)
    made = desk.run(HIGH)
    assert "a person closed the digest issue; 1 finding has no issue" in made.notes[0]


def test_the_first_contact_is_a_baseline() -> None:
    """What was there before goes into the digest unless it is critical; what comes later gets its own issue."""
    desk = Desk(Settings(baseline_above=3))
    old = [(finding(f"A-{n}", first_seen="2026-02-01T00:00:00Z"), decision()) for n in range(5)]
    bad = (finding("B-1", severity=Severity.CRITICAL, first_seen="2026-02-01T00:00:00Z"), decision())
    desk.run(*old, bad)
    assert sorted(issue.title[:5] for issue in desk.tracker.opened()) == ["Vulne", "tokio"]
    desk.clock.pass_by(days=1)
    new = (finding("C-1", first_seen="2026-03-02T00:00:00Z"), decision())
    desk.run(*old, bad, new)
    assert len(desk.tracker.opened()) == 3


def test_other_issues_of_our_account_do_not_hide_the_first_contact() -> None:
    """A person's token has written other issues before."""
    desk = Desk(Settings(baseline_above=3))
    desk.tracker.create("something else", "words", ())
    old = [(finding(f"A-{n}", first_seen="2026-02-01T00:00:00Z"), decision()) for n in range(5)]
    desk.run(*old)
    assert len(desk.tracker.issues) == 2


def test_onboarding_ten_thousand_findings() -> None:
    """It stays within the budget and ends in a digest that fits."""
    desk = Desk()
    decided = [
        (finding(f"A-{n}", package=f"crate{n % 900}", severity=list(Severity)[n % 6]), decision())
        for n in range(10_000)
    ]
    result = desk.apply(desk.plan(*decided))
    assert len(result.outcomes) == desk.settings.creates + 1
    digest = next(issue for issue in desk.tracker.opened() if issue.title.startswith("Vulnerable dependencies"))
    assert len(digest.body) < 58_000
    assert "9,900 findings in " in digest.body


def test_times_are_settings() -> None:
    """A time of nothing reopens at once."""
    desk = Desk(Settings(settle=timedelta(0), grace=timedelta(0)))
    desk.run(HIGH)
    desk.tracker.person_closes("1", StateReason.COMPLETED)
    desk.apply(desk.plan(HIGH))
    desk.run(HIGH)
    assert only(desk).state is State.OPEN


@pytest.mark.parametrize("visibility", list(Visibility))
def test_private_details_go_to_private_trackers_only(visibility: Visibility) -> None:
    """A tracker that does not say who can read it counts as public."""
    desk = Desk()
    settings = Settings(private=True)
    made = plan(
        REPOSITORY, "hub", [HIGH], Listing((), complete=True), {}, {}, desk.clock(), settings, visibility=visibility
    )
    assert bool(made.actions) == (visibility is Visibility.PRIVATE)
    assert bool(made.notes) == (visibility is not Visibility.PRIVATE)


def test_deadlines_are_reminded_of_and_missed_once() -> None:
    """Before: a comment. After: a comment and a label. A moved date is told, and the label goes."""
    desk = Desk()
    due = Deadline("fix", "2026-03-20", "2026-03-20T00:00:00Z")
    desk.deadlines = {("crates.io", "tokio", "RUSTSEC-2026-0001"): (due,)}
    desk.run(HIGH)
    assert "| fix | 2026-03-20 |" in only(desk).body
    assert said(desk) == ""
    desk.clock.pass_by(days=15)
    desk.run(HIGH)
    assert said(desk).count("The date for fix is 2026-03-20.") == 1
    desk.clock.pass_by(days=10)
    desk.run(HIGH)
    assert said(desk).count("The date for fix was 2026-03-20.") == 1
    assert "overdue" in only(desk).labels
    desk.clock.pass_by(days=10)
    assert desk.run(HIGH).actions == ()
    later = Deadline("fix", "2026-06-01", "2026-06-01T00:00:00Z")
    desk.deadlines = {("crates.io", "tokio", "RUSTSEC-2026-0001"): (later,)}
    desk.run(HIGH)
    assert "The date for fix is now 2026-06-01; it was 2026-03-20." in said(desk)
    assert "overdue" not in only(desk).labels


def test_a_severity_raised_after_the_deadline() -> None:
    """The new, earlier date is past at once: told, labelled, once."""
    desk = Desk()
    desk.deadlines = {
        ("crates.io", "tokio", "RUSTSEC-2026-0001"): (Deadline("fix", "2026-05-01", "2026-05-01T00:00:00Z"),)
    }
    desk.run(HIGH)
    desk.deadlines = {
        ("crates.io", "tokio", "RUSTSEC-2026-0001"): (Deadline("fix", "2026-02-01", "2026-02-01T00:00:00Z"),)
    }
    desk.run((finding(severity=Severity.CRITICAL), decision()))
    assert "it was 2026-05-01" in said(desk)
    assert "The date for fix was 2026-02-01." in said(desk)
    assert "overdue" in only(desk).labels


def test_a_deadline_that_is_past_from_the_start() -> None:
    """The new issue has the label, and nothing follows at once."""
    desk = Desk()
    desk.deadlines = {
        ("crates.io", "tokio", "RUSTSEC-2026-0001"): (Deadline("fix", "2026-02-01", "2026-02-01T00:00:00Z"),)
    }
    desk.run(HIGH)
    assert "overdue" in only(desk).labels
    assert said(desk) == ""


ACCEPTANCE = Accepted("RUSTSEC-2026-0001", "policy", "ana", "2026-11-01", "until 2026-12-21", "2026-12-21")
ENDED_FACT = Fact(ENDED, "RUSTSEC-2026-0001 (policy): it held until 2026-12-21")


def _accepted(desk: Desk) -> None:
    desk.run(HIGH)
    desk.run((finding(), decision(Scope.ACCEPTED)._replace(acceptance=ACCEPTANCE)))


def test_accepted_closes_with_who_and_until_when() -> None:
    """The acceptance decided it, not the rule that the finding would be in scope by."""
    desk = Desk()
    _accepted(desk)
    assert only(desk).state_reason is StateReason.NOT_PLANNED
    assert "by the acceptance of RUSTSEC-2026-0001 (policy) by ana, until 2026-12-21" in said(desk)
    assert "by rule" not in said(desk)


def test_an_acceptance_that_ended_is_no_return() -> None:
    """The finding was there all the time: the comment and the body say what ended, once."""
    desk = Desk()
    _accepted(desk)
    over = (finding(), decision()._replace(facts=(ENDED_FACT,)))
    desk.run(over)
    assert only(desk).state is State.OPEN
    assert "The acceptance ended: RUSTSEC-2026-0001 (policy): it held until 2026-12-21." in said(desk)
    assert "It is back" not in said(desk)
    assert "Acceptance ended: RUSTSEC-2026-0001 (policy)" in only(desk).body
    assert desk.run(over).actions == ()


def test_after_long_a_new_issue_says_so_too_and_the_old_one_leads_to_it() -> None:
    """Later than an issue is opened again, both are linked, in both directions."""
    desk = Desk()
    _accepted(desk)
    desk.clock.pass_by(days=40)
    over = (finding(), decision()._replace(facts=(ENDED_FACT,)))
    desk.run(over)
    new = desk.tracker.issues["2"]
    assert "It was tracked before in #1." in new.body
    assert "Acceptance ended: RUSTSEC-2026-0001 (policy): it held until 2026-12-21." in new.body
    assert said(desk).count("This is tracked in #2 now.") == 1
    assert desk.run(over).actions == ()


def test_another_rule_is_no_return_either() -> None:
    """What was out of scope and is in scope again by the policy."""
    desk = Desk()
    desk.run(HIGH)
    desk.run((finding(), decision(Scope.OUT, "dev-only")))
    desk.run(HIGH)
    assert "By rule `runtime` it is tracked again" in said(desk)
