"""The issues of a repository on Forgejo or Gitea, through their REST interface (`/api/v1`).

Neither knows why an issue was closed: a label such as `wontfix` or `duplicate` says it. Labels are numbers there, and a
tracker that refuses to make one gets issues without it.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from advisord.errors import TrackerError, TransportError
from advisord.model.plan import Issue, State, StateReason
from advisord.tracking import identity
from advisord.tracking.interface import NOTHING, Absent, HttpClient, Listing, Look, More, Visibility
from advisord.tracking.trackers.reasons import by_labels, in_utc
from advisord.tracking.trackers.rest import Rest, comment_once, field, in_order, milestone

_HIDDEN = ("limited", "private")
"""The visibilities of an owner whom not everybody sees."""


class ForgejoTracker:
    """Issues of `repository` (`owner/name`) on the server at `url`; `authors` are accounts that we had before.

    `looks` say how labels look that are made on demand.
    """

    kind = "forgejo"
    body_limit = 65_000
    title_limit = 250

    def __init__(
        self,
        name: str,
        repository: str,
        client: HttpClient,
        token: Callable[[], str],
        *,
        url: str,
        authors: Iterable[str] = (),
        looks: Mapping[str, Look] = {},
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if not re.fullmatch(r"[\w.-]{1,100}/[\w.-]{1,100}", repository, re.ASCII):
            raise TrackerError(f"{repository!r} is no repository: owner/name is expected", subject=name, code="denied")
        self.name = name
        self._root = f"/api/v1/repos/{repository}"
        self._login = ""
        self._looks = looks
        self._authors = {author.casefold() for author in authors}
        self._rest = Rest(
            client, url, lambda: {"accept": "application/json", "authorization": f"token {token()}"}, sleep
        )

    def list_issues(self) -> Listing:
        """All pages of the issues that our account wrote."""
        issues: dict[int, Issue] = {}
        try:
            query = {"state": "all", "type": "issues", "created_by": self._us(), "limit": "50"}
            for page in self._rest.pages(f"{self._root}/issues?{urlencode(query)}"):
                for data in page:
                    if not field(data, "pull_request") and self._is_us(field(data, "user")):
                        issue = self._issue(data)
                        issues[int(issue.number)] = issue
        except (TrackerError, TransportError) as error:
            return Listing(in_order(issues), complete=False, problem=str(error))
        return Listing(in_order(issues), complete=True)

    def get(self, number: str) -> Issue | Absent:
        """One issue; a 404 of an issue in a repository whose list we can read is a deleted one.

        Issues don't move there: a redirect is about the whole repository, and an error.
        """
        answer = self._rest.get(self._path(number), (200, 404))
        return Absent(number, "deleted") if answer.status == 404 else self._issue(answer.data)

    def create(self, title: str, body: str, labels: Sequence[str], more: More = NOTHING) -> Issue:
        """File an issue. People whom the server does not know are left out."""
        data = {"title": title, "body": body, "labels": self._numbers(labels)}
        wishes: dict[str, object] = {}
        if more.assignees:
            wishes["assignees"] = list(more.assignees)
        if more.milestone and (number := self._milestone(more.milestone)):
            wishes["milestone"] = number
        return self._issue(self._rest.forgiving(f"{self._root}/issues", data, wishes).data)

    def update(self, number: str, *, title: str | None = None, body: str | None = None) -> Issue:
        """Change title and body."""
        return self._patch(number, {n: v for n, v in (("title", title), ("body", body)) if v is not None})

    def comment(self, number: str, text: str, marker: str) -> bool:
        """Comment, once; all comments come in one answer."""
        path = f"{self._path(number)}/comments"
        return comment_once(self._rest, path, "", text, marker, lambda data: self._is_us(field(data, "user")))

    def close(
        self,
        number: str,
        reason: StateReason,  # noqa: ARG002  (not known there)
        *,
        body: str | None = None,
        duplicate_of: str = "",  # noqa: ARG002  (not known there)
    ) -> Issue:
        """Close; the reason stands in the comment that goes before."""
        return self._patch(number, {"state": "closed"} if body is None else {"state": "closed", "body": body})

    def reopen(self, number: str, *, body: str | None = None) -> Issue:
        """Open again."""
        return self._patch(number, {"state": "open"} if body is None else {"state": "open", "body": body})

    def add_labels(self, number: str, labels: Sequence[str]) -> None:
        """Add ours only."""
        numbers = self._numbers(labels)
        if numbers:
            self._rest.call("POST", f"{self._path(number)}/labels", {"labels": numbers})

    def remove_labels(self, number: str, labels: Sequence[str]) -> None:
        """Remove ours only: by the issue's own list, which has the organisation's labels too."""
        path = f"{self._path(number)}/labels"
        for label in self._rest.get(path).data or ():
            if field(label, "name") in labels:
                self._rest.call("DELETE", f"{path}/{int(field(label, 'id') or 0)}", accept=(204, 404, 422))

    def visibility(self) -> Visibility:
        """As the repository says; one of an owner whom not everybody sees is not public."""
        data = self._rest.get(self._root).data
        hidden = field(data, "internal") is True or field(field(data, "owner"), "visibility") in _HIDDEN
        if field(data, "private") is True or hidden:
            return Visibility.PRIVATE
        return Visibility.PUBLIC if field(data, "private") is False else Visibility.UNKNOWN

    def _us(self) -> str:
        if not self._login:
            self._login = str(field(self._rest.get("/api/v1/user").data, "login") or "")
        return self._login

    def _is_us(self, user: Any) -> bool:
        login = str(field(user, "login") or "").casefold()
        return bool(login) and (login == self._us().casefold() or login in self._authors)

    def _milestone(self, title: str) -> int:
        query = urlencode({"state": "all", "name": title, "limit": "50"})
        return milestone(self._rest, f"{self._root}/milestones", query, title, "id", (403, 404, 422))

    def _path(self, number: str) -> str:
        return f"{self._root}/issues/{quote(number, safe='')}"

    def _patch(self, number: str, data: object) -> Issue:
        return self._issue(self._rest.call("PATCH", self._path(number), data, (200, 201)).data)

    def _numbers(self, labels: Sequence[str]) -> list[int]:
        """The numbers of labels, made when they are not there and we may."""
        known: dict[str, int] = {}
        for page in self._rest.pages(f"{self._root}/labels?limit=50"):
            known.update({str(field(label, "name")): int(field(label, "id") or 0) for label in page})
        for label in labels:
            if label not in known:
                look = self._looks.get(label, Look())
                data = {"name": label, "color": f"#{look.colour}", "description": look.description}
                answer = self._rest.call("POST", f"{self._root}/labels", data, (201, 403, 404, 422))
                if answer.status == 201:
                    known[label] = int(field(answer.data, "id") or 0)
        return [known[label] for label in labels if label in known]

    def _issue(self, data: Any) -> Issue:
        number, state = field(data, "number"), field(data, "state")
        if not isinstance(number, int) or state not in ("open", "closed"):
            raise TransportError("the server's answer is not an issue", code="broken", retryable=True)
        body = str(field(data, "body") or "")
        marker = identity.read(body)
        labels = tuple(str(field(label, "name")) for label in field(data, "labels") or ())
        closed = state == "closed"
        return Issue(
            str(number),
            marker.key if marker else "",
            str(field(data, "title") or ""),
            body,
            State(state),
            by_labels(labels) if closed else None,
            labels,
            str(field(field(data, "user"), "login") or ""),
            str(field(data, "html_url") or ""),
            in_utc(field(data, "closed_at")) if closed else "",
            assignees=tuple(str(field(user, "login")) for user in field(data, "assignees") or ()),
            milestone=str(field(field(data, "milestone"), "title") or ""),
        )
