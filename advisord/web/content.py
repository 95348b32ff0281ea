"""What there is to see, as plain data: the API answers with it, and the pages are made of it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.model.problem import SUSPECT
from advisord.store import feeds, latency, trouble, views
from advisord.store.trouble import FAILED, State
from advisord.times import fresh, parse, seconds_between, stamp
from advisord.web.look import Look, Refused

SCOPES = tuple(scope.value for scope in Scope)
SEVERITIES = tuple(severity.value for severity in reversed(Severity))
STATES = {"problems": "with problems", "sound": "without problems"}
REPOSITORY_ORDERS = {"name": "by name", "worst": "worst first"}
DUE = ("breached", "ahead")
ORDERS = {"worst": "worst first", "oldest": "oldest first", "newest": "newest first", "package": "by package"}
AGES = ("under 7 days", "7 to 30 days", "30 to 90 days", "over 90 days")
_AGE_DAYS = (7, 30, 90)
PER_PAGE = 50
_MOST_PAGES = 100_000
_DAYS = 90
_FEW = 8
_UNREADABLE = {FAILED, State.UNREAD}

Data = dict[str, Any]
Content = Callable[[Look], Data]


def summary(look: Look) -> Data:
    """The whole at one glance."""
    moments = [stamp(look.now - timedelta(days=days)) for days in _AGE_DAYS]
    counted = views.counts(look.db, moments)
    severities = {scope: dict.fromkeys(SEVERITIES, 0) for scope in SCOPES}
    ages = {scope: dict.fromkeys(AGES, 0) for scope in SCOPES}
    for scope, severity, by_age in counted:
        severities[scope][severity] = sum(by_age)
        for age, count in zip(AGES, by_age, strict=True):
            ages[scope][age] += count
    breached, ahead = views.due(look.db, stamp(look.now))
    standing = views.repositories(look.db)
    return {
        "as_of": stamp(look.now),
        "findings": {
            "total": sum(sum(by_age) for _, _, by_age in counted),
            "by_severity": severities,
            "by_age": ages,
        },
        "deadlines": {
            "breached": breached,
            "ahead": ahead,
            "longest_breached": _promises(look, "breached", _FEW, 0),
            "next": _promises(look, "ahead", _FEW, 0),
        },
        "feeds": _feeds(look),
        "repositories": {
            "total": len(standing),
            "unreadable": sum(one.state in _UNREADABLE for one in standing),
            "unjudged": sum(one.state == State.UNJUDGED for one in standing),
            "untracked": sum(one.state == State.UNTRACKED for one in standing),
            "with_problems": sum(_doubtful(look, one) for one in standing),
        },
        "history": _history(look, Scope.IN, 0),
        "delays": {stage: latency.shown(delay) for stage, delay in latency.delays(look.db).items()},
    }


def findings(look: Look) -> Data:
    """Findings, filtered, sorted, one page."""
    wanted = views.Filter(
        text=look.query.get("q", "").strip()[:200],
        scope=_one_of(look, "scope", SCOPES),
        severity=_one_of(look, "severity", SEVERITIES),
        ecosystem=look.query.get("ecosystem", "")[:100],
        repository=_number(look, "repository", 0, 2**62),
        due=_one_of(look, "due", DUE),
    )
    age = _one_of(look, "age", AGES)
    if age:
        seen_from, seen_before = _seen(look, age)
        wanted = wanted._replace(seen_from=seen_from, seen_before=seen_before)
    order = _one_of(look, "sort", tuple(ORDERS)) or "worst"
    name = _named(look, wanted.repository)
    page = _page(look)
    total, rows = views.findings(look.db, wanted, order, stamp(look.now), PER_PAGE, (page - 1) * PER_PAGE)
    return {
        "total": total,
        **_paging(page, total),
        "filter": {
            "q": wanted.text,
            "scope": wanted.scope,
            "severity": wanted.severity,
            "ecosystem": wanted.ecosystem,
            "repository": wanted.repository,
            "repository_name": name,
            "due": wanted.due,
            "age": age,
            "sort": order,
        },
        "findings": [_row(row) for row in rows],
    }


def _named(look: Look, repository: int) -> str:
    """What the repository of a filter is called ("" without one). An empty list of one that is not there is no answer."""
    name = views.name(look.db, repository) if repository else ""
    if repository and not name:
        raise Refused(404, "there is no such repository")
    return name


def _seen(look: Look, age: str) -> tuple[str, str]:
    """The bounds of `first_seen` that an age means: from, and before ("": no bound)."""
    bounds = ["", *(stamp(look.now - timedelta(days=days)) for days in _AGE_DAYS), ""]
    place = AGES.index(age)
    return bounds[place + 1], bounds[place]


def _row(row: views.Row) -> Data:
    return {
        **row._asdict(),
        "undecided": bool(row.undecided),
        "fixed": row.fixed or None,
        "first_seen": row.first_seen or None,
        "due": row.due or None,
    }


def finding(look: Look) -> Data:
    """One finding with everything that was looked at, and its issues."""
    found = views.finding(look.db, look.number)
    if found is None:
        raise Refused(404, "there is no such finding: it is gone, or never was")
    repository, body = found
    names = [*body["ids"], *body["elsewhere"]]
    issues = views.issues(look.db, repository, body["ecosystem"], body["package"], names)
    return {"number": look.number, "repository_id": repository, **body, "issues": [one._asdict() for one in issues]}


def repositories(look: Look) -> Data:
    """Repositories, filtered, sorted, one page."""
    page = _page(look)
    text = look.query.get("q", "").strip()[:200]
    state = _one_of(look, "state", tuple(STATES))
    order = _one_of(look, "sort", tuple(REPOSITORY_ORDERS)) or "name"
    words = text.casefold().split()
    found = [
        _standing(look, one)
        for one in views.repositories(look.db)
        if all(word in one.name.casefold() for word in words)
        and (not state or _doubtful(look, one) == (state == "problems"))
    ]
    if order == "worst":
        found.sort(key=_worst, reverse=True)
    return {
        "total": len(found),
        **_paging(page, len(found)),
        "filter": {"q": text, "state": state, "sort": order},
        "repositories": found[(page - 1) * PER_PAGE : page * PER_PAGE],
    }


def _worst(one: Data) -> list[int]:
    """More in scope comes first, the more severe before the many."""
    return [one["by_severity"].get(Scope.IN.value, {}).get(severity, 0) for severity in SEVERITIES]


def repository(look: Look) -> Data:
    """One repository: how it is, what its last look could not settle, its worst findings, what came and went."""
    standing = views.repositories(look.db, look.number) if look.number else []
    if not standing:
        raise Refused(404, "there is no such repository")
    wanted = views.Filter(repository=look.number)
    _, worst = views.findings(look.db, wanted, "worst", stamp(look.now), PER_PAGE, 0)
    return {
        **_standing(look, standing[0]),
        "problems": [
            {"code": code, "subject": subject, "message": message, "blocking": bool(blocking)}
            for code, subject, message, blocking in standing[0].problems
        ],
        "worst": [_row(row) for row in worst],
        "history": _history(look, Scope.IN, look.number),
    }


def _doubtful(look: Look, one: views.Standing) -> bool:
    """Whether something of a repository could not be read, judged, tracked or settled, or not lately."""
    return _state(look, one) != trouble.OK or any(problem[3] for problem in one.problems)


def _state(look: Look, one: views.Standing) -> str:
    return trouble.word(one.state, one.read_at, look.now, look.settings.run.max_age)


def _standing(look: Look, one: views.Standing) -> Data:
    return {
        "number": one.number,
        "name": one.name,
        "state": _state(look, one),
        "read_at": one.read_at or None,
        "changed": one.changed or None,
        "error": {"code": one.error_code, "message": one.error} if one.error_code else None,
        "blocking_problems": sum(bool(problem[3]) for problem in one.problems),
        "findings": {scope: sum(one.found.get(scope, {}).values()) for scope in SCOPES},
        "by_severity": one.found,
    }


def deadlines(look: Look) -> Data:
    """The deadlines of findings in scope: breached ones, or those ahead; one page."""
    state = _one_of(look, "state", DUE) or "breached"
    breached, ahead = views.due(look.db, stamp(look.now))
    total = breached if state == "breached" else ahead
    page = _page(look)
    return {
        "state": state,
        "total": total,
        **_paging(page, total),
        "deadlines": _promises(look, state, PER_PAGE, (page - 1) * PER_PAGE),
    }


def _promises(look: Look, state: str, limit: int, offset: int) -> list[Data]:
    found = views.promises(look.db, stamp(look.now), state, limit, offset)
    return [{**one._asdict(), "binding": bool(one.binding)} for one in found]


def feed_health(look: Look) -> Data:
    """How every feed is."""
    return {"max_age_seconds": look.settings.run.max_age, "feeds": _feeds(look)}


def _feeds(look: Look) -> list[Data]:
    """Every configured feed, also one that was never read, and every other that the database holds."""
    known = {state.name: state for state in feeds.states(look.db)}
    enabled = [name for name, feed in look.settings.feeds.items() if feed.enabled]
    ecosystems: dict[str, list[str]] = {}
    for name, ecosystem, _, _ in feeds.coverage(look.db):
        ecosystems.setdefault(name, []).append(ecosystem)
    found = []
    for name in sorted({*known, *enabled}):
        state = known.get(name) or feeds.FeedState(name, "", "", "", "", "", "")
        age = seconds_between(state.as_of, look.now) if state.as_of else None
        # One poll that failed makes nothing old: what is stored is as good as it is young.
        believed = fresh(state.as_of, look.now, look.settings.run.max_age) and state.error_code != SUSPECT
        found.append(
            {
                "name": name,
                "enabled": name in enabled,
                "fresh": believed,
                "as_of": state.as_of or None,
                "age_seconds": None if age is None else round(age),
                "attempted": state.attempted or None,
                "records": state.records,
                "rejected": state.rejected,
                "newest": state.newest or None,
                "error": {"code": state.error_code, "message": state.error} if state.error_code else None,
                "ecosystems": ecosystems.get(name, []),
            }
        )
    return found


def readiness(look: Look) -> Data:
    """Whether the answers can be trusted: every enabled feed is fresh, and not all repositories are unjudged."""
    stale = [feed["name"] for feed in _feeds(look) if feed["enabled"] and not feed["fresh"]]
    states = [one.state for one in views.repositories(look.db)]
    unjudged = states.count(State.UNJUDGED)
    return {
        "ready": not stale and (not unjudged or unjudged < len(states)),
        "stale_feeds": stale,
        "unjudged_repositories": unjudged,
    }


def history(look: Look) -> Data:
    """What came and went each day, and how much was open at its end."""
    scope = _one_of(look, "scope", SCOPES) or Scope.IN.value
    days = _number(look, "days", _DAYS, 3660)
    repository = _number(look, "repository", 0, 2**62)
    _named(look, repository)
    return {"scope": scope, "days": _history(look, Scope(scope), repository, days or _DAYS)}


def _history(look: Look, scope: Scope, repository: int, days: int = _DAYS) -> list[Data]:
    """Day by day up to today. What was open is counted back from what is open now."""
    today = look.now.date()
    first = today - timedelta(days=days - 1)
    rows = {day: (opened, closed) for day, opened, closed in views.history(look.db, str(first), scope, repository)}
    wanted = views.Filter(scope=scope.value, repository=repository)
    standing, _ = views.findings(look.db, wanted, "worst", "", 0, 0)
    found: list[Data] = []
    for back in range(days):
        day = str(today - timedelta(days=back))
        opened, closed = rows.get(day, (0, 0))
        found.append({"day": day, "opened": opened, "closed": closed, "open": standing})
        standing -= opened - closed
    return found[::-1]


def days_until(look: Look, moment: str) -> int | None:
    """Whole days from now to a moment, negative for one that is past; None when it is no moment."""
    at = parse(moment)
    return None if at is None else int((at - look.now).total_seconds() // 86400)


def _page(look: Look) -> int:
    return max(1, _number(look, "page", 1, _MOST_PAGES))


def _paging(page: int, total: int) -> Data:
    return {"page": page, "pages": max(1, -(-total // PER_PAGE)), "per_page": PER_PAGE}


def _one_of(look: Look, name: str, known: Sequence[str]) -> str:
    """A parameter that is one of a few words, "" when it is not given."""
    value = look.query.get(name, "")
    if value and value not in known:
        raise Refused(400, f"{name} must be one of {', '.join(known)}")
    return value


def _number(look: Look, name: str, default: int, most: int) -> int:
    value = look.query.get(name, "")
    if not value:
        return default
    if not (value.isascii() and value.isdecimal() and len(value) < 20 and int(value) <= most):
        raise Refused(400, f"{name} must be a whole number, at most {most}")
    return int(value)


def ecosystems(look: Look) -> list[str]:
    """The ecosystems that a list can be filtered by."""
    return views.ecosystems(look.db)
