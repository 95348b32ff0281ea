"""A GitLab with issues in it, without a network."""

import re
from collections.abc import Callable
from typing import Any

from forge_fake import Answered, Data, Forge, reply
from github_fake import Account, Reply


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

    def remove(self, number: int, *, moved: bool = False) -> None:
        """A moved one stays behind, closed."""
        if moved:
            self.moved.add(number)
            self.turn(number, "closed", Account("mona"))
        else:
            super().remove(number)

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
