"""A policy's text (TOML), validated: all problems at once, each with its key, its line and what to do."""

import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from advisord import validation
from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.scope.compiled import (
    DEFAULT_POLICY,
    Acceptance,
    Clause,
    CompiledPolicy,
    Component,
    Condition,
    Deadlines,
    Delegation,
    Line,
    Lines,
    Notify,
    Route,
    Rule,
    Target,
    Until,
)
from advisord.scope.facts import platform_name
from advisord.scope.globs import is_glob
from advisord.scope.policy_file import PolicyFile
from advisord.scope.rules import condition
from advisord.scope.spans import line, term
from advisord.toml_lines import Path
from advisord.versions import ECOSYSTEMS, base_ecosystem
from advisord.versions.registry import meant

_FURTHER = (
    "AlmaLinux", "Alpaquita", "Alpine", "Android", "BellSoft Hardened Containers", "Bioconductor", "Bitnami", "Chainguard",
    "CleanStart", "ConanCenter", "CRAN", "Debian", "Docker Hardened Images", "Echo", "FreeBSD", "GHC", "GIT", "GitHub Actions",
    "Hackage", "Julia", "Kubernetes", "Linux", "Mageia", "MinimOS", "opam", "openEuler", "openSUSE", "OSS-Fuzz", "Photon OS",
    "Red Hat", "Rocky Linux", "Root", "SUSE", "SwiftURL", "TuxCare", "Ubuntu", "VSCode", "Wolfi", "conda",
)  # fmt: skip
"""Names of the OSV schema's list of ecosystems, and of lockfiles, besides those whose versions have an order."""
LEVEL_NAMES = ("critical", "high", "medium", "low")
_WORDS = {"moderate": "medium"}


def compile(text: str, subject: str = "policy") -> CompiledPolicy:  # noqa: A001  (`policy.compile` is what it is)
    """The policy that a TOML text states. Raises SettingsError with every problem; `subject` names the file in it."""
    raw = validation.parse(text, subject=subject, what="policy")
    found: list[tuple[Path, str]] = []
    file: PolicyFile | None = None
    try:
        file = PolicyFile.model_validate(raw)
    except ValidationError as error:
        found += validation.mistakes(error, PolicyFile, raw)
    found += _cross_checks(raw)
    if file is None or found:
        raise validation.refusal(found, text, subject=subject, hint="`advisord manual policy` describes every key.")
    return _compiled(file)


def schema() -> dict[str, Any]:
    """The JSON Schema of a policy file, for editors."""
    document = PolicyFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}


def _tables(raw: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = raw.get(key)
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def _table(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def _cross_checks(raw: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """What no single key can tell; it reads the raw file, so that a mistake elsewhere does not hide these."""
    components = tuple(Component(str(name), ("**",)) for name in _table(raw, "components"))
    shape = CompiledPolicy("", (), components=components)
    words = _severity_words(raw)
    routes = _table(raw, "routes")
    rules = _tables(raw, "rules")
    seen: set[str] = set()
    for number, rule in enumerate(rules):
        where: Path = ("rules", number)
        name = str(rule.get("id", ""))
        if name in seen:
            yield (*where, "id"), f"two rules are called {name}; every id is its own"
        seen.add(name)
        when = _table(rule, "when")
        last = number == len(rules) - 1
        if last and when:
            yield where, 'the last rule must be the default: add one without `when`, such as then = "in"'
        if not last and not when and "then" in rule:
            yield where, "it has no `when`, so no rule after it is ever reached; put it last"
        if rule.get("route") and rule["route"] not in routes:
            yield (*where, "route"), f"no route of [routes] is called {rule['route']}"
        yield from _condition_checks(where, when, shape, words)
    for number, notify in enumerate(_tables(raw, "notify")):
        yield from _condition_checks(("notify", number), _table(notify, "when"), shape, words)
    for number, acceptance in enumerate(_tables(raw, "acceptances")):
        component = acceptance.get("component")
        if component and component not in _table(raw, "components"):
            yield ("acceptances", number, "component"), f"no component of [components] is called {component}"
        ecosystem = acceptance.get("ecosystem")
        if isinstance(ecosystem, str) and ecosystem and (wrong := _no_ecosystem(ecosystem)):
            yield ("acceptances", number, "ecosystem"), wrong
    deadlines = _table(raw, "deadlines")
    for kind in ("acknowledge", "triage", "fix"):
        for level in _table(deadlines, kind):
            if level != "*" and not _levels(level, words):
                yield (
                    ("deadlines", kind, level),
                    f"no severity is called {level}: {', '.join(LEVEL_NAMES)}, or a word of [severity]",
                )
    zone = deadlines.get("timezone", "UTC")
    if not _is_zone(zone):
        yield ("deadlines", "timezone"), f"no time zone is called {zone}; use a name such as Europe/Berlin"


def _condition_checks(
    where: Path, when: Mapping[str, Any], shape: CompiledPolicy, words: Mapping[str, str]
) -> Iterator[tuple[Path, str]]:
    for key in ("component", "severity"):
        if key in when:
            values = _texts(when[key])
            normal = [_normal_severity(value, words) for value in values] if key == "severity" else values
            try:
                condition(key, normal, shape)
            except ValueError as error:
                yield (*where, "when", key), str(error)
    for value in _texts(when.get("ecosystem", [])):
        if wrong := _no_ecosystem(value.lstrip("! ")):
            yield (*where, "when", "ecosystem"), wrong


def _no_ecosystem(name: str) -> str:
    """Why this names no ecosystem; "" where it is one, in whatever case, or a pattern."""
    known = {base_ecosystem(one).casefold() for one in (*ECOSYSTEMS, *_FURTHER)}
    if is_glob(name) or base_ecosystem(name).casefold() in known:
        return ""
    return f"no ecosystem is called {name}; {meant(name, _FURTHER)}"


def _is_zone(name: Any) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, TypeError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return True


def _severity_words(raw: Mapping[str, Any]) -> dict[str, str]:
    own = {str(word).lower(): str(level) for word, level in _table(_table(raw, "severity"), "words").items()}
    return {**_WORDS, **own}


def _levels(text: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """The levels that a key such as `critical,high` or `moderate` names; empty when it names none."""
    names = [words.get(part.strip().lower(), part.strip().lower()) for part in text.replace("/", ",").split(",")]
    return tuple(names) if all(name in LEVEL_NAMES or name == Severity.UNKNOWN for name in names) else ()


def _normal_severity(text: str, words: Mapping[str, str]) -> str:
    sign = text[: len(text) - len(text.lstrip("!<>= "))]
    word = text[len(sign) :].strip().lower()
    return sign + words.get(word, word)


def _compiled(file: PolicyFile) -> CompiledPolicy:
    words = {**_WORDS, **{word.lower(): level for word, level in file.severity.words.items()}}
    return CompiledPolicy(
        name=file.name,
        rules=tuple(_rule(rule, words) for rule in file.rules) or DEFAULT_POLICY.rules,
        components=tuple(
            Component(name, tuple(item.paths), item.distributed) for name, item in file.components.items()
        ),
        targets=tuple(_target(text) for text in file.targets),
        routes=tuple(
            Route(
                name,
                route.tracker,
                route.visibility,
                tuple(route.labels),
                tuple(route.assignees),
                route.milestone,
                route.group,
            )
            for name, route in file.routes.items()
        ),
        deadlines=_deadlines(file, words),
        lines=Lines(
            _line_tuple(file.lines.supported),
            _line_tuple(file.lines.before_1_0),
            file.lines.scheme,
            file.lines.tag,
            file.lines.branch,
        ),
        severity_scheme=file.severity.scheme,
        severity_words=tuple(words.items()),
        severity_guide=tuple((str(level), text) for level, text in file.severity.guide.items()),
        acceptances=tuple(_acceptance(item) for item in file.acceptances),
        delegation=Delegation(file.repository.may_exclude, tuple(file.repository.may_accept)),
        notify=tuple(Notify(tuple(item.to), _conditions(item.when, words)) for item in file.notify),
    )


def _rule(rule: Any, words: Mapping[str, str]) -> Rule:
    return Rule(rule.id, rule.reason, Scope(rule.then), _conditions(rule.when, words), rule.route)


def _conditions(table: Any, words: Mapping[str, str]) -> tuple[Condition, ...]:
    when = table.model_dump(exclude_none=True) if table else {}
    if "severity" in when:
        when["severity"] = [_normal_severity(value, words) for value in when["severity"]]
    return tuple(Condition(name, tuple(values)) for name, values in when.items())


def _target(text: str) -> Target:
    system, _, machine = text.partition("/")
    return Target(*("" if name in {"", "*"} else platform_name(name) for name in (system, machine)))


def _line_tuple(texts: list[str]) -> tuple[Line, ...]:
    return tuple(line(text) for text in texts)


def _deadlines(file: PolicyFile, words: Mapping[str, str]) -> Deadlines:
    table = file.deadlines
    clauses = []
    for kind in ("acknowledge", "triage", "fix", "update", "disclosure"):
        stated = getattr(table, kind)
        by_level = stated if isinstance(stated, dict) else {"*": stated} if stated else {}
        for level, texts in by_level.items():
            levels = () if level == "*" else _levels(level, words)
            clauses.append(Clause(kind, levels, tuple(term(text, kind) for text in texts)))
    return Deadlines(tuple(clauses), table.binding, table.timezone, table.holidays)


def _acceptance(item: Any) -> Acceptance:
    until = item.until
    return Acceptance(
        item.advisory, item.package, item.ecosystem, item.component, item.who, item.why, item.since.isoformat(),
        Until(
            until.date.isoformat() if until.date else "", tuple(until.package.items()), until.fix,
            until.severity_above, until.exploited, tuple(until.path),
        ),
    )  # fmt: skip
