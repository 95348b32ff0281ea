"""Who and what disturbs issue tracking: people, and a tracker that fails."""

import random
from collections.abc import Mapping

from forge_fake import Forge
from github_fake import Data, Fault, GitHub

PEOPLE = "\n\nPeople's own words: keep them."
_WHERE = (
    ("GET", r"/issues\?"),
    ("POST", "/issues$"),
    ("POST", "/(comments|notes)$"),
    ("PATCH", "/issues/"),
    ("GET", "page=2"),
)
_WHAT: tuple[tuple[int, Mapping[str, str]], ...] = (
    (502, {}),
    (403, {"retry-after": "60"}),
    (429, {}),
    (403, {}),
    (401, {}),
    (422, {}),
)


def tracker_faults(chance: random.Random, changes: str = "PATCH") -> list[Fault]:
    """One kind of failure, once or three times; half of the lost answers belong to work that was done.

    `changes` is the method by which the tracker changes an issue.
    """
    method, path = chance.choice(_WHERE)
    status, headers = chance.choice(_WHAT)
    after = status == 502 and chance.random() < 0.5
    method = changes if method == "PATCH" else method
    return [Fault(method, path, status, headers, after=after)] * chance.choice((1, 3))


class People:
    """Those who use the issues. They remember what they wrote, so that it can be looked for."""

    def __init__(self, hub: GitHub | Forge, chance: random.Random, *, deleting: bool = True) -> None:
        self._hub = hub
        self._chance = chance
        self._deleting = deleting
        self.titles: dict[int, str] = {}
        self.words: set[int] = set()

    def act(self) -> None:
        """One person does one thing to one issue."""
        rnd, hub = self._chance, self._hub
        if not hub.issues:
            return
        number = rnd.choice(list(hub.issues))
        issue = hub.issues[number]
        act = rnd.randrange(9)
        if act == 0:
            self.titles[number] = f"Ours {rnd.random()}"
            hub.person(number, title=self.titles[number])
        elif act == 1 and number not in self.words:
            self.words.add(number)
            hub.person(number, body=issue["body"].replace("\n", "\r\n") + PEOPLE)
        elif act == 2:
            hub.person(number, labels=[hub.label("theirs")])
        elif act == 3 and issue["state"] == "closed":
            hub.person(number, state="open")
        elif act in {4, 5, 6} and issue["state"] == "open":
            hub.person(number, state="closed", state_reason=rnd.choice(("completed", "not_planned", "duplicate")))
        elif act == 7 and self._deleting and rnd.random() < 0.3:
            hub.remove(number, moved=rnd.random() >= 0.5)
            self.titles.pop(number, None)
        elif act == 8:
            hub.person(number, locked=True)

    def lost(self, issues: Mapping[int, Data]) -> list[str]:
        """What is not there any more of the titles and the words that people wrote."""
        titles = [
            f"the title of #{number} is {issues[number]['title']!r}, a person wrote {title!r}"
            for number, title in self.titles.items()
            if issues[number]["title"] != title
        ]
        gone = (number for number in self.words & issues.keys() if not issues[number]["body"].endswith(PEOPLE))
        return [*titles, *(f"the words of a person in #{number} are gone" for number in gone)]
