"""What the trackers with a REST interface share: one call, its errors in two kinds, and pages.

TransportError: nothing usable came, or the server asks for patience; the same call may succeed later. TrackerError: the
server understood and refused; with the code `denied` it would refuse all that follows as well.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from advisord.errors import TrackerError, TransportError
from advisord.model.plan import Issue
from advisord.tracking.interface import HttpClient, HttpResponse

_PAGES = 2000
_ATTEMPTS = 3
_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,1000})")
_RELATION = re.compile(r"""[;\s]rel\s{0,9}=\s{0,9}["']?([^"',;]*)""", re.IGNORECASE)
_SECRET = ("authorization", "private-token")
_SLOWLY = re.compile(r"rate limit|abuse detection|too many requests|wait a few minutes", re.IGNORECASE)


class Answer(NamedTuple):
    """A usable answer: `data` is the decoded JSON, None for an empty body."""

    status: int
    data: Any
    headers: Mapping[str, str]


class Rest:
    """Calls to one server with one set of headers. `needs` is what its token has to be allowed, for who reads a refusal."""

    def __init__(
        self,
        client: HttpClient,
        base: str,
        headers: Callable[[], Mapping[str, str]],
        sleep: Callable[[float], object] = time.sleep,
        needs: str = "to read and write issues",
    ) -> None:
        self._needs = needs
        self._client = client
        self._base = base.rstrip("/")
        self._headers = headers
        self._sleep = sleep

    def get(self, path: str, accept: tuple[int, ...] = (200,)) -> Answer:
        """Read; asked again, twice, when the server stumbles."""
        for attempt in range(1, _ATTEMPTS):
            try:
                return self.call("GET", path, accept=accept)
            except TransportError as error:
                if not error.retryable or error.retry_after is not None:
                    raise
                self._sleep(float(attempt))
        return self.call("GET", path, accept=accept)

    def call(self, method: str, path: str, data: object = None, accept: tuple[int, ...] = (200,)) -> Answer:
        """Send one request, once. `path` is relative to the base, or a whole address on the same server."""
        url = path if path.startswith(("https:", "http:")) else self._base + path
        if _origin(url) != _origin(self._base):
            raise TrackerError(f"{_origin(self._base)} leads to another server", code="denied")
        headers = self._headers()
        response = self._client.request(method, url, headers=headers, json=data)
        if response.status not in accept:
            raise _error(method, response, urlsplit(url).path, headers, self._needs)
        return Answer(response.status, _decoded(response), response.headers)

    def forgiving(self, path: str, data: Mapping[str, object], wishes: Mapping[str, object]) -> Answer:
        """File something with all wishes; without them when the server refuses it so. A refusal has filed nothing."""
        try:
            return self.call("POST", path, {**data, **wishes}, (201,))
        except TrackerError as error:
            if not wishes or error.code != "refused":
                raise
        return self.call("POST", path, data, (201,))

    def pages(self, path: str, key: str = "") -> Iterator[list[Any]]:
        """The pages of a list, by their `Link` headers (RFC 8288); with a `key` each page holds its part under it.

        Gitea's labels and milestones have no links, only a count of all entries. A link of Gitea's, Forgejo's and
        GitLab's begins as the server calls itself, not as we reach it. There the next page is asked for by its number.
        """
        following, count = path, 0
        for _ in range(_PAGES):
            answer = self.get(following)
            part = field(answer.data, key) if key else answer.data
            if not isinstance(part, list):
                raise TransportError("a list was asked for, and something else came", code="broken")
            yield part
            count += len(part)
            total = answer.headers.get("x-total-count", "").strip()
            link = _next(answer.headers.get("link", ""))
            numbered = total or "x-next-page" in answer.headers
            if link and (not numbered or _origin(link) == _origin(self._base)):
                following = link
            elif link or (part and total.isdecimal() and count < int(total[:9])):
                following = _after(following)
            else:
                return
        raise TrackerError(f"the list has more than {_PAGES} pages", code="broken")


def _error(
    method: str, response: HttpResponse, path: str, asked: Mapping[str, str], needs: str
) -> TrackerError | TransportError:
    status, words = response.status, message(response, asked)
    sentence = f"{method} {path} was answered with {status}" + (f": {words}" if words else "")
    wait = _wait(response)
    limited = wait is not None or response.headers.get("x-ratelimit-remaining") == "0" or bool(_SLOWLY.search(words))
    if status == 429 or (status == 403 and limited):
        wait = wait if wait is not None else 60.0
        return TransportError(
            f"the tracker's rate limit is used up ({status})",
            code="rate-limited",
            retryable=True,
            status=status,
            retry_after=wait,
        )
    if status >= 500 or status == 408:
        return TransportError(sentence, retryable=True, status=status, retry_after=wait)
    if status == 401:
        return TrackerError(sentence, hint="the token is wrong, or it has expired", code="denied")
    if status == 403 and "locked" not in words.lower():
        return TrackerError(sentence, hint=f"the token may not do this: it needs {needs}", code="denied")
    if status == 423:
        return TrackerError(sentence, hint="it is archived: nothing can be written there", code="denied")
    if 300 <= status < 400:
        return TrackerError(sentence, hint="it was moved: name its new place in the configuration", code="moved")
    return TrackerError(sentence, code={404: "not-found", 410: "gone"}.get(status, "refused"))


def comment_once(rest: "Rest", path: str, query: str, text: str, marker: str, ours: Callable[[Any], bool]) -> bool:
    """Add a comment at `path` unless one of ours there holds `marker`; True when it was added."""
    for page in rest.pages(f"{path}{query}"):
        if any(marker and marker in (field(data, "body") or "") and ours(data) for data in page):
            return False
    rest.call("POST", path, {"body": text}, (201,))
    return True


def milestone(rest: "Rest", path: str, query: str, title: str, key: str, refused: tuple[int, ...]) -> int:
    """What the server calls the milestone of this title (its field `key`), made when there is none; 0 where we may not."""
    for page in rest.pages(f"{path}?{query}"):
        for data in page:
            if field(data, "title") == title:
                return int(field(data, key))
    answer = rest.call("POST", path, {"title": title}, (201, *refused))
    return int(field(answer.data, key) or 0) if answer.status == 201 else 0


def field(data: Any, name: str) -> Any:
    """A field of a JSON object; None where there is none, or no object."""
    return data.get(name) if isinstance(data, dict) else None


def in_order(issues: Mapping[int, Issue]) -> tuple[Issue, ...]:
    """Issues by their number, lowest first."""
    return tuple(issues[number] for number in sorted(issues))


def message(response: HttpResponse, asked: Mapping[str, str]) -> str:
    """What the server says, in a bounded line, without the token that it was sent: a server may echo it."""
    try:
        data = json.loads(response.content[:100_000])
    except (ValueError, RecursionError):
        return ""
    said = data.get("message") or data.get("error") if isinstance(data, dict) else ""
    text = said if isinstance(said, str) else json.dumps(said) if said else ""
    more = field(data, "error_description")
    text = f"{text}: {more}" if isinstance(more, str) else text
    for name in _SECRET:
        for part in asked.get(name, "").split():
            text = text.replace(part, "…") if len(part) > 6 else text
    return "".join(c if c.isprintable() else " " for c in text)[:200]


def _wait(response: HttpResponse) -> float | None:
    """Seconds to wait, when the server says so: `retry-after`, else the moment when the limit is renewed."""
    headers = response.headers
    after = headers.get("retry-after", "").strip()
    if after.isdecimal():
        return float(after[:9])
    now = _moment(headers.get("date", "")) or time.time()
    if after:
        moment = _moment(after)
        return None if moment is None else max(0.0, moment - now)
    for name in ("x-ratelimit", "ratelimit"):  # GitHub's and GitLab's
        reset = headers.get(f"{name}-reset", "").strip()
        if headers.get(f"{name}-remaining", "").strip() == "0" and reset.isdecimal():
            return max(1.0, float(reset[:12]) - now)
    return None


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _decoded(response: HttpResponse) -> Any:
    if not response.content.strip():
        return None
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError) as exc:
        raise TransportError("the tracker's answer is not JSON", code="broken", retryable=True) from exc


def _next(header: str) -> str:
    """The target of a `Link` header's link to the next page, "" where there is none."""
    for target, about in _LINK.findall(header):
        relation = _RELATION.search(about)
        if relation and "next" in relation[1].lower().split():
            return str(target)
    return ""


def _after(url: str) -> str:
    """The address of the page after this one."""
    path, _, query = url.partition("?")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    number = asked.get("page", "1")[:9]
    return f"{path}?{urlencode({**asked, 'page': str(int(number) + 1 if number.isdecimal() else 2)})}"


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "what is no address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
