"""A folder of Markdown files, one per issue: the tracker that needs no server. People may edit the files.

To close an issue, set `state: closed` and, if you like, `state_reason: not_planned`. A file that can't be read makes the
listing incomplete, and is never written to. Writes are whole (a temporary file, renamed), under a lock, and refused when
a file has changed since it was read. Links are not followed inside the folder.
"""

import fcntl
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from advisord.errors import TrackerError
from advisord.model.plan import Issue, State, StateReason
from advisord.times import stamp
from advisord.tracking import identity
from advisord.tracking.interface import NOTHING, Absent, Listing, More, Visibility
from advisord.tracking.trackers.front_matter import Document, parse, write

_AUTHOR = "advisord"
_NAMED = re.compile(r"\d+-.*\.md", re.DOTALL)
_NEXT = ".next-number"
_LARGEST = 1 << 20


class LocalTracker:
    """Issues as files in `folder`, which is made when the first issue is."""

    kind = "local"
    body_limit = 500_000
    title_limit = 250

    def __init__(self, name: str, folder: str, clock: Callable[[], datetime]) -> None:
        self.name = name
        self._folder = folder
        self._clock = clock

    def list_issues(self) -> Listing:
        """Every file with an issue of ours; one that can't be read makes the listing incomplete."""
        found: dict[str, Issue] = {}
        problems: list[str] = []
        for file in self._files():
            try:
                issue = self._issue(file)
            except TrackerError as error:
                problems.append(str(error))
                continue
            if issue is None:
                continue
            if issue.number in found:
                problems.append(f"{file}: another file has the number {issue.number} too")
            found[issue.number] = issue
        ordered = sorted(found.values(), key=lambda issue: int(issue.number))
        return Listing(tuple(ordered), complete=not problems, problem="; ".join(problems[:5]))

    def get(self, number: str) -> Issue | Absent:
        """The issue with this number. A folder that is not there says nothing about its issues."""
        if not os.path.isdir(self._folder):
            raise self._error("the folder is not there; make an empty one to begin anew")
        file = self._find(number)
        issue = self._issue(file) if file else None
        return issue or Absent(number, "deleted")

    def create(self, title: str, body: str, labels: Sequence[str], more: More = NOTHING) -> Issue:
        """Write a new file."""
        os.makedirs(self._folder, exist_ok=True)
        with self._locked():
            number = self._next_number()
            now = stamp(self._clock())
            marker = identity.read(body)
            fields: dict[str, Any] = {
                "number": number,
                "key": marker.key if marker else "",
                "title": title,
                "state": State.OPEN.value,
                "labels": list(labels),
                "author": _AUTHOR,
                "created": now,
                "updated": now,
            }
            if more.assignees:
                fields["assignees"] = list(more.assignees)
            if more.milestone:
                fields["milestone"] = more.milestone
            file = f"{number:04}-{_slug(title)}.md"
            self._write(_NEXT, f"{number + 1}\n")
            self._write(file, write(Document(fields, body.strip("\n"), "")))
        return self._told(str(number))

    def update(self, number: str, *, title: str | None = None, body: str | None = None) -> Issue:
        """Change title or body; comments, fields and labels stay."""

        def change(document: Document) -> Document:
            if title is not None:
                document.fields["title"] = title
            return document if body is None else document._replace(body=body.strip("\n"))

        return self._edit(number, change)

    def comment(self, number: str, text: str, marker: str) -> bool:
        """Append a section, once."""
        added = False

        def change(document: Document) -> Document:
            nonlocal added
            if marker and marker in document.comments:
                return document
            added = True
            section = f"### {_AUTHOR}, {stamp(self._clock())}\n\n{text}"
            return document._replace(comments=f"{document.comments}\n\n{section}".strip("\n"))

        self._edit(number, change)
        return added

    def close(self, number: str, reason: StateReason, *, body: str | None = None, duplicate_of: str = "") -> Issue:
        """Set the state, the reason and the date."""

        def change(document: Document) -> Document:
            document.fields.update(state="closed", state_reason=reason.value, closed=stamp(self._clock()))
            if duplicate_of:
                document.fields["duplicate_of"] = duplicate_of
            return document if body is None else document._replace(body=body.strip("\n"))

        return self._edit(number, change)

    def reopen(self, number: str, *, body: str | None = None) -> Issue:
        """Set the state, and take the reason and the date away."""

        def change(document: Document) -> Document:
            document.fields["state"] = "open"
            for name in ("state_reason", "closed", "duplicate_of"):
                document.fields.pop(name, None)
            return document if body is None else document._replace(body=body.strip("\n"))

        return self._edit(number, change)

    def add_labels(self, number: str, labels: Sequence[str]) -> None:
        """Add what is not there."""

        def change(document: Document) -> Document:
            have = _labels(document.fields)
            document.fields["labels"] = [*have, *(label for label in labels if label not in have)]
            return document

        self._edit(number, change)

    def remove_labels(self, number: str, labels: Sequence[str]) -> None:
        """Take away what is there."""

        def change(document: Document) -> Document:
            document.fields["labels"] = [label for label in _labels(document.fields) if label not in labels]
            return document

        self._edit(number, change)

    def visibility(self) -> Visibility:
        """A folder is as private as its machine."""
        return Visibility.PRIVATE

    def _files(self) -> list[str]:
        try:
            return sorted(name for name in os.listdir(self._folder) if name.endswith(".md") and name[0] != ".")
        except FileNotFoundError:
            return []
        except OSError as exc:
            raise self._error(f"the folder can't be read: {exc.strerror}") from exc

    def _find(self, number: str) -> str:
        files = self._files()
        likely = [file for file in files if file.startswith(f"{int(number):04}-")] if number.isdecimal() else []
        for file in (*likely, *(file for file in files if file not in likely)):
            issue = self._issue(file)
            if issue is not None and issue.number == number:
                return file
        return ""

    def _read(self, file: str) -> tuple[str, os.stat_result]:
        try:
            handle = os.open(os.path.join(self._folder, file), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(handle, "rb") as stream:
                facts = os.fstat(handle)
                if not stat.S_ISREG(facts.st_mode):
                    raise self._error(f"{file} is not a file")
                content = stream.read(_LARGEST + 1)
        except OSError as exc:
            raise self._error(f"{file} can't be read: {exc.strerror}") from exc
        if len(content) > _LARGEST:
            raise self._error(f"{file} is larger than {_LARGEST:,} bytes, which is the limit")
        try:
            return content.decode("utf-8"), facts
        except UnicodeDecodeError as exc:
            raise self._error(f"{file} is not UTF-8 text") from exc

    def _issue(self, file: str) -> Issue | None:
        """The issue in a file; None for a note of people that is none. Raises TrackerError when it can't be read."""
        text, facts = self._read(file)
        try:
            return _issue(parse(text), facts.st_mtime, os.path.join(self._folder, file))
        except ValueError as exc:
            if _NAMED.fullmatch(file) or "<!-- advisord:" in text:
                raise self._error(f"{file}: {exc}; correct it by hand, or take it out of the folder") from exc
            return None

    def _edit(self, number: str, change: Callable[[Document], Document]) -> Issue:
        with self._locked():
            file = self._find(number)
            if not file:
                raise self._error(f"issue {number} is not in the folder any more")
            text, facts = self._read(file)
            try:
                document = parse(text)
                closed = _issue(document, facts.st_mtime, "").closed_at
            except ValueError as exc:
                raise self._error(f"{file}: {exc}") from exc
            document.fields["closed"] = closed
            if not closed:
                del document.fields["closed"]
            changed = write(change(document._replace(fields=dict(document.fields))))
            if changed != text:
                document = parse(changed)
                document.fields["updated"] = stamp(self._clock())
                self._write(file, write(document), facts)
        return self._told(number)

    def _told(self, number: str) -> Issue:
        issue = self.get(number)
        if isinstance(issue, Absent):
            raise self._error(f"issue {number} was written and is not there")
        return issue

    def _next_number(self) -> int:
        """One more than any number that ever was, as far as that is known: a number is never used again."""
        try:
            text = self._read(_NEXT)[0].strip()
        except TrackerError:
            text = ""
        counted = int(text) if text.isdecimal() and len(text) < 10 else 1
        leading = [int(match[0]) for file in self._files() if (match := re.match(r"\d{1,9}", file))]
        listed = [int(issue.number) for issue in self.list_issues().issues]
        return max([counted, *(number + 1 for number in (*leading, *listed))])

    def _write(self, file: str, text: str, before: os.stat_result | None = None) -> None:
        target = os.path.join(self._folder, file)
        try:
            handle, temporary = tempfile.mkstemp(prefix=".advisord-", dir=self._folder)
            try:
                with open(handle, "w", encoding="utf-8", newline="") as stream:
                    stream.write(text)
                    stream.flush()
                    os.fsync(handle)
                os.chmod(temporary, stat.S_IMODE(before.st_mode) if before else 0o644)
                self._unchanged(target, before)
                os.replace(temporary, target)
            except BaseException:
                os.unlink(temporary)
                raise
        except OSError as exc:
            raise self._error(f"{file} can't be written: {exc.strerror}") from exc

    def _unchanged(self, target: str, before: os.stat_result | None) -> None:
        if before is None:
            return
        now = os.lstat(target)
        if (now.st_ino, now.st_mtime_ns, now.st_size) != (before.st_ino, before.st_mtime_ns, before.st_size):
            raise self._error(f"{os.path.basename(target)} was edited a moment ago", retryable=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            handle = os.open(os.path.join(self._folder, ".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        except OSError as exc:
            raise self._error(f"the folder can't be locked: {exc.strerror}") from exc
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _error(self, message: str, *, retryable: bool = False) -> TrackerError:
        return TrackerError(message, subject=self._folder, retryable=retryable)


def _issue(document: Document, changed: float, url: str) -> Issue:
    fields = document.fields
    number = _text(fields, "number")
    if not re.fullmatch(r"[1-9]\d{0,8}", number):
        raise ValueError(f"`number` is {number!r}; a number that no other file has is expected")
    state = _text(fields, "state").lower()
    if state not in {"open", "closed"}:
        raise ValueError(f"`state` is {state!r}; open or closed is expected")
    reason = re.sub(r"[ -]", "_", _text(fields, "state_reason").lower())
    if state == "closed" and reason and reason not in tuple(StateReason):
        raise ValueError(f"`state_reason` is {reason!r}; one of {', '.join(StateReason)} is expected")
    closed = _text(fields, "closed") or stamp(datetime.fromtimestamp(changed, UTC))
    marker = identity.read(document.body)
    return Issue(
        number,
        marker.key if marker else "",
        _text(fields, "title"),
        document.body,
        State(state),
        StateReason(reason) if state == "closed" and reason else None,
        _labels(fields),
        _text(fields, "author"),
        url,
        closed if state == "closed" else "",
        assignees=_names(fields, "assignees"),
        milestone=_text(fields, "milestone"),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"`{name}` is not a text")  # noqa: TRY004  (one kind of error for a bad file)
    return value.strip()


def _labels(fields: dict[str, Any]) -> tuple[str, ...]:
    return _names(fields, "labels")


def _names(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    value = fields.get(name, [])
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        raise ValueError(f"`{name}` is not a list of names")
    return tuple(value)


def _slug(title: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    whole = slug[:51].rpartition("-")[0]
    return (slug if len(slug) <= 50 else whole or slug[:50]) or "issue"
