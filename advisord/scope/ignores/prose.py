"""Review dates and triggers that people write into comments because the tool has nowhere else for them.

They are proposed to a person, never assumed.
"""

import re
from collections.abc import Mapping

from advisord.scope.compiled import Until

_DATE = re.compile(
    r"\b(?:review(?:ed)?(?:[\s-]+(?:by|on|again))?|re-?audit\w*(?:\s+by)?|revisit\w*(?:\s+(?:by|on|after|in))?|by|until|till|expir\w+(?:\s+on)?"
    r"|before|after|due|valid\s+(?:until|to)|remove\w*(?:\s+(?:by|after|on))?|deadline)\W{0,4}(\d{4}-\d{2}-\d{2})\b",
    re.IGNORECASE,
)
_NAME = r"[\"'`]?(?P<name>[A-Za-z@][\w@/.+-]*[\w])[\"'`]?"
_CHANGES = r"(?:bump(?:s|ed)?|release[sd]?|updat\w+|upgrad\w+|refresh\w*|merges?|publish\w*|ships?|migrat\w+|drops?|removes?|replaces?|fix(?:es|ed)?|lands?)"
_TRIGGERS = (
    re.compile(
        rf"(?<![\w/#.-]){_NAME}(?:\s+(?:upstream|minor|major|patch|master|crate|v?[\d.]+[\dx+.]*)){{0,3}}\s+{_CHANGES}\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\bwe\s+(?:bump|update|upgrade|re-?pin|replace|remove|drop)\s+(?:(?:the|our|workspace|direct)\s+)*{_NAME}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:once|when|until|after)\s+(?:the\s+)?{_NAME}[^.;]{{0,120}}?\b(?:is|are|gets?|has\s+been|was)\s+(?:replaced|removed|updated|released|fixed|dropped|upgraded)\b",
        re.IGNORECASE,
    ),
)


def proposed(comment: str, locked: Mapping[str, tuple[str, ...]], package: str = "") -> Until:
    """What a comment says about when to look again.

    A trigger must name a package that is `locked` (name → versions): its version today is what must not change. `package`
    is the ignored one itself.
    """
    dates = _DATE.findall(comment)
    names: dict[str, str] = {}
    told = re.search(r"\btriggers?\b", comment, re.IGNORECASE)
    for pattern in _TRIGGERS:
        for match in pattern.finditer(comment, told.start() if told else 0):
            versions = locked.get(match["name"], ())
            if len(versions) == 1 and match["name"] != package:
                names[match["name"]] = versions[0]
    return Until(date=min(dates, default=""), packages=tuple(sorted(names.items())))
