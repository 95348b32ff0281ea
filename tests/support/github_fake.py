"""A GitHub with issues in it, on loopback or without any network; requests and answers are held to GitHub's description."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from loopback import serving
from openapi import Description

Data = dict[str, Any]


class Reply(NamedTuple):
    """An answer; the names are those of the tracker's client."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Account(NamedTuple):
    """Whose a token is, and what it may do."""

    login: str
    push: bool = True
    bot: bool = False


class Fault(NamedTuple):
    """What to answer instead, once. `after` does the work first and then fails, as a lost answer does.

    Status 0 is no answer at all: the connection ends.
    """

    method: str
    path: str
    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b'{"message": "a fault"}'
    after: bool = False


class GitHub:
    """One repository, `owner/name`, with its issues, labels and comments."""

    def __init__(
        self, now: Callable[[], str], description: Description | None = None, repository: str = "octo/crab"
    ) -> None:
        self.repository = repository
        self.tokens = {"secret": Account("advisord-bot"), "person": Account("mona")}
        self.issues: dict[int, Data] = {}
        self.comments: dict[int, list[Data]] = {}
        self.labels: dict[str, str] = {}
        self.milestones: dict[int, Data] = {}
        self.types: dict[str, Data] = {}
        self.children: dict[int, list[int]] = {}
        self.deleted: set[int] = set()
        self.moved: dict[int, str] = {}
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.issues_enabled = True
        self.visibility = "public"
        self.renamed_to = ""
        self.app_installed = True
        self.expiry = "2026-03-01T13:00:00Z"
        self.wishes: list[Data] = []
        self.page = 100
        self.scopes = ""
        self.known_reasons = {"completed", "not_planned", "duplicate", "reopened"}
        self.url = "https://github.example"
        self._now = now
        self._description = description

    def request(self, method: str, url: str, *, headers: Mapping[str, str], json: object | None = None) -> Reply:
        """What a client needs: the whole server without a network."""
        parts = urlsplit(url)
        return self.answer(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, headers, json)

    def answer(self, method: str, target: str, headers: Mapping[str, str], data: Any) -> Reply:
        """Answer one request, faults first."""
        self.requests.append((method, target))
        if self._description:
            self._description.check_request(method, self._by_name(target), data)
        fault = next((f for f in self.faults if f.method == method and re.search(f.path, target)), None)
        if fault is not None:
            self.faults.remove(fault)
            if fault.after:
                self._work(method, target, headers, data)
            return Reply(fault.status, dict(fault.headers), fault.body)
        status, more, body = self._work(method, target, headers, data)
        if self._description and not target.startswith("/app"):
            self._description.check_answer(method, self._by_name(target), status, body)
        content = b"" if body is None else json.dumps(body).encode()
        if self.scopes:
            more = {**more, "x-oauth-scopes": self.scopes}
        return Reply(status, {"content-type": "application/json", **more}, content)

    def person(self, number: int, **changes: Any) -> None:
        """What a person does in the web page."""
        issue = self.issues[number]
        if changes.get("state") == "closed":
            changes = {
                "closed_at": self._now(),
                "closed_by": self._user(Account("mona")),
                "state_reason": "completed",
            } | changes
        if changes.get("state") == "open":
            changes = {"closed_at": None, "closed_by": None, "state_reason": "reopened"} | changes
        issue.update(changes, updated_at=self._now())

    def remove(self, number: int, *, moved: bool = False) -> None:
        """A person deletes an issue, or moves it elsewhere."""
        del self.issues[number]
        if moved:
            self.moved[number] = "elsewhere"
        else:
            self.deleted.add(number)

    def file(self, account: Account, title: str, body: str, labels: list[str], *, pull: bool = False) -> Data:
        """A new issue, or pull request."""
        number = max([0, *self.issues, *self.deleted, *self.moved]) + 1
        if account.push:
            for label in labels:
                self.labels.setdefault(label, "ededed")
        kept = labels if account.push else []
        root = f"{self.url}/repos/{self.repository}"
        issue: Data = {
            "id": 1000 + number, "node_id": f"I_{number}", "number": number, "title": title, "body": body,
            "state": "open", "state_reason": None, "locked": False, "user": self._user(account),
            "labels": [self.label(label) for label in kept], "assignee": None, "assignees": [], "milestone": None,
            "comments": 0, "created_at": self._now(), "updated_at": self._now(), "closed_at": None, "closed_by": None,
            "author_association": "NONE", "url": f"{root}/issues/{number}", "repository_url": root,
            "labels_url": f"{root}/issues/{number}/labels", "comments_url": f"{root}/issues/{number}/comments",
            "events_url": f"{root}/issues/{number}/events", "html_url": f"{self.url}/{self.repository}/issues/{number}",
        }  # fmt: skip
        if pull:
            address = f"{root}/pulls/{number}"
            issue["pull_request"] = {"url": address, "html_url": address, "diff_url": address, "patch_url": address}
        self.issues[number] = issue
        self.comments[number] = []
        return issue

    @contextmanager
    def served(self) -> Iterator[str]:
        """The same on a loopback port; gives its address."""
        server, self.url = serving(_handler(self), tls=False)
        try:
            yield self.url
        finally:
            server.shutdown()
            server.server_close()

    def _by_name(self, target: str) -> str:
        return re.sub(r"^/repositories/\d+", f"/repos/{self.repository}", target)

    def _work(
        self, method: str, target: str, headers: Mapping[str, str], data: Any
    ) -> tuple[int, Mapping[str, str], Any]:
        lower = {name.lower(): value for name, value in headers.items()}
        account = self.tokens.get(lower.get("authorization", "").removeprefix("Bearer "))
        if account is None and urlsplit(target).path.startswith("/app"):
            return self._as_app(urlsplit(target).path, lower.get("authorization", ""), data)
        if account is None:
            return 401, {}, {"message": "Bad credentials", "documentation_url": "https://example.org"}
        path = urlsplit(target).path
        query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
        if path == "/user":
            return (
                (403, {}, _said("Resource not accessible by integration"))
                if account.bot
                else (200, {}, self._me(account))
            )
        if self.renamed_to and path.startswith("/repos/"):
            rest = path.removeprefix(f"/repos/{self.repository}")
            moved = f"{self.url}/repositories/7{rest}"
            return (
                301,
                {"location": moved},
                {"message": "Moved Permanently", "url": moved, "documentation_url": "https://x.org"},
            )
        if path == f"/orgs/{self.repository.partition('/')[0]}/issue-types":
            return (200, {}, list(self.types.values())) if self.types else (404, {}, _said("Not Found"))
        root = re.fullmatch(rf"(?:/repos/{re.escape(self.repository)}|/repositories/7)(/.*)?", path)
        if not root:
            return 404, {}, _said("Not Found")
        for pattern, handle in (
            (r"", self._repository), (r"/issues", self._issues), (r"/issues/(\d+)", self._issue),
            (r"/issues/(\d+)/comments", self._comments), (r"/issues/(\d+)/labels", self._issue_labels),
            (r"/issues/(\d+)/labels/([^/]+)", self._issue_label), (r"/labels", self._new_label),
            (r"/milestones", self._milestones), (r"/issues/(\d+)/sub_issues", self._sub_issues),
            (r"/labels/([^/]+)", self._known_label),
        ):  # fmt: skip
            found = re.fullmatch(pattern, root[1] or "")
            if found:
                arguments = [unquote(text) for text in found.groups()]
                return handle(method, account, query, data, target, *arguments)
        return 404, {}, _said("Not Found")

    def _as_app(self, path: str, authorization: str, data: Any) -> tuple[int, Mapping[str, str], Any]:
        """What an app may ask with its statement; the tokens that it gets are an installation's."""
        if authorization.count(".") != 2:
            return 401, {}, _said("A JSON web token could not be decoded")
        owner = self.repository.partition("/")[0]
        if path == "/app":
            return 200, {}, {"slug": "advisord", "id": 3}
        if path == "/app/installations":
            return 200, {}, [_installation(9, owner)] if self.app_installed else []
        token = f"ghs_{len(self.tokens)}"
        self.tokens[token] = Account("advisord[bot]", bot=True)
        self.wishes.append(data)
        return 201, {}, {"token": token, "expires_at": self.expiry}

    def _repository(self, _method: str, account: Account, *_rest: Any) -> tuple[int, Mapping[str, str], Any]:
        told = {"visibility": self.visibility, "private": self.visibility != "public", "full_name": self.repository,
                "permissions": {"admin": False, "pull": True, "push": account.push}}  # fmt: skip
        return 200, {}, self._description.sample("full-repository", **told) if self._description else told

    def _issues(
        self, method: str, account: Account, query: Data, data: Any, target: str
    ) -> tuple[int, Mapping[str, str], Any]:
        if method == "POST" and not self.issues_enabled:
            return 410, {}, _said("Issues are disabled for this repo")
        if method == "POST":
            if len(data.get("body") or "") > 65536:
                return (
                    422,
                    {},
                    {
                        **_said("Validation Failed"),
                        "errors": [{"code": "custom", "resource": "Issue", "field": "body"}],
                    },
                )
            if account.push and not set(data.get("assignees", [])) <= {"mona", "hubot"}:
                return 422, {}, _said("Validation Failed")
            issue = self.file(account, data["title"], data.get("body") or "", data.get("labels", []))
            if account.push:
                issue["assignees"] = [self._user(Account(login)) for login in data.get("assignees", [])]
                issue["milestone"] = self.milestones.get(data.get("milestone"))
                issue["type"] = self.types.get(data.get("type"))
            return 201, {}, issue
        found = [
            issue
            for issue in self.issues.values()
            if query.get("state", "open") in {"all", issue["state"]}
            and query.get("creator", issue["user"]["login"]) == issue["user"]["login"]
            and set(filter(None, query.get("labels", "").split(","))) <= {label["name"] for label in issue["labels"]}
        ]
        return self._paged(found, query, target)

    def _milestones(
        self, method: str, account: Account, query: Data, data: Any, target: str
    ) -> tuple[int, Mapping[str, str], Any]:
        if method == "GET":
            return self._paged(list(self.milestones.values()), query, target)
        if not account.push:
            return 404, {}, _said("Not Found")
        number = len(self.milestones) + 1
        told = {"number": number, "title": data["title"], "creator": self._user(account), "state": "open"}
        milestone = self._description.sample("milestone", **told) if self._description else told
        self.milestones[number] = milestone
        return 201, {}, milestone

    def _sub_issues(
        self, _method: str, account: Account, _query: Data, data: Any, _target: str, number: str
    ) -> tuple[int, Mapping[str, str], Any]:
        parent = self.issues.get(int(number))
        if parent is None or not account.push:
            return 404, {}, _said("Not Found")
        self.children.setdefault(int(number), []).append(data["sub_issue_id"] - 1000)
        return 201, {}, parent

    def _issue(
        self, method: str, account: Account, query: Data, data: Any, target: str, number: str
    ) -> tuple[int, Mapping[str, str], Any]:
        missing = self._missing(int(number))
        if missing:
            return missing
        issue = self.issues[int(number)]
        if method == "PATCH":
            if not account.push and issue["user"]["login"] != account.login:
                return 403, {}, _said("Must have admin rights to Repository.")
            if data.get("state_reason") and data["state_reason"] not in self.known_reasons:
                return 422, {}, _said("Validation Failed")
            if data.get("state") == "closed" and issue["state"] == "open":
                issue.update(state="closed", closed_at=self._now(), closed_by=self._user(account))
                issue["state_reason"] = data.get("state_reason") or "completed"
            if data.get("state") == "open" and issue["state"] == "closed":
                issue.update(state="open", closed_at=None, closed_by=None, state_reason="reopened")
            issue.update({name: data[name] for name in ("title", "body") if name in data}, updated_at=self._now())
        return 200, {}, issue

    def _comments(
        self, method: str, account: Account, query: Data, data: Any, target: str, number: str
    ) -> tuple[int, Mapping[str, str], Any]:
        missing = self._missing(int(number))
        if missing:
            return missing
        issue = self.issues[int(number)]
        if method == "GET":
            return self._paged(self.comments[int(number)], query, target)
        if issue["locked"] and not account.push:
            return 403, {}, _said("Unable to create comment because issue is locked.")
        address = f"{issue['url']}/comments/1"
        comment = {
            "id": 1 + sum(map(len, self.comments.values())), "node_id": "C", "body": data["body"], "user": self._user(account),
            "url": address, "html_url": address, "issue_url": issue["url"], "created_at": self._now(),
            "updated_at": self._now(), "author_association": "NONE",
        }  # fmt: skip
        self.comments[int(number)].append(comment)
        return 201, {}, comment

    def _issue_labels(
        self, method: str, account: Account, query: Data, data: Any, target: str, number: str
    ) -> tuple[int, Mapping[str, str], Any]:
        missing = self._missing(int(number))
        if missing:
            return missing
        issue = self.issues[int(number)]
        have = {label["name"] for label in issue["labels"]}
        if account.push:
            issue["labels"] += [self.label(name) for name in data["labels"] if name not in have]
        return 200, {}, issue["labels"]

    def _issue_label(
        self, _method: str, _account: Account, _query: Data, _data: Any, _target: str, number: str, name: str
    ) -> tuple[int, Mapping[str, str], Any]:
        missing = self._missing(int(number))
        if missing:
            return missing
        issue = self.issues[int(number)]
        if name not in {label["name"] for label in issue["labels"]}:
            return 404, {}, _said("Label does not exist")
        issue["labels"] = [label for label in issue["labels"] if label["name"] != name]
        return 200, {}, issue["labels"]

    def _new_label(
        self, _method: str, account: Account, _query: Data, data: Any, _target: str
    ) -> tuple[int, Mapping[str, str], Any]:
        if not account.push:
            return 403, {}, _said("Resource not accessible by personal access token")
        if data["name"] in self.labels:
            return 422, {}, _said("Validation Failed")
        self.labels[data["name"]] = data["color"]
        return 201, {}, self.label(data["name"])

    def _known_label(
        self, _method: str, _account: Account, _query: Data, _data: Any, _target: str, name: str
    ) -> tuple[int, Mapping[str, str], Any]:
        return (200, {}, self.label(name)) if name in self.labels else (404, {}, _said("Not Found"))

    def _missing(self, number: int) -> tuple[int, Mapping[str, str], Any] | None:
        if number in self.deleted:
            return 410, {}, _said("This issue was deleted")
        if number in self.moved:
            where = f"{self.url}/repositories/8/issues/{number}"
            return (
                301,
                {"location": where},
                {"message": "Moved Permanently", "url": where, "documentation_url": "https://x.org"},
            )
        return None if number in self.issues else (404, {}, _said("Not Found"))

    def _paged(self, items: list[Data], query: Data, target: str) -> tuple[int, Mapping[str, str], Any]:
        size, number = min(self.page, int(query.get("per_page", "30"))), int(query.get("page", "1"))
        shown = items[(number - 1) * size : number * size]
        if number * size >= len(items):
            return 200, {}, shown
        base = re.sub(r"[?&]page=\d+", "", target)
        following = f"{self.url}{base}{'&' if '?' in base else '?'}page={number + 1}"
        last = f"{self.url}{base}{'&' if '?' in base else '?'}page=99"
        return 200, {"link": f'<{following}>; rel="next", <{last}>; rel="last"'}, shown

    def label(self, name: str) -> Data:
        """A label as it stands on an issue."""
        address = f"{self.url}/repos/{self.repository}/labels/x"
        return {
            "id": 1,
            "node_id": "L",
            "url": address,
            "name": name,
            "color": self.labels.get(name, "ededed"),
            "default": False,
            "description": None,
        }

    def _user(self, account: Account) -> Data:
        told = {"login": account.login, "type": "Bot" if account.bot else "User", "id": 5}
        return self._description.sample("simple-user", **told) if self._description else told

    def _me(self, account: Account) -> Data:
        told = {"login": account.login, "id": 5, "type": "User", "user_view_type": "public"}
        return self._description.sample("public-user", **told) if self._description else told


def _installation(number: int, owner: str) -> Data:
    return {"id": number, "account": {"login": owner}, "permissions": {"issues": "write", "metadata": "read"}}


def _said(message: str) -> Data:
    return {"message": message, "documentation_url": "https://example.org/docs"}


def _handler(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:  # whoever asked was killed
                self.close_connection = True
                return
            data = json.loads(body) if body else None
            reply = github.answer(self.command, self.path, dict(self.headers), data)
            if not reply.status:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _do  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
