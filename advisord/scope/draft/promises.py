"""Which promise a piece of text is about: acknowledgement, triage, fix, status update, disclosure; and how severe."""

# ruff: noqa: RUF001  people write dashes and quotes of all kinds, and so do the patterns

import re

_UPDATE = (
    r"(?:status|progress|regular|periodic|weekly|frequent|follow[- ]up)\s+(?:\w+\s+)?(?:updates?|reports?)\b(?:\s+cadence)?"
    r"|\bkeep\w*\s+(?:you|the\s+\w+|reporters?|them|everyone|researchers?)\s+(?:\w+\s+)?"
    r"(?:informed|updated|up[ -]to[ -](?:date|speed)|posted|apprised|in\s+the\s+loop)"
    r"|\bkept\s+(?:informed|updated|posted|up\s+to\s+date|in\s+the\s+loop)"
    r"|\b(?:be|are|stay|get)\s+(?:kept\s+)?updated\b|\bupdate\s+(?:you|the\s+reporter|reporters|them)\b|\bupdates?\s+(?:on|about|regarding|will\s+be|at\s+least|every|cadence)\b"
    r"|\binform(?:ed|ing)?\s+(?:you\s+)?(?:of|about|on)\s+(?:the\s+|our\s+)?progress|\bupdate\s+(?:frequency|interval|cadence)"
    r"|\b(?:send|provide|give|share|receive|post|offer)\s+(?:\w+\s+){0,3}updates?\b|\bupdates\b(?=\s+to\s+(?:you|the\s+reporter))"
)
_TRIAGE = (
    r"(?:more\s+)?detailed\s+(?:response|reply|answer|feedback)|\btriag\w+|\bassess\w*|\bevaluat\w+|\banaly[sz]\w+|\banalysis\b"
    r"|\bvalidat\w+|\bverif(?:y|ied|ying|ication)\b|\binvestigat\w+"
    r"|\bconfirm(?:ed\s+(?=the|your|this|that|whether|if)|(?:ing|s|ation)?\s+)(?:or\s+\w+\s+)?(?:of\s+)?"
    r"(?:the|your|its|that\s+the|whether\s+the|if\s+the|this|a|any)?\s*"
    r"(?:issue|vulnerabilit\w+|problem|bug|finding|validity|existence|severity)"
    r"|\bdetermin\w+\s+(?:\w+\s+){0,3}(?:severity|impact|validity)|\bseverity\s+(?:rating|classification)"
)
_ACK = (
    r"\backnowledg\w*|\bconfirm\w*\s+(?:\w+\s+){0,3}receipt|\breceipt\b"
    r"|\b(?:initial|first|human)\s+(?:\w+\s+)?(?:respon\w+|reply|replies|contact|answer|feedback|touch)"
    r"|\brespon(?:d|ds|se|ses|ding)\b|\brepl(?:y|ies|ying)\b|\bget\s+back\s+to\b|\bhear\s+(?:back\s+)?from\b|\bhear\s+back\b"
    r"|\b(?:contact|reach\s+out\s+to|be\s+in\s+touch\s+with)\s+(?:you|the\s+reporter)\b|\banswer\b"
)
_DISCLOSURE = (
    r"\bdisclos\w+|\bpublish\w*|\bpublication\b|\bpublicly\b|\bembargo\w*|\bgo(?:ing)?\s+public\b|\bmade?\s+public\b"
    r"|\bpublici[sz]\w+|\bpublic\s+(?:announcement|advisory|issue|release\s+of\s+(?:details|information))\b|\bannounc\w+"
)
_FIX = (
    r"\b(?:hot)?fix(?:es|ed|ing)?\b|\bpatch(?:es|ed|ing)?\b|\bremed(?:y|ied|iat\w+)|\bresol(?:v\w+|ution\w*)|\bmitigat\w+"
    r"|\bworkarounds?\b|\baddress(?:ed|ing)?\s+(?:the|all|any|it|critical|high|medium|low|confirmed|within|in)\b"
    r"|\bsecurity\s+(?:update|release)s?\b|\brepair\w*|\brelease\s+(?:a|an|the|security|new)\b"
)
_PATTERNS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("update", _UPDATE), ("triage", _TRIAGE), ("ack", _ACK), ("disclosure", _DISCLOSURE), ("fix", _FIX),
    )
)  # fmt: skip
_NOT_ACK = re.compile(
    r"\bincident\s+response\b|\bpublicly\s+acknowledg\w+|\backnowledg\w+\s+(?:section|page|your\s+contribution\w*|the\s+discovery)"
    r"|\bresponse\s+team\b|\bsecurity\s+response\s+(?:team|process)\b",
    re.IGNORECASE,
)
_LEVEL = r"critical|high|important|medium|moderate|low(?:er)?"
_SEVERITY = re.compile(
    rf"\b(?P<level>{_LEVEL})\b(?=(?:[\s/,&|-]|and|or|to)*(?:\b(?:{_LEVEL})\b|severit|issue|vuln|bug|risk|finding|impact|priority"
    r"|report|problem|flaw|cvss|defect|one|within|in\b|go\b|goes|are\b|is\b|get|will|[:()–—=-]|\s*$))",
    re.IGNORECASE,
)
_CANONICAL = {"important": "high", "moderate": "medium"}
LEVELS = ("critical", "high", "medium", "low")


def kinds_in(text: str) -> list[tuple[str, int]]:
    """(kind, offset) of every promise that the text speaks of, in order; a phrase counts once, for the narrowest kind."""
    rest = _NOT_ACK.sub(lambda match: " " * len(match[0]), text)
    found = []
    for kind, pattern in _PATTERNS:
        found += [(kind, match.start()) for match in pattern.finditer(rest)]
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)
    return sorted(found, key=lambda item: item[1])


def kind_of_label(label: str) -> str:
    """The one promise that a label, a heading or a column's header names, or ""."""
    found = [kind for kind, _at in kinds_in(label)]
    if not found:
        return ""
    if "disclosure" in found:
        return "disclosure"
    if "triage" in found and "ack" in found:
        return "ack" if found[0] == "ack" else "triage"
    return found[0]


def severities_in(text: str) -> tuple[str, ...]:
    """The severity levels that the text speaks of, worst first; `lower` stands for medium and low."""
    found = set()
    for match in _SEVERITY.finditer(text):
        level = match["level"].lower()
        if level == "lower":
            found |= {"medium", "low"}
        else:
            found.add(_CANONICAL.get(level, level))
    return tuple(level for level in LEVELS if level in found)


def level_of_cell(text: str) -> str:
    """The level that a table's cell or a label names: `🔴 Critical (CVSS 9.0+)` → `critical`; else ""."""
    found = re.findall(rf"\b({_LEVEL})\b", text, re.IGNORECASE)
    names = list(dict.fromkeys(_CANONICAL.get(word.lower(), word.lower()) for word in found))
    names = [name for level in names for name in (("medium", "low") if level == "lower" else (level,))]
    words = re.findall(r"[A-Za-z]+", re.sub(r"\([^)]*\)|CVSS.*", "", text))
    return ",".join(level for level in LEVELS if level in names) if names and len(words) <= 2 * len(names) + 2 else ""
