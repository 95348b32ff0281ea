"""Where a vulnerability is to be reported: addresses and private channels, not what is closed or for other matters."""

# ruff: noqa: RUF001  people write dashes and quotes of all kinds, and so do the patterns

import re
from collections.abc import Iterator, Sequence

from advisord.scope.draft.facts import Fact, shown
from advisord.scope.draft.sentences import Sentence, sentences
from advisord.scope.draft.text import Block

_EMAIL = re.compile(
    r"(?<![\w.+-])(?P<address>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24})(?![\w-])"
)
_OBFUSCATED = re.compile(
    r"(?<![\w.+-])(?P<user>[\w.+-]+)\s*(?:\[\s*(?:at|@)\s*\]|\(\s*(?:at|@)\s*\)|\{\s*at\s*\}|\s+AT\s+)\s*"
    r"(?P<host>[\w-]+(?:\s*(?:\[\s*(?:dot|\.)\s*\]|\(\s*(?:dot|\.)\s*\)|\{\s*dot\s*\}|\s+DOT\s+|\.)\s*[\w-]+)+)"
)
_HIDDEN = re.compile(r"\[email\s*protected\]", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"@(?:[\w.-]*\.)?(?:example\.\w+|placeholder\.\w+|your-?(?:domain|company|org|project)\w*\.\w+|domain\.(?:com|tld)|localhost|\w+\.local|\w+\.invalid)$"
    r"|^(?:your|name|user|someone)[\w.-]*@",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\b(?:report\w*|disclos\w+|contact(?:s|ed|ing)?\b|reach\w*|send\w*|sent|notify|write|submit\w*|vulnerabilit\w+|escalat\w+"
    r"|security\s+(?:issue|concern|bug|problem|contact|team|reports?)s?|alternat\w+|fallback|get\s+in\s+touch|drop\s+(?:me|us)|ping|message"
    r"|(?<!_)e?-?mail(?:s|ed|ing)?\b(?!_))",
    re.IGNORECASE,
)
_ABOUT_REPORTS = re.compile(
    r"\b(?:report\w*|disclos\w+|contacts?|vulnerabilit\w+|security\s+(?:issue|bug|problem|concern)s?)\b", re.IGNORECASE
)
_OTHER_MATTER = re.compile(
    r"\b(?:packagers?|downstream|distributors?|announce\w*|subscrib\w*|mailing\s+list\s+for|newsletter|press|sales|licens\w+|privacy|conduct|careers?|hiring"
    r"|general\s+(?:questions?|inquir\w+|support|feedback)|non[\s-]security|commercial|sponsor\w*|donat\w+|credits?\s+to|thanks?\s+to|maintained\s+by|reported\s+by"
    r"|hall\s+of\s+fame|acknowledg(?:e)?ments?\s+to|join\s+the|notified\s+in\s+advance|billing|legal|feature\s+requests?|tips|other\s+(?:questions|matters|issues))\b",
    re.IGNORECASE,
)
_OTHER_HEADING = re.compile(
    r"\b(?:announcements?|conduct|credits?|acknowledg(?:e)?ments?|thanks|hall\s+of\s+fame|contributors?|maintainers|packagers?|distributors?|licen[sc]e|support\s+(?:channels?|questions)"
    r"|questions|feedback|privacy|past|previous)\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"\b(?:do\s*n[o']t|don't|not|never|avoid|no\s+longer|refrain\s+from|instead\s+of|rather\s+than|closed|deprecated|retired|decommissioned|unmonitored|discontinued|stop(?:ped)?|formerly"
    r"|previously|old\s+address)\b",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(
    r"[.;]\s|,\s+(?:or\s+)?(?=(?:please\s+|instead,?\s+)?(?:e-?mail|mail|send|contact|write|use|report|reach|you\s+can|instead|submit|open)\b)|\sbut\s|\s[–—]\s",
    re.IGNORECASE,
)
_GITHUB_URL = re.compile(
    r"github\.com/[^/\s]+/[^/\s]+/security/advisories/new|/security/advisories/new\b|\.\./\.\./security/advisories",
    re.IGNORECASE,
)
_GITHUB = re.compile(
    r"\bprivate(?:ly)?\s+(?:vulnerability|security)\s+(?:report\w*|disclosure|advisor\w+)|\bgithub(?:'s)?\s+(?:private\s+|draft\s+)?security\s+advisor\w+"
    r"|\bdraft\s+security\s+advisor\w+|\bsecurity\s+advisor(?:y|ies)\s+(?:feature|tab|form|page|tool)|\bsecurity\s*(?:>|→|»|/|-&gt;)\s*advisories"
    r"|[\"“`*]?report\s+a\s+vulnerability[\"”`*]?\s+button|\bsecurity\W{0,3}\s+tab\b|\bgithub\s+(?:security|vulnerability)\s+report\w*(?:\s+form)?"
    r"|\bgithub\s+private\s+(?:vulnerability|security)",
    re.IGNORECASE,
)
_PUBLISHING = re.compile(
    r"\b(?:publish\w*|announc\w*|issu(?:e|es|ed|ing)\s+(?:a\s+|security\s+)|previous(?:ly)?|past|list\s+of|history|will\s+(?:be\s+)?(?:creat|releas|open)\w*|we\s+(?:will\s+|may\s+)?(?:use|open|create|release|request)"
    r"|subscribe|watch|learn\s+more|find\s+out\s+more|know\s+more|documentation|see\s+(?:github|the\s+docs))\b",
    re.IGNORECASE,
)
_CHANNELS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("hackerone", r"\bhacker\s?one\b"), ("bugcrowd", r"\bbugcrowd\b"), ("huntr", r"\bhuntr\b"), ("tidelift", r"\btidelift\b"),
        ("intigriti", r"\bintigriti\b"), ("yeswehack", r"\byeswehack\b"), ("discord", r"\bdiscord\b"), ("slack", r"\bslack\b"),
        ("telegram", r"\btelegram\b"), ("matrix", r"\bmatrix\b(?:\.org|\s+(?:room|channel|chat))|\bmatrix\.to\b"), ("keybase", r"\bkeybase\b"),
        ("signal", r"\bsignal\s+(?:message|at|app|number|:)"), ("msrc", r"\bmsrc\b"),
    )
)  # fmt: skip
_PLATFORMS = {"hackerone", "bugcrowd", "huntr", "tidelift", "intigriti", "yeswehack", "msrc"}
"""Made for reports: naming one is enough. A chat must be offered for reports."""
_FORM = re.compile(
    r"\b(?:using|use|via|through|fill\w*|complete|submit\w*)\b[^.]{0,40}\b(?:web|online|contact|report(?:ing)?|security|disclosure)\s+form\b",
    re.IGNORECASE,
)
_POSITIVE = re.compile(
    r"\b(?:report|submit|send|use|using|open|via|through|reach|contact|disclose|message|dm|program\w*|email|create|file|prefer\w*|leverages?|go\s+to|visit|click|choose|direct\s+message)\b",
    re.IGNORECASE,
)


def read(blocks: Sequence[Block]) -> Iterator[Fact]:
    """Each channel once, where it is first named as a way to report."""
    seen = set()
    for block in blocks:
        if any(_OTHER_HEADING.search(heading) for heading in block.headings[1:]) and not _reporting(block):
            continue
        found = _cells(block) if block.table is not None else _prose(block)
        for fact in found:
            key = (fact.value, fact.qualifier.lower())
            if key not in seen:
                seen.add(key)
                yield fact


def placeholder(address: str) -> bool:
    """An address that a template left behind."""
    return bool(_PLACEHOLDER.search(address))


def emails_in(raw: str) -> list[tuple[str, int]]:
    """(address, offset) of every address in a text, written out or obfuscated."""
    text = re.sub(r"mailto:", lambda match: " " * len(match[0]), raw, flags=re.IGNORECASE)
    text = re.sub(r"https?://\S+", lambda match: " " * len(match[0]), text)
    found = [(match["address"].rstrip("."), match.start()) for match in _EMAIL.finditer(text)]
    for match in _OBFUSCATED.finditer(text):
        host = re.sub(
            r"\s*(?:\[\s*(?:dot|\.)\s*\]|\(\s*(?:dot|\.)\s*\)|\{\s*dot\s*\}|\s+DOT\s+)\s*", ".", match["host"]
        )
        if re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,24}", host):
            found.append((f"{match['user']}@{host}", match.start()))
    return found


def _reporting(block: Block) -> bool:
    return bool(
        re.search(
            r"\breport\w*\b.{0,60}\b(?:vulnerabilit|secur)",
            " ".join([*block.headings[-1:], block.passage.plain]),
            re.IGNORECASE | re.DOTALL,
        )
    )


def _prose(block: Block) -> Iterator[Fact]:
    context = " ".join([block.lead[-300:], *block.headings[-1:]])
    for sentence in sentences(block):
        yield from _addresses(sentence, context)
        yield from _github(sentence, context)
        yield from _others(sentence, context)


def _addresses(sentence: Sentence, context: str) -> Iterator[Fact]:
    raw = sentence.raw
    text = _EMAIL.sub(" ", sentence.text)
    wanted = bool(_REPORT.search(text) or _ABOUT_REPORTS.search(context))
    for address, at in emails_in(raw):
        if not wanted or _other_matter(sentence, context) or _closed(raw, at):
            continue
        if not placeholder(address):
            yield Fact("contact", address, "email", sentence.line_at(at), shown(sentence.text))
    for match in _HIDDEN.finditer(raw):
        if wanted and not _closed(raw, match.start()):
            yield Fact(
                "contact",
                "address hidden by the web page",
                "email",
                sentence.line_at(match.start()),
                shown(sentence.text),
            )


def _other_matter(sentence: Sentence, context: str) -> bool:
    lead = context if sentence.block.kind == "item" else ""
    return bool(_OTHER_MATTER.search(f"{lead} {sentence.text}")) and not re.search(
        r"\breport\w*\b[^.]*\b(?:vulnerabilit|secur)|\bvulnerabilit\w+[^.]*\b(?:to|at|via)\b",
        sentence.text,
        re.IGNORECASE,
    )


def _closed(text: str, at: int) -> bool:
    """Whether the clause around says that this is not the way: before it (`do not use X`), or right after (`X is closed`)."""
    start = max((match.end() for match in _NEW_CLAUSE.finditer(text, 0, at)), default=0)
    before = text[start:at]
    if re.search(r"\binstead,?\s+(?:please\s+)?(?:\w+\s+){0,4}$", before, re.IGNORECASE):
        return False
    after = re.match(
        r"\S*\s+(?:address\s+|mailbox\s+|list\s+|inbox\s+)?(?:is|are|was|has\s+been)\s+(?:\w+\s+)?(?:closed|deprecated|retired|no\s+longer|not|unmonitored|discontinued)",
        text[at:],
        re.IGNORECASE,
    )
    return bool(after) or bool(
        _CLOSED.search(before)
        and not re.search(r"\b(?:instead|rather),?\s*(?:please|email|use|send|contact|report)", before, re.IGNORECASE)
    )


def _github(sentence: Sentence, context: str) -> Iterator[Fact]:
    raw, text = sentence.raw, sentence.text
    address = _GITHUB_URL.search(raw)
    match = address or _GITHUB.search(text)
    if not match or _closed(raw, match.start()):
        return
    if not address:
        if _PUBLISHING.search(text) and not re.search(r"\breport\b|\bsubmit\b|\bdraft\b", text, re.IGNORECASE):
            return
        if not (_POSITIVE.search(text) or _REPORT.search(context)):
            return
        if re.search(r"\b(?:advisories|advisory)\b.*\bwhen\s+we\b|\bwe\b[^.]*\bpublish", text, re.IGNORECASE):
            return
    yield Fact("contact", "", "github-advisory", sentence.line_at(match.start()), shown(text))


def _others(sentence: Sentence, context: str) -> Iterator[Fact]:
    text = sentence.text
    if _other_matter(sentence, context):
        return
    for name, pattern in _CHANNELS:
        match = pattern.search(text) or pattern.search(sentence.raw)
        if (
            match
            and (name in _PLATFORMS or _POSITIVE.search(text))
            and re.search(
                r"report|privat|vulnerab|disclos|program|security|bugs?\b",
                f"{text} {context if name in _PLATFORMS else sentence.block.lead[-200:]}",
                re.IGNORECASE,
            )
            and not _closed(text, match.start())
        ):
            yield Fact("contact", "", name, sentence.line_at(match.start()), shown(text))
    form = _FORM.search(text)
    if form and not re.search(r"github", text, re.IGNORECASE) and not _closed(text, form.start()):
        yield Fact("contact", "", "form", sentence.line_at(form.start()), shown(text))


def _cells(block: Block) -> Iterator[Fact]:
    """`| Contact | security@… |`: only in a table about reporting."""
    if block.table is None:
        return
    above = " ".join([*block.headings[-1:], block.lead, *block.table.header])
    if not re.search(r"report|contact|channel|disclos", above, re.IGNORECASE):
        return
    for line, cells in block.table.rows:
        text = " | ".join(cells)
        if _OTHER_MATTER.search(text) or _CLOSED.search(text):
            continue
        for address, _at in emails_in(text):
            if not placeholder(address):
                yield Fact("contact", address, "email", line, shown(text))
        if _GITHUB_URL.search(text) or _GITHUB.search(text):
            yield Fact("contact", "", "github-advisory", line, shown(text))
