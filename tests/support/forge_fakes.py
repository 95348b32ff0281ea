"""A GitLab and a Forgejo with issues in them, without a network: what their documentation says of the calls in use."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from github_fake import Account, Fault, Reply

Data = dict[str, Any]
Answered = tuple[int, Any]


class Forge:
    """What both share: issues, comments, accounts, pages and faults."""

    def __init__(self, now: Callable[[], str]) -> None:
        self.url = "https://forge.example"
        self.tokens = {"secret": Account("advisord-bot"), "person": Account("mona")}
        self.issues: dict[int, Data] = {}
        self.comments: dict[int, list[Data]] = {}
        self.labels: dict[str, int] = {}
        self.milestones: list[Data] = []
        self.faults: list[Fault] = []
        self.page = 100
        self.moved: set[int] = set()
        self.last = 0
        self.now = now

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object | None = None) -> Reply:
        """One request."""
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        fault = next((f for f in self.faults if f.method == method and re.search(f.path, target)), None)
        if fault is not None:
            self.faults.remove(fault)
            return Reply(fault.status, dict(fault.headers), fault.body)
        account = self.tokens.get(headers["authorization"].split(" ")[1])
        if account is None:
            return reply(401, {"message": "401 Unauthorized"})
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        status, data = self.work(method, parts.path, account, query, json or {})
        if not isinstance(data, list):
            return reply(status, data)
        size = min(self.page, int(query.get("per_page") or query.get("limit") or 30))
        number = int(query.get("page", "1"))
        more = number * size < len(data)
        base = re.sub(r"[?&]page=\d+", "", target.rstrip("?"))
        link = {"link": f'<{self.url}{base}{"&" if "?" in base else "?"}page={number + 1}>; rel="next"'} if more else {}
        return reply(status, data[(number - 1) * size : number * size], link)

    def work(self, method: str, path: str, account: Account, query: Data, data: Any) -> Answered:
        """The answer to a request that got through."""
        raise NotImplementedError

    def file(self, account: Account, title: str, body: str, labels: list[str]) -> Data:
        """A new issue, in our own words; `shown` says it in the forge's."""
        self.last += 1
        for label in labels:
            self.labels.setdefault(label, len(self.labels) + 1)
        issue = {
            "number": self.last, "title": title, "body": body, "state": "open", "labels": list(labels),
            "author": account.login, "closed_at": None, "closed_by": None, "assignees": [], "milestone": None,
        }  # fmt: skip
        self.issues[self.last] = issue
        self.comments[self.last] = []
        return issue

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
    return Reply(status, {"content-type": "application/json", **(headers or {})}, json.dumps(data).encode())


class GitLab(Forge):
    """The project `octo/crab`."""

    def work(self, method: str, path: str, account: Account, query: Data, data: Any) -> Answered:
        """`/api/v4`."""
        if path == "/api/v4/user":
            return 200, {"id": 1, "username": account.login}
        if path == "/api/v4/users":
            return 200, [{"id": 2, "username": "mona"}] if query["username"] == "mona" else []
        root = "/api/v4/projects/octo%2Fcrab"
        if path == f"{root}/milestones":
            return self.milestone_list(method, query, data)
        if path == root:
            return 200, {"id": 7, "visibility": "private"}
        if path == f"{root}/issues":
            if method == "POST":
                labels = [label for label in data["labels"].split(",") if label]
                made = self.file(account, data["title"], data["description"], labels)
                people = ["mona"] * (data.get("assignee_ids") == [2])
                return 201, self.shown(self.give(made, people, data.get("milestone_id")))
            found = [i for i in self.issues.values() if i["author"] == query["author_username"]]
            return 200, [self.shown(issue) for issue in found]
        match = re.fullmatch(rf"{root}/issues/(\d+)(/notes)?", path)
        if not match or int(match[1]) not in self.issues:
            return 404, {"message": "404 Not found"}
        number = int(match[1])
        if match[2]:
            if method == "GET":
                return 200, self.comments[number]
            note = {"id": 1, "body": data["body"], "author": {"username": account.login}, "system": False}
            self.comments[number].append(note)
            return 201, note
        if method == "PUT":
            self._put(number, account, data)
        return 200, self.shown(self.issues[number])

    def _put(self, number: int, account: Account, data: Data) -> None:
        issue = self.issues[number]
        if "state_event" in data:
            self.turn(number, {"close": "closed", "reopen": "open"}[data["state_event"]], account)
        issue["title"] = data.get("title", issue["title"])
        issue["body"] = data.get("description", issue["body"])
        removed = data.get("remove_labels", "").split(",")
        labels = [*issue["labels"], *filter(None, data.get("add_labels", "").split(","))]
        issue["labels"] = [label for label in dict.fromkeys(labels) if label not in removed]

    def shown(self, issue: Data) -> Data:
        """As GitLab shows it."""
        closer = issue["closed_by"]
        return {
            "id": 5000 + issue["number"], "iid": issue["number"], "project_id": 7, "title": issue["title"],
            "description": issue["body"], "state": {"open": "opened"}.get(issue["state"], "closed"),
            "labels": issue["labels"], "author": {"username": issue["author"]},
            "closed_at": issue["closed_at"] and issue["closed_at"].replace("Z", ".000Z"),
            "closed_by": closer and {"username": closer}, "updated_at": "2026-03-01T13:00:00.000+01:00",
            "web_url": f"{self.url}/octo/crab/-/issues/{issue['number']}", "confidential": False,
            "moved_to_id": 99 if issue["number"] in self.moved else None, "milestone": issue["milestone"],
            "assignees": [{"username": login} for login in issue["assignees"]],
        }  # fmt: skip


class Forgejo(Forge):
    """The repository `octo/crab`."""

    def work(self, method: str, path: str, account: Account, query: Data, data: Any) -> Answered:
        """`/api/v1`."""
        if path == "/api/v1/user":
            return 200, {"id": 1, "login": account.login}
        root = "/api/v1/repos/octo/crab"
        if path == root:
            return 200, {"id": 7, "private": False, "internal": False}
        if path == f"{root}/milestones":
            return self.milestone_list(method, query, data)
        if path == f"{root}/labels":
            return self._label_list(method, data)
        if path == f"{root}/issues":
            if method == "POST":
                labels = [name for name, number in self.labels.items() if number in data["labels"]]
                if not set(data.get("assignees", [])) <= {"mona"}:
                    return 422, {"message": "Assignee does not exist"}
                made = self.file(account, data["title"], data["body"], labels)
                return 201, self.shown(self.give(made, data.get("assignees", []), data.get("milestone")))
            found = [i for i in self.issues.values() if i["author"] == query["created_by"]]
            return 200, [self.shown(issue) for issue in reversed(found)]
        match = re.fullmatch(rf"{root}/issues/(\d+)(/comments|/labels|/labels/\d+)?", path)
        if not match or int(match[1]) not in self.issues:
            return 404, {"message": "not found"}
        return self._issue(method, int(match[1]), match[2] or "", account, data)

    def _label_list(self, method: str, data: Data) -> Answered:
        if method == "GET":
            return 200, [{"id": number, "name": name, "color": "b60205"} for name, number in self.labels.items()]
        assert re.fullmatch(r"#[0-9a-f]{6}", data["color"])
        self.labels[data["name"]] = len(self.labels) + 1
        return 201, {"id": self.labels[data["name"]], "name": data["name"]}

    def _issue(self, method: str, number: int, part: str, account: Account, data: Data) -> Answered:
        issue = self.issues[number]
        names = {label: name for name, label in self.labels.items()}
        if part == "/comments":
            if method == "GET":
                return 200, self.comments[number]
            self.comments[number].append({"id": 1, "body": data["body"], "user": {"login": account.login}})
            return 201, self.comments[number][-1]
        if part == "/labels":
            issue["labels"] = list(dict.fromkeys([*issue["labels"], *(names[label] for label in data["labels"])]))
            return 200, []
        if part:
            gone = names.get(int(unquote(part).rpartition("/")[2]))
            issue["labels"] = [label for label in issue["labels"] if label != gone]
            return 204, None
        if method == "PATCH":
            self.turn(number, str(data.get("state", issue["state"])), account)
            issue.update({name: data[name] for name in ("title", "body") if name in data})
            return 201, self.shown(issue)
        return 200, self.shown(issue)

    def shown(self, issue: Data) -> Data:
        """As Forgejo shows it."""
        return {
            "id": 5000 + issue["number"], "number": issue["number"], "title": issue["title"], "body": issue["body"],
            "state": issue["state"], "labels": [{"id": self.labels[label], "name": label} for label in issue["labels"]],
            "user": {"id": 1, "login": issue["author"]}, "closed_at": issue["closed_at"], "pull_request": None,
            "updated_at": "2026-03-01T13:00:00+01:00", "html_url": f"{self.url}/octo/crab/issues/{issue['number']}",
            "milestone": issue["milestone"], "assignees": [{"login": login} for login in issue["assignees"]],
        }  # fmt: skip
