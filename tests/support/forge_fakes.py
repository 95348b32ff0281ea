"""A GitLab and a Forgejo with issues in them, without a network; what is asked and answered is held to our tables of facts."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

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
        if fault is not None:
            self.faults.remove(fault)
            return Reply(fault.status, dict(fault.headers), fault.body)
        account = self.tokens.get(headers["authorization"].split(" ")[1])
        if account is None:
            return reply(401, {"message": "401 Unauthorized"})
        if self.renamed and parts.path.startswith(self.root):
            return self.elsewhere(method)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        status, data = self.work(method, parts.path, account, query, json or {})
        more: Mapping[str, str] = {}
        if isinstance(data, list) and method == "GET":
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

    def label(self, name: str) -> int:
        """The number of a label, made when it is not there."""
        return self.labels.setdefault(name, len(self.labels) + 1)

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


class GitLab(Forge):
    """The project `octo/crab` in the group `octo`."""

    kind = "gitlab"
    usual = 20
    root = "/api/v4/projects/octo%2Fcrab"

    def __init__(self, now: Callable[[], str]) -> None:
        super().__init__(now)
        self.of_group: list[Data] = []
        self.roles: Data = {"project_access": {"access_level": 20}, "group_access": None}

    def work(self, method: str, path: str, account: Account, query: Data, data: Any) -> Answered:
        """`/api/v4`."""
        if path == "/api/v4/user":
            return 200, {"id": 1, "username": account.login}
        if path == "/api/v4/users":
            return 200, [{"id": 2, "username": "mona"}] if query["username"] == "mona" else []
        if path == "/api/v4/groups/octo/projects":
            return 200, self.repositories
        if path == f"{self.root}/milestones":
            return self._milestones(method, query, data)
        if path == self.root:
            return 200, self.project()
        if path == f"{self.root}/issues":
            return self._issues(method, account, query, data)
        match = re.fullmatch(rf"{self.root}/issues/(\d+)(/notes)?", path)
        if not match or self.issues_off or int(match[1]) not in self.issues:
            return 404, {"message": "404 Not found"}
        number = int(match[1])
        if match[2]:
            if method == "GET":
                return 200, self.comments[number]
            author = {"id": 1, "username": account.login}
            self.comments[number].append({"id": 1, "body": data["body"], "author": author, "system": False})
            return 201, self.comments[number][-1]
        if method == "PUT":
            self._put(number, account, data)
        return 200, self.shown(self.issues[number])

    def paging(self, target: str, number: int, size: int, total: int) -> dict[str, str]:
        """A link, and numbers."""
        following = str(number + 1) if number * size < total else ""
        return {"x-page": str(number), "x-next-page": following, "x-per-page": str(size), "x-total": str(total),
                **self.link(target, number, size, total)}  # fmt: skip

    def elsewhere(self, method: str) -> Reply:
        """By its number; only reading leads there."""
        where = f"{self.url}/api/v4/projects/7"
        if method != "GET":
            return reply(405, {"message": "405 Method Not Allowed"})
        said = f"This resource has been moved permanently to {where}"
        return Reply(301, {"location": where, "content-type": "text/plain"}, said.encode())

    def project(self, number: int = 7, name: str = "octo/crab", **more: Any) -> Data:
        """A project as GitLab shows it."""
        level = "disabled" if self.issues_off else "enabled"
        return {
            "id": number, "path_with_namespace": name, "http_url_to_repo": f"{self.url}/{name}.git",
            "ssh_url_to_repo": f"git@forge.example:{name}.git", "visibility": "private", "archived": False,
            "empty_repo": False, "issues_access_level": level, "repository_access_level": "enabled",
            "permissions": self.roles, **more,
        }  # fmt: skip

    def _milestones(self, method: str, query: Data, data: Data) -> Answered:
        if method == "POST" and any(one["title"] == data["title"] for one in [*self.milestones, *self.of_group]):
            return 400, {"message": {"title": ["already being used for another milestone of the group."]}}
        status, found = self.milestone_list(method, query, data)
        if query.get("include_ancestors") == "true":
            found = [*found, *(one for one in self.of_group if one["title"] == query["title"])]
        return status, found

    def _issues(self, method: str, account: Account, query: Data, data: Data) -> Answered:
        if method == "POST" and self.issues_off:
            return 403, {"message": "403 Forbidden"}
        if method == "POST":
            labels = [label for label in data["labels"].split(",") if label]
            made = self.file(account, data["title"], data["description"], labels)
            people = ["mona"] * (data.get("assignee_ids") == [2])
            self.give(made, people, data.get("milestone_id"))
            made["milestone"] = made["milestone"] or next(
                (one for one in self.of_group if one["id"] == data.get("milestone_id")), None
            )
            return 201, self.shown(made)
        # Where issues are switched off, the list is empty and nothing says why.
        found = [] if self.issues_off else self.issues.values()
        return 200, [self.shown(issue) for issue in found if issue["author"] == query["author_username"]]

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
            "labels": issue["labels"], "author": {"id": 1, "username": issue["author"]},
            "closed_at": issue["closed_at"] and issue["closed_at"].replace("Z", ".000Z"),
            "closed_by": closer and {"id": 1, "username": closer}, "updated_at": "2026-03-01T13:00:00.000+01:00",
            "web_url": f"{self.url}/octo/crab/-/issues/{issue['number']}", "confidential": False,
            "moved_to_id": 99 if issue["number"] in self.moved else None, "milestone": issue["milestone"],
            "assignees": [{"id": 2, "username": login} for login in issue["assignees"]],
        }  # fmt: skip


class Forgejo(Forge):
    """The repository `octo/crab` of the organisation `octo`. With `gitea` its pages of labels and milestones have no links."""

    kind = "forgejo"
    usual = 30
    root = "/api/v1/repos/octo/crab"

    def __init__(self, now: Callable[[], str]) -> None:
        super().__init__(now)
        self.page = 50
        self.gitea = False
        self.archived = False
        self.owner = "public"
        self.push = True
        self.of_owner: dict[str, int] = {}

    def work(self, method: str, path: str, account: Account, query: Data, data: Any) -> Answered:
        """`/api/v1`."""
        if path == "/api/v1/user":
            return 200, {"id": 1, "login": account.login}
        if path == "/api/v1/orgs/octo/repos":
            return 200, self.repositories
        if path == self.root:
            return 200, self.repository()
        if self.archived and method == "POST":
            return 423, {"message": "octo/crab is archived"}
        if path == f"{self.root}/milestones":
            return self.milestone_list(method, query, data)
        if path == f"{self.root}/labels":
            return self._label_list(method, data)
        if path == f"{self.root}/issues":
            return self._issues(method, account, query, data)
        match = re.fullmatch(rf"{self.root}/issues/(\d+)(/comments|/labels|/labels/\d+)?", path)
        if not match or self.issues_off or int(match[1]) not in self.issues:
            return 404, {"message": "not found", "errors": []}
        return self._issue(method, int(match[1]), match[2] or "", account, data)

    def paging(self, target: str, number: int, size: int, total: int) -> dict[str, str]:
        """The number of all entries, and a link. Comments come all at once."""
        count = {"x-total-count": str(total)}
        if self.gitea and re.search(r"/crab/(labels|milestones)\b", target):
            return count
        return count | self.link(target, number, size, total)

    def elsewhere(self, method: str) -> Reply:
        """Under its new name."""
        return Reply(307, {"location": f"{self.root}-renamed"}, b"")

    def repository(self, number: int = 7, name: str = "octo/crab", **more: Any) -> Data:
        """A repository as Forgejo shows it."""
        return {
            "id": number, "name": name.partition("/")[2], "full_name": name, "private": False,
            "owner": {"id": 9, "login": "octo", "visibility": self.owner}, "internal": self.owner == "private",
            "archived": self.archived, "fork": False, "empty": False, "has_issues": not self.issues_off,
            "clone_url": f"{self.url}/{name}.git", "ssh_url": f"ssh://git@forge.example:2222/{name}.git",
            "html_url": f"{self.url}/{name}", "permissions": {"admin": False, "push": self.push, "pull": True}, **more,
        }  # fmt: skip

    def _issues(self, method: str, account: Account, query: Data, data: Data) -> Answered:
        if self.issues_off:
            return 404, {"message": "not found", "errors": []}
        if method == "POST":
            labels = [name for name, number in self._known().items() if number in data["labels"]]
            if not set(data.get("assignees", [])) <= {"mona"}:
                return 422, {"message": "Assignee does not exist"}
            made = self.file(account, data["title"], data["body"], labels)
            return 201, self.shown(self.give(made, data.get("assignees", []), data.get("milestone")))
        found = [i for i in self.issues.values() if i["author"] == query["created_by"]]
        return 200, [self.shown(issue) for issue in reversed(found)]

    def _known(self) -> dict[str, int]:
        return {**self.labels, **self.of_owner}

    def _label_list(self, method: str, data: Data) -> Answered:
        if method == "GET":
            return 200, [self._label(name, number) for name, number in self.labels.items()]
        assert re.fullmatch(r"#[0-9a-f]{6}", data["color"])
        assert data["name"] not in self.labels, "the server would make a second one of this name"
        return 201, self._label(data["name"], self.label(data["name"]))

    def _label(self, name: str, number: int) -> Data:
        return {"id": number, "name": name, "color": "b60205"}

    def _issue(self, method: str, number: int, part: str, account: Account, data: Data) -> Answered:
        issue = self.issues[number]
        names = {label: name for name, label in self._known().items()}
        if part == "/comments":
            if method == "GET":
                return 200, self.comments[number]
            self.comments[number].append({"id": 1, "body": data["body"], "user": {"id": 1, "login": account.login}})
            return 201, self.comments[number][-1]
        if part == "/labels":
            if method == "POST":
                issue["labels"] = list(dict.fromkeys([*issue["labels"], *(names[label] for label in data["labels"])]))
            return 200, self.shown(issue)["labels"]
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
            "state": issue["state"], "labels": [self._label(name, self._known()[name]) for name in issue["labels"]],
            "user": {"id": 1, "login": issue["author"]}, "closed_at": issue["closed_at"], "pull_request": None,
            "updated_at": "2026-03-01T13:00:00+01:00", "html_url": f"{self.url}/octo/crab/issues/{issue['number']}",
            "milestone": issue["milestone"],
            "assignees": [{"id": 2, "login": login} for login in issue["assignees"]] or None,
        }  # fmt: skip
