"""The issues of a GitHub repository, through its REST interface (version 2022-11-28), on github.com or Enterprise.

Our issues are found by the list of issues, never by the search, which lags. A person's account is asked for by
`creator`, so that a label that someone took away, or that GitHub dropped, hides nothing; the name of an app's bot is
compared here, and its issues asked for by label.
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
from advisord.tracking.trackers.rest import Answer, Rest, comment_once, field, in_order, milestone

_MOVED = (301, 302, 307, 308)


class GitHubTracker:
    """Issues of `repository` (`owner/name`).

    `token` is asked for at every request, so that it can be renewed. `label` is the one label that all our issues have.
    `login` is our account when the token can't say (an app's is `slug[bot]`); `authors` are accounts that we had before.
    `looks` say how labels look that are made on demand; `issue_type` is given to new issues where the owner has it.
    """

    kind = "github"
    body_limit = 65_000
    title_limit = 250

    def __init__(
        self,
        name: str,
        repository: str,
        client: HttpClient,
        token: Callable[[], str],
        *,
        url: str = "https://api.github.com",
        label: str = "advisord",
        login: str = "",
        authors: Iterable[str] = (),
        looks: Mapping[str, Look] = {},
        issue_type: str = "",
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,100}/[A-Za-z0-9._-]{1,100}", repository):
            raise TrackerError(f"{repository!r} is no repository: owner/name is expected", subject=name, code="denied")
        self.name = name
        self._root = f"/repos/{repository}"
        self._label = label
        self._login = login
        self._authors = {author.casefold() for author in authors}
        self._labels: set[str] = set()
        self._looks = looks
        self._type = issue_type
        self._owner = repository.partition("/")[0]
        self._rest = Rest(
            client,
            url,
            lambda: {
                "accept": "application/vnd.github+json",
                "authorization": f"Bearer {token()}",
                "x-github-api-version": "2022-11-28",
            },
            sleep,
        )

    def list_issues(self) -> Listing:
        """All pages of our issues; with what came before a failure, marked as incomplete."""
        issues: dict[int, Issue] = {}
        try:
            us = self._us()
            known_by = {"labels": self._label} if us.endswith("[bot]") else {"creator": us}
            query = urlencode({"state": "all", **known_by, "sort": "created", "direction": "asc", "per_page": "100"})
            self._settle()
            for page in self._rest.pages(f"{self._root}/issues?{query}"):
                for data in page:
                    issue = self._ours(data)
                    if issue is not None:
                        issues[int(issue.number)] = issue
        except (TrackerError, TransportError) as error:
            return Listing(in_order(issues), complete=False, problem=str(error))
        return Listing(in_order(issues), complete=True)

    def get(self, number: str) -> Issue | Absent:
        """One issue; 410 is a deleted one, a redirect or (in a repository that we can read) a 404 one moved away."""
        answer = self._rest.get(self._path(number), (200, 404, 410, *_MOVED))
        if answer.status == 410:
            return Absent(number, "deleted")
        if answer.status != 200:
            return Absent(number, "transferred")
        return self._issue(answer.data)

    def create(self, title: str, body: str, labels: Sequence[str], more: More = NOTHING) -> Issue:
        """File an issue. What GitHub would refuse it for (people, a type) is left out then."""
        self._make(labels)
        data = {"title": title, "body": body, "labels": list(labels)}
        wishes: dict[str, object] = {}
        if more.assignees:
            wishes["assignees"] = list(more.assignees)
        if more.milestone and (number := self._milestone(more.milestone)):
            wishes["milestone"] = number
        if self._type and self._has_type():
            wishes["type"] = self._type
        answer = self._rest.forgiving(f"{self._root}/issues", data, wishes)
        if more.parent:
            # It belongs there for people's convenience: nothing depends on it, so nothing is done about a refusal.
            child = {"sub_issue_id": field(answer.data, "id")}
            path = f"{self._path(more.parent)}/sub_issues"
            self._rest.call("POST", path, child, (201, 403, 404, 410, 422))
        return self._issue(answer.data)

    def update(self, number: str, *, title: str | None = None, body: str | None = None) -> Issue:
        """Change title and body."""
        data = {name: value for name, value in (("title", title), ("body", body)) if value is not None}
        return self._patch(number, data)

    def comment(self, number: str, text: str, marker: str) -> bool:
        """Comment, once."""
        path = f"{self._path(number)}/comments"
        return comment_once(
            self._rest, path, "?per_page=100", text, marker, lambda data: self._is_us(field(data, "user"))
        )

    def close(self, number: str, reason: StateReason, *, body: str | None = None, duplicate_of: str = "") -> Issue:
        """Close with GitHub's own reason; an Enterprise server that does not know duplicates gets "not planned"."""
        data: dict[str, object] = {"state": "closed", "state_reason": reason.value}
        if body is not None:
            data["body"] = body
        if reason is not StateReason.DUPLICATE:
            return self._patch(number, data)
        if duplicate_of:
            data["duplicate_issue_id"] = field(self._rest.get(self._path(duplicate_of)).data, "id")
        try:
            return self._patch(number, data)
        except TrackerError as error:
            if error.code != "refused":
                raise
        data.pop("duplicate_issue_id", None)
        return self._patch(number, data | {"state_reason": StateReason.NOT_PLANNED.value})

    def reopen(self, number: str, *, body: str | None = None) -> Issue:
        """Open again."""
        data: dict[str, object] = {"state": "open", "state_reason": "reopened"}
        return self._patch(number, data if body is None else data | {"body": body})

    def add_labels(self, number: str, labels: Sequence[str]) -> None:
        """Add ours only: the set of labels is never replaced."""
        self._make(labels)
        self._rest.call("POST", f"{self._path(number)}/labels", {"labels": list(labels)})

    def remove_labels(self, number: str, labels: Sequence[str]) -> None:
        """Remove ours only."""
        for label in labels:
            self._rest.call("DELETE", f"{self._path(number)}/labels/{quote(label, safe='')}", accept=(200, 404))

    def visibility(self) -> Visibility:
        """As the repository says; internal ones are not public."""
        self._settle()
        data = self._rest.get(self._root).data
        said = field(data, "visibility") or {True: "private", False: "public"}.get(field(data, "private"), "")
        return {"public": Visibility.PUBLIC, "private": Visibility.PRIVATE, "internal": Visibility.PRIVATE}.get(
            said, Visibility.UNKNOWN
        )

    def _us(self) -> str:
        if not self._login:
            try:
                self._login = str(field(self._rest.get("/user").data, "login") or "")
            except TrackerError as error:
                if error.code == "denied" and not error.message.startswith("GET /user was answered with 401"):
                    error.hint = "this token can't say whose it is: set `login` (an app's account is slug[bot])"
                raise
        return self._login

    def _settle(self) -> None:
        """Follow a repository that was renamed or transferred: GitHub redirects to its number, which stays."""
        answer = self._rest.get(self._root, (200, *_MOVED))
        found = re.search(r"/repositories/\d+$", answer.headers.get("location", "").partition("?")[0])
        if answer.status in _MOVED:
            if not found:
                raise TrackerError("the repository was moved", hint="name its new place", code="moved")
            self._root = found[0]

    def _path(self, number: str) -> str:
        return f"{self._root}/issues/{quote(number, safe='')}"

    def _patch(self, number: str, data: object) -> Issue:
        return self._issue(self._rest.call("PATCH", self._path(number), data).data)

    def _milestone(self, title: str) -> int:
        return milestone(
            self._rest, f"{self._root}/milestones", "state=all&per_page=100", title, "number", (403, 404, 422)
        )

    def _has_type(self) -> bool:
        """Whether the owner knows our issue type; people and old Enterprise servers know none."""
        answer = self._rest.get(f"/orgs/{self._owner}/issue-types", (200, 403, 404))
        kinds = answer.data if answer.status == 200 and isinstance(answer.data, list) else []
        return any(field(kind, "name") == self._type for kind in kinds)

    def _make(self, labels: Sequence[str]) -> None:
        """Create labels that are not there; without the right to do so the tracker drops them, which is told later."""
        for label in labels:
            if label in self._labels:
                continue
            if self._rest.get(f"{self._root}/labels/{quote(label, safe='')}", (200, 404)).status == 404:
                self._created(label)
            self._labels.add(label)

    def _created(self, label: str) -> Answer | None:
        look = self._looks.get(label, Look())
        data = {"name": label, "color": look.colour, "description": look.description}
        try:
            return self._rest.call("POST", f"{self._root}/labels", data, (201, 403, 404, 422))
        except TrackerError as error:
            if error.code == "denied" and "401" not in error.message:
                return None
            raise

    def _is_us(self, user: Any) -> bool:
        login = str(field(user, "login") or "").casefold()
        return bool(login) and (login == self._us().casefold() or login in self._authors)

    def _ours(self, data: Any) -> Issue | None:
        """An issue that we wrote; None for pull requests and for what others wrote, our marker copied or not."""
        if field(data, "pull_request") or not self._is_us(field(data, "user")):
            return None
        return self._issue(data)

    def _issue(self, data: Any) -> Issue:
        number, state = field(data, "number"), field(data, "state")
        if not isinstance(number, int) or state not in ("open", "closed"):
            raise TransportError("GitHub's answer is not an issue", code="broken", retryable=True)
        body = field(data, "body") or ""
        marker = identity.read(body)
        reason = field(data, "state_reason")
        labels = [field(label, "name") if isinstance(label, dict) else label for label in field(data, "labels") or ()]
        closer = field(data, "closed_by")
        return Issue(
            str(number),
            marker.key if marker else "",
            field(data, "title") or "",
            body,
            State(state),
            StateReason(reason) if state == "closed" and reason in tuple(StateReason) else None,
            tuple(label for label in labels if isinstance(label, str)),
            field(field(data, "user"), "login") or "",
            field(data, "html_url") or "",
            (field(data, "closed_at") or "") if state == "closed" else "",
            None if state == "open" or not closer else not self._is_us(closer),
            tuple(str(field(user, "login")) for user in field(data, "assignees") or ()),
            field(field(data, "milestone"), "title") or "",
        )
