"""A table of cases beside a policy: a finding, and the decision that is expected. A policy that is changed is tested."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from advisord.errors import SettingsError
from advisord.model.advisory import Rating, Severity
from advisord.model.decision import ENDED, Decision
from advisord.model.finding import Finding, Place, Verdict, Via
from advisord.model.inventory import Reach
from advisord.scope.calendar import calendar_of
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.deadlines import Deadline, deadlines
from advisord.scope.decide import Decider
from advisord.scope.facts import Context
from advisord.words import counted

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The moment of a case that names none: a Friday."""

FINDING_KEYS = (
    "id", "ids", "package", "ecosystem", "kind", "severity", "score", "cvss", "version", "fixed", "verdict", "component",
    "member", "reach", "path", "direct", "groups", "lockfile", "ref", "line", "os", "arch", "functions", "epss", "exploited",
    "published", "first_seen_on", "triaged_on", "fixed_on", "updated_on", "acknowledged_on", "locked",
)  # fmt: skip
EXPECT_KEYS = ("decision", "rule", "route", "unknown", "ended", "deadlines")
_EVENTS = {"first seen": "first_seen_on", "triaged": "triaged_on", "fixed": "fixed_on", "updated": "updated_on",
           "acknowledged": "acknowledged_on"}  # fmt: skip
HINT = "`advisord policy test --help` shows what a case looks like."


class Result(NamedTuple):
    """One case: `wrong` says what differs, one sentence each; empty when it is as expected."""

    name: str
    decision: Decision
    wrong: tuple[str, ...]


def run(policy: CompiledPolicy, text: str, subject: str = "cases") -> tuple[Result, ...]:
    """Every case of a table. Raises SettingsError, with all problems, for a table that is not one."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise SettingsError(f"The cases are not TOML: {error}", subject=subject, hint=HINT) from error
    problems = tuple(_problems(document))
    if problems:
        count = counted(len(problems), "problem")
        raise SettingsError(f"{count} in the cases", subject=subject, hint=HINT, problems=problems)
    decider = Decider(policy)
    return tuple(_run(decider, case) for case in document["cases"])


def _problems(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    cases = document.get("cases")
    if set(document) - {"cases"} or not isinstance(cases, list):
        return [("cases", "a table of cases holds [[cases]] and nothing else")]
    found = []
    for number, case in enumerate(cases):
        where = f"cases[{number}]"
        if not isinstance(case, dict):
            found.append((where, "must be a table"))
            continue
        found += [(f"{where}.{key}", "unknown key") for key in sorted(set(case) - {"name", "now", "finding", "expect"})]
        for key, allowed in (("finding", FINDING_KEYS), ("expect", EXPECT_KEYS)):
            part = case.get(key)
            if not isinstance(part, dict):
                found.append((f"{where}.{key}", "is missing; add it as a table"))
                continue
            found += [(f"{where}.{key}.{name}", "unknown key") for name in sorted(set(part).difference(allowed))]
        if not isinstance(case.get("name"), str):
            found.append((f"{where}.name", "is missing; say what the case shows"))
        elif not found:
            found += _unreadable(where, case)
    return found


def _unreadable(where: str, case: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        _finding(case["finding"])
        _moment(case.get("now", NOW))
        _events(case["finding"], NOW)
    except KeyError as error:
        return [(f"{where}.finding", f"{error.args[0]} is missing; add it")]
    except (ValueError, TypeError, AttributeError) as error:
        return [(f"{where}.finding", f"can't be read: {error}")]
    return []


def _run(decider: Decider, case: Mapping[str, Any]) -> Result:
    told, expect = case["finding"], case["expect"]
    finding, now = _finding(told), _moment(case.get("now", NOW))
    place = finding.places[0]
    locked = {name: (str(version),) for name, version in told.get("locked", {}).items()}
    context = Context(
        lines={place.ref: told["line"]} if "line" in told else {},
        locked={(place.ref, place.lockfile): locked} if locked else {},
    )
    decision = decider.decide(finding, now, context)
    got = {
        "decision": decision.scope.value,
        "rule": decision.rule,
        "route": decision.route,
        "unknown": list(decision.unknown),
    }
    wrong = [
        f"{key}: expected {expect[key]}, got {got[key]}" for key in got if key in expect and expect[key] != got[key]
    ]
    ends = [fact.value or "" for fact in decision.facts if fact.name == ENDED]
    if "ended" in expect and not any(expect["ended"] in end for end in ends):
        wrong.append(f"ended: expected {expect['ended']}, got {'; '.join(ends) or 'nothing'}")
    wrong += _deadlines(decider.policy, finding, _events(told, now), expect.get("deadlines", {}))
    return Result(case["name"], decision, tuple(wrong))


def _deadlines(
    policy: CompiledPolicy, finding: Finding, events: Mapping[str, datetime], expect: Mapping[str, str]
) -> list[str]:
    calendar = calendar_of(policy.deadlines.timezone, policy.deadlines.holidays)
    found = {one.kind: one for one in deadlines(policy.deadlines, finding.rating.severity, events, calendar)}
    wrong = []
    for kind, expected in expect.items():
        got = _shown(found.get(kind))
        if got != str(expected):
            text = found[kind].text if kind in found else ""
            wrong.append(f"{kind}: expected {expected}, got {got} {text}".rstrip())
    return wrong


def _shown(deadline: Deadline | None) -> str:
    """The last day of a deadline, its milestone, `unknown` or `none`."""
    if deadline is None:
        return "none"
    if deadline.due is None:
        return deadline.milestone or "unknown"
    # A day's end is the next midnight; the last moment of the deadline is still in the day that people name.
    last = deadline.due.timestamp() - 1
    return datetime.fromtimestamp(last, deadline.due.tzinfo).date().isoformat()


def _moment(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, date):
        raise TypeError("a date must be written as 2026-11-20")
    return datetime.combine(value, time(12), UTC)


def _events(told: Mapping[str, Any], now: datetime) -> dict[str, datetime]:
    stated = {event: _moment(told[key]) for event, key in _EVENTS.items() if key in told}
    return {"first seen": now, **stated}


def _finding(told: Mapping[str, Any]) -> Finding:
    """The finding that a case describes; what it does not say is unknown."""
    ids = tuple(told.get("ids", [told.get("id", "CASE-1")]))
    package = str(told["package"])
    reach, path = Reach(told.get("reach", "runtime")), tuple(told.get("path", ("direct", package)))
    if told.get("direct"):
        path = (package,)
    component = told.get("component")
    via = (
        None if component is None else (Via(component, told.get("member", component.rpartition("/")[2]), reach, path),)
    )
    place = Place(
        told.get("ref", ""), told.get("lockfile", "Cargo.lock"), "case", 0, str(told.get("version", "1.0.0")),
        Verdict(told.get("verdict", "affected")), fixed=tuple(told.get("fixed", ())), groups=tuple(told.get("groups", ())),
        direct=told.get("direct"), via=via,
    )  # fmt: skip
    rating = Rating(Severity(told.get("severity", "unknown")), told.get("score"), told.get("cvss", ""))
    return Finding(
        "case", told.get("ecosystem", "crates.io"), package, ids[0], ids, told.get("kind", "vulnerability"), rating, "", (),
        (place,), published=str(told.get("published", "")), os=tuple(told.get("os", ())), arch=tuple(told.get("arch", ())),
        functions=tuple(told.get("functions", ())), epss=told.get("epss"), known_exploited=told.get("exploited"),
    )  # fmt: skip
