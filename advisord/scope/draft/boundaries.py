"""What is in scope and what is not, read from headings, lead-ins, lists and prose."""

# ruff: noqa: RUF001  people write dashes and quotes of all kinds, and so do the patterns

import re
from collections.abc import Iterator, Sequence

from advisord.scope.draft.facts import Fact, shown
from advisord.scope.draft.promises import kind_of_label
from advisord.scope.draft.sentences import sentences
from advisord.scope.draft.text import Block
from advisord.scope.draft.versions import status_of

_OUT = re.compile(
    r"\bout[\s-]+of[\s-]+(?:the\s+)?scope\b|\b(?:not|n't)\s+(?:(?:be|considered|currently|within|explicitly)\s+)*in[\s-]+scope\b|\bnon[\s-]+qualifying\b"
    r"|\bexclu(?:sions?|ded)\b|\bineligible\b|\bnot\s+eligible\b|\bout[\s-]scope\b"
    r"|\b(?:not|n't)\s+(?:be\s+)?(?:consider(?:ed)?|treat(?:ed)?|count(?:ed)?|qualify|regard(?:ed)?|accept(?:ed)?)\b[^.]{0,60}\b(?:vulnerabilit|security|valid|in\s+scope|as\b|reports?)"
    r"|\bshould\s+I\s+NOT\s+report\b|\bwhat\s+(?:not\s+to\s+report|is\s+not\b)|\bnot\s+(?:a\s+)?(?:security\s+)?vulnerabilit(?:y|ies)\b"
    r"|\bdo\s+not\s+report\b[^.]*:\s*$|\bnot\s+covered\b",
    re.IGNORECASE,
)
_IN = re.compile(
    r"\b(?:in|within)[\s-]+(?:the\s+)?scope\b|\bwhat\s+(?:to\s+report|is\s+covered)\b|\bshould\s+I\s+report\b|\bqualifying\s+vulnerabilit"
    r"|\b(?:this|the)\s+(?:security\s+)?policy\s+(?:applies|covers|is\s+limited)\b|\bscope\s+(?:includes|covers|of\s+this\s+policy\s+(?:is|includes))\b"
    r"|\bconsidered?\s+(?:as\s+)?(?:a\s+)?(?:valid\s+)?(?:security\s+)?(?:issues?|vulnerabilit\w+)\b|\beligible\b|\bare\s+covered\b",
    re.IGNORECASE,
)
_SCOPE_HEADING = re.compile(r"\bscope\b", re.IGNORECASE)
_LABELLED = re.compile(
    r"^\s*(?P<label>(?:explicitly\s+|currently\s+)?(?:in|out[\s-]+of|not\s+in)[\s-]+scope|exclusions?|inclusions?)\b[^:]{0,60}:\s*(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_DEPENDENCY = re.compile(
    r"\b(?:third[\s-]party|3rd[\s-]party|upstream|dependenc\w+|external\s+(?:librar|package|service)\w*|transitive|librar\w+\s+we\s+use)\b",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?<![\w/:@.`-])`?(?P<path>(?:\.{0,2}/)?(?:[\w.@*-]+/)+(?:[\w.*-]+/?)?|[\w.@-]+/\*{1,2})`?(?=$|[\s,.;:()\]`])"
)
_GLUED = re.compile(r"(?<=\w)/(?:and|or)(?=\s|\w+/)")
_GLUE_WORD = re.compile(r"(?:and|or|in|under|the|to|from)(?=[a-z])")
"""A web page that dropped code markup glued words to paths: `services/andlibs/`, `proto/and the SDKs insdks/`."""
_REPORTABLE = re.compile(
    r"\b(?:found|discover\w*|believe|identif\w+|aware\s+of|suspect\w*|report)\b[^.]*\bvulnerabilit\w+[^.]*?"
    r"(?P<what>\b(?:(?:one\s+of\s+)?(?:its|our|the)\s+(?:\w+\s+)?dependencies|upstream\s+dependencies|third[\s-]party\s+(?:\w+\s+)?dependencies))",
    re.IGNORECASE | re.DOTALL,
)
_ELSEWHERE = re.compile(
    r"\b(?:should|must|need\s+to|are\s+to)\s+be\s+reported\s+(?:directly\s+)?to\s+(?!us\b|the\s+(?:security|core)\b|security\b|our\b)"
    r"|\breport\s+(?:\w+\s+){0,3}(?:upstream|directly\s+to)\b|\bto\s+(?:the|their)\s+(?:respective\s+|upstream\s+)\w+",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\bwhat\s+is\s+(?:and\s+what\s+is\s+not\s+)?(?:in|out\s+of)\s+scope\b|\b(?:document|page)\s+(?:covers|describes|explains)\b|\bsee\b",
    re.IGNORECASE,
)
_DISTRIBUTED = re.compile(
    r"\b(?:is|means|covers|includes)\b[^.]*\b(?:vulnerabilit\w+\s+in|code|software|components?|repositor\w+)\b",
    re.IGNORECASE,
)


def read(blocks: Sequence[Block]) -> Iterator[Fact]:
    """Every scope statement, list by list."""
    sides: dict[tuple[tuple[str, ...], str], str] = {}
    for block in blocks:
        if block.table is not None:
            yield from _table(block)
            continue
        if block.kind == "item":
            place = (block.headings, block.lead)
            if _is_promise(block):
                sides[place] = ""
            side = sides.setdefault(place, _side_of(block))
            if side:
                yield from _facts(block, side)
                continue
        yield from _paragraph(block)


def side_of_text(text: str) -> str:
    """`out_of_scope`, `in_scope` or "" as a heading or lead-in says."""
    if _OUT.search(text):
        return "out_of_scope"
    return "in_scope" if _IN.search(text) else ""


def paths_in(raw: str) -> list[tuple[str, int]]:
    """(path, offset) of every folder that the text names: `crates/`, `apps/web/`."""
    text = re.sub(r"https?://\S+|mailto:\S+", lambda match: " " * len(match[0]), raw)
    glued = bool(_GLUED.search(text)) and "`" not in text
    if glued:
        text = _GLUED.sub(lambda match: "/" + " " * (len(match[0]) - 1), text)
    found = []
    for match in _PATH.finditer(text):
        path, at = match["path"].strip("`").rstrip("."), match.start("path")
        lost = _GLUE_WORD.match(path) if glued else None
        if lost:
            path, at = path[lost.end() :], at + lost.end()
        if not re.search(r"\w", path) or not (path.endswith(("/", "*")) or "`" in match[0]):
            continue
        if not path.startswith("/") and not re.fullmatch(r"[\w-]+/[\w.-]+", path):
            found.append((path.removeprefix("./"), at))
    return found


def _is_promise(block: Block) -> bool:
    """A mangled page runs lists together: an item that promises something ends the list above it."""
    label = re.match(r"\s*([^:–—]{2,60}):", block.passage.plain)
    return bool(
        label
        and kind_of_label(label[1]) in {"ack", "triage", "fix", "update", "disclosure"}
        and len(label[1].split()) <= 6
    )


def _side_of(block: Block) -> str:
    """The side that the lead-in or a heading puts a list on."""
    lead = block.lead.rstrip()
    last = re.split(r"(?<=[.!?])\s+", lead)[-1] if lead else ""
    if last.endswith(":") or (last and len(last.split()) <= 6):
        side = side_of_text(last)
        if side:
            return side
    heading = block.headings[-1] if block.headings else ""
    side = side_of_text(heading)
    if side and (
        not last or not re.search(r"\b(?:please|should|include|following\s+information|provide)\b", last, re.IGNORECASE)
    ):
        return side
    if _SCOPE_HEADING.search(heading) and (
        not last or re.search(r"\b(?:cover|appl|includ|compris|scope)\w*", last, re.IGNORECASE)
    ):
        return "in_scope"
    return ""


def _facts(block: Block, side: str) -> Iterator[Fact]:
    """One item of a scope list: each path that it names, else what it says."""
    raw = block.passage.text
    plain = " ".join(block.passage.plain.split())
    label = _LABELLED.match(plain)
    if label:
        side = side_of_text(label["label"]) or side
    paths = paths_in(raw)
    for path, at in paths:
        yield Fact(side, "path", path, block.passage.line_at(at), shown(plain))
    if paths:
        return
    value = _first_sentence(label["rest"] if label else plain)
    yield Fact(side, _qualifier(value, side), value, block.passage.line, shown(plain))


def _first_sentence(text: str) -> str:
    return shown(re.split(r"(?<=[.!?])\s+(?=[A-Z])", text, maxsplit=1)[0]).rstrip(".;, ")


def _qualifier(value: str, side: str) -> str:
    if _DEPENDENCY.search(value):
        return "dependency"
    return "component" if side == "in_scope" else "class"


def _paragraph(block: Block) -> Iterator[Fact]:
    plain = block.passage.plain
    label = _LABELLED.match(plain)
    if label and not plain.rstrip().endswith(":"):
        yield from _enumerated(block, side_of_text(label["label"]) or "in_scope", label.start("rest"))
        return
    heading = block.headings[-1] if block.headings else ""
    for sentence in sentences(block):
        text = sentence.text
        reportable = _REPORTABLE.search(text)
        if (
            reportable
            and not _OUT.search(text)
            and not re.search(r"\bupstream\b", text[reportable.end() :], re.IGNORECASE)
        ):
            at = reportable.start("what")
            yield Fact("in_scope", "dependency", shown(reportable["what"]), sentence.line_at(at), shown(text))
            continue
        if text.rstrip().endswith(":"):
            continue
        side = ""
        if _ANNOUNCED.search(text):
            continue
        if (_OUT.search(text) and not re.search(r"\bif\s+you\b", text, re.IGNORECASE)) or (
            _ELSEWHERE.search(text) and (_SCOPE_HEADING.search(heading) or _DEPENDENCY.search(text))
        ):
            side = "out_of_scope"
        elif re.search(
            r"\b(?:policy\s+(?:applies|covers)|(?:is|are)\s+(?:considered\s+)?in[\s-]+scope|scope\s+(?:includes|covers))\b",
            text,
            re.IGNORECASE,
        ) or (_SCOPE_HEADING.search(heading) and side_of_text(heading) != "out_of_scope" and _DISTRIBUTED.search(text)):
            side = "in_scope"
        elif side_of_text(heading) == "out_of_scope" and block.kind == "paragraph":
            side = "out_of_scope"
        if not side:
            continue
        paths = paths_in(sentence.raw)
        for path, at in paths:
            yield Fact(side, "path", path, sentence.line_at(at), shown(text))
        if not paths:
            value = shown(text).rstrip(".")
            yield Fact(side, _qualifier(value, side), value, sentence.line, shown(text))


def _enumerated(block: Block, side: str, start: int) -> Iterator[Fact]:
    """One line that lists: `In scope: the core (core/), the updater, and the workflows`."""
    plain, raw = block.passage.plain, block.passage.text
    end = re.search(r"\.\s+[A-Z]|\.\s*$", plain[start:])
    stop = start + end.start() if end else len(plain)
    for match in _enumeration(plain, start, stop):
        paths = paths_in(raw[match[0] : match[1]])
        for path, at in paths:
            yield Fact(side, "path", path, block.passage.line_at(match[0] + at), shown(plain[match[0] : match[1]]))
        value = re.sub(
            r"^(?:and|or|plus|the)\s+", "", shown(plain[match[0] : match[1]]).strip(" ,;."), flags=re.IGNORECASE
        )
        if value and not paths:
            yield Fact(side, _qualifier(value, side), value, block.passage.line_at(match[0]), shown(plain[start:stop]))


def _enumeration(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The spans between commas that stand outside brackets."""
    depth, begin = 0, start
    separator = ";" if ";" in text[start:stop] else ","
    for at in range(start, stop):
        if text[at] in "([":
            depth += 1
        elif text[at] in ")]":
            depth = max(0, depth - 1)
        elif text[at] == separator and not depth:
            if text[begin:at].strip():
                yield begin, at
            begin = at + 1
    if text[begin:stop].strip():
        yield begin, stop


def _table(block: Block) -> Iterator[Fact]:
    """`| Component | In scope |` with yes and no, or a table under a scope heading."""
    table = block.table
    if table is None:
        return
    column = next((at for at, text in enumerate(table.header) if _SCOPE_HEADING.search(text)), None)
    if not column:
        return
    for line, cells in table.rows:
        if column >= len(cells) or not cells[0]:
            continue
        answer = cells[column].lower()
        side = side_of_text(answer) or {"supported": "in_scope", "unsupported": "out_of_scope"}.get(
            status_of(answer)[0], ""
        )
        if not side:
            continue
        paths = paths_in(cells[0])
        for path, _at in paths or [("", 0)]:
            value = path or cells[0]
            yield Fact(side, "path" if path else _qualifier(value, side), value, line, shown(" | ".join(cells)))
