"""A draft as a policy file: each value with the line it came from, and the rest as comments for a person to decide."""

import calendar
import json
import re
from collections.abc import Iterator, Sequence

from advisord.scope.draft.conditions import Condition, condition, excludes_dependencies, is_regular
from advisord.scope.draft.facts import Draft, Fact
from advisord.scope.spans import line as line_value
from advisord.scope.spans import term

_KEYS = {"ack": "acknowledge", "triage": "triage", "fix": "fix", "update": "update", "disclosure": "disclosure"}
_STARTS = {
    "from triage": " from triaged",
    "from acknowledgement": " from acknowledged",
    "after the fix": " from fixed",
    "from publication": " from published",
    "from report": " from first seen",
}
_LINE_NAMES = {
    "main": "main",
    "master": "master",
    "latest release": "latest-tag",
    "latest tag": "latest-tag",
    "latest": "latest-tag",
    "latest minor": "latest-minor",
    "latest major": "latest-major",
    "latest patch": "latest-tag",
    "previous minor": "previous-minor",
    "previous major": "previous-major",
}


def policy_text(draft: Draft, name: str = "", source: str = "SECURITY.md") -> str:
    """A commented policy that `policy check` accepts. Nothing stands in it that the text does not say."""
    lines = [
        f"# Drafted from {source} by `advisord policy draft`: read it, complete it, then it is yours.",
        "# Each value names the line that it came from.",
        "",
    ]
    if name:
        lines += [f"name = {_quoted(name)}", ""]
    for part in (_components, _rules, _deadlines, _supported, _severity, _contacts, _rest):
        lines += part(draft)
    return "\n".join(lines).rstrip() + "\n"


def _of(draft: Draft, *kinds: str) -> list[Fact]:
    return [fact for fact in draft.facts if fact.kind in kinds]


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _said(fact: Fact) -> str:
    return f"# line {fact.line}: {fact.text}"


def _paths(draft: Draft, kind: str) -> list[Fact]:
    return [fact for fact in _of(draft, kind) if fact.qualifier == "path"]


def _component_names(draft: Draft) -> dict[str, Fact]:
    """A name of its own for each path in scope: `apps/web/` → `apps-web`."""
    names: dict[str, Fact] = {}
    for fact in _paths(draft, "in_scope"):
        name = re.sub(r"[^A-Za-z0-9_]+", "-", fact.value).strip("-").lower() or "top"
        if all(other.value != fact.value for other in names.values()):
            names[name if name not in names else f"{name}-{len(names)}"] = fact
    return names


def _components(draft: Draft) -> list[str]:
    names = _component_names(draft)
    if not names:
        return []
    lines = ["[components]"]
    for name, fact in names.items():
        lines += [_said(fact), f"{_quoted(name)} = {_quoted(fact.value)}"]
    return [*lines, ""]


def _rules(draft: Draft) -> list[str]:
    lines: list[str] = []
    outside = _paths(draft, "out_of_scope")
    stated = [fact for fact in _of(draft, "in_scope") if fact.qualifier != "path"]
    excluded = [fact for fact in _of(draft, "out_of_scope") if fact.qualifier != "path"]
    dependencies = [
        fact
        for fact in excluded
        if excludes_dependencies(fact.value) or (fact.qualifier == "dependency" and excludes_dependencies(fact.text))
    ]
    if any(fact.qualifier == "dependency" for fact in stated):
        dependencies = []  # it says both: a person decides
    lines += _outside(outside)
    rest = [fact for fact in excluded if fact not in dependencies]
    lines += [
        f"# line {fact.line}, out of scope, no rule is drafted from it: {fact.value}"
        for fact in rest
        if not condition(fact.value)
    ]
    if lines and lines[-1]:
        lines.append("")
    out = [fact for fact in rest if not is_regular(fact.value)]
    lines += _stated(out, "out-of-scope", "out", "Out of scope by the security policy")
    regular = [remark for remark in draft.remarks if remark.kind == "regular"]
    regular += [fact for fact in rest if fact not in out]
    lines += _stated(regular, "regular", "regular", "Not a security matter by the security policy")
    names = _component_names(draft)
    lines += [f"# line {fact.line}, in scope: {fact.value}" for fact in stated]
    default = "in"
    if dependencies:
        lines += [_said(fact) for fact in dependencies]
        lines += [
            '# Not a matter of vulnerability reports, but still known holes in what is locked here: drafted as "regular".',
            '# Say then = "in" to treat them as security matters.',
        ]
        default = "regular"
    if names:
        lines.append(
            '# The text names what is in scope; say then = "out" in the last rule to leave out what reaches only other paths.'
        )
        values = ", ".join(_quoted(name) for name in names)
        lines += _rule(
            "stated-scope",
            "It reaches a part that the security policy names as in scope.",
            f"{{ component = [{values}] }}",
            default,
        )
    return lines + _rule("default", "Whatever no rule above decides.", "", default)


def _outside(facts: Sequence[Fact]) -> list[str]:
    """Rules for the paths that are out of scope; what else a statement says of them has to hold too."""
    lines: list[str] = []
    by_condition: dict[Condition | None, list[Fact]] = {}
    for fact in facts:
        by_condition.setdefault(condition(fact.text), []).append(fact)
    for known, said in by_condition.items():
        lines += [*dict.fromkeys(_said(fact) for fact in said)]
        when = f"path = [{', '.join(_quoted(path) for path in dict.fromkeys(fact.value for fact in said))}]"
        if known:
            lines.append(
                "# Drafted narrowly: both the path and the rest have to hold. Make two rules of it if either is enough."
            )
            when += f", {known.when.removeprefix('{ ').removesuffix(' }')}"
        name = f"out-of-scope-paths{'-' + known.name if known else ''}"
        lines += _rule(name, "The security policy calls these paths out of scope.", f"{{ {when} }}", "out")
    return lines


def _stated(facts: Sequence[Fact], prefix: str, then: str, reason: str) -> list[str]:
    """A rule for each thing that these statements describe in words that a rule knows."""
    found: dict[Condition, list[Fact]] = {}
    for fact in facts:
        if known := condition(fact.value):
            found.setdefault(known, []).append(fact)
    lines: list[str] = []
    for known, said in found.items():
        lines += [_said(fact) for fact in said]
        if "distributed" in known.when:
            lines.append("# Say in [components] which paths are not distributed.")
        if "cvss" in known.when:
            lines.append("# Of denial of service CVSS says: no effect on confidentiality and integrity.")
        lines += _rule(f"{prefix}-{known.name}", f"{reason}: {said[0].value}.", known.when, then)
    return lines


def _rule(name: str, reason: str, when: str, then: str) -> list[str]:
    lines = ["[[rules]]", f'id = "{name}"', f"reason = {_quoted(reason)}"]
    return [*lines, *([f"when = {when}"] if when else []), f'then = "{then}"', ""]


def _deadlines(draft: Draft) -> list[str]:
    lines: list[str] = []
    for kind, key in _KEYS.items():
        facts = _of(draft, kind)
        usable = [(fact, text) for fact in facts if (text := _time(fact))]
        lines += [
            f"{_said(fact)}\n#   ({key}: {fact.value}: no time to compute with)" for fact in facts if not _time(fact)
        ]
        if kind in {"ack", "triage", "fix"}:
            lines += _by_level(key, usable)
        elif usable:
            lines += [*dict.fromkeys(_said(fact) for fact, _text in usable)]
            texts = list(dict.fromkeys(text for _fact, text in usable))
            texts = texts if kind == "disclosure" else texts[:1]
            lines.append(f"{key} = {_list(texts)}")
    if not lines:
        return []
    return [
        "[deadlines]",
        *_binding(draft),
        *lines,
        "",
    ]


def _binding(draft: Draft) -> list[str]:
    """Commitments, or targets: as the text says, and targets where it says both or nothing."""
    said = [remark for remark in draft.remarks if remark.kind == "binding"]
    if not said:
        return [
            "# Commitments, or targets that are not guaranteed? The text does not say; targets are assumed.",
            "binding = false",
        ]
    binding = all(remark.value == "true" for remark in said)
    return [*(_said(remark) for remark in said), f"binding = {'true' if binding else 'false'}"]


def _by_level(key: str, usable: Sequence[tuple[Fact, str]]) -> list[str]:
    lines: list[str] = []
    seen: set[str] = set()
    for fact, text in usable:
        levels = fact.qualifier.split(";")[0].strip()
        levels = (
            levels if re.fullmatch(r"(?:critical|high|medium|low)(?:,(?:critical|high|medium|low))*", levels) else ""
        )
        if levels in seen:
            lines.append(f"{_said(fact)}\n#   (another {key}: {fact.value})")
            continue
        seen.add(levels)
        name = f'"{levels}"' if "," in levels else levels or '"*"'
        lines += [_said(fact), f"{key}.{name} = {_list([text])}"]
    return lines


def _time(fact: Fact) -> str:
    """The deadline in the policy's own words, or ""."""
    start = next((text for said, text in _STARTS.items() if said in fact.qualifier), "")
    text = fact.value + ("" if fact.value.startswith("next") else start)
    try:
        term(text, _KEYS[fact.kind])
    except ValueError:
        return ""
    return text


def _list(texts: Sequence[str]) -> str:
    return _quoted(texts[0]) if len(texts) == 1 else "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _supported(draft: Draft) -> list[str]:
    lines: list[str] = []
    supported: dict[str, list[tuple[Fact, str]]] = {"supported": [], "before_1_0": []}
    for fact in _of(draft, "supported"):
        key = "before_1_0" if fact.qualifier == "before 1.0.0" else "supported"
        text = _line(fact)
        if text and text not in [other for _fact, other in supported[key]]:
            supported[key].append((fact, text))
        elif text:
            lines.append(f"# line {fact.line} says so too: {fact.text}")
        else:
            lines.append(f"# line {fact.line}, supported, but not a line that can be computed: {_whole(fact)}")
    lines += [f"# line {fact.line}, not supported: {fact.value}" for fact in _of(draft, "unsupported")]
    for key, found in supported.items():
        ending = {text.partition(" until ")[0] for _fact, text in found if " until " in text}
        lines += [f"# line {fact.line}, with its end below: {fact.text}" for fact, text in found if text in ending]
        left = [(fact, text) for fact, text in found if text not in ending]
        if left:
            lines += [f"{key} = ["]
            lines += [part for fact, text in left for part in (f"  {_said(fact)}", f"  {_quoted(text)},")]
            lines += ["]"]
    return ["[lines]", *lines, ""] if lines else []


def _whole(fact: Fact) -> str:
    return f"{fact.value}, {fact.qualifier}" if fact.qualifier else fact.value


def _line(fact: Fact) -> str:
    value = re.sub(r"\s*\([^)]*\)", "", fact.value).strip()
    name = _LINE_NAMES.get(value.lower(), "")
    count = re.fullmatch(r"(\d+) (major|minor|patch) versions", value)
    if count:
        name = f"latest-{count[1]}-{count[2]}s"
    newer = re.fullmatch(r"v?(\d[\d.]*) (?:and|or) (?:later|newer|above|up|higher)|v?(\d[\d.]*)\+", value)
    if newer:
        name = f">={newer[1] or newer[2]}"
    if re.fullmatch(r"(?:[<>]=?|=)\s*v?\d[\d.]*", value):
        name = value.replace(" ", "").replace("v", "")
    if re.fullmatch(r"v?\d+(?:\.(?:\d+|[xX*]))*", value):
        name = re.sub(r"(?:\.[xX*])+$", ".*", value.removeprefix("v"))
    until = _until(fact.qualifier)
    text = f"{name} until {until}" if until else name
    try:
        line_value(text)
    except ValueError:
        return ""
    return text if name else ""


def _until(qualifier: str) -> str:
    match = re.match(r"until (.*)", qualifier)
    if not match:
        return ""
    month = re.fullmatch(r"(\d{4})-(\d{2})", match[1])
    if month:
        return f"{match[1]}-{calendar.monthrange(int(month[1]), int(month[2]))[1]}"
    return re.sub(r"next (minor|major|patch|release)", r"next-\1", match[1])


def _severity(draft: Draft) -> list[str]:
    lines: list[str] = []
    schemes = [fact for fact in _of(draft, "severity_scheme") if fact.value.startswith("CVSS")]
    lines += [f"# line {fact.line}: {fact.value}" for fact in _of(draft, "severity_scheme") if fact not in schemes]
    if schemes:
        lines += [_said(schemes[0]), f"scheme = {_quoted(schemes[0].value.replace('CVSS ', 'CVSS:'))}"]
    return ["[severity]", *lines, ""] if lines else []


def _contacts(draft: Draft) -> list[str]:
    found = [f"# line {fact.line}: report to {fact.qualifier or fact.value}" for fact in _of(draft, "contact")]
    return [*found, ""] if found else []


def _rest(draft: Draft) -> Iterator[str]:
    if draft.not_understood:
        yield "# Not understood:"
        for note in draft.not_understood:
            yield f"# line {note.line}: {note.text}"
