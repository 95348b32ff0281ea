"""Promises with a time, read from prose and lists."""

# ruff: noqa: RUF001  people write dashes and quotes of all kinds, and so do the patterns

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from advisord.scope.draft.durations import Duration, cadences, durations, releases
from advisord.scope.draft.facts import Fact, shown
from advisord.scope.draft.promises import LEVELS, kind_of_label, kinds_in, severities_in
from advisord.scope.draft.sentences import Sentence, sentences
from advisord.scope.draft.text import Block
from advisord.scope.draft.versions import WINDOW

_CLAUSE = re.compile(r"[;:,–—]\s|\s-\s|\s(?:and|or|but|then|while|with)\s")
_GLUE = re.compile(r"\s(?:and|or)\s")
_NOT_OURS = re.compile(
    r"\b(?:retain|retention|stor(?:e|ed|age)|delet\w+|purg\w+|backups?|logs?\s+are|bount\w+|reward\w*|payouts?|paid|payment"
    r"|expir\w+|rotat\w+|cookies?|sessions?|tokens?\s+are|packagers?|distributors?|downstream|in\s+advance|subscription|sponsor\w*|license)\b"
    r"|\bkeep\s+(?:the\s+|your\s+|all\s+|any\s+)?(?:data|reports?|records?|logs?|emails?|copies|information)\b",
    re.IGNORECASE,
)
_REPORTER = re.compile(
    r"\b(?:you|reporters?|researchers?|finders?|the\s+submitter)\s+(?:must|should|need\s+to|have\s+to|are\s+(?:expected|required|asked)"
    r"\s+to|agree\s+to|shall|can|may|will\s+have)\s+(?!expect|receive|hear|get\b|see\b|have\b|be\b|also\s+receive)\w+"
    r"|\bplease\s+(?:respond|reply|provide|answer|follow|contact|resend|ping|send|submit|report|email|nudge|reach|try|escalate|remind)"
    r"|\bfeel\s+free\b|\bask\s+you\s+to\b|\byour\s+(?:response|reply)\b",
    re.IGNORECASE,
)
_IF_NOT = re.compile(
    r"\b(?:if|unless|should|when|in\s+case)\b[^.]*?\b(?:not|n't|no|unable|fails?|without|never)\b|n't\b[^.]*$",
    re.IGNORECASE,
)
_NO_PROMISE = re.compile(
    r"\b(?:not|n't|cannot|never|no)\s+(?:\w+\s+){0,3}(?:guarantee|promise|commit|expect)\w*|\bno\s+(?:SLA|guarantee)",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:last|past|previous|since|older\s+than|newer\s+than|ago|took|was|were|had)\s*(?:\w+\s+){0,4}$", re.IGNORECASE
)
_PERIOD = re.compile(
    r"\b(?:for|during|over|throughout)\s+(?:a\s+period\s+of\s+|up\s+to\s+|at\s+least\s+|the\s+)?$", re.IGNORECASE
)
_INTENT = re.compile(r"\b(?:no\s+(?:\w+[- ]){0,3}SLA|not\s+guarantee|intent|no\s+guarantee)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"^\s*(?:[✅❌]\s*)?(?:\d+[.)]\s*)?(?P<label>[^:–—|.]{2,60}?)\s*(?:\([^)]*\)\s*)?(?::|\s[–—-]\s)\s*(?=\S)"
)
_START = re.compile(
    r"\s*(?:of|from|after|since|following)\s+(?:(?:the|your|its|an?|our|initial|first|being|they\s+were|it\s+(?:is|was)|we\s+\w+)\s+)*(?P<event>\w+)",
    re.IGNORECASE,
)
_STARTS = (
    ("from triage", r"triag|confirm|assess|validat|verif"),
    ("from acknowledgement", r"acknowledg"),
    ("after the fix", r"fix|patch|releas|remediat|resol"),
    ("from publication", r"publi"),
    ("from report", r"report|receipt|receiv|disclos|submi|notif|contact"),
)
_PRIORITY = re.compile(r"\b(P[0-5]|S[1-5]|SEV-?[0-5])\b[^,;(.]*$", re.IGNORECASE)
_ANSWERS = re.compile(r"\b(?:respond|reply|get\s+back|acknowledge|answer)\b", re.IGNORECASE)
_A_MOMENT = re.compile(r"\b(?:after|until|till|before|since|when|once|than)\s+(?:the\s+|a\s+|our\s+)?$", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:others|everything\s+else|the\s+rest|remaining|(?:all|any)\s+other)\b", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:please|allow|give|grant|ask|request|wait|leave)\b", re.IGNORECASE)
_BEFORE_DISCLOSING = re.compile(r"\bbefore\b[^.]*\b(?:disclos\w+|public\w*|publish\w*)", re.IGNORECASE)


_DEADLINES = re.compile(
    r"\b(?:deadlines?|time\s*(?:lines?|frames?|limits?)|SLAs?|service[\s-]+levels?|targets?)\b", re.IGNORECASE
)
_UP_TO_A_TIME = re.compile(r"\b(?:until|till|through)\s+(?:about\s+|at\s+least\s+)?$", re.IGNORECASE)


class Found(NamedTuple):
    """One promise before it becomes a fact."""

    kind: str
    duration: Duration
    severities: tuple[str, ...]


def read(blocks: Sequence[Block]) -> Iterator[Fact]:
    """Every promise with a time in paragraphs and lists."""
    for block in blocks:
        if block.table is not None:
            continue
        promised = spoken = ""
        for sentence in sentences(block):
            facts = list(_sentence(sentence, spoken))
            yield from facts or _best_effort(sentence, promised)
            promised = facts[-1].kind if facts else promised
            spoken = _spoken_of(sentence, promised)


def _best_effort(sentence: Sentence, promised: str) -> Iterator[Fact]:
    """`Lower severities are best effort`, after a sentence that promises a fix."""
    levels = severities_in(sentence.text)
    if promised == "fix" and levels and re.search(r"\bbest[\s-]effort\b", sentence.text, re.IGNORECASE):
        yield Fact("fix", ",".join(levels), "best effort", sentence.line, shown(sentence.text))


def _spoken_of(sentence: Sentence, promised: str) -> str:
    """`fix` when that is what a sentence was about: then `Critical: 7 days.` after it says by when."""
    kinds = {kind for kind, _at in kinds_in(sentence.text)}
    return "fix" if kinds == {"fix"} or (promised == "fix" and not kinds) else ""


def _of_levels(sentence: Sentence, spoken: str) -> str:
    """What `Critical: 7 days` is about when neither the lead-in nor the heading names a promise."""
    if not severities_in(sentence.text) or kinds_in(sentence.text):
        return ""
    headings = " ".join(sentence.block.headings[1:] or sentence.block.headings)
    return spoken or ("fix" if _DEADLINES.search(headings) else "")


def _sentence(sentence: Sentence, spoken: str) -> Iterator[Fact]:
    text = WINDOW.sub(lambda match: " " * len(match[0]), sentence.text)
    if _NOT_OURS.search(text):
        return
    label = _label_kind(sentence)
    seen = set()
    for found in promises_in(text, label, context_kind(sentence.block) or _of_levels(sentence, spoken)):
        priority = _PRIORITY.search(text[: found.duration.start])
        levels = ",".join(found.severities) or (priority[1].upper() if priority else "")
        qualifier = qualifier_of(levels, text, found.duration)
        if not qualifier and found.kind in {"ack", "triage"} and _INTENT.search(sentence.block.passage.plain):
            qualifier = "intent, not a promise"
        key = (found.kind, qualifier, found.duration.value)
        if key not in seen:
            seen.add(key)
            yield Fact(found.kind, qualifier, found.duration.value, sentence.line_at(found.duration.start), shown(text))
    yield from _from_lead(sentence, bool(seen))


def qualifier_of(levels: str, text: str, time: Duration) -> str:
    """`critical,high; from triage`: the levels, and what the time counts from when the text says it."""
    match = _START.match(text[time.end :])
    start = next((name for name, stem in _STARTS if match and re.match(stem, match["event"], re.IGNORECASE)), "")
    if re.search(r"\ban?\s+additional\s*$", text[: time.start], re.IGNORECASE):
        start = "from acknowledgement"
    return "; ".join(part for part in (levels, start) if part)


def _label_kind(sentence: Sentence) -> str:
    """The kind that a label before a colon or dash gives to the whole item."""
    match = _LABEL.match(sentence.block.passage.plain)
    if not match:
        return ""
    return kind_of_label(match["label"]) if len(match["label"].split()) <= 8 else ""


def context_kind(block: Block) -> str:
    """The kind that the lead-in or the heading above gives: for lists such as `Critical: 7 days`."""
    lead = re.split(r"(?<=[.!?])\s+", block.lead)[-1] if block.lead else ""
    found = {kind for kind, _at in kinds_in(lead)} if lead else set()
    if len(found) == 1:
        return found.pop()
    for heading in reversed(block.headings[1:] or block.headings):
        if re.search(r"\bpolicy\b|\breport", heading, re.IGNORECASE):
            continue
        if re.fullmatch(r"\W*(?:initial\s+|first\s+)?response\s+times?\W*", heading, re.IGNORECASE):
            return "ack"
        kinds = {kind for kind, _at in kinds_in(heading)}
        if len(kinds) == 1 and not re.search(r"\bresponse\b", heading, re.IGNORECASE):
            return kinds.pop()
    return ""


def promises_in(text: str, label: str, context: str) -> Iterator[Found]:
    """The promises of a text. `label` is the kind that a label gives to all of it, `context` the one of what stands above."""
    times = sorted([*durations(text), *releases(text), *cadences(text)], key=lambda one: one.start)
    if not times:
        return
    clauses = _clauses(text)
    leading = bool(severities_in(_last_part(text[: times[0].start])))
    last_kind = ""
    for number, time in enumerate(times):
        at = _clause_at(clauses, time.start)
        before = text[: time.start]
        earlier = times[number - 1].end if number else 0
        later = times[number + 1].start if number + 1 < len(times) else len(text)
        own = text[max(clauses[at][0], earlier) : time.start]
        if "update" in {kind for kind, _at in kinds_in(text[time.start : time.end + 20])} and cadences(
            text[time.start : time.end]
        ):
            yield Found("update", time, ())
            continue
        severities = _severities(text, time, earlier, later, leading=leading)
        if _PAST.search(before) or (_IF_NOT.search(before[earlier:]) or _NO_PROMISE.search(before[earlier:])):
            if "disclosure" in {kind for kind, _at in kinds_in(text[time.end :])} and not _NO_PROMISE.search(
                before[earlier:]
            ):
                yield Found("disclosure", time, ())
            continue
        kinds = [kind for kind, _at in kinds_in(own)]
        if _ASKED.search(before) and _BEFORE_DISCLOSING.search(text[time.end :]):
            kinds = ["disclosure"]
        if label and (not kinds or label == "disclosure"):
            kinds = [label]
        if (
            not kinds
            and at
            and _GLUE.fullmatch(text[clauses[at - 1][1] : clauses[at][0]])
            and clauses[at - 1][0] >= earlier
        ):
            kinds = [kind for kind, _at in kinds_in(text[clauses[at - 1][0] : time.start])]
        elif kinds and at and _and_joined(text, clauses, at, earlier):
            kinds = [kind for kind, _at in kinds_in(text[clauses[at - 1][0] : clauses[at - 1][1]])] + kinds
        if not kinds and severities and last_kind:
            kinds = [last_kind]
        if not kinds:
            kinds = _after(text, clauses, time, later)
        if not kinds and _BEFORE_DISCLOSING.search(text[time.end :]):
            kinds = ["disclosure"]
        if not kinds:
            kinds = _further_back(text, earlier, time)
        if not kinds and context and (severities or re.match(r"\W*(?:within|in|under|<|up to)?\W*$", before)):
            kinds = [context]
        for kind in _settled(kinds, text[earlier : time.start], text[time.end : later]):
            if _fits(kind, time, before, text):
                last_kind = kind
                yield Found(kind, time, severities if kind in {"fix", "triage", "ack"} else ())


def _clauses(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for match in _CLAUSE.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return spans


def _clause_at(clauses: list[tuple[int, int]], offset: int) -> int:
    return max(number for number, (start, _end) in enumerate(clauses) if start <= offset)


def _and_joined(text: str, clauses: list[tuple[int, int]], at: int, earlier: int) -> bool:
    """`acknowledged and analysed within`: two verbs with one time."""
    between = text[clauses[at - 1][1] : clauses[at][0]]
    left, right = text[clauses[at - 1][0] : clauses[at - 1][1]], text[clauses[at][0] : clauses[at][1]]
    if clauses[at - 1][0] < earlier or not re.fullmatch(r"\s(?:and|&)\s", between):
        return False
    return bool(kinds_in(left)) and not re.match(r"\s*(?:we|will|our|to)\b", right, re.IGNORECASE)


def _after(text: str, clauses: list[tuple[int, int]], time: Duration, later: int) -> list[str]:
    """`Within 48 hours you will receive an acknowledgement`: nothing before the time, so what follows counts."""
    start = next(start for start, end in reversed(clauses) if start <= time.start)
    lead_in = text[start : time.start]
    if not re.fullmatch(
        r"\W*(?:\w+\s+){0,7}?(?:within|in|after|under|inside|no\s+later\s+than|every|up\s+to|at\s+least)?\s*(?:about\s+|the\s+first\s+)?",
        lead_in,
        re.IGNORECASE,
    ):
        return []
    stop = next(
        (begin for begin, _end in clauses if begin > time.end and re.match(r"\s*(?:within|in|after)\s", text[begin:])),
        later,
    )
    return [kind for kind, _at in kinds_in(text[time.end : min(stop, later)])][:1]


def _further_back(text: str, earlier: int, time: Duration) -> list[str]:
    """The kinds since the time before: `a fix for critical issues, once confirmed, within 7 days`."""
    return [kind for kind, _at in kinds_in(text[earlier : time.start])][-1:]


def _settled(kinds: list[str], before: str, after: str) -> list[str]:
    """The kinds that one time is for: the first, and triage along with an answer that carries it."""
    names = list(dict.fromkeys(kinds))
    if not names:
        return []
    if names[0] == "update":
        return ["update"]
    if names[:2] == ["ack", "triage"]:
        return names[:2]
    if names[:2] == ["triage", "ack"]:
        # "We investigate and respond within": the answer has the time. "Triage and initial response within": the triage.
        return ["ack"] if _ANSWERS.search(before) else ["triage"]
    if names[0] == "ack" and re.match(
        r"\s*,?\s*(?:with|including|containing|and\s+(?:will\s+)?(?:include|contain)\w*)\b", after, re.IGNORECASE
    ):
        carried = {kind for kind, _at in kinds_in(after)}
        return ["ack", "triage"] if "triage" in carried else ["ack"]
    if names[:2] == ["fix", "disclosure"] or names[:2] == ["disclosure", "fix"]:
        return names[:1]
    return names[:1]


def _fits(kind: str, time: Duration, before: str, text: str) -> bool:
    """Whether a promise of this kind can have such a time."""
    if kind != "disclosure" and _REPORTER.search(text):
        return False
    if kind == "disclosure":
        return "year" not in time.value and not (time.value.startswith("next"))
    if (
        "year" in time.value
        or _PERIOD.search(before)
        or _UP_TO_A_TIME.search(before)
        or (time.value.startswith("next") and _A_MOMENT.search(before))
    ):
        return False
    if kind == "update":
        return (
            bool(
                re.search(
                    r"\b(?:every|each|least|per|once|than|of|cadence|frequency|interval)\b|:\s*$",
                    before[-40:],
                    re.IGNORECASE,
                )
            )
            or bool(cadences(text))
            or bool(re.search(r"every", text, re.IGNORECASE))
        )
    if kind in {"ack", "triage"}:
        return not time.value.startswith("next")
    return True


def _severities(text: str, time: Duration, earlier: int, later: int, *, leading: bool) -> tuple[str, ...]:
    """The levels of one time. `leading`: the sentence names them before its times (`critical within 7 days, high …`)."""
    lead_in, rest = _last_part(text[earlier : time.start]), text[time.end : later]
    aside = re.match(r"\s*\(([^()]*)\)", rest)
    tail = aside[1] if aside else re.split(r"[;.(]", rest, maxsplit=1)[0]
    if _OTHERS.search(lead_in if leading else tail):
        return tuple(level for level in LEVELS if not re.search(rf"\b{level}\b", text, re.IGNORECASE))
    before, after = severities_in(lead_in), severities_in(tail)
    return before or after if leading else after or before


def _last_part(text: str) -> str:
    return re.split(r"[;(.]\s*", text)[-1]


def _from_lead(sentence: Sentence, found: bool) -> Iterator[Fact]:
    """`We will get back to you within a week with:` and its list."""
    block = sentence.block
    lead = re.split(r"(?<=[.!?])\s+", block.lead)[-1] if block.lead else ""
    if (
        found
        or block.kind != "item"
        or not lead.rstrip().endswith(":")
        or _NOT_OURS.search(lead)
        or _REPORTER.search(lead)
    ):
        return
    times = durations(lead)
    if len(times) != 1 or durations(sentence.text):
        return
    kinds = [kind for kind, _at in kinds_in(sentence.text)]
    if kinds and kinds[0] in {"ack", "triage"}:
        yield Fact(kinds[0], "", times[0].value, sentence.line, shown(f"{lead} {sentence.text}"))
