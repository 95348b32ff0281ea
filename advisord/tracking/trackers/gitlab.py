"""The issues of a GitLab project, through its REST interface (`/api/v4`), on gitlab.com or an own server.

GitLab does not know why an issue was closed: a label such as `wontfix` or `status::duplicate` says it. A moved issue
stays behind as a closed one that names its successor.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from advisord.errors import TrackerError, TransportError
from advisord.model.plan import Issue, State, StateReason
from advisord.tracking import identity
from advisord.tracking.interface import NOTHING, Absent, HttpClient, Listing, More, Visibility
from advisord.tracking.trackers.reasons import by_labels, in_utc
from advisord.tracking.trackers.rest import Rest, comment_once, field, in_order, milestone

_STATES = {"opened": State.OPEN, "closed": State.CLOSED}


class GitLabTracker:
    """Issues of `project` (`group/name`, or its number); `authors` are accounts that we had before."""

    kind = "gitlab"
    body_limit = 65_000
    title_limit = 250

    def __init__(
        self,
        name: str,
        project: str,
        client: HttpClient,
        token: Callable[[], str],
        *,
        url: str = "https://gitlab.com",
        authors: Iterable[str] = (),
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.name = name
        self._root = f"/api/v4/projects/{quote(project, safe='')}"
        self._login = ""
        self._authors = {author.casefold() for author in authors}
        self._rest = Rest(
            client, url, lambda: {"accept": "application/json", "authorization": f"Bearer {token()}"}, sleep
        )

    def list_issues(self) -> Listing:
        """All pages of the issues that our account wrote; moved ones are not ours any more."""
        issues: dict[int, Issue] = {}
        try:
            query = {
                "author_username": self._us(),
                "scope": "all",
                "order_by": "created_at",
                "sort": "asc",
                "per_page": "100",
            }
            for page in self._rest.pages(f"{self._root}/issues?{urlencode(query)}"):
                for data in page:
                    if self._is_us(field(data, "author")) and not field(data, "moved_to_id"):
                        issue = self._issue(data)
                        issues[int(issue.number)] = issue
        except (TrackerError, TransportError) as error:
            return Listing(in_order(issues), complete=False, problem=str(error))
        return Listing(in_order(issues), complete=True)

    def get(self, number: str) -> Issue | Absent:
        """One issue; a 404 of an issue in a project whose issues we can read is a deleted one."""
        answer = self._rest.get(self._path(number), (200, 404))
        if answer.status == 404:
            # Where issues are switched off GitLab lists none and knows none, without a word.
            if field(self._rest.get(self._root).data, "issues_access_level") == "disabled":
                raise TrackerError("issues are switched off in this project", subject=self.name, code="denied")
            return Absent(number, "deleted")
        if field(answer.data, "moved_to_id"):
            return Absent(number, "transferred")
        return self._issue(answer.data)

    def create(self, title: str, body: str, labels: Sequence[str], more: More = NOTHING) -> Issue:
        """File an issue; GitLab makes labels that it does not know."""
        data = {"title": title, "description": body, "labels": ",".join(labels)}
        wishes: dict[str, object] = {}
        if people := [number for name in more.assignees if (number := self._person(name))]:
            wishes["assignee_ids"] = people
        if more.milestone and (number := self._milestone(more.milestone)):
            wishes["milestone_id"] = number
        return self._issue(self._rest.forgiving(f"{self._root}/issues", data, wishes).data)

    def update(self, number: str, *, title: str | None = None, body: str | None = None) -> Issue:
        """Change title and body."""
        return self._put(number, {n: v for n, v in (("title", title), ("description", body)) if v is not None})

    def comment(self, number: str, text: str, marker: str) -> bool:
        """Comment, once."""
        path = f"{self._path(number)}/notes"
        return comment_once(
            self._rest, path, "?per_page=100", text, marker, lambda data: self._is_us(field(data, "author"))
        )

    def close(
        self,
        number: str,
        reason: StateReason,  # noqa: ARG002  (not known there)
        *,
        body: str | None = None,
        duplicate_of: str = "",  # noqa: ARG002  (not known there)
    ) -> Issue:
        """Close; the reason stands in the comment that goes before."""
        return self._put(number, {"state_event": "close"} | ({} if body is None else {"description": body}))

    def reopen(self, number: str, *, body: str | None = None) -> Issue:
        """Open again."""
        return self._put(number, {"state_event": "reopen"} | ({} if body is None else {"description": body}))

    def add_labels(self, number: str, labels: Sequence[str]) -> None:
        """Add ours only."""
        self._put(number, {"add_labels": ",".join(labels)})

    def remove_labels(self, number: str, labels: Sequence[str]) -> None:
        """Remove ours only."""
        self._put(number, {"remove_labels": ",".join(labels)})

    def visibility(self) -> Visibility:
        """As the project says; an internal one is not public."""
        said = field(self._rest.get(self._root).data, "visibility")
        return {"public": Visibility.PUBLIC, "internal": Visibility.PRIVATE, "private": Visibility.PRIVATE}.get(
            str(said), Visibility.UNKNOWN
        )

    def _us(self) -> str:
        if not self._login:
            self._login = str(field(self._rest.get("/api/v4/user").data, "username") or "")
        return self._login

    def _is_us(self, user: Any) -> bool:
        login = str(field(user, "username") or "").casefold()
        return bool(login) and (login == self._us().casefold() or login in self._authors)

    def _person(self, name: str) -> int:
        found = self._rest.get(f"/api/v4/users?{urlencode({'username': name})}").data
        return int(field(found[0], "id") or 0) if isinstance(found, list) and found else 0

    def _milestone(self, title: str) -> int:
        # The group's too: a project may not have one of the same title.
        query = urlencode({"title": title, "include_ancestors": "true", "per_page": "100"})
        return milestone(self._rest, f"{self._root}/milestones", query, title, "id", (400, 403, 404))

    def _path(self, number: str) -> str:
        return f"{self._root}/issues/{quote(number, safe='')}"

    def _put(self, number: str, data: object) -> Issue:
        return self._issue(self._rest.call("PUT", self._path(number), data).data)

    def _issue(self, data: Any) -> Issue:
        number, state = field(data, "iid"), _STATES.get(str(field(data, "state")))
        if not isinstance(number, int) or state is None:
            raise TransportError("GitLab's answer is not an issue", code="broken", retryable=True)
        body = str(field(data, "description") or "")
        marker = identity.read(body)
        labels = tuple(str(label) for label in field(data, "labels") or ())
        closer = field(data, "closed_by")
        closed = state is State.CLOSED
        return Issue(
            str(number),
            marker.key if marker else "",
            str(field(data, "title") or ""),
            body,
            state,
            by_labels(labels) if closed else None,
            labels,
            str(field(field(data, "author"), "username") or ""),
            str(field(data, "web_url") or ""),
            in_utc(field(data, "closed_at")) if closed else "",
            not self._is_us(closer) if closed and closer else None,
            tuple(str(field(user, "username")) for user in field(data, "assignees") or ()),
            str(field(field(data, "milestone"), "title") or ""),
        )
