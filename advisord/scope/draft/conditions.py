"""What a statement about scope means for packages, as the conditions of a rule; what a rule can't look at gives none."""

# ruff: noqa: RUF001  people write dashes of all kinds, and so do the patterns

import re
from typing import NamedTuple

_FLAWS = r"(?:security\s+)?(?:vulnerabilit(?:y|ies)|issues?|bugs?|flaws?|problems?|findings?|advisor(?:y|ies)|CVEs?|reports?)"
_AND = r"\s*(?:,\s*(?:and|or)?|/|&|\band\b|\bor\b)\s*"
_STAGE = r"(?:dev(?:elopment|eloper)?|test(?:ing|s)?|build(?:ing)?|compile|CI)(?:[-\s]*(?:only|time))?"
_STAGES = rf"{_STAGE}(?:{_AND}{_STAGE})*"
_PACKAGES = r"(?:dependenc(?:y|ies)|tool(?:s|ing|chains?)?|packages?|crates?|modules?|librar(?:y|ies)|requirements?)"
_STAGED = re.compile(rf"\b(?P<stages>{_STAGES})[-\s]+{_PACKAGES}\b|\b(?P<one>dev)_?Dependencies\b", re.IGNORECASE)
_USED_FOR = re.compile(
    rf"\b{_PACKAGES}\b(?=[^.]*\b(?:only|solely|exclusively|purely)\b)[^.,;]*?\s(?:for|in|during|by|at)\s+(?:\w+\s+){{0,2}}?"
    rf"(?P<stages>{_STAGES})\b",
    re.IGNORECASE,
)
_KIND = re.compile(
    rf"\b(?P<kind>unmaintained|abandoned|unsound|yanked)\b(?=[^.]*\b(?:{_PACKAGES}|advisor(?:y|ies)|notices?|versions?)\b)"
    rf"|\b{_PACKAGES}\s+(?:\w+\s+){{0,3}}?(?P<after>unmaintained|abandoned|no\s+longer\s+maintained|unsound|yanked)\b",
    re.IGNORECASE,
)
_KINDS = {"unsound": "unsound", "yanked": "yanked"}
_LEVEL = r"(?:low|medium|moderate|informational)"
_SEVERITY = re.compile(
    rf"\W*(?:(?:all|any)\s+)?(?P<levels>{_LEVEL}(?:{_AND}{_LEVEL})*)[-\s]+(?:severity|risk|impact)\s+"
    rf"(?:{_FLAWS}|(?P<service>denial[-\s]of[-\s]service|DoS)(?:\s+(?:attacks?|{_FLAWS}))?)"
    r"(?:\s+in\s+(?:(?:our|the|any|third-party|upstream|external|(?P<indirect>transitive|indirect))\s+)*dependencies)?(?:\s+(?:are|is|will|go|get|can|should)\b[^,;]*)?\W*",
    re.IGNORECASE,
)
_LEVELS = {"moderate": "medium", "informational": "none"}
_SCORE = re.compile(
    r"\bCVSS\b[^.,;]{0,40}?(?:below|under|less\s+than|lower\s+than|<)\s*(?P<score>\d{1,2}(?:\.\d)?)", re.IGNORECASE
)
_NOT_DISTRIBUTED = re.compile(
    r"\b(?:do(?:es)?\s+not|don't|doesn't|never)\s+(?:yet\s+)?(?:distribute|ship|deliver)\b|\b(?:is|are)\s+(?:not|never)\s+(?:yet\s+)?"
    r"(?:distributed|shipped|delivered)\b",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(?:unless|except|excluding|other\s+than|apart\s+from|but\s+not|if|when|runtime|production)\b", re.IGNORECASE
)
"""Words that make a statement a condition of its own, which no rule can be drafted from."""

_OTHERS = r"(?:third[-\s]party|3rd[-\s]party|upstream|external|transitive|indirect|direct|open[-\s]source)"
_DEPENDENCIES = (
    rf"(?:{_OTHERS}{_AND})*(?:(?:{_OTHERS}\s+)*dependenc(?:y|ies)"
    rf"|{_OTHERS}\s+(?:librar(?:y|ies)|packages?|components?|software|code|crates?|modules?|projects?)|librar(?:y|ies)\s+we\s+use)"
)
_PLAIN = re.compile(
    rf"\W*(?:(?:we|this\s+policy|the\s+policy)\s+do(?:es)?\s+not\s+(?:consider|accept|cover|treat|include)\s+)?"
    rf"(?:{_FLAWS}\s+(?:\w+\s+)?(?:in|of|from|affecting|about|within|with)\s+)?(?:(?:our|the|its|any|all|of|project's)\s+)*"
    rf"{_DEPENDENCIES}(?:{_AND}(?:our\s+)?{_DEPENDENCIES})*(?:\s+(?:that\s+)?we\s+(?:use|depend\s+on))?"
    r"(?:\s+(?:(?:are|is)\s+(?:considered\s+|explicitly\s+)?(?:out\s+of\s+scope|not\s+in\s+scope|not\s+covered|excluded)"
    r"|(?:should|must|are\s+to|need\s+to)\s+be\s+reported\b.*))?"
    r"(?:\s*[(,;:–—-]\s*.*\b(?:report|upstream|track|direct)\w*.*)?\W*",
    re.IGNORECASE,
)
_REGULAR = re.compile(
    r"\bas\s+(?:an?\s+)?(?:regular|normal|ordinary|usual|routine|public)\s+(?:\w+\s+)?(?:issues?|bugs?|matters?|tickets?|maintenance|updates?)\b"
    r"|\b(?:open|file|create|use)\s+(?:an?\s+)?(?:regular|normal|ordinary|public)\s+(?:\w+\s+)?(?:issue|bug|ticket)\b",
    re.IGNORECASE,
)


class Condition(NamedTuple):
    """The `when` of a rule as TOML, and a name for what it describes."""

    when: str
    name: str


def condition(text: str) -> Condition | None:
    """The conditions that say what the statement says; None where the policy can't look at that."""
    if _LIMITED.search(text):
        return None
    keys: dict[str, str] = {}
    names: list[str] = []
    kind = _KIND.search(text)
    if kind:
        word = (kind["kind"] or kind["after"]).lower()
        keys["kind"] = f'"{_KINDS.get(word, "unmaintained")}"'
        names.append(_KINDS.get(word, "unmaintained"))
    reaches = _reaches(text)
    if reaches:
        keys["reach"] = _one_of(reaches)
        names += reaches
    severity = _SEVERITY.fullmatch(text)
    score = _SCORE.search(text)
    if severity:
        levels = [word.lower() for word in re.findall(_LEVEL, severity["levels"], re.IGNORECASE)]
        keys["severity"] = _one_of([_LEVELS.get(level, level) for level in levels])
        names += [f"{'-'.join(levels)}-severity"]
        if severity["indirect"]:
            keys["direct"] = "false"
            names.append("transitive")
        if severity["service"]:  # its effect is on availability alone
            keys["cvss"] = '"C:N/I:N"'
            names.append("denial-of-service")
    elif score:
        keys["score"] = f'"< {float(score["score"]):g}"'
        names.append("low-score")
    if _NOT_DISTRIBUTED.search(text):
        keys["distributed"] = "false"
        names.append("not-distributed")
    if not keys:
        return None
    return Condition("{ " + ", ".join(f"{key} = {value}" for key, value in keys.items()) + " }", "-".join(names))


def excludes_dependencies(text: str) -> bool:
    """Whether the statement plainly speaks of all dependencies, and not of some of them or under a condition."""
    if is_regular(text) and not condition(text):
        return bool(re.search(_DEPENDENCIES, text, re.IGNORECASE))
    return not _LIMITED.search(text) and not condition(text) and bool(_PLAIN.fullmatch(text))


def is_regular(text: str) -> bool:
    """Whether it says that something is tracked, and is no security matter."""
    return bool(_REGULAR.search(text))


def _reaches(text: str) -> list[str]:
    found = {}
    for match in (*_STAGED.finditer(text), *_USED_FOR.finditer(text)):
        stages = match["stages"] or "dev"
        for word in re.findall(_STAGE, stages, re.IGNORECASE):
            found["build" if word.lower().startswith(("build", "compile")) else "dev"] = True
    return [reach for reach in ("dev", "build") if reach in found]


def _one_of(values: list[str]) -> str:
    quoted = [f'"{value}"' for value in dict.fromkeys(values)]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"
