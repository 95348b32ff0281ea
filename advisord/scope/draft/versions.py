"""Supported and unsupported version lines, read from tables, lists and prose."""

# ruff: noqa: RUF001  people write dashes and quotes of all kinds, and so do the patterns

import re
from collections.abc import Iterator, Sequence

from advisord.scope.draft.durations import NUMBERS
from advisord.scope.draft.facts import Fact, shown
from advisord.scope.draft.sentences import Sentence, sentences
from advisord.scope.draft.text import Block, Table

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<number>\d{1,2})(?:-(?P<day>\d{1,2}))?\b"),
    re.compile(r"\b(?P<year>\d{4})[/.](?P<number>\d{1,2})(?:[/.](?P<day>\d{1,2}))\b"),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH},?\s+(?P<year>\d{{4}})\b", re.IGNORECASE),
)
_YES = re.compile(
    r"✅|✔|✓|☑|🟢|👍|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check|green_circle|\+1|check):|\[x\]"
    r"|^\W*(?:yes|y|true|full(?:y)?|active(?:ly)?|supported|current(?:ly)?|maintained|maintenance|latest|stable|lts|security|ongoing"
    r"|bug\s*fix\w*)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"❌|✗|✖|✘|🔴|⛔|🚫|👎|:(?:x|no_entry|no_entry_sign|negative_squared_cross_mark|heavy_multiplication_x|red_circle|-1):|\[ \]"
    r"|^\W*(?:no|n|false|none|never|not|un(?:supported|maintained)|eol|end[\s-]+of|deprecated|obsolete|discontinued|retired|ended"
    r"|archived|expired|dropped|x|inactive)\b",
    re.IGNORECASE,
)
_PARTLY = re.compile(
    r"⚠|🟡|🟠|:(?:warning|yellow_circle|large_orange_diamond|orange_circle):|limited|critical|best[\s-]effort|only",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:until|till|through|thru|til|ends?|eol|up\s+to|expires?)\b\W*(?P<what>.+)", re.IGNORECASE)
_VERSION_HEADER = re.compile(
    r"\b(?:versions?|releases?|branch(?:es)?|lines?|series|tags?|track|channel)\b", re.IGNORECASE
)
_SUPPORT_HEADER = re.compile(r"support|secur|maint|fix|patch|updates?\b|receiv", re.IGNORECASE)
_STATUS_HEADER = re.compile(r"status|state|lifecycle|phase", re.IGNORECASE)
_END_HEADER = re.compile(r"until|end[\s-]+of|eol|ends?\b|expir", re.IGNORECASE)

VERSION = (
    r"(?:(?:[<>]=?|≤|≥|=)\s*v?\d+(?:\.(?:\d+|[xX*]))*|v?\d+(?:\.\d+)*\.[xX*](?:\.[xX*])*\+?|v?\d+(?:\.\d+)+(?:[-.]?(?:rc|beta|alpha)\.?\d*)?\+?"
    r"|v\d+\b\+?|\d+(?:\.\d+)*\+)"
)
_VERSION = re.compile(
    rf"(?<![\w./@=:-])(?P<version>{VERSION})(?:\s+(?:and|or)\s+(?P<open>later|newer|above|up|higher|older|earlier|below|lower))?(?![\w/%])",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(?:CVSS|TLS|SSL|HTTP|SLSA|SemVer|Semantic\s+Versioning|Python|PHP|Node(?:\.js)?|Java|JDK|Ruby|Go|Rust|OAuth|PGP|GPG|Covenant|License"
    r"|Apache|GPL|section|step|line|bar|chapter|phase|article|RFC|ISO)\s*(?:License,?\s*)?(?:Version\s*)?v?$",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(?:after|once|when|until|till|as\s+of|as\s+soon\s+as)\s+(?:\w+\s+){0,4}$", re.IGNORECASE)
"""`Once 1.0 ships`, `until the release of 4.0`: a moment, not a line."""
_SUPPORT = re.compile(
    r"\b(?:(?:un)?support(?:ed|s|ing)?|maintain(?:ed|s|ing)?|considered\s+for\s+(?:\w+\s+)?(?:fixes|patches)"
    r"|(?:security|safety|bug)\s*(?:and\s+\w+\s+)?(?:fix(?:es)?|patch(?:es)?|updates?|support|releases?|backports?)|(?:receiv\w+|gets?)\s+(?:\w+\s+){0,3}(?:fixes|updates|patches|support)"
    r"|patch\s+updates|(?:fixes|patches)\s+(?:are|will\s+be|for|to)|backport\w*|end[\s-]+of[\s-]+life|EOL|prioriti[sz]es?)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(?:recommend\w*|advis(?:e|ed|able)\b|encourag\w+|suggest\w*|upgrad\w+|please\s+(?:use|test|update|check|make|try|verify|ensure)"
    r"|make\s+sure|ensure|always\s+us\w+|stay\w*|keep\s+your|users?\s+should|should\s+(?:use|run|update|always)|updating\s+from"
    r"|reproduc\w+|check\s+(?:if|that|whether)|tested|if\s+you|best\s+practice)\b",
    re.IGNORECASE,
)
_AFFECTED = re.compile(
    r"\b(?:affected|vulnerable|include|reporting|fixed\s+in|patched\s+in|introduced|since\s+version|report\b.*\bversion)\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:not|n't|no\s+longer|never|unsupported|unmaintained|end[\s-]+of[\s-]+life|EOL|deprecated|discontinued|stopped|without|dropped|ceased)\b",
    re.IGNORECASE,
)
_LATEST = re.compile(
    r"\b(?:(?P<only>only)\s+)?(?:the\s+)?(?:single\s+)?(?P<phrase>(?:latest|most\s+recent(?:ly)?|newest|current)\s+"
    r"(?:(?:stable|released?|published|tagged|public|official|supported|available|production|main|\w+'s)\s+)*"
    r"(?:(?P<part>major|minor|patch)(?:\s+(?P<unit>versions?|releases?|series|line|branch))?|(?P<what>version|release|tag|main|master)(?:\s+line)?)\b"
    r"(?:\s*/\s*(?:latest|most\s+recent)\s+\w+)?)",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"\b(?:(?:latest|last|most\s+recent)\s+)?(?P<count>\d{{1,2}}|{'|'.join(word for word in NUMBERS if len(word) > 2)})\s+"
    r"(?:latest\s+|most\s+recent\s+|previous\s+)?(?P<part>major|minor|patch)\s+(?:versions?|releases?|lines?|branches|series)\b",
    re.IGNORECASE,
)
_PREVIOUS = re.compile(
    r"\bthe\s+previous\s+(?:stable\s+)?(?:(?P<part>major|minor)\b|(?:release|version)\b)", re.IGNORECASE
)
_BRANCH = re.compile(r"(?<![\w/])(?P<name>main|master|develop|trunk)(?:\s+branch)?(?![\w/])")
_OTHERS = re.compile(
    r"\b(?P<phrase>(?:all\s+)?(?:older|previous|prior|earlier|other|past|legacy)\s+(?:\w+\s+)?(?:versions?|releases?|lines?|branches))\b",
    re.IGNORECASE,
)


WINDOW = re.compile(
    r"\b(?:until|till|for|up\s+to)\s+(?:another\s+|a\s+further\s+|at\s+least\s+)?"
    rf"(?P<count>\d{{1,3}}|{'|'.join(word for word in NUMBERS if len(word) > 2)})\s+(?P<unit>days?|weeks?|months?)\s+"
    r"(?:after|from|past|following|beyond)\s+(?:the\s+|a\s+)?(?:release\s+of\s+(?:the\s+|a\s+)?)?(?:next|new|newer|following|subsequent)\s+"
    r"(?:(?P<part>major|minor|patch)(?:\s+(?:release|version))?|(?:release|version))\b(?:\s+(?:is|has\s+been|was|comes)\s+(?:released|published|out))?",
    re.IGNORECASE,
)
"""How long a line is supported after its successor: `until 60 days after the next minor`."""
_ONE_BEFORE = re.compile(
    r"\bthe\s+(?:one|version|release|line|series)\s+(?:immediately\s+|just\s+|directly\s+)?(?:before|preceding)(?:\s+(?:it|that|this))?\b(?!\s*\(\s*v?\d)"
    r"|\bits\s+predecessor\b",
    re.IGNORECASE,
)


def read(blocks: Sequence[Block]) -> Iterator[Fact]:
    """Every supported and unsupported line of the text."""
    for block in blocks:
        if block.table is not None:
            yield from _table(block.table, about_support(block))
        elif block.kind == "item":
            yield from _item(block, about_support(block))
        else:
            for sentence in sentences(block):
                yield from _sentence(sentence)


def date_in(text: str) -> str:
    """The date in a text as `2026-08-01` or `2026-08`, or ""."""
    for pattern in _DATES:
        match = pattern.search(text)
        if not match:
            continue
        groups = match.groupdict()
        month = int(groups["number"]) if groups.get("number") else _MONTHS.index(groups["month"][:3].lower()) + 1
        day = groups.get("day")
        if 1 <= month <= 12 and (not day or 1 <= int(day) <= 31):
            return f"{groups['year']}-{month:02}" + (f"-{int(day):02}" if day else "")
    return ""


def normal(version: str) -> str:
    """A version as written, with one space after a comparison: `<2.1` → `< 2.1`."""
    text = " ".join(version.replace("`", "").split())
    return re.sub(r"^(<=|>=|<|>|≤|≥)\s*", r"\1 ", text)


def window_in(text: str) -> str:
    """`until next minor + 60 days` for a time of support that is counted from a later release, or ""."""
    match = WINDOW.search(text)
    if not match:
        return ""
    count = int(match["count"]) if match["count"].isdigit() else NUMBERS[match["count"].lower()]
    unit = match["unit"].lower().rstrip("s")
    if unit == "week":
        count, unit = 7 * count, "day"
    return f"until next {(match['part'] or 'release').lower()} + {count} {unit}{'' if count == 1 else 's'}"


def status_of(text: str, header: str = "") -> tuple[str, str]:
    """(`supported`, `unsupported` or "", qualifier) of a cell or the rest of a list item."""
    plain = text.strip()
    until = _UNTIL.search(plain)
    date = date_in(plain)
    negative = re.match(r"\W*(?:no\b|not\b|❌|:x:|un(?:supported|maintained)|eol|end)", plain, re.IGNORECASE)
    if date and not negative and (until or _END_HEADER.search(header)):
        return "supported", f"until {date}"
    if not negative and (counted := window_in(plain)):
        return "supported", counted
    if until and not negative and not re.match(r"\W*eol\b", plain, re.IGNORECASE):
        return "supported", "until " + until["what"].strip(" .)")
    if _NO.search(plain):
        return "unsupported", ""
    if _YES.search(plain):
        return "supported", shown(plain) if _PARTLY.search(plain) else ""
    if _PARTLY.search(plain):
        return "supported", shown(plain)
    return "", ""


def columns(table: Table, about_support: bool) -> tuple[int, list[int]] | None:
    """(column of the version, columns that say whether it is supported, best first), or None for another table."""
    header = table.header
    if not header:
        return (0, [1]) if about_support else None
    version = next(
        (at for at, text in enumerate(header) if _VERSION_HEADER.search(text) and not _END_HEADER.search(text)), None
    )
    if version is None:
        version = 0 if about_support and any(_SUPPORT_HEADER.search(text) for text in header[1:]) else None
    others = [at for at in range(len(header)) if at != version]
    ranked = [at for at in others if _SUPPORT_HEADER.search(header[at])]
    ranked.sort(key=lambda at: not re.search(r"secur", header[at], re.IGNORECASE))
    ranked += [
        at
        for at in others
        if at not in ranked and (_STATUS_HEADER.search(header[at]) or _END_HEADER.search(header[at]))
    ]
    if (
        version is None
        or not ranked
        or not (about_support or any(_SUPPORT_HEADER.search(text) or _END_HEADER.search(text) for text in header))
    ):
        return None
    return version, ranked


def about_support(block: Block) -> bool:
    """Whether a heading above speaks of supported versions."""
    return any(re.search(r"support|maint|lifecycle|version", heading, re.IGNORECASE) for heading in block.headings)


def _table(table: Table, supported: bool) -> Iterator[Fact]:
    header = table.header
    chosen = columns(table, supported)
    if chosen is None:
        return
    version_at, ranked = chosen
    for line, cells in table.rows:
        if version_at >= len(cells) or not cells[version_at].strip():
            continue
        answers = [
            (status_of(cells[at], header[at] if at < len(header) else ""), at) for at in ranked if at < len(cells)
        ]
        known = next((answer for answer, _at in answers if answer[0]), ("", ""))
        if not known[0]:
            continue
        ends = [
            answer[1]
            for answer, at in answers
            if header and _END_HEADER.search(header[at]) and answer[1].startswith("until")
        ]
        kind, qualifier = known
        if kind == "supported" and ends:
            qualifier = ends[0]
        yield Fact(kind, qualifier, normal(cells[version_at]), line, shown(" | ".join(cells)))


def _item(block: Block, supported: bool) -> Iterator[Fact]:
    """`- 4.2.x: supported until 2026-08-01`, or a bare version in a list that its lead-in calls supported."""
    text = block.passage.plain
    match = re.match(
        rf"\s*(?:[✅❌✔✗☑]\s*)?(?:versions?\s+|releases?\s+)?(?P<version>{VERSION})(?P<rest>.*)$",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    lead = re.split(r"(?<=[.!?])\s+", block.lead)[-1]
    if match and (supported or _SUPPORT.search(lead)) and len(text.split()) <= 25:
        mark = re.match(r"\s*([✅❌✔✗☑])", text)
        kind, qualifier = status_of(match["rest"].strip(" :–—-()") or (mark[1] if mark else ""))
        if not kind and mark:
            kind, qualifier = status_of(mark[1])
        if not kind and re.search(_SUPPORT, lead):
            kind = "unsupported" if _NEGATIVE.search(lead) else "supported"
        if kind:
            trailing = re.match(
                r"\s+(?:and|or)\s+(?:later|newer|above|up|higher|older|earlier|below|lower)\b", match["rest"]
            )
            version = normal(match["version"] + (trailing[0] if trailing else ""))
            yield Fact(kind, qualifier, version, block.passage.line, shown(text))
            return
    for sentence in sentences(block):
        yield from _sentence(sentence)


def _sentence(sentence: Sentence) -> Iterator[Fact]:
    text = sentence.text
    advice = _ADVICE.search(text)
    if advice:
        # "We fix the latest release, so please update": what stands before the advice is a statement.
        told = re.search(r"[,;–—]\s*(?:\w+\s+){0,2}$", text[: advice.start()])
        text = text[: told.start()] if told else ""
    if not _SUPPORT.search(text):
        return
    count = _COUNT.search(text)
    if count and not _NEGATIVE.search(text):
        number = count["count"].lower()
        amount = number if number.isdigit() else str(NUMBERS[number])
        yield _fact(sentence, "supported", "", f"{amount} {count['part'].lower()} versions", count.start())
        return
    before_1_0 = re.search(r"\b(?:until|before|prior\s+to)\b[^,]*\b1\.0(?:\.0)?\b", text, re.IGNORECASE)
    qualifier = "before 1.0.0" if before_1_0 else ""
    body_at = before_1_0.end() if before_1_0 else 0
    yielded = False
    latest = _LATEST.search(text, body_at)
    if latest and not _negated(text, latest.start(), latest.end()):
        yielded = True
        yield _fact(sentence, "supported", qualifier, _latest(latest), latest.start())
    window = WINDOW.search(text)
    for match in _PREVIOUS.finditer(text, body_at):
        ends = window_in(text) if window and match.end() <= window.start() else ""
        if (latest or ends) and not _negated(text, match.start(), match.end()):
            part = match["part"].lower() if match["part"] else "release"
            yield _fact(sentence, "supported", qualifier or ends, f"previous {part}", match.start())
    before_it = _ONE_BEFORE.search(text, latest.end()) if latest and yielded else None
    if latest and before_it and not _negated(text, before_it.start(), before_it.end()):
        part = (latest["part"] or "release").lower()
        yield _fact(sentence, "supported", qualifier, f"previous {part}", before_it.start())
    if (latest and latest["only"]) or re.search(r"\bonly\b", text):
        for match in _BRANCH.finditer(sentence.raw.replace("`", " "), body_at):
            inside = latest and latest.start() <= match.start() < latest.end()
            if not inside and _SUPPORT.search(text, match.end()):
                yielded = True
                yield _fact(sentence, "supported", qualifier, match["name"], match.start())
    for match in _VERSION.finditer(text, body_at):
        if _FOREIGN.search(text[: match.start()]) or _LATER.search(text[: match.start()]) or _AFFECTED.search(text):
            continue
        yielded = True
        kind = "unsupported" if _negated(text, match.start(), match.end()) else "supported"
        yield _version_fact(sentence, match, kind)
    others = _OTHERS.search(text)
    if others and _NEGATIVE.search(text) and not yielded:
        yield _fact(sentence, "unsupported", "", others["phrase"].lower(), others.start())


def _version_fact(sentence: Sentence, match: re.Match[str], kind: str) -> Fact:
    text = sentence.text
    version = match["version"] + (f" and {match['open'].lower()}" if match["open"] else "")
    before = re.search(
        r"\b(?:before|prior\s+to|older\s+than|below|earlier\s+than|less\s+than)\s+(?:version\s+)?$",
        text[: match.start()],
        re.IGNORECASE,
    )
    if before:
        version = f"< {version}"
    until = re.match(r"[^.;]{0,60}?\b(?:until|through)\b(?P<what>[^.;]*)", text[match.end() :], re.IGNORECASE)
    date = date_in(until["what"]) if until else ""
    return _fact(sentence, kind, f"until {date}" if date else "", normal(version), match.start())


def _negated(text: str, start: int, end: int) -> bool:
    """Whether the clause around says no: `is no longer supported`, `not for`."""
    if re.match(
        r"\W*(?:EOL|end[\s-]+of[\s-]+life|(?:no\s+longer\s+|not\s+|un)supported)\b[^:,.]*:", text, re.IGNORECASE
    ):
        return True
    clause_start = max(text.rfind(mark, 0, start) for mark in (";", ",", " but ", " while "))
    stops = [at for at in (text.find(mark, end) for mark in (";", ", ", " but ", " while ")) if at >= 0]
    clause = text[max(clause_start, 0) : min(stops) if stops else len(text)]
    return bool(_NEGATIVE.search(clause))


def _latest(match: re.Match[str]) -> str:
    phrase = " ".join(match["phrase"].split())
    if "/" in phrase:
        return phrase
    if match["part"]:
        return f"latest {match['part'].lower()}"
    if match["what"].lower() in {"main", "master"}:
        return match["what"].lower()
    return "latest tag" if "tag" in phrase.lower() else "latest release"


def _fact(sentence: Sentence, kind: str, qualifier: str, value: str, at: int) -> Fact:
    return Fact(kind, qualifier, value, sentence.line_at(at), shown(sentence.text))
