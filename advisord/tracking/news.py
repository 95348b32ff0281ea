"""The comments: what changed, why an issue is closed or opened again, and what a person's action means. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from advisord.defuse import advisory, code, prose
from advisord.model.advisory import Severity
from advisord.model.decision import Decision, Scope
from advisord.model.finding import Finding
from advisord.tracking.identity import Facts
from advisord.tracking.inputs import Cause, Evidence, Sighting, Unlocked

_SHOWN = 20
_SEVERITIES = tuple(Severity)


class Doubt(NamedTuple):
    """Why an issue stays open of which nobody can say which version is used: a code, the reason in short, a comment."""

    code: str
    why: str
    text: str


def day(moment: datetime) -> str:
    """A date for people."""
    return moment.strftime("%Y-%m-%d")


def changes(old: Facts, new: Facts, finding: Finding, decision: Decision, evidence: Evidence) -> str:
    """What matters to a reader between two versions of our block; "" when nothing does."""
    lines = []
    if old.exploited != new.exploited and new.exploited:
        lines.append("It is now known to be exploited.")
    if old.severity != new.severity:
        lines.append(f"The severity is now **{new.severity}**; it was {prose(old.severity, 20) or 'not recorded'}.")
    if old.verdict != new.verdict:
        lines.append(f"The verdict is now **{new.verdict}**; it was {prose(old.verdict, 20) or 'not recorded'}.")
    if new.fixed and not old.fixed:
        lines.append(f"There is a fixed version now: {', '.join(code(v) for v in new.fixed.split()[:5])}.")
    if old.fixed and not new.fixed:
        lines.append("No fixed version is known any more.")
    lines.extend(
        f"{advisory(identifier)} was withdrawn; the other sources still name the locked version."
        for identifier in new.withdrawn
        if identifier not in old.withdrawn
    )
    if old.scope and old.scope != new.scope:
        words = {Scope.IN: "in scope", Scope.REGULAR: "a regular issue"}.get(decision.scope, decision.scope.value)
        lines.append(f"It is now {words}, by rule {code(decision.rule)}: {prose(decision.reason)}")
    unknown = {f"{one.ref}:{one.lockfile}" for one in evidence.unpinned}
    unknown |= {f"{one.ref}:{one.lockfile}" for one in evidence.unlocked}
    lines.extend(_places(old, new, finding, unknown))
    lines.extend(_dates(old, new))
    return "\n".join(f"- {line}" for line in lines)


def worse(old: Facts, new: Facts) -> str:
    """Why a risk that was accepted has to be looked at again: it got worse, or there is a fix now; "" when not so."""
    if new.exploited and not old.exploited:
        return "it is now known to be exploited"
    if _rank(new.severity) > _rank(old.severity):
        return f"its severity rose to {new.severity}"
    if new.fixed and not old.fixed:
        return "there is a fixed version now"
    return ""


def cleared(package: str, evidence: Evidence) -> str:
    """Why a finding is gone, with what was looked at."""
    name = code(package)
    what = {
        Cause.FIXED: f"Fixed: no locked version of {name} is affected any more.",
        Cause.REMOVED: f"Fixed: {name} is not locked any more.",
        Cause.WITHDRAWN: "The advisory was withdrawn by everyone who had published it.",
        Cause.CORRECTED: f"The advisory was corrected: it does not cover the locked version of {name} any more.",
        Cause.UNTRACKED: "The branches and lockfiles that this was about are not tracked any more.",
        None: "",
    }[evidence.cause]
    lines = [f"- {_sighting(sighting)}" for sighting in evidence.now[:_SHOWN]]
    if len(evidence.now) > _SHOWN:
        lines.append(f"- and {len(evidence.now) - _SHOWN} more places")
    return "\n".join((what, "", *lines)) if lines else what


def doubt(package: str, evidence: Evidence) -> Doubt:
    """A package that is only named where the finding was, or whose lockfile is gone while the manifest is still there."""
    if evidence.unlocked:
        where = [(one.ref, one.manifest) for one in evidence.unlocked]
        lines = [_unlocked(one) for one in evidence.unlocked]
        code_, why = "unlocked", "not locked any more, but only the lockfile is gone, not what it locked"
        until = (
            "a lockfile there says that it is not affected, or what it locked goes as well; known to be fixed, close it"
        )
    else:
        where = [(one.ref, one.lockfile) for one in evidence.unpinned]
        lines = [
            f"- {_where(one.ref, one.lockfile)}" + (f": {prose(one.why, 300)}" if one.why else "")
            for one in evidence.unpinned
        ]
        code_, why = "unpinned", "named there, but not pinned any more"
        until = "it is pinned to a release that is not affected, or named no more"
    why += ": nobody can say which version is used"
    if len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], f"- and {len(lines) - _SHOWN} more places"]
    head = f"This can't be called fixed: {code(package)} is {why}."
    text = "\n".join((head, "", *lines, "", f"This issue stays open until {until}."))
    return Doubt(code_, f"it is {why} ({', '.join(f'{path} at {ref}' for ref, path in where[:3])})", text)


def _unlocked(one: Unlocked) -> str:
    lockfile = f"{code(one.lockfile)} is gone" if one.lockfile else "there is no lockfile"
    return f"- {_where(one.ref, one.manifest)}: {lockfile}"


def ruled_out(decision: Decision) -> str:
    """Why a finding that is still there is not tracked."""
    if decision.scope is Scope.ACCEPTED:
        return f"The risk is accepted, by {prose(decision.by)}: {prose(decision.reason)}"
    return f"Out of scope, by rule {code(decision.rule)}: {prose(decision.reason)}"


def routed(tracker: str) -> str:
    """A finding that another tracker keeps."""
    return f"By the policy's route this is tracked in {code(tracker)} now."


def members(old: Sequence[str], finding: Finding) -> str:
    """Which advisories an issue about a whole package speaks of that it did not before, and the other way round."""
    came = [witness.id for witness in finding.witnesses if witness.id not in old]
    went = [identifier for identifier in old if identifier not in finding.ids]
    lines = [f"- {advisory(one)} is about it too." for one in dict.fromkeys(came[:_SHOWN])]
    lines += [f"- {advisory(one)} is not about it any more." for one in went[:_SHOWN]]
    return "\n".join(lines)


def duplicate(keeper: str) -> str:
    """Two issues turned out to be about one vulnerability."""
    return f"This is about the same vulnerability and package as #{keeper}, which stays."


def back(finding: Finding) -> str:
    """A finding is there again."""
    return "\n".join(("It is back:", "", *_standing(finding)))


def ruled_in(finding: Finding, decision: Decision) -> str:
    """A finding that was there all the time is tracked again: an acceptance ended, or another rule decides."""
    ended = [f"The acceptance ended: {prose(one)}." for one in decision.lapsed]
    rule = f"By rule {code(decision.rule)} it is tracked again: {prose(decision.reason)}"
    return "\n".join((*ended, rule, "", *_standing(finding)))


def followed(number: str) -> str:
    """The last word of an issue after which another one was opened."""
    return f"This is tracked in #{number} now."


def proposal(until: datetime) -> str:
    """Said once when a person closes an issue as not planned."""
    return (
        "Closed as *not planned*: advisord takes this as the proposal to accept the risk, and leaves it closed until "
        f"{day(until)}, unless it gets worse or a fixed version appears. To accept it for good, put it into the policy."
    )


def acceptance_over(why: str) -> str:
    """Opened again after a person closed it as not planned."""
    return f"Opened again: {why}."


def still_there(finding: Finding, until: datetime, *, overrule: bool) -> str:
    """Said once when a person closes an issue as completed and the lockfiles say otherwise."""
    places = _standing(finding)
    after = f"If it is still so on {day(until)}, this issue is opened again." if overrule else ""
    close = "If the risk is to be accepted, close it as *not planned*."
    return "\n".join(("Closed as completed, but still locked:", "", *places, "", f"{after} {close}".strip()))


def overruled(finding: Finding) -> str:
    """The grace period is over."""
    return f"Opened again, once: {code(finding.package)} is still locked in an affected version."


def kept_open(why: str) -> str:
    """A person opened an issue that we had closed, and nothing has changed."""
    return f"{why}\n\nA person opened this issue again, so it stays open until a person closes it."


def _standing(finding: Finding) -> list[str]:
    return [f"- {code(p.version)} in {_where(p.ref, p.lockfile)}" for p in finding.places[:_SHOWN]]


def _places(old: Facts, new: Facts, finding: Finding, unpinned: set[str]) -> list[str]:
    if len(old.places) != old.total or len(new.places) != new.total:
        return [f"It is in {new.total} places now; it was in {old.total}."] if new.total != old.total else []
    versions = {f"{p.ref}:{p.lockfile}": p.version for p in finding.places}
    came = [name for name in new.places if name not in old.places]
    went = [name for name in old.places if name not in new.places]
    lines = [f"Found in {_named(name)} too, in version {code(versions.get(name, ''))}." for name in came[:_SHOWN]]
    lines += [
        f"No longer pinned in {_named(name)}: nobody can say which version is used."
        for name in went[:_SHOWN]
        if name in unpinned
    ]
    lines += [f"No longer affected: {_named(name)}." for name in went[:_SHOWN] if name not in unpinned]
    more = len(came) + len(went) - len(lines)
    return [*lines, f"And {more} more changes of places."] if more else lines


def _dates(old: Facts, new: Facts) -> list[str]:
    """Every change of a deadline is told: the issue is its history."""
    before = dict(due.split(": ", 1) for due in old.due if ": " in due)
    after = dict(due.split(": ", 1) for due in new.due if ": " in due)
    return [
        f"The date for {prose(label)} is now {prose(due)}; it was {prose(before[label])}."
        for label, due in after.items()
        if before.get(label, due) != due
    ]


def deadline(label: str, due: str, *, over: bool) -> str:
    """Said once before a deadline, and once after it."""
    return f"The date for {prose(label)} was {prose(due)}." if over else f"The date for {prose(label)} is {prose(due)}."


def _named(name: str) -> str:
    ref, _, lockfile = name.partition(":")
    return _where(ref, lockfile)


def _where(ref: str, lockfile: str) -> str:
    return f"{code(lockfile)} on {code(ref)}" if ref else code(lockfile)


def _sighting(sighting: Sighting) -> str:
    commit = f", commit {code(sighting.commit[:12])}" if sighting.commit else ""
    holds = ", ".join(code(version) for version in sighting.versions[:5]) or "nothing of it"
    return f"{_where(sighting.ref, sighting.lockfile)} holds {holds}{commit}"


def _rank(severity: str) -> int:
    return _SEVERITIES.index(Severity(severity)) if severity in _SEVERITIES else 0
