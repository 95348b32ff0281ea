"""A person closes an issue as not planned: accepted in decisions, told once, and in scope again when it is over."""

import contextlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advisord.cli import acceptances as acceptances_command
from advisord.cycle.plugs import Plugs
from advisord.cycle.work import Work
from advisord.model.decision import Scope
from advisord.settings import load
from advisord.store import audit, proposals
from advisord.store.database import open_writer


class Office:
    """The configuration at work in this process, with a clock that the test moves."""

    def __init__(self, world: Path) -> None:
        config = world / "advisord.toml"
        config.write_text(f'{config.read_text()}[tracking]\nsettle = "0s"\nacceptance = "30d"\n')
        self.world = world
        self.settings = load(str(config))
        self.now = datetime.now(UTC)
        self.db = open_writer(self.settings.store.path)
        self.plugs = Plugs(str(world), self.clock)
        self.said: list[str] = []
        self.work = Work(
            self.settings, self.db, self.plugs, clock=self.clock, sleep=lambda _: None, say=self.said.append
        )

    def clock(self) -> datetime:
        """The time."""
        return self.now

    def cycle(self) -> str:
        """One whole cycle; what it said."""
        self.said.clear()
        assert not [problem for problem in self.work.once() if problem.blocking]
        return "\n".join(self.said)

    def issue(self) -> str:
        """The text of the issue about hyper."""
        return next((self.world / "issues").glob("*hyper*")).read_text(encoding="utf-8")

    def person(self, **fields: str) -> None:
        """A person edits fields of it."""
        text = self.issue()
        for name, value in fields.items():
            text = re.sub(rf"^{name}: .*\n", "", text, count=1, flags=re.MULTILINE)
            text = text.replace("---\n", f"---\n{name}: {value}\n", 1) if value else text
        next((self.world / "issues").glob("*hyper*")).write_text(text, encoding="utf-8")

    def scope(self) -> set[Scope]:
        """What is decided of hyper now."""
        judged = self.work.assess(self.settings.repositories[0]).judged
        return {one.decision.scope for one in judged if one.finding.package == "hyper"}

    def close_as_not_planned(self) -> None:
        """A person does."""
        self.person(state="closed", state_reason="not_planned", closed=self.now.strftime("'%Y-%m-%dT%H:%M:%SZ'"))


@pytest.fixture
def office(world: Path) -> Iterator[Office]:
    """The world at work."""
    made = Office(world)
    with contextlib.closing(made.db), made.plugs:
        made.cycle()
        yield made


def acceptances(office: Office) -> list[str]:
    """What the audit log says of acceptances."""
    return [one.entry.detail["outcome"] for one in audit.written(office.db) if one.entry.kind == "acceptance"]


def test_accepted_told_once_and_over(office: Office) -> None:
    """Closed by a person: told, accepted, quiet; after its time opened again and in scope."""
    office.close_as_not_planned()
    assert "comment #" in office.cycle()
    assert office.scope() == {Scope.ACCEPTED}
    assert "1 accepted" in office.cycle()
    log = audit.verify(office.db)
    quiet = office.cycle()
    assert "0 actions on the tracker" in quiet
    assert audit.verify(office.db) == log
    assert office.issue().count("proposal to accept the risk") == 1
    assert acceptances(office) == ["accepted"]
    office.now += timedelta(days=32)
    assert "reopen #" in office.cycle()
    assert "\nstate: open\n" in office.issue()
    assert office.scope() == {Scope.IN}
    assert "0 actions on the tracker" in office.cycle()
    assert acceptances(office) == ["accepted", "over: the issue is open again"]


def test_a_person_changes_their_mind(office: Office) -> None:
    """Opened again by a person: in scope again at once, and not closed again by us."""
    office.close_as_not_planned()
    office.cycle()
    office.cycle()
    office.person(state="open", state_reason="", closed="")
    assert "0 actions" in office.cycle() or "update #" in "\n".join(office.said)
    assert office.scope() == {Scope.IN}
    assert "\nstate: open\n" in f"\n{office.issue()}"
    assert "0 actions on the tracker" in office.cycle()


def test_a_lost_database_learns_it_again(office: Office) -> None:
    """The tracker says what was accepted; it is not told twice."""
    office.close_as_not_planned()
    office.cycle()
    office.db.execute("DELETE FROM proposal")
    assert office.scope() == {Scope.IN}
    office.cycle()
    assert office.scope() == {Scope.ACCEPTED}
    assert office.issue().count("proposal to accept the risk") == 1


def test_they_are_listed(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """With a configuration: who, on which issue, until when, and whether it still holds or covers nothing any more."""

    def listed() -> str:
        assert acceptances_command.run(["--config", str(office.world / "advisord.toml")]) == 0
        return capsys.readouterr().out

    assert "No risk is accepted." in listed()
    office.close_as_not_planned()
    office.cycle()
    office.cycle()
    capsys.readouterr()
    text = listed()
    until = (office.now + timedelta(days=30)).date()
    assert text.startswith("shop:\nactive    RUSTSEC-2021-0079")
    assert "(issue #" in text
    assert "as not planned. (by a person in the issue tracker, since " in text
    assert f"until {until}, or " in text
    assert "covers RUSTSEC-2021-0079 in hyper 0.14." in text
    acceptances_command.run(["--config", str(office.world / "advisord.toml"), "--format", "json"])
    (one,) = json.loads(capsys.readouterr().out)["repositories"][0]["acceptances"]
    assert (one["state"], one["until"][:10]) == ("active", str(until))
    (proposal,) = office.work.accepted(office.settings.repositories[0])
    proposals.keep(
        office.db, 1, "issues", [proposal._replace(key="k", number="77", package="gone")], "2026-01-01T00:00:00Z"
    )
    assert re.search(r"stale     RUSTSEC-2021-0079 in gone  \(issue #77\)", listed())


def test_an_acceptance_of_the_policy_ends(office: Office) -> None:
    """Closed by whom and until when; then opened again because it ended, once, with the day and the arithmetic."""
    now = office.now
    until = (now + timedelta(days=20)).date()
    policy = office.world / "shop/advisord-policy.toml"
    policy.write_text(
        f'{policy.read_text()}[deadlines]\nfix = "5 days"\n[[acceptances]]\nadvisory = "CVE-2021-32714"\nwho = "ana"\n'
        f'why = "No proxy in front of it."\nsince = {now.date()}\nuntil = {{ date = {until} }}\n'
    )
    assert "close #" in office.cycle()
    assert f"by the acceptance of CVE-2021-32714 (policy) by ana, until {until}" in office.issue()
    office.now += timedelta(days=22)
    assert "reopen #" in office.cycle()
    text = office.issue()
    assert f"The acceptance ended: CVE-2021-32714 (policy): it held until {until}." in text
    assert "It is back" not in text
    assert "the time while the risk was accepted counts too" in text
    assert "0 actions on the tracker" in office.cycle()
