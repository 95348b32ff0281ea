"""A Forgejo, or a Gitea, with issues in it, without a network."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from forge_fake import Answered, Data, Forge
from github_fake import Account, Reply


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
        """The number of all entries, and a link."""
        count = {"x-total-count": str(total)}
        if self.gitea and re.search(r"/crab/(labels|milestones)\b", target):
            return count
        return count | self.link(target, number, size, total)

    def elsewhere(self, method: str) -> Reply:
        """Under its new name."""
        return Reply(307, {"location": f"{self.root}-renamed"}, b"")

    def whole(self, path: str) -> bool:
        """Comments and labels of one issue."""
        return bool(re.fullmatch(r".*/issues/\d+/(comments|labels)", path))

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
        return 201, self._label(self.label(data["name"]), self.labels[data["name"]])

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
