"""From a finding to a decision: first matching rule, place by place, the strongest outcome wins.

A rule can hold, not hold, or be open because a fact is unknown. The outcome is the strongest that the unknown facts leave
possible: the first rule that holds decides, unless an open rule before it would say something stronger; then that one
decides. So an open `out` rule never puts anything out of scope, and nothing is out because a fact is missing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from advisord.model.decision import ACCEPTED, ENDED, Decision, Fact, Scope
from advisord.model.finding import Finding, Place, Via
from advisord.scope.acceptances import accepted_by, concerns, covers_case, ended, key
from advisord.scope.compiled import Acceptance, CompiledPolicy, Rule
from advisord.scope.facts import FINDING, GETTERS, PLACE, VIA, Case, Context, short_ref, show
from advisord.scope.globs import is_glob
from advisord.scope.rules import Masks, Table

STRENGTH = {Scope.IN: 3, Scope.REGULAR: 2, Scope.ACCEPTED: 1, Scope.OUT: 0}


def decide(policy: CompiledPolicy, finding: Finding, now: datetime, context: Context = Context()) -> Decision:  # noqa: B008
    """What the policy says of one finding. For many findings keep a `Decider`."""
    return Decider(policy).decide(finding, now, context)


class Decider:
    """A policy ready to decide. It remembers nothing but look-ups: the same arguments give the same decision."""

    def __init__(self, policy: CompiledPolicy) -> None:
        self.policy = policy
        rules = policy.rules
        if not rules or rules[-1].when:
            raise ValueError("the last rule of a policy is its default and has no conditions")
        used = {condition.name for rule in rules for condition in rule.when}
        self._full = (1 << len(rules)) - 1
        self._all = (1 << 2 * len(rules)) - 1
        self._tables = {
            level: tuple(
                (table.known, table, getter)
                for table, getter in ((Table(name, rules, policy), getters[name]) for name in getters if name in used)
            )
            for level, getters in (("finding", FINDING), ("place", PLACE), ("via", VIA))
        }
        self._ways: dict[tuple[str, str, str, bool], Masks] = {}
        self._shown: dict[tuple[str, Any], Fact] = {}
        self._stronger = {
            scope: sum(1 << number for number, rule in enumerate(rules) if STRENGTH[rule.then] > STRENGTH[scope])
            for scope in Scope
        }
        self._by_advisory: dict[str, list[Acceptance]] = {}
        self._other_acceptances: list[Acceptance] = []
        for acceptance in policy.acceptances:
            if acceptance.advisory and not is_glob(acceptance.advisory):
                self._by_advisory.setdefault(acceptance.advisory.upper(), []).append(acceptance)
            else:
                self._other_acceptances.append(acceptance)

    def decide(self, finding: Finding, now: datetime, context: Context = Context()) -> Decision:  # noqa: B008
        """What the policy says of the finding: decided for each way in to each place, the strongest wins."""
        now = now.replace(tzinfo=UTC) if now.tzinfo is None else now
        acceptances = self._concerning(finding) if self.policy.acceptances else ()
        best: Decision | None = None
        seen = set()
        whole: Masks | None = None
        for place in finding.places or (None,):
            case = Case(finding, place, None, now, self.policy, context)
            if whole is None:
                whole = self._masks("finding", case, self._all)
            here = self._masks("place", case, whole) if self._tables["place"] else whole
            for via in _ways(place):
                masks = self._way(case, via, here)
                if masks in seen and not acceptances:
                    continue
                seen.add(masks)
                through = case if via is None else Case(finding, place, via, now, self.policy, context)
                decision = self._rule(through, masks)
                if acceptances and decision.scope in {Scope.IN, Scope.REGULAR}:
                    decision = _accepted(decision, acceptances, through)
                if best is None or STRENGTH[decision.scope] > STRENGTH[best.scope]:
                    best = decision
                    if decision.scope is Scope.IN:
                        return decision
        assert best is not None  # noqa: S101  (a finding without places is one case)
        return best

    def _way(self, case: Case, via: Via | None, masks: Masks) -> Masks:
        """The masks with the facts of one way in; equal ways of different findings are looked up once."""
        if not self._tables["via"]:
            return masks
        if via is None or not via.path or not via.component:  # facts of the place stand in
            return self._masks("via", case if via is None else case._replace(via=via), masks)
        key = (via.component, via.name, via.reach, len(via.path) == 1)
        known = self._ways.get(key)
        if known is None:
            if len(self._ways) >= Table.LIMIT:
                self._ways.clear()
            known = self._ways[key] = self._masks("via", case._replace(via=via), self._all)
        return masks & known

    def _masks(self, level: str, case: Case, masks: Masks) -> Masks:
        for known, table, getter in self._tables[level]:
            value = getter(case)
            masks &= known.get(value) or table.learn(value)
        return masks

    def _rule(self, case: Case, masks: Masks) -> Decision:
        rules = self.policy.rules
        possible, certain = masks & self._full, masks >> len(rules)
        first = certain & -certain
        rule = rules[first.bit_length() - 1]
        open_rules = possible & ~certain & (first - 1)
        unknown: tuple[str, ...] = ()
        if open_rules:
            unknown = self._unknown(case, open_rules)
            while stronger := open_rules & self._stronger[rule.then]:
                rule = rules[(stronger & -stronger).bit_length() - 1]
        return Decision(rule.then, rule.id, rule.reason, self._facts(rule, case), unknown, rule.route)

    def _unknown(self, case: Case, open_rules: int) -> tuple[str, ...]:
        """The facts that keep these rules open."""
        names = []
        for tables in self._tables.values():
            for known, table, getter in tables:
                if table.asking & open_rules:
                    value = getter(case)
                    masks = known.get(value) or table.learn(value)
                    if masks & ~(masks >> len(self.policy.rules)) & open_rules:
                        names.append(table.name)
        return tuple(names)

    def _facts(self, rule: Rule, case: Case) -> tuple[Fact, ...]:
        looked_at = [self._fact(condition.name, GETTERS[condition.name](case)) for condition in rule.when]
        if case.place is not None:
            looked_at.append(Fact("place", _place(case.place, case.via)))
        return tuple(looked_at)

    def _fact(self, name: str, value: Any) -> Fact:
        fact = self._shown.get((name, value))
        if fact is None:
            if len(self._shown) >= Table.LIMIT:
                self._shown.clear()
            fact = self._shown[name, value] = Fact(name, show(name, value, self.policy))
        return fact

    def _concerning(self, finding: Finding) -> Sequence[Acceptance]:
        found = []
        if self._by_advisory:
            found = [one for name in finding.ids for one in self._by_advisory.get(name.upper(), ())]
            found = [one for one in found if concerns(one, finding)]
        return found + [one for one in self._other_acceptances if concerns(one, finding)]


def _ways(place: Place | None) -> tuple[Via | None, ...]:
    return place.via or (None,) if place else (None,)


def _place(place: Place, via: Via | None) -> str:
    text = f"{place.lockfile} at {short_ref(place.ref)}" if place.ref else place.lockfile
    through = (via.component or via.name) if via else ""
    return f"{text}, through {through}" if through else text


def _accepted(decision: Decision, acceptances: Sequence[Acceptance], case: Case) -> Decision:
    """The decision with the first acceptance that still holds; those that ended are facts of it."""
    over = []
    for acceptance in acceptances:
        if not covers_case(acceptance, case):
            continue
        fired, unknown = ended(acceptance, case)
        if not fired:
            said = f"{key(acceptance)}: by {acceptance.who or 'nobody named'}, since {acceptance.since or 'unknown'}"
            facts = (*decision.facts, Fact(ACCEPTED, said))
            names = tuple(dict.fromkeys((*decision.unknown, *unknown)))
            reason = acceptance.why or "The risk is accepted; no reason is given."
            return Decision(
                Scope.ACCEPTED, decision.rule, reason, facts, names, decision.route, accepted_by(acceptance)
            )
        over += [Fact(ENDED, f"{key(acceptance)}: {end.sentence}") for end in fired]
    return decision._replace(facts=(*decision.facts, *over)) if over else decision


def layered(ours: Decision, theirs: Decision | None, policy: CompiledPolicy) -> Decision:
    """The server's decision with that of the scanned repository's own policy.

    The repository may always be stricter. What is weaker counts only where `policy.delegation` allows it, so that a branch
    can't silence its own findings; otherwise what it wished for is recorded as a fact.
    """
    if theirs is None or theirs.scope is ours.scope:
        return ours
    named = Fact("the repository's own policy", f"{theirs.scope} by its rule {theirs.rule}: {theirs.reason}")
    if STRENGTH[theirs.scope] > STRENGTH[ours.scope]:
        return theirs._replace(facts=(*theirs.facts, named))
    delegation = policy.delegation
    allowed = "policy" in delegation.accept if theirs.scope is Scope.ACCEPTED else delegation.exclude
    if allowed:
        return theirs._replace(facts=(*theirs.facts, named))
    return ours._replace(facts=(*ours.facts, named._replace(name="the repository's own policy (not delegated)")))


class Layers:
    """A server's policy and the scanned repository's own one, ready to decide: the stricter of both, finding by finding.

    A risk that the server accepts is accepted by the repository too: silence about it is no wish to be stricter. The route is
    always the server's: a branch does not choose the tracker that its findings go to.
    """

    def __init__(self, ours: CompiledPolicy, theirs: CompiledPolicy | None = None) -> None:
        self.ours = ours
        self._decider = Decider(ours)
        self._stricter = theirs and Decider(theirs._replace(acceptances=(*theirs.acceptances, *ours.acceptances)))

    def decide(self, finding: Finding, now: datetime, context: Context = Context()) -> Decision:  # noqa: B008
        """What both say of the finding (see `layered`)."""
        decision = self._decider.decide(finding, now, context)
        if not self._stricter:
            return decision
        both = layered(decision, self._stricter.decide(finding, now, context), self.ours)
        return both._replace(route=decision.route)
