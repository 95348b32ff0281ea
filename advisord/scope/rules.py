"""The predicates of a rule, and tables that answer "which of all rules can this value satisfy" with one look-up.

Three values: a rule's condition holds (True), does not (False), or the fact is unknown (None). For each predicate a `Table`
maps a fact to two bit masks over the rules: `possible` (the condition does not fail) and, above it in the same number,
`certain` (it holds). The numbers of all predicates ANDed tell which rules hold and which may: 200 rules cost about as much as
one.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from advisord.model.advisory import Kind, Severity
from advisord.model.finding import Verdict
from advisord.model.inventory import Reach
from advisord.scope.compiled import CompiledPolicy, Rule
from advisord.scope.facts import Where, covers, distributed
from advisord.scope.globs import is_glob, name_glob, name_pattern, path_glob

Answer = bool | None
Test = Callable[[Any], Answer]
Masks = int
"""`possible` in the lower bits, one a rule, and `certain` in the upper ones."""

LEVELS = (Severity.NONE, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
KINDS = (*(kind.value for kind in Kind), "yanked")
_COMPARISON = re.compile(r"(>=|<=|>|<|=)?\s*(.+)", re.DOTALL)
_ORDER: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda value, bound: value >= bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    "<": lambda value, bound: value < bound,
    "=": lambda value, bound: value == bound,
}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_METRIC = re.compile(r"[A-Za-z]{1,4}:[A-Za-z]{1,6}")


class Predicate(NamedTuple):
    """One key of `when`. `test` turns one alternative into a test of the fact; ValueError says what it should be.

    `names`: the fact is a name (or several) and an alternative a glob, so that a dictionary can answer.
    """

    doc: str
    test: Callable[[str, CompiledPolicy], Test]
    names: bool = False


def _one_of(*allowed: str) -> Callable[[str, CompiledPolicy], Test]:
    def build(text: str, _policy: CompiledPolicy) -> Test:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return lambda value: bool(value == text)

    return build


def _yes_no(text: str, _policy: CompiledPolicy) -> Test:
    if text not in {"true", "false"}:
        raise ValueError("must be true or false")
    wanted = text == "true"
    return lambda value: bool(value is wanted)


def _glob(text: str, _policy: CompiledPolicy) -> Test:
    match = name_glob(text)

    def test(value: str | tuple[str, ...]) -> bool:
        if isinstance(value, str):
            return bool(match(value))
        return any(match(item) for item in value)

    return test


def _severity(text: str, _policy: CompiledPolicy) -> Test:
    sign, level = _split(text)
    if level == Severity.UNKNOWN and sign == "=":
        return lambda value: value is None
    if level not in LEVELS:
        raise ValueError("must be none, low, medium, high, critical or unknown, maybe after >=, <=, > or <")
    bound = LEVELS.index(Severity(level))
    compare = _ORDER[sign]
    return lambda value: None if value is None else compare(LEVELS.index(value), bound)


def _number(low: float, high: float) -> Callable[[str, CompiledPolicy], Test]:
    def build(text: str, _policy: CompiledPolicy) -> Test:
        sign, number = _split(text)
        try:
            bound = float(number)
        except ValueError:
            bound = -1.0
        if not low <= bound <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}, maybe after >=, <=, > or <")
        compare = _ORDER[sign]
        return lambda value: compare(float(value), bound)

    return build


def _age(text: str, _policy: CompiledPolicy) -> Test:
    sign, span = _split(text)
    match = re.fullmatch(r"(\d{1,5})\s*(day|week|month|year)s?", span)
    if not match:
        raise ValueError("must be a time such as > 30 days (days, weeks, months of 30 days, years)")
    bound = int(match[1]) * _DAYS[match[2]]
    compare = _ORDER[sign]
    return lambda value: compare(float(value), bound)


def _cvss(text: str, _policy: CompiledPolicy) -> Test:
    """Metrics joined by `/` must all stand in the vector; one that the vector does not state is unknown."""
    wanted: list[tuple[str, str]] = []
    for part in text.split("/"):
        if not _METRIC.fullmatch(part):
            raise ValueError("must be CVSS metrics such as AV:N or AV:N/PR:N")
        name, _, value = part.upper().partition(":")
        wanted.append((name, value))

    def test(vector: str) -> Answer:
        stated = dict(part.split(":", 1) for part in vector.upper().split("/") if ":" in part)
        answer: Answer = True
        for name, value in wanted:
            if name not in stated:
                answer = None
            elif stated[name] != value:
                return False
        return answer

    return test


def _component(text: str, policy: CompiledPolicy) -> Test:
    match = name_glob(text)
    chosen = [component for component in policy.components if match(component.name)]
    if not chosen:
        raise ValueError(f"no component of [components] is called {text}")
    paths = tuple(path for component in chosen for path in component.paths)
    return lambda where: covers(paths, where)


def _path(text: str, _policy: CompiledPolicy) -> Test:
    path_glob(text)
    return lambda where: covers((text,), where)


def _distributed(text: str, policy: CompiledPolicy) -> Test:
    wanted = _yes_no(text, policy)

    def test(where: Where) -> Answer:
        known = distributed(policy, where)
        return None if known is None else wanted(known)

    return test


def _split(text: str) -> tuple[str, str]:
    match = _COMPARISON.fullmatch(text.strip())
    return (match[1] or "=", match[2].strip().lower()) if match else ("=", "")


PREDICATES: dict[str, Predicate] = {
    "kind": Predicate(f"what the advisory is about: {', '.join(KINDS)}", _one_of(*KINDS)),
    "ecosystem": Predicate("the ecosystem as OSV spells it: crates.io, PyPI, npm, Go, …", _glob, names=True),
    "package": Predicate("the package's name, with * and ?", _glob, names=True),
    "advisory": Predicate("an id of the advisory or of any alias, with * and ?", _glob, names=True),
    "severity": Predicate('a level, `">= high"`, or `unknown`', _severity),
    "score": Predicate('the CVSS score: `">= 7.0"`', _number(0, 10)),
    "cvss": Predicate("metrics of the CVSS vector: AV:N, AV:N/PR:N", _cvss),
    "targets": Predicate("whether the affected OS and architecture is among [targets]", _yes_no),
    "functions": Predicate("whether the advisory names the affected functions", _yes_no),
    "epss": Predicate('the EPSS probability: `">= 0.1"`', _number(0, 1)),
    "exploited": Predicate("whether it is known to be exploited", _yes_no),
    "age": Predicate('time since it was published: `"> 30 days"`', _age),
    "ref": Predicate("the branch or tag, with * and ?", _glob, names=True),
    "line": Predicate("the supported line as [lines] names it, with * and ?", _glob, names=True),
    "version": Predicate("the locked version, with * and ?: 4.*", _glob, names=True),
    "fix": Predicate("whether a fixed version exists", _yes_no),
    "group": Predicate("a group of the lockfile: dev, test, docs, …", _glob, names=True),
    "verdict": Predicate("affected, or undecided", _one_of(Verdict.AFFECTED.value, Verdict.UNDECIDED.value)),
    "component": Predicate("a name of [components] that pulls the package in, with * and ?", _component),
    "path": Predicate("a path that pulls the package in: services/, apps/*/web, **/fuzz", _path),
    "distributed": Predicate("whether what pulls the package in is distributed", _distributed),
    "member": Predicate(
        "the name of the project or workspace member that pulls it in, with * and ?", _glob, names=True
    ),
    "reach": Predicate(
        "how it is pulled in: runtime, build, dev", _one_of(Reach.RUNTIME.value, Reach.BUILD.value, Reach.DEV.value)
    ),
    "direct": Predicate("whether it is a direct dependency", _yes_no),
}


def condition(name: str, values: Sequence[str], policy: CompiledPolicy) -> Test:
    """The test of one condition: any of the alternatives, and none of those after `!`. ValueError says what is wrong."""
    build = PREDICATES[name].test
    wanted = [build(value, policy) for value in values if not value.startswith("!")]
    excluded = [build(value[1:].strip(), policy) for value in values if value.startswith("!")]
    asks_unknown = name == "severity" and any(value.lstrip("!= ") == Severity.UNKNOWN for value in values)

    def test(value: Any) -> Answer:
        if value is None and not asks_unknown:
            return None
        answer = _any([one(value) for one in wanted]) if wanted else True
        if answer is False or not excluded:
            return answer
        barred = _any([one(value) for one in excluded])
        if barred:
            return False
        return None if barred is None else answer

    return test


def _any(answers: list[Answer]) -> Answer:
    if True in answers:
        return True
    return None if None in answers else False


class Table:
    """One predicate over all rules: the masks of a fact, kept for the facts seen so far."""

    LIMIT = 50_000
    """Facts kept; beyond it the memory starts anew."""

    def __init__(self, name: str, rules: Sequence[Rule], policy: CompiledPolicy) -> None:
        self.name = name
        self._width = len(rules)
        self._base = self._full = (1 << len(rules)) - 1
        self._exact: dict[str, int] = {}
        self._globs: list[tuple[int, Test]] = []
        self._tests: list[tuple[int, Test]] = []
        self.known: dict[Any, Masks] = {}
        patterns: list[str] = []
        self.asking = 0
        for number, rule in enumerate(rules):
            for wanted in rule.when:
                if wanted.name != name:
                    continue
                bit = 1 << number
                self.asking |= bit
                if not PREDICATES[name].names or any(value.startswith("!") for value in wanted.values):
                    self._tests.append((bit, condition(name, wanted.values, policy)))
                    continue
                self._base &= ~bit
                globs = [value for value in wanted.values if is_glob(value)]
                for value in wanted.values:
                    if value not in globs:
                        self._exact[value.lower()] = self._exact.get(value.lower(), 0) | bit
                if globs:
                    self._globs.append((bit, condition(name, globs, policy)))
                    patterns += globs
        self._some_glob = _either(patterns)

    def learn(self, value: Any) -> Masks:
        """The masks of a fact that is not in `known` yet. Ids that only a dictionary answers are not kept: they rarely repeat."""
        if isinstance(value, tuple) and not self._globs and not self._tests:
            mask = self._base
            for name in value:
                mask |= self._exact.get(name.lower(), 0)
            return mask | mask << self._width
        if len(self.known) >= self.LIMIT:
            self.known.clear()
        masks = self.known[value] = self._masks(value)
        return masks

    def _masks(self, value: Any) -> Masks:
        if value is None:
            return self._masks_of_unknown()
        mask = self._base
        if self._exact or self._globs:
            names = (value,) if isinstance(value, str) else value
            for name in names:
                mask |= self._exact.get(name.lower(), 0)
            if self._globs and any(self._some_glob(name) for name in names):
                for bit, test in self._globs:
                    if test(value):
                        mask |= bit
        possible = certain = mask
        for bit, test in self._tests:
            answer = test(value)
            if not answer:
                certain &= ~bit
                if answer is False:
                    possible &= ~bit
        return possible | certain << self._width

    def _masks_of_unknown(self) -> Masks:
        """What asks for the fact is open, unless it asks whether the fact is unknown."""
        possible, certain = self._full, self._full & ~self.asking
        for bit, test in self._tests:
            answer = test(None)
            if answer:
                certain |= bit
            elif answer is False:
                possible &= ~bit
        return possible | certain << self._width


def _either(patterns: Sequence[str]) -> Callable[[str], object]:
    """A test that is true when any of the globs matches: most names match none, and this says so at once."""
    if not patterns:
        return lambda _name: None
    tests = "|".join(f"(?:{name_pattern(pattern)})" for pattern in patterns)
    return re.compile(tests, re.IGNORECASE | re.DOTALL).fullmatch
