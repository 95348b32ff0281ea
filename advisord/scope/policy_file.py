"""The policy file's keys, as pydantic models: what an editor's JSON Schema is made from.

Only `policy` imports this; a scan that uses a policy it knows never does.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from advisord.scope.compiled import CompiledPolicy, Component
from advisord.scope.rules import PREDICATES, condition
from advisord.scope.spans import line, term

Level = Literal["low", "medium", "high", "critical"]


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_or_many(value: Any) -> Any:
    """A scalar stands for a list of one; numbers and booleans for their text."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise ValueError("names no alternative: leave the key out to say nothing")
    if any(isinstance(item, dict | list) for item in values):
        raise ValueError("must be a text, a number, true or false, or a list of them")
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


Many = Annotated[list[str], BeforeValidator(_one_or_many)]
_SHAPE = CompiledPolicy("", (), components=(Component("*", ("**",)),))
"""Stands in for the policy while single values are checked; names of components are checked afterwards."""


def _checked(name: str) -> Any:
    def check(value: Any) -> Any:
        values = _one_or_many(value)
        if name not in {"component", "severity"}:
            condition(name, values, _SHAPE)
        return values

    schema = str | bool | float | list[str | float]
    return Annotated[list[str], BeforeValidator(check, json_schema_input_type=schema)]


_CONDITIONS: dict[str, Any] = {
    name: (_checked(name) | None, Field(None, description=predicate.doc)) for name, predicate in PREDICATES.items()
}
When = create_model(
    "When",
    __base__=Strict,
    __doc__="All that is stated must hold; a list holds when one of it does; `!x` excludes x.",
    **_CONDITIONS,
)


def _paths(value: Any) -> Any:
    return {"paths": value} if isinstance(value, str | list) else value


class ComponentTable(Strict):
    """A named part of the repository. In short: a path, or a list of paths."""

    paths: Many = Field(description="folders and path globs, relative to the repository: services/, apps/*/web")
    distributed: bool = Field(default=True, description="whether it reaches people outside")


class RuleTable(Strict):
    """One rule. The first that holds decides; the last has no `when`: it is the default."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="a short name that stays the same")
    reason: str = Field(min_length=1, description="why, as one sentence for people: it stands in every issue")
    when: When | None = Field(default=None, description="what must hold")  # type: ignore[valid-type]
    then: Literal["in", "regular", "out"] = Field(description="in scope; tracked as a regular matter; out of scope")
    route: str = Field(default="", description="a name of [routes]")


class RouteTable(Strict):
    """Where a finding goes."""

    tracker: str = ""
    visibility: Literal["", "public", "private", "repository"] = Field(
        default="", description="who may see it; `repository`: whoever may see the repository"
    )
    labels: list[str] = []
    assignees: list[str] = []
    milestone: str = ""
    group: Literal["finding", "package", "digest"] = "finding"


class NotifyTable(Strict):
    """Who hears of a finding. With any of these, nobody else does."""

    to: Many = Field(description="names of [notifications] in the configuration, never addresses")
    when: When | None = Field(default=None, description="as in a rule; what is unknown keeps nobody from hearing")  # type: ignore[valid-type]


def _span(kind: str) -> Any:
    def check(value: Any) -> Any:
        values = _one_or_many(value)
        for item in values:
            term(item, kind)
        return values

    return Annotated[list[str], BeforeValidator(check, json_schema_input_type=str | list[str])]


def _by_severity(value: Any) -> Any:
    return {"*": value} if isinstance(value, str | list) else value


class DeadlinesTable(Strict):
    """By when. A list of times means: whichever is sooner."""

    binding: bool = Field(default=False, description="commitments (true), or targets that are not guaranteed (false)")
    timezone: str = "UTC"
    holidays: str = Field(
        default="", pattern=r"^$|^[A-Z]{2}(-[A-Z0-9]{1,3})?$", description="country, maybe region: DE-BE"
    )
    acknowledge: Annotated[dict[str, _span("acknowledge")], BeforeValidator(_by_severity)] = {}  # type: ignore[valid-type]
    triage: Annotated[dict[str, _span("triage")], BeforeValidator(_by_severity)] = {}  # type: ignore[valid-type]
    fix: Annotated[dict[str, _span("fix")], BeforeValidator(_by_severity)] = Field(  # type: ignore[valid-type]
        default={}, description="one time for all, or a table by severity"
    )
    update: _span("update") | None = None  # type: ignore[valid-type]
    disclosure: _span("disclosure") | None = None  # type: ignore[valid-type]


def _lines(value: Any) -> Any:
    values = _one_or_many(value)
    for item in values:
        line(item)
    return values


LineList = Annotated[list[str], BeforeValidator(_lines, json_schema_input_type=str | list[str])]


class LinesTable(Strict):
    """Which refs are scanned."""

    supported: LineList = Field(
        default=[], description="main, latest-minor, previous-minor until next-minor + 30 days, 1.*"
    )
    before_1_0: LineList = Field(default=[], description="what holds instead until there is a release 1.0.0")
    scheme: Literal["semver", "calver"] = "semver"
    tag: str = Field(default="", description="how a release's tag is written, when it is not v1.2.3: release-{version}")
    branch: str = Field(default="", description="how a line's branch is called: release-{major}.{minor}")


class SeverityTable(Strict):
    """The project's own words for the four levels."""

    scheme: str = Field(default="", description="such as CVSS:3.1")
    words: dict[str, Level] = Field(default={}, description='other names of a level: moderate = "medium"')
    guide: dict[Level, str] = Field(default={}, description="what the project means by a level")


class UntilTable(Strict):
    """What ends an acceptance: whichever comes first."""

    date: dt.date | None = Field(default=None, description="the last day on which it holds")
    package: dict[str, str] = Field(default={}, description='locked so, or it ends: madsim = "0.2.*"')
    fix: bool = Field(default=False, description="a fixed version appears")
    severity_above: Literal["", "none", "low", "medium", "high"] = Field(
        default="", description="the level that is accepted"
    )
    exploited: bool = Field(default=False, description="it becomes known to be exploited")
    path: list[str] = Field(default=[], description="the known ways in; another one ends it: raft-engine > prometheus")

    @model_validator(mode="after")
    def _some(self) -> "UntilTable":
        if self == UntilTable.model_construct():
            raise ValueError("names no trigger: give at least a date, so that the risk is looked at again")
        return self


class AcceptanceTable(Strict):
    """A risk that someone accepted, until something happens."""

    advisory: str = Field(default="", description="an id of the advisory or of any alias")
    package: str = ""
    ecosystem: str = ""
    component: str = Field(default="", description="a name of [components]: accepted there only")
    who: str = Field(min_length=1, description="who accepted it")
    why: str = Field(min_length=1, description="why, as a sentence for people")
    since: dt.date
    until: UntilTable

    @model_validator(mode="after")
    def _something(self) -> "AcceptanceTable":
        if not self.advisory and not self.package:
            raise ValueError("accepts nothing: name an advisory or a package")
        return self


class RepositoryTable(Strict):
    """What files in a scanned repository may decide by themselves. Stricter is always allowed."""

    may_exclude: bool = Field(default=False, description="its own policy may call a finding regular or out of scope")
    may_accept: list[str] = Field(
        default=[], description="files that may accept a risk: policy, deny.toml, .trivyignore"
    )


class PolicyFile(Strict):
    """A policy: what is in scope, who is told, and by when."""

    name: str = ""
    targets: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_*-]+(/[A-Za-z0-9_*-]+)?$")]] = Field(
        default=[], description="platforms that the repository builds for, as os/arch: linux/x86_64"
    )
    components: dict[str, Annotated[ComponentTable, BeforeValidator(_paths)]] = {}
    rules: list[RuleTable] = Field(default=[], description="without any, everything is in scope")
    routes: dict[str, RouteTable] = {}
    notify: list[NotifyTable] = []
    deadlines: DeadlinesTable = DeadlinesTable()
    lines: LinesTable = LinesTable()
    severity: SeverityTable = SeverityTable()
    acceptances: list[AcceptanceTable] = []
    repository: RepositoryTable = RepositoryTable()
