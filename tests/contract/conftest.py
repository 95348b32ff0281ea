"""One harness for each tracker in the registry."""

from collections.abc import Callable
from pathlib import Path

import pytest
from forge_fake import Forge
from forgejo_fake import Forgejo
from github_fake import Account, Fault, GitHub
from gitlab_fake import GitLab
from openapi import described
from tracking import Clock

from advisord.times import stamp
from advisord.tracking.interface import Tracker
from advisord.tracking.trackers.forgejo import ForgejoTracker
from advisord.tracking.trackers.front_matter import parse, write
from advisord.tracking.trackers.github import GitHubTracker
from advisord.tracking.trackers.gitlab import GitLabTracker
from advisord.tracking.trackers.local import LocalTracker

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "github-rest.json"


class LocalHarness:
    """The folder, with people who edit its files."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.clock = clock
        self.tracker: Tracker = LocalTracker("issues", str(folder), clock)

    def edit(self, number: str, **fields: object) -> None:
        """A person edits a file; `body` is the body, everything else a field."""
        (file,) = self.folder.glob(f"{int(number):04}-*.md")
        document = parse(file.read_text(encoding="utf-8"))
        body = str(fields.pop("body", document.body))
        document.fields.update(fields)
        file.write_text(write(document._replace(body=body)), encoding="utf-8")

    def close(self, number: str, reason: str) -> None:
        """A person closes."""
        self.edit(number, state="closed", state_reason=reason, closed=stamp(self.clock()))

    def remove(self, number: str) -> None:
        """A person deletes."""
        (file,) = self.folder.glob(f"{int(number):04}-*.md")
        file.unlink()

    def comments(self, number: str) -> str:
        """All comments."""
        (file,) = self.folder.glob(f"{int(number):04}-*.md")
        return parse(file.read_text(encoding="utf-8")).comments

    def damage(self) -> None:
        """Make the next list incomplete."""
        (self.folder / "9999-broken.md").write_text("---\nnumber: [\n---\n", encoding="utf-8")


class GitHubHarness:
    """The fake, with people in its web page."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        description = described(CONTRACT)
        self.github = GitHub(lambda: stamp(clock()), description)
        self.tracker: Tracker = GitHubTracker(
            "hub", "octo/crab", self.github, lambda: "secret", url=self.github.url, sleep=lambda _: None
        )
        self.github.file(Account("mona"), "a person's own issue", "body", [])
        self.github.file(Account("advisord-bot"), "our pull request", "body", ["advisord"], pull=True)

    def edit(self, number: str, **fields: object) -> None:
        """A person edits."""
        labels = fields.pop("labels", None)
        if isinstance(labels, (list, tuple)):
            fields["labels"] = [self.github.label(label) for label in labels]
        self.github.person(int(number), **fields)

    def close(self, number: str, reason: str) -> None:
        """A person closes."""
        self.github.person(int(number), state="closed", state_reason=reason)

    def remove(self, number: str) -> None:
        """A person deletes."""
        del self.github.issues[int(number)]
        self.github.deleted.add(int(number))

    def comments(self, number: str) -> str:
        """All comments."""
        return "\n".join(comment["body"] for comment in self.github.comments[int(number)])

    def damage(self) -> None:
        """Make the next list incomplete."""
        self.github.page = 1
        for _ in range(3):
            self.github.faults.append(fault_on_page_two())


class ForgeHarness:
    """The fakes of GitLab and Forgejo, where a label says why an issue was closed."""

    def __init__(self, kind: str, clock: Clock) -> None:
        self.clock = clock

        def token() -> str:
            return "secret"

        if kind == "gitlab":
            self.forge: Forge = GitLab(lambda: stamp(clock()))
            self.tracker: Tracker = GitLabTracker(
                "lab", "octo/crab", self.forge, token, url=self.forge.url, sleep=no_sleep
            )
        else:
            self.forge = Forgejo(lambda: stamp(clock()))
            self.tracker = ForgejoTracker("jo", "octo/crab", self.forge, token, url=self.forge.url, sleep=no_sleep)
        self.forge.file(Account("mona"), "a person's own issue", "body", [])

    def edit(self, number: str, **fields: object) -> None:
        """A person edits."""
        labels = fields.get("labels")
        for label in labels if isinstance(labels, list) else ():
            self.forge.labels.setdefault(label, len(self.forge.labels) + 1)
        self.forge.issues[int(number)].update(fields)

    def close(self, number: str, reason: str) -> None:
        """A person closes, and says by a label why."""
        if reason == "not_planned":
            self.edit(number, labels=[*self.forge.issues[int(number)]["labels"], "wontfix"])
        self.forge.turn(int(number), "closed", Account("mona"))

    def remove(self, number: str) -> None:
        """A person deletes."""
        del self.forge.issues[int(number)]

    def comments(self, number: str) -> str:
        """All comments."""
        return "\n".join(comment["body"] for comment in self.forge.comments[int(number)])

    def damage(self) -> None:
        """Make the next list incomplete."""
        self.tracker.create("another", "words", ())
        self.forge.page = 1
        for _ in range(3):
            self.forge.faults.append(fault_on_page_two())


def no_sleep(_seconds: float) -> None:
    """Tests don't wait."""


def fault_on_page_two() -> Fault:
    """A 502 for the second page."""
    return Fault("GET", r"/issues\?.*page=2", 502)


Harness = LocalHarness | GitHubHarness | ForgeHarness


@pytest.fixture
def harness_of(tmp_path: Path) -> Callable[[str], Harness]:
    """A harness by the name of its tracker."""

    def make(kind: str) -> Harness:
        clock = Clock()
        if kind == "local":
            return LocalHarness(tmp_path / "issues", clock)
        return GitHubHarness(clock) if kind == "github" else ForgeHarness(kind, clock)

    return make
