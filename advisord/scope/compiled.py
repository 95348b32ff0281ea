"""A validated policy as plain values, with a JSON round trip: what a scan needs to know of a policy file.

Whoever validated a policy once keeps `dump(policy)` under the hash of the file's content and needs neither pydantic nor
tomllib the next time.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from advisord.model.decision import Scope
from advisord.scope import default

SCHEMA = "advisord.policy/1"


class Condition(NamedTuple):
    """One predicate of a rule. `values` are alternatives; one that begins with `!` excludes.

    `name` is a key of `rules.PREDICATES`; the values were checked by it.
    """

    name: str
    values: tuple[str, ...]


class Rule(NamedTuple):
    """One rule: when all conditions hold, `then` is the outcome. A rule without conditions always holds."""

    id: str
    reason: str
    then: Scope
    when: tuple[Condition, ...] = ()
    route: str = ""


class Component(NamedTuple):
    """A named part of the repository: path globs, and whether it reaches people outside."""

    name: str
    paths: tuple[str, ...]
    distributed: bool = True


class Target(NamedTuple):
    """A platform that the repository builds for; "" stands for any."""

    os: str = ""
    arch: str = ""


class Route(NamedTuple):
    """Where a finding goes. `group` is `finding`, `package` or `digest`; "" means: as the configuration says."""

    name: str
    tracker: str = ""
    visibility: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    milestone: str = ""
    group: str = "finding"


class Notify(NamedTuple):
    """Who hears of a finding of which all conditions hold: names of channels in the configuration."""

    to: tuple[str, ...]
    when: tuple[Condition, ...] = ()


class Term(NamedTuple):
    """One end of a deadline: `amount` `unit` after `start`, or a `milestone` ("next minor release").

    `unit` is `hours`, `days`, `business days`, `weeks` or `months`; `start` is an event of `deadlines.EVENTS`.
    """

    text: str
    amount: int = 0
    unit: str = ""
    start: str = ""
    milestone: str = ""


class Clause(NamedTuple):
    """One promise: `kind` for these `severities` (none: for all) by the sooner of `terms`."""

    kind: str
    severities: tuple[str, ...]
    terms: tuple[Term, ...]


class Deadlines(NamedTuple):
    """All promises, whether they bind, and in which calendar. `holidays` is a code such as `DE-BE` ("": none)."""

    clauses: tuple[Clause, ...] = ()
    binding: bool = False
    timezone: str = "UTC"
    holidays: str = ""


class Line(NamedTuple):
    """One supported line: `what` names it (see `lines`), `until` bounds it (a date, or `next-minor + 30 days`)."""

    what: str
    until: str = ""


class Lines(NamedTuple):
    """Which refs are to be scanned. `branch` and `tag` are templates such as `release-{major}.{minor}` and `v{version}`."""

    supported: tuple[Line, ...] = ()
    before_1_0: tuple[Line, ...] = ()
    scheme: str = "semver"
    tag: str = ""
    branch: str = ""


class Until(NamedTuple):
    """The triggers that end an acceptance; each is empty when it is not used.

    `date` is the last day on which it holds. `packages` are (name, version glob) that must stay locked so. `paths` are
    the known ways in (`raft-engine > prometheus`); another one is new. `severity_above` is the level accepted.
    """

    date: str = ""
    packages: tuple[tuple[str, str], ...] = ()
    fix: bool = False
    severity_above: str = ""
    exploited: bool = False
    paths: tuple[str, ...] = ()


class Acceptance(NamedTuple):
    """A risk that someone accepted: an advisory (any alias; globs) or a package, maybe in one component only.

    `origin` says where it stands (`policy`, or `deny.toml:52`). `ecosystem` narrows a package.
    """

    advisory: str = ""
    package: str = ""
    ecosystem: str = ""
    component: str = ""
    who: str = ""
    why: str = ""
    since: str = ""
    until: Until = Until()
    origin: str = "policy"

    @property
    def name(self) -> str:
        """What is accepted, for people: the advisory, else the package."""
        return " in ".join(part for part in (self.advisory, self.package, self.component) if part)


class Delegation(NamedTuple):
    """What a file in a scanned repository may decide by itself. Making things stricter is always allowed."""

    exclude: bool = False
    """Its own policy may put something out of scope or call it regular."""
    accept: tuple[str, ...] = ()
    """Names of its files that may accept a risk: `policy`, `deny.toml`, …"""


class CompiledPolicy(NamedTuple):
    """A whole policy. The last rule has no conditions: it is the default."""

    name: str
    rules: tuple[Rule, ...]
    components: tuple[Component, ...] = ()
    targets: tuple[Target, ...] = ()
    routes: tuple[Route, ...] = ()
    deadlines: Deadlines = Deadlines()
    lines: Lines = Lines()
    severity_scheme: str = ""
    severity_words: tuple[tuple[str, str], ...] = ()
    severity_guide: tuple[tuple[str, str], ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    delegation: Delegation = Delegation()
    notify: tuple[Notify, ...] = ()

    def route(self, name: str) -> Route:
        """The route of that name; the plain one when the policy does not describe it."""
        return next((route for route in self.routes if route.name == name), Route(name))


DEFAULT_POLICY = CompiledPolicy(
    name="default",
    rules=(Rule(default.RULE, default.REASON, Scope.IN),),
)
"""What holds when there is no policy file."""


def dump(policy: CompiledPolicy) -> str:
    """The policy as JSON text; `load` gives back an equal value."""
    return json.dumps({"schema": SCHEMA, "policy": _plain(policy)}, ensure_ascii=False, separators=(",", ":"))


def load(text: str | bytes) -> CompiledPolicy | None:
    """The policy that `dump` wrote, or None where the text is of another version: then validate the file again."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            return None
        return _policy(document["policy"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    """NamedTuples become objects, so that a reader of another version fails instead of shifting fields."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _flat(values: list[str]) -> tuple[str, ...]:
    return tuple(values)


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in values)


def _with(value: Mapping[str, Any], **decoded: Any) -> dict[str, Any]:
    return {**value, **decoded}


def _policy(data: dict[str, Any]) -> CompiledPolicy:
    return CompiledPolicy(
        **_with(
            data,
            rules=tuple(_rule(rule) for rule in data["rules"]),
            components=tuple(Component(**_with(item, paths=_flat(item["paths"]))) for item in data["components"]),
            targets=tuple(Target(**item) for item in data["targets"]),
            routes=tuple(
                Route(**_with(item, labels=_flat(item["labels"]), assignees=_flat(item["assignees"])))
                for item in data["routes"]
            ),
            deadlines=Deadlines(
                **_with(data["deadlines"], clauses=tuple(_clause(clause) for clause in data["deadlines"]["clauses"]))
            ),
            lines=Lines(
                **_with(
                    data["lines"],
                    supported=tuple(Line(**line) for line in data["lines"]["supported"]),
                    before_1_0=tuple(Line(**line) for line in data["lines"]["before_1_0"]),
                )
            ),
            severity_words=_pairs(data["severity_words"]),
            severity_guide=_pairs(data["severity_guide"]),
            acceptances=tuple(_acceptance(item) for item in data["acceptances"]),
            delegation=Delegation(**_with(data["delegation"], accept=_flat(data["delegation"]["accept"]))),
            notify=tuple(Notify(_flat(item["to"]), _conditions(item["when"])) for item in data["notify"]),
        )
    )


def _rule(data: dict[str, Any]) -> Rule:
    return Rule(**_with(data, then=Scope(data["then"]), when=_conditions(data["when"])))


def _conditions(data: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(Condition(item["name"], _flat(item["values"])) for item in data)


def _clause(data: dict[str, Any]) -> Clause:
    terms = tuple(Term(**term) for term in data["terms"])
    return Clause(data["kind"], _flat(data["severities"]), terms)


def _acceptance(data: dict[str, Any]) -> Acceptance:
    until = data["until"]
    return Acceptance(
        **_with(data, until=Until(**_with(until, packages=_pairs(until["packages"]), paths=_flat(until["paths"]))))
    )
