"""`draft(text)`: every fact that a SECURITY.md states, each with its line, and what could not be understood."""

# ruff: noqa: RUF001  people write dashes and quotes of all kinds, and so do the patterns

import re
from collections.abc import Iterator, Sequence

from advisord.scope.draft import boundaries, contacts, deadline_tables, deadlines, versions
from advisord.scope.draft.conditions import condition, is_regular
from advisord.scope.draft.durations import durations
from advisord.scope.draft.facts import Draft, Fact, Note, shown
from advisord.scope.draft.promises import kinds_in
from advisord.scope.draft.sentences import Sentence, sentences
from advisord.scope.draft.text import Block, blocks

_HISTORY = re.compile(
    r"\bhall\s+of\s+fame\b|\b(?:acknowledge?ments|credits|thanks|contributors|changelog|history)\W*$"
    r"|\b(?:past|previous|known|published)\s+(?:security\s+)?(?:advisor\w+|vulnerabilit\w+|issues|incidents|cves?)\b",
    re.IGNORECASE,
)
"""Sections that tell of the past: what stands in them promises nothing."""
_CVSS = re.compile(r"\bCVSS\s*(?:version\s*)?(?P<version>v?\d(?:\.(?:\d|x))?)?(?!\w|\.\d)", re.IGNORECASE)
_WE_RATE = re.compile(
    r"\b(?:we|our|team|maintainers?|severit\w+|scores?|scoring|rat(?:ed|ing|ings)|findings|issues|vulnerabilities)\b[^.]*\b(?:use|uses|using|follow\w*|based\s+on|according|assess\w*|rate\w*|scor\w+|calculat\w+|via|per|adopt|classif\w+|evaluat\w+|determin\w+|triag\w+)\b"
    r"|\bCVSS\b[^.]*\b(?:is|are)\s+used\b",
    re.IGNORECASE,
)
_THEIRS = re.compile(
    r"\byour\s+(?:assessment|estimate|severity)|\bif\s+(?:possible|known|available|applicable)|\binclude\b|\bprovide\b|\boptional",
    re.IGNORECASE,
)
_WORD_ITEM = re.compile(
    r"^\s*(?P<level>critical|high|medium|moderate|low)\b(?:\s+severity)?[^\w]*\s*[:–—(-]", re.IGNORECASE
)
_PUBLIC = re.compile(
    r"\b(?:disclos\w+|public\w*|publish\w*|embargo\w*|advisor(?:y|ies)|announc\w*|confidential|private)\b",
    re.IGNORECASE,
)
_AFTER_FIX = re.compile(
    r"\b(?:until|after|once|when|as\s+soon\s+as|following|upon)\b[^.,;]{0,60}?\b(?:fix\w*|patch\w*|remediat\w+|resol\w+|addressed|update\s+(?:is|has\s+been)\s+released)\b",
    re.IGNORECASE,
)
_PUBLICATION = re.compile(
    r"\b(?:disclos\w+|(?:keep\w*|kept|treat\w*|remain\w*)\s+(?:\w+\s+){0,4}(?:confidential|private)|publicly|public\s+(?:\w+\s+)?(?:issue|disclosure|advisory|announcement)|embargo\w*|announc\w*"
    r"|publish\w*\s+(?:\w+\s+){0,4}(?:advisor\w+|details|information|findings|vulnerabilit\w+|reports?|issue))\b",
    re.IGNORECASE,
)
_COORDINATED = re.compile(
    r"\bcoordinated[\s-]+(?:\w+\s+){0,2}(?:disclosure|publication|release\s+date)|\bdisclosure\s+(?:date|timeline|timing)?\s*(?:is|are|will\s+be)?\s*(?:\w+\s+){0,2}(?:coordinated|negotiated|agreed|mutually)"
    r"|\b(?:negotiat\w+|agree\w*\s+(?:on|upon))\b[^.]*\bdisclos\w+|\bcoordinat(?:e|ed|ing)\b[^.]{0,60}\bdisclos\w+|\bdisclos\w+\b[^.]{0,60}\bcoordinat(?:e|ed|ing)\s+with\b",
    re.IGNORECASE,
)

_PROMISES = (
    r"(?:deadlines?|time\s*(?:lines?|frames?|limits?)|(?:response\s+)?times?|targets?|SLAs?|commitments?|dates?|goals?)"
)
_COMMITMENTS = re.compile(
    rf"\bwe\s+(?:\w+\s+)?(?:guarantee|commit\s+(?:ourselves\s+)?to|are\s+committed\s+to|promise|will\s+(?:always\s+)?(?:meet|keep))\s+"
    rf"(?:to\s+)?(?:meet(?:ing)?\s+|keep(?:ing)?\s+)?(?:all\s+(?:of\s+)?)?(?:these|those|the|our)\s+(?:\w+\s+)?{_PROMISES}\b"
    rf"|\b(?:these|all|our|the)\s+(?:\w+\s+)?{_PROMISES}\s+are\s+(?:guaranteed|binding|commitments|firm|contractual)\b",
    re.IGNORECASE,
)
_TARGETS = re.compile(
    rf"\b(?:not|n't|no|cannot|never)\s+(?:\w+\s+){{0,3}}(?:guarantee\w*|commit(?:ment)?s?|promises?|binding)\s+(?:of\s+|to\s+|that\s+)?(?:these|those|the|our|any)?\s*(?:\w+\s+)?{_PROMISES}\b"
    rf"|\b(?:these|those|all|our|the)\s+(?:\w+\s+)?{_PROMISES}\s+are\s+(?:\w+[\s-]+)?(?:targets|goals|best[\s-]effort|estimates|aspirational|not\s+(?:guaranteed|binding|commitments|guarantees))\b",
    re.IGNORECASE,
)
_UNCERTAIN = re.compile(r"\b(?:not|n't|no|cannot|never|try|aim|strive|if|unless)\b", re.IGNORECASE)


def draft(source: str) -> Draft:
    """Read one SECURITY.md. Nothing is invented: a fact has a line that says it; what is vague becomes a note or nothing."""
    parts = [block for block in blocks(source) if not any(_HISTORY.search(heading) for heading in block.headings)]
    facts = [
        *deadlines.read(parts),
        *deadline_tables.read(parts),
        *versions.read(parts),
        *boundaries.read(parts),
        *contacts.read(parts),
    ]
    facts += _schemes(parts)
    facts += _disclosures(parts, facts)
    facts += _updates(parts, facts)
    unique = list(dict.fromkeys(sorted(facts, key=lambda fact: fact.line)))
    remarks = list(_remarks(parts, unique))
    return Draft(tuple(unique), tuple(_notes(parts, [*unique, *remarks])), tuple(remarks))


def _prose(parts: Sequence[Block]) -> Iterator[Sentence]:
    for block in parts:
        if block.table is None:
            yield from sentences(block)


def _schemes(parts: Sequence[Block]) -> Iterator[Fact]:
    """`We use CVSS 3.1`, and a list that explains the project's own words."""
    schemes: dict[str, Fact] = {}
    for sentence in _prose(parts):
        for match in _CVSS.finditer(sentence.text):
            if _WE_RATE.search(sentence.text) and not _THEIRS.search(sentence.text):
                value = "CVSS" + (f" {match['version']}" if match["version"] else "")
                schemes.setdefault(
                    value, Fact("severity_scheme", "", value, sentence.line_at(match.start()), shown(sentence.text))
                )
    yield from schemes.values()
    levels: dict[str, Block] = {}
    for block in parts:
        word = _WORD_ITEM.match(block.passage.plain) if block.kind == "item" else None
        if word and not durations(block.passage.plain):
            levels.setdefault({"moderate": "medium"}.get(word["level"].lower(), word["level"].lower()), block)
    if len(levels) >= 3:
        first = next(iter(levels.values()))
        named = [level for level in ("critical", "high", "medium", "low") if level in levels]
        yield Fact("severity_scheme", "", f"words: {', '.join(named)}", first.passage.line, shown(first.passage.plain))


def _disclosures(parts: Sequence[Block], facts: Sequence[Fact]) -> Iterator[Fact]:
    """Disclosure without a time: after the fix, or agreed with the reporter."""
    timed = {fact.text for fact in facts if fact.kind == "disclosure"}
    for sentence in _prose(parts):
        text = sentence.text
        if not _PUBLIC.search(text) or shown(text) in timed:
            continue
        embargo = re.search(r"\b(?:do\s+not|don't|please|refrain|avoid|never|not)\b", text, re.IGNORECASE)
        qualifier = "reporter embargo" if embargo else ""
        after = _AFTER_FIX.search(text)
        if (
            after
            and not re.search(r"\bnot\b|n't\b", text[after.start() : after.end() + 12])
            and _speaks_of_publication(text, after)
        ):
            yield Fact("disclosure", qualifier, "after fix", sentence.line_at(after.start()), shown(text))
            continue
        coordinated = _COORDINATED.search(text)
        if coordinated and not re.search(r"\bincident\b|\bresearch\b", text, re.IGNORECASE):
            yield Fact("disclosure", qualifier, "coordinated", sentence.line_at(coordinated.start()), shown(text))


def _speaks_of_publication(text: str, after: re.Match[str]) -> bool:
    """The publication must be what waits for the fix: in the rest of the sentence, not in the condition itself."""
    rest = text[: after.start()] + text[after.end() :]
    return bool(_PUBLICATION.search(rest))


def _lines(sentence: Sentence) -> range:
    return range(sentence.line, sentence.line_at(len(sentence.text.rstrip())) + 1)


def _updates(parts: Sequence[Block], facts: Sequence[Fact]) -> Iterator[Fact]:
    """A promise to keep the reporter informed without saying how often: `unspecified`, once."""
    if any(fact.kind == "update" for fact in facts):
        return
    for sentence in _prose(parts):
        kinds = kinds_in(sentence.text)
        ours = re.search(r"\b(?:we|our|the\s+\w+|team|maintainers?|you\s+will|you'll)\b", sentence.text, re.IGNORECASE)
        if (
            ours
            and any(kind == "update" for kind, _at in kinds)
            and not re.search(r"\bwe\s+recommend|\bplease\b|\bsecurity\s+updates\b", sentence.text, re.IGNORECASE)
        ):
            at = next(at for kind, at in kinds if kind == "update")
            yield Fact("update", "", "unspecified", sentence.line_at(at), shown(sentence.text))
            return


def _remarks(parts: Sequence[Block], facts: Sequence[Fact]) -> Iterator[Fact]:
    """How facts are meant: what is tracked as a regular matter, and whether the deadlines are commitments."""
    outside = {fact.text for fact in facts if fact.kind == "out_of_scope"}
    for sentence in _prose(parts):
        said = shown(sentence.text)
        if _TARGETS.search(said):
            yield Fact("binding", "", "false", sentence.line, said)
        elif _COMMITMENTS.search(said) and not _UNCERTAIN.search(said):
            yield Fact("binding", "", "true", sentence.line, said)
        elif is_regular(said) and condition(said) and said not in outside:
            yield Fact("regular", "", said.rstrip("."), sentence.line, said)


def _notes(parts: Sequence[Block], facts: Sequence[Fact]) -> Iterator[Note]:
    """Every sentence and every row of a table that nothing was read from."""
    told: dict[int, list[str]] = {}
    for fact in facts:
        told.setdefault(fact.line, []).append(fact.text.rstrip("…"))
    led = {block.lead for block in parts if block.kind == "item" and told.keys() & set(_span(block))}
    for block in parts:
        if block.table is not None:
            for line, cells in block.table.rows:
                if line not in told and any(cell.strip() for cell in cells):
                    yield Note(line, shown(" | ".join(cells)))
            continue
        for sentence in sentences(block):
            said = shown(sentence.text)
            if not re.search(r"\w", said) or (said.endswith(":") and any(shown(lead).endswith(said) for lead in led)):
                continue
            here = [text for line in _lines(sentence) for text in told.get(line, ())]
            if not any(text in said or said.rstrip("…") in text for text in here):
                yield Note(sentence.line, said)


def _span(block: Block) -> range:
    return range(block.passage.line, block.passage.line_at(len(block.passage.text.rstrip())) + 1)
