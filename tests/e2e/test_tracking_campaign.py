"""A campaign against issue tracking: kills, faults and people, over the real store and each server's issues.

`make chaos` runs it longer; ADVISORD_CHAOS says how many disturbances there are in all.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from disturbing import People, tracker_faults
from forge_fake import Forge
from forgejo_fake import Forgejo
from github_fake import GitHub, Reply
from gitlab_fake import GitLab
from openapi import described
from tracking import REPOSITORY, Clock, Killed, decision, finding, place

from advisord.model.advisory import Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.model.plan import Plan, State
from advisord.store import audit
from advisord.store.database import open_writer
from advisord.store.lockfiles import repository_id
from advisord.store.outbox import Outbox
from advisord.times import stamp
from advisord.tracking import identity, state
from advisord.tracking.apply import Applied, Limits, Status, apply
from advisord.tracking.inputs import Cause, Evidence, Settings
from advisord.tracking.interface import Tracker
from advisord.tracking.pairing import recognise
from advisord.tracking.plan import open_issues, plan
from advisord.tracking.trackers.registry import make

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "github-rest.json"
DISTURBANCES = int(os.environ.get("ADVISORD_CHAOS", "80"))
CAMPAIGNS = [*(("github", seed) for seed in range(8)), *((kind, n) for kind in ("gitlab", "forgejo") for n in range(4))]
HUBS: dict[str, Callable[[Callable[[], str]], GitHub | Forge]] = {
    "github": lambda now: GitHub(now, described(CONTRACT)),
    "gitlab": GitLab,
    "forgejo": Forgejo,
}
HELD = (
    "no duplicate, no lost issue, no fought human, no comment twice, no action without a reason, plan empty, log whole"
)


class Deadly:
    """A client that dies before or after the request that its turn comes to."""

    def __init__(self, hub: GitHub | Forge) -> None:
        self.hub = hub
        self.before = self.after = -1

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object | None = None) -> Reply:
        """One request more."""
        self.before -= 1
        self.after -= 1
        if self.before == 0:
            raise Killed
        reply = self.hub.request(method, url, headers=headers, json=json)
        if self.after == 0:
            raise Killed
        return reply


class Campaign:
    """A repository's findings, the server with its issues, its database, and everyone who disturbs them."""

    def __init__(self, kind: str, seed: int, database: str) -> None:
        self.kind = kind
        self.random = random.Random(seed)
        self.clock = Clock()
        self.hub = HUBS[kind](lambda: stamp(self.clock()))
        self.hub.page = 3
        self.client = Deadly(self.hub)
        self.db = open_writer(database)
        self.settings = Settings(creates=4, open_limit=8, baseline_above=6)
        self.people = People(self.hub, self.random)
        self.actions = 0
        self.met: Counter[str] = Counter()
        self.decided: list[tuple[Finding, Decision]] = []
        self.change()

    def change(self) -> None:
        """Advisories, lockfiles and the policy move on."""
        rnd = self.random
        self.decided = []
        for package in ("tokio", "hyper", "ring"):
            names = [f"RUSTSEC-2026-000{n}" for n in range(4) if rnd.random() < 0.7]
            rnd.shuffle(names)
            while names:
                ids = [names.pop() for _ in range(min(len(names), rnd.choice((1, 1, 2))))]
                found = finding(
                    *ids,
                    package=package,
                    severity=rnd.choice((Severity.UNKNOWN, Severity.LOW, Severity.HIGH, Severity.CRITICAL)),
                    places=[place(ref=ref) for ref in rnd.sample(("main", "v1", "v2"), rnd.randint(1, 3))],
                    first_seen=stamp(self.clock()),
                )
                self.decided.append((found, decision(rnd.choice((Scope.IN, Scope.IN, Scope.REGULAR, Scope.OUT)))))

    def disturb(self) -> None:
        """One kill, fault, or human action."""
        rnd = self.random
        if rnd.random() < 0.5:
            self.met["human actions"] += 1
            self.people.act()
            return
        kind = rnd.randrange(6)
        self.met["kills" if kind < 2 else "faults"] += 1
        if kind == 0:
            self.client.before = rnd.randint(1, 20)
        elif kind == 1:
            self.client.after = rnd.randint(1, 20)
        else:
            self.hub.faults += tracker_faults(rnd, "PUT" if self.kind == "gitlab" else "PATCH")

    def tracker(self) -> Tracker:
        """As a new process has it."""
        keys: dict[str, Any] = {
            "project" if self.kind == "gitlab" else "repository": "octo/crab",
            "client": self.client,
        }
        return make(self.kind, "hub", token=lambda: "secret", url=self.hub.url, sleep=lambda _: None, **keys)

    def run(self, *, closable: bool = True) -> tuple[Plan, Applied]:
        """One cycle of a new process."""
        tracker = self.tracker()
        outbox = Outbox(self.db, repository_id(self.db, REPOSITORY), "hub")
        known = outbox.known()
        listing = state.read(tracker, known)
        evidence = {
            t.key: Evidence(closable=closable, cause=Cause.FIXED)
            for t in open_issues(REPOSITORY, listing, known, self.settings)
        }
        made = plan(REPOSITORY, "hub", self.decided, listing, known, evidence, self.clock(), self.settings)
        assert all(action.reason for action in made.actions)
        result = apply(made, tracker, outbox, self.clock, lambda _: None, Limits(0.0, 10_000))
        self.actions += sum(outcome.status is Status.DONE for outcome in result.outcomes)
        return made, result

    def survive(self) -> None:
        """A cycle in which anything may happen."""
        with suppress(Killed):
            self.run(closable=self.random.random() < 0.8)
        self.client.before = self.client.after = -1
        self.hub.faults.clear()
        if self.random.random() < 0.1:
            self.db.execute("DELETE FROM issue")
        self.clock.pass_by(hours=self.random.choice((0, 1, 30, 24 * 40)))

    def settle(self) -> Plan:
        """Cycles without disturbance, until nothing is left to do."""
        self.met["rests"] += 1
        self.clock.pass_by(hours=2)
        for _ in range(20):
            self.clock.pass_by(minutes=2)
            made, result = self.run()
            assert result.complete, result
            if not made.actions:
                return made
        raise AssertionError(f"it does not come to rest: {made.actions}")

    def judge(self, made: Plan) -> None:
        """No duplicate, no lost issue, no fought human."""
        ours: list[dict[str, Any]] = [i for i in self.hub.issues.values() if identity.read(i["body"])]
        found = recognise(self.tracker().list_issues(), {}, (REPOSITORY,))
        listed = "".join(t.issue.body for t in found.digests if t.issue.state is State.OPEN)
        for wanted, decided in self.decided:
            about = [t for t in found.issues if t.package == wanted.package and set(t.ids) & set(wanted.ids)]
            opened = [t for t in about if t.issue.state is State.OPEN and t.marker and "kept" not in t.marker.said]
            assert len(opened) <= 1, opened
            if decided.scope in {Scope.IN, Scope.REGULAR} and not opened:
                by_people = [t for t in about if t.issue.by_person is not False]  # Forgejo tells of nobody
                told = [note for note in made.notes if wanted.id in note or "closed the digest" in note]
                assert wanted.package in listed or by_people or told, (wanted.id, made.notes)
        assert self.people.lost(self.hub.issues) == []
        for issue in ours:
            said = [identity.comment_marker(c["body"]) for c in self.hub.comments[issue["number"]]]
            assert len(said) == len(set(said))


@pytest.mark.parametrize(("kind", "seed"), CAMPAIGNS)
def test_nothing_is_doubled_lost_or_fought(
    kind: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After every few disturbances it comes to rest, true and quiet."""
    campaign = Campaign(kind, seed, str(tmp_path / "advisord.db"))
    left = max(1, DISTURBANCES // len(CAMPAIGNS))
    while left > 0:
        if campaign.random.random() < 0.4:
            campaign.change()
        for _ in range(campaign.random.randint(1, 3)):
            campaign.disturb()
            left -= 1
        campaign.survive()
        if campaign.random.random() < 0.3:
            campaign.judge(campaign.settle())
    campaign.judge(campaign.settle())
    assert campaign.actions
    assert audit.verify(campaign.db).problem == ""
    campaign.db.close()
    if "ADVISORD_CHAOS" in os.environ:
        met = ", ".join(f"{number} {what}" for what, number in sorted(campaign.met.items()))
        with capsys.disabled():
            print(f"\n{kind}, seed {seed}: {met}, {campaign.actions} actions: {HELD}", end="")
