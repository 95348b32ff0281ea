"""A SECURITY.md as blocks of prose, list items and tables, each character with the line that it came from.

Markup is blanked in place, never removed, so that a match in the text leads back to its line. What is no statement of the
project (front matter, HTML comments, code blocks, link definitions) is blanked too. Texts that a web page has mangled (no
headings, lists without blank lines around them, a bare `-` on its own line) are read as well as they can be.
"""

# ruff: noqa: RUF001  people write dashes and quotes of all kinds, and so do the patterns

import re
from bisect import bisect_right
from html import unescape
from typing import NamedTuple

MAX_CHARACTERS = 100_000
MAX_LINE = 4_000
MAX_LINES = 4_000
MAX_PASSAGE = 8_000
"""A security policy is a few pages. What is longer is cut, so that no text can take long."""


class Passage(NamedTuple):
    """A run of text. `starts` are (offset, line) of each source line in it."""

    text: str
    starts: tuple[tuple[int, int], ...]

    def line_at(self, offset: int) -> int:
        """The 1-based source line of a character."""
        return self.starts[max(0, bisect_right(self.starts, (offset, 1 << 60)) - 1)][1]

    @property
    def line(self) -> int:
        """The source line where it begins."""
        return self.starts[0][1]

    @property
    def plain(self) -> str:
        """The text without addresses and backticks, offsets unchanged."""
        return _URL.sub(_blank, self.text).replace("`", " ")


class Table(NamedTuple):
    """A table. Each row has the line it stands on; cells are plain text."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


class Block(NamedTuple):
    """A paragraph, list item or table, with what stands above it.

    `lead` is the paragraph that introduces a list or table ("" when nothing does); for a nested item it ends with the
    item above it.
    """

    kind: str
    passage: Passage
    headings: tuple[str, ...]
    lead: str = ""
    table: Table | None = None


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRONT = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^[ \t]{0,9}(```+|~~~+).*?(?:^[ \t]{0,9}\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_DEFINITION = re.compile(r"^[ ]{0,3}\[[^\]^\n][^\]\n]*\]:[ \t]*\S+.*$", re.MULTILINE)
_HREF = re.compile(r"<a\b[^>]*?href=[\"']([^\"'>]*)[\"'][^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:[a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+|[^<>\s@]+@[^<>\s]+)>")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_LINK = re.compile(r"(!?\[)([^\[\]]*)(\]\()([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)((?:\s+\"[^\"]*\")?\))")
_REFERENCE = re.compile(r"(\[)([^\[\]]+)(\]\[)([^\[\]]*)(\])")
_URL = re.compile(r"(?:https?://|mailto:|www\.)[^\s<>()\[\]]*[^\s<>()\[\].,;:!?'\"]", re.IGNORECASE)
_SUMMARY = re.compile(r"^\s*(?:<details[^>]*>\s*)?<summary[^>]*>(.*?)</summary>\s*$", re.IGNORECASE)
_STRONG = re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]+?)(?<=[^\s*_])\1(?![\w*])")
_ITEM = re.compile(r"^(\s*)(?:[-*+•‣▪–—]|\(?\d{1,2}[.)]|\(?[a-z][.)])(?:\s+(.*))?$")
_MARKED = re.compile(r"^(\s*)((?:✅|❌|✔️?|✗|✖️?|☑️?|🚫|⛔|:white_check_mark:|:x:)\s+\S.*)$")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s*(.*?)\s*#*\s*$")
_RULE = re.compile(r"^\s{0,3}(?:=+|-{2,}|\*{3,}|_{3,})\s*$")
_DELIMITER = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*\|?\s*$")
_BOLD_LINE = re.compile(r"^\s*(?:\*\*|__)([^*_]{2,80}?)(?:\*\*|__):?\s*$")
_INLINE_ITEM = re.compile(r"(?<=[.)]) - (?=[A-Z])")
_UNFINISHED = re.compile(
    r"(?:[,(/–—-]|\b(?:a|an|the|of|to|in|on|at|by|via|and|or|for|with|from|that|which|our|your|its|is|are|be|no|not))\s*$",
    re.IGNORECASE,
)


def blocks(source: str) -> list[Block]:
    """The blocks of a text, in order."""
    return _Parser(_prepared(source)).parse()


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _keep(*groups: int) -> "object":
    def replace(match: re.Match[str]) -> str:
        """The match with all but some groups blanked."""
        out, at = [], match.start()
        for group in groups:
            start, end = match.span(group)
            out.append(re.sub(r"[^\n]", " ", match.string[at:start]))
            out.append(match.string[start:end])
            at = end
        out.append(re.sub(r"[^\n]", " ", match.string[at : match.end()]))
        return "".join(out)

    return replace


def _entity(match: re.Match[str]) -> str:
    character = unescape(match[0])
    return character.ljust(len(match[0])) if len(character) == 1 and character != "\n" else _blank(match)


def _prepared(source: str) -> list[str]:
    """The lines with everything blanked that is no prose, and block structure still in place."""
    text = source[:MAX_CHARACTERS].lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = "\n".join(line[:MAX_LINE] for line in text.split("\n")[:MAX_LINES])
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text)
    text = re.sub(r"[\u00a0\u2007\u202f\t]", " ", text).replace("\u2019", "'").replace("\u2018", "'")
    for pattern in (_FRONT, _COMMENT, _FENCE, _DEFINITION):
        text = pattern.sub(_blank, text)
    return text.split("\n")


def clean(text: str) -> str:
    """Inline markup blanked in place: links as their text and address, entities as their character."""
    for pattern, groups in ((_AUTOLINK, (1,)), (_HREF, (1,))):
        text = pattern.sub(_keep(*groups), text)  # type: ignore[call-overload]
    text = _TAG.sub(_blank, text)
    text = re.sub(r"\\(?=[*_~`#|<>()\[\]{}.!+-])", " ", text)
    text = _ENTITY.sub(_entity, text)
    text = _LINK.sub(_keep(2, 4), text)  # type: ignore[call-overload]
    text = _REFERENCE.sub(_keep(2), text)  # type: ignore[call-overload]
    for pattern in (_STRONG, _STRONG, _EMPHASIS):
        text = pattern.sub(_keep(2), text)  # type: ignore[call-overload]
    return text


def flat(text: str) -> str:
    """Cleaned text with single spaces, for people and for comparison."""
    return " ".join(clean(text).split())


class _Parser:
    """Line by line: a paragraph or item grows until something ends it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.blocks: list[Block] = []
        self.headings: list[tuple[int, str]] = []
        self.pending: list[tuple[int, str]] = []
        self.kind = ""
        self.lead = ""
        self.items: list[tuple[int, str]] = []
        self.blank_before = True

    def parse(self) -> list[Block]:
        number = 0
        while number < len(self.lines):
            number += self.step(number)
        self.flush()
        return self.blocks

    def step(self, at: int) -> int:
        """Handle the line at this index; the number of lines used up."""
        line = self.lines[at].replace("\u200b", "")
        following = self.lines[at + 1] if at + 1 < len(self.lines) else ""
        if not line.strip():
            self.flush(keep_item=False)
            self.blank_before = True
            return 1
        used = self.structure(at, line, following)
        if used:
            self.blank_before = False
            return used
        stripped = re.sub(r"^\s*(?:>\s?)+", "", line)
        if re.fullmatch(r"\s*\[!\w+\]\s*", stripped):
            self.blank_before = False
            return 1
        for number, part in enumerate(_INLINE_ITEM.split(stripped)):
            self.text(at, part if number == 0 else "- " + part)
        self.blank_before = False
        return 1

    def structure(self, at: int, line: str, following: str) -> int:
        """Headings, rules and tables."""
        heading = _HEADING.match(line)
        if heading and heading[2]:
            self.heading(len(heading[1]), heading[2])
            return 1
        if _is_setext(line, following) and not self.pending:
            self.heading(1 if "=" in following else 2, line)
            return 2
        summary = _SUMMARY.match(line)
        if summary:
            self.heading(7, summary[1])
            return 1
        bold = _BOLD_LINE.match(line)
        if bold and self.blank_before:
            self.heading(7, bold[1])
            return 1
        if "|" in line and (line.lstrip().startswith("|") or _is_delimiter(following)):
            return self.table(at)
        if re.match(r"\s*<table\b", line, re.IGNORECASE):
            return self.html_table(at)
        if _RULE.match(line):
            self.flush()
            return 1
        return 0

    def text(self, at: int, line: str) -> None:
        item = _ITEM.match(line) or _MARKED.match(line)
        if item and (item[2] is not None or re.fullmatch(r"\s*[-*+•]\s*", line)):
            self.flush()
            self.start_item(len(item[1]))
            self.kind = "item"
            body = item[2] or ""
            if body:
                self.pending.append((at + 1, body))
            return
        if self.kind == "item" and not self.continues(line):
            self.flush()
        if not self.kind:
            if self.blank_before and re.match(r"\s{4,}\S", line) and not self.items:
                return
            if not (self.items and re.match(r"\s{2,}\S", line)):
                self.items.clear()
            self.kind = "paragraph"
        if sum(len(text) for _number, text in self.pending) < MAX_PASSAGE:
            self.pending.append((at + 1, line))

    def continues(self, line: str) -> bool:
        """Whether an unmarked line belongs to the item above it: web pages lose the indentation."""
        if not self.pending or re.match(r"\s+\S", line) or not re.match(r"\s*[A-Z]", line):
            return True
        return bool(_UNFINISHED.search(self.pending[-1][1]))

    def start_item(self, indent: int) -> None:
        while self.items and self.items[-1][0] >= indent:
            self.items.pop()
        if not self.items and self.kind == "" and self.blocks and self.blocks[-1].kind == "table":
            self.lead = ""
        self.items.append((indent, ""))

    def heading(self, level: int, text: str) -> None:
        self.flush()
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, flat(text).strip("#:* ")))
        self.lead = ""
        self.items.clear()

    def flush(self, *, keep_item: bool = True) -> None:
        """Close the open paragraph or item."""
        if self.pending:
            passage = _passage(self.pending)
            if self.kind == "item":
                parents = [text for _indent, text in self.items[:-1] if text]
                self.add("item", passage, " ".join([self.lead, *parents]).strip())
                if self.items:
                    self.items[-1] = (self.items[-1][0], " ".join(passage.text.split()))
            elif passage.text.strip():
                self.add("paragraph", passage, "")
                self.lead = " ".join(passage.text.split())
        self.pending = []
        if keep_item or self.kind != "item" or self.blocks:
            self.kind = ""

    def add(self, kind: str, passage: Passage, lead: str, table: Table | None = None) -> None:
        self.blocks.append(Block(kind, passage, tuple(text for _level, text in self.headings), lead, table))

    def table(self, at: int) -> int:
        self.flush()
        rows: list[tuple[int, tuple[str, ...]]] = []
        end, delimiter = at, False
        while end < len(self.lines) and "|" in self.lines[end]:
            if _is_delimiter(self.lines[end]):
                delimiter = True
            else:
                rows.append((end + 1, _cells(self.lines[end])))
            end += 1
        header = rows.pop(0)[1] if delimiter and rows else ()
        rows = _rejoined(rows, len(header))
        passage = _passage([(number + 1, self.lines[number]) for number in range(at, end)])
        self.add("table", passage, self.lead, Table(header, tuple(rows)))
        self.lead = ""
        return end - at

    def html_table(self, at: int) -> int:
        """A table in HTML: rows and cells, whatever else is in it."""
        self.flush()
        end = at
        while end < len(self.lines) and "</table" not in self.lines[end].lower():
            end += 1
        end = min(end + 1, len(self.lines))
        text = "\n".join(self.lines[at:end])
        rows: list[tuple[int, tuple[str, ...]]] = []
        header: tuple[str, ...] = ()
        for row in re.finditer(r"<tr\b[^>]*>(.*?)(?=<tr\b|</tr|</table|\Z)", text, re.DOTALL | re.IGNORECASE):
            found = re.findall(
                r"<t([hd])\b[^>]*>(.*?)(?=<t[hd]\b|</t[hdr]|</table|\Z)", row[1], re.DOTALL | re.IGNORECASE
            )
            cells = tuple(flat(content) for _kind, content in found)
            if not header and not rows and found and all(kind.lower() == "h" for kind, _content in found):
                header = cells
            elif cells:
                rows.append((at + 1 + text.count("\n", 0, row.start(1)), cells))
        passage = _passage([(number + 1, self.lines[number]) for number in range(at, end)])
        self.add("table", passage, self.lead, Table(header, tuple(rows)))
        self.lead = ""
        return end - at


def _is_setext(line: str, following: str) -> bool:
    return bool(re.fullmatch(r"\s{0,3}(?:={2,}|-{2,})\s*", following)) and not _ITEM.match(line) and "|" not in line


def _is_delimiter(line: str) -> bool:
    return "-" in line and "|" in line and bool(_DELIMITER.match(line))


def _rejoined(rows: list[tuple[int, tuple[str, ...]]], width: int) -> list[tuple[int, tuple[str, ...]]]:
    """Rows that a web page broke over two lines, whole again, on the line where they begin."""
    whole: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        if whole and len(whole[-1][1]) < width and len(whole[-1][1]) + len(cells) <= width:
            whole[-1] = (whole[-1][0], whole[-1][1] + cells)
        else:
            whole.append((number, cells))
    return whole


def _cells(line: str) -> tuple[str, ...]:
    body = line.strip()
    body = body.removeprefix("|")
    body = body[:-1] if body.endswith("|") and not body.endswith("\\|") else body
    return tuple(flat(cell.replace("\\|", "|").replace("`", "")) for cell in re.split(r"(?<!\\)\|", body))


def _passage(lines: list[tuple[int, str]]) -> Passage:
    text, starts = "", []
    for number, line in lines:
        starts.append((len(text), number))
        text += line.rstrip() + " "
    return Passage(clean(text), tuple(starts))
