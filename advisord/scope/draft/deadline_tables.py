"""Promises with a time, read from tables: by stage, by severity, or with one row for all."""

import re
from collections.abc import Iterator, Sequence

from advisord.scope.draft.deadlines import context_kind, promises_in, qualifier_of
from advisord.scope.draft.durations import cadences, cell, durations, header_unit, releases
from advisord.scope.draft.facts import Fact, shown
from advisord.scope.draft.promises import kind_of_label, kinds_in, level_of_cell, severities_in
from advisord.scope.draft.text import Block, Table
from advisord.scope.draft.versions import about_support, columns

_FOOTNOTES = {
    "discretion": "discretionary",
    "best effort": "best effort",
    "best-effort": "best effort",
    "no commitment": "no commitment",
}
_GENERIC = re.compile(
    r"^\W*(?:days?|hours?|weeks?|time\s*(?:line|frame|limit)?s?|timeframe|deadline|targets?|slas?|due|when|window|commitment|goal|eta"
    r"|expected\s+time(?:line)?|maximum\s+time|service\s+level|duration|\(?(?:business|working|calendar)?\s*days?\)?)\b",
    re.IGNORECASE,
)
_AFTER_FIX = re.compile(
    r"(?<!days )(?<!weeks )\b(?:after|once|upon|when|until|following)\s+(?:the\s+|a\s+|an?\s+)?(?:\w+\s+)?(?:fix|patch|remediation|resolution|release)",
    re.IGNORECASE,
)


def read(blocks: Sequence[Block]) -> Iterator[Fact]:
    """Every promise with a time in the text's tables; tables of versions are none."""
    footnotes = " ".join(
        block.passage.plain for block in blocks if re.match(r"[\s\\]*(?:\*|\[\^|†|Note)", block.passage.text)
    )
    for block in blocks:
        table = block.table
        if table is None or not table.rows:
            continue
        if not columns(table, about_support(block)) or level_of_cell(table.rows[0][1][0]):
            yield from _table(block, table, footnotes)


def _table(block: Block, table: Table, footnotes: str) -> Iterator[Fact]:
    levels = [level_of_cell(cells[0]) for _line, cells in table.rows if cells]
    if table.rows and sum(bool(level) for level in levels) >= max(1, (len(table.rows) + 1) // 2):
        yield from _severity_rows(block, table, footnotes)
        return
    header_levels = [level_of_cell(text) for text in table.header]
    header_kinds = [kind_of_label(text) for text in table.header]
    for line, cells in table.rows:
        kind = kind_of_label(cells[0]) if cells else ""
        if cells and cell(cells[0]) and not kind:
            told = next((kind_of_label(content) for content in cells[1:] if kind_of_label(content)), "")
            if told:
                yield from _cell(told, ",".join(severities_in(" ".join(cells[1:]))), cells[0], "", line, cells)
                continue
        for column, content in enumerate(cells[1:], 1):
            level = header_levels[column] if column < len(header_levels) else ""
            unit = header_unit(table.header[column]) if column < len(table.header) else ""
            if kind:
                yield from _cell(kind, level or ",".join(severities_in(cells[0])), content, unit, line, cells)
        if not kind and len([one for one in header_kinds if one]) >= 2:
            for column, content in enumerate(cells):
                if column < len(header_kinds) and header_kinds[column]:
                    unit = header_unit(table.header[column])
                    level = ",".join(severities_in(table.header[column].replace(")", "")))
                    yield from _cell(header_kinds[column], level, content, unit, line, cells)


def _severity_rows(block: Block, table: Table, footnotes: str) -> Iterator[Fact]:
    for line, cells in table.rows:
        level = level_of_cell(cells[0])
        if not level:
            continue
        for column, content in enumerate(cells[1:], 1):
            header = table.header[column] if column < len(table.header) else ""
            stated = {name for name, _at in kinds_in(content)} if durations(content) or releases(content) else set()
            kind = stated.pop() if len(stated) == 1 else kind_of_label(header)
            if not kind and (not header or _GENERIC.match(header)):
                kind = context_kind(block)
            if not kind:
                continue
            if re.fullmatch(r"[*†]+|\[\^\w+\]", content.strip()):
                word = next((value for key, value in _FOOTNOTES.items() if key in footnotes.lower()), "")
                if word:
                    yield Fact(kind, level, word, line, shown(" | ".join(cells)))
                continue
            yield from _cell(kind, level, content, header_unit(header), line, cells)


def _cell(kind: str, level: str, content: str, unit: str, line: int, cells: Sequence[str]) -> Iterator[Fact]:
    """The times of one cell. One that is counted in prose may hold several: a disclosure `90 days … or 7 days …`."""
    text = shown(" | ".join(cells))
    if kind == "disclosure" and _AFTER_FIX.search(content):
        yield Fact("disclosure", "", "after fix", line, text)
    single = cell(content, unit)
    if single:
        times = [*durations(content), *releases(content)]
        yield Fact(kind, qualifier_of(level, content, times[0]) if times else level, single, line, text)
        return
    every = cadences(content) if kind == "update" else []
    found = every or [*durations(content), *releases(content)]
    if kind == "disclosure" or every:
        for time in found:
            yield Fact(kind, qualifier_of(level, content, time), time.value, line, text)
    else:
        for promise in promises_in(content, kind, kind):
            levels = ",".join(promise.severities) or level
            yield Fact(
                promise.kind, qualifier_of(levels, content, promise.duration), promise.duration.value, line, text
            )
    plain = content.strip().lower()
    vague = re.match(r"best[\s-]effort\b|discretionary\b", plain)
    if not found and vague:
        yield Fact(kind, level, vague[0].replace("-", " "), line, text)
