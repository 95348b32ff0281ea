"""What the fakes of GitLab and Forgejo share; what is asked and answered is held to our tables of facts."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from facts import facts
from github_fake import Account, Fault, Reply

Data = dict[str, Any]
Answered = tuple[int, Any]


class Forge:
    """What both share: issues, comments, accounts, pages and faults."""

    kind = ""
    usual = 0
    """How many entries a page has when nobody says so."""
    root = ""

    def __init__(self, now: Callable[[], str]) -> None:
        self.url = "https://forge.example"
        self.own_name = self.url
        self.tokens = {"secret": Account("advisord-bot"), "person": Account("mona")}
        self.issues: dict[int, Data] = {}
        self.comments: dict[int, list[Data]] = {}
        self.labels: dict[str, int] = {}
        self.milestones: list[Data] = []
        self.repositories: list[Data] = []
        self.faults: list[Fault] = []
        self.asked: list[tuple[str, str]] = []
        self.page = 100
        self.issues_off = False
        self.renamed = False
        self.moved: set[int] = set()
        self.last = 0
        self.now = now

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object | None = None) -> Reply:
        """One request."""
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.asked.append((method, target))
        facts(self.kind).check_request(method, target, json)
        fault = next((f for f in self.faults if f.method == method and re.search(f.path, target)), None)
        if fault is None:
            return self._answer(method, target, headers, json)
        self.faults.remove(fault)
        if fault.after:
            self._answer(method, target, headers, json)
        return Reply(fault.status, dict(fault.headers), fault.body)

    def _answer(self, method: str, target: str, headers: Mapping[str, str], json: object | None) -> Reply:
        account = self.tokens.get(headers["authorization"].split(" ")[1])
        if account is None:
            return reply(401, {"message": "401 Unauthorized"})
        parts = urlsplit(target)
        if self.renamed and parts.path.startswith(self.root):
            return self.elsewhere(method)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        status, data = self.work(method, parts.path, account, query, json or {})
        more: Mapping[str, str] = {}
        if isinstance(data, list) and method == "GET" and not self.whole(parts.path):
            size = min(self.page, int(query.get("per_page") or query.get("limit") or self.usual))
            number, total = int(query.get("page", "1")), len(data)
            data = data[(number - 1) * size : number * size]
            more = self.paging(target, number, size, total)
        facts(self.kind).check_answer(method, target, status, data)
        return reply(status, data, more)

    def work(self, method: str, path: str, account: Account, query: Data, data: Any) -> Answered:
        """The answer to a request that got through."""
        raise NotImplementedError

    def paging(self, target: str, number: int, size: int, total: int) -> dict[str, str]:
        """The headers of a page."""
        raise NotImplementedError

    def whole(self, path: str) -> bool:
        """Whether a list comes all at once."""
        return False

    def elsewhere(self, method: str) -> Reply:
        """The answer when the repository has another name now."""
        raise NotImplementedError

    def link(self, target: str, number: int, size: int, total: int) -> dict[str, str]:
        """The header that names the next page, as the server calls itself in its configuration."""
        if number * size >= total:
            return {}
        base = re.sub(r"[?&]page=\d+", "", target)
        return {"link": f'<{self.own_name}{base}{"&" if "?" in base else "?"}page={number + 1}>; rel="next"'}

    def file(self, account: Account, title: str, body: str, labels: list[str]) -> Data:
        """A new issue, in our own words; `shown` says it in the forge's."""
        self.last += 1
        for label in labels:
            self.label(label)
        issue = {
            "number": self.last, "title": title, "body": body, "state": "open", "labels": list(labels),
            "author": account.login, "closed_at": None, "closed_by": None, "assignees": [], "milestone": None,
        }  # fmt: skip
        self.issues[self.last] = issue
        self.comments[self.last] = []
        return issue

    def label(self, name: str) -> str:
        """A label as it stands on an issue, made when it is not there."""
        self.labels.setdefault(name, len(self.labels) + 1)
        return name

    def person(self, number: int, **changes: Any) -> None:
        """What a person does in the web page; why an issue was closed is said by a label."""
        issue = self.issues[number]
        why = {"not_planned": "wontfix", "duplicate": "duplicate"}
        if (state := changes.pop("state", "")) and state != issue["state"]:
            kept = [label for label in issue["labels"] if label not in why.values()]
            reason = why.get(changes.pop("state_reason", ""))
            issue["labels"] = [*kept, self.label(reason)] if reason else kept
            self.turn(number, state, Account("mona"))
        issue.update(changes)

    def remove(self, number: int, *, moved: bool = False) -> None:
        """A person deletes an issue, or moves it elsewhere."""
        del self.issues[number]

    def milestone_list(self, method: str, query: Data, data: Data) -> Answered:
        """Milestones by their title."""
        if method == "GET":
            wished = query.get("title", query.get("name"))
            return 200, [one for one in self.milestones if one["title"] == wished]
        self.milestones.append({"id": 300 + len(self.milestones), "title": data["title"]})
        return 201, self.milestones[-1]

    def give(self, issue: Data, people: list[str], milestone: int | None) -> Data:
        """People and milestone of a new issue."""
        issue["assignees"] = people
        issue["milestone"] = next((one for one in self.milestones if one["id"] == milestone), None)
        return issue

    def turn(self, number: int, state: str, account: Account) -> None:
        """Open or close."""
        closed = state == "closed"
        if self.issues[number]["state"] != state:
            self.issues[number].update(
                state=state, closed_at=self.now() if closed else None, closed_by=account.login if closed else None
            )


def reply(status: int, data: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer in JSON."""
    content = b"" if data is None else json.dumps(data).encode()
    return Reply(status, {"content-type": "application/json", **(headers or {})}, content)
