"""Step five: tell the channels what is news. Noticing and sending are two steps: what was noticed is never lost."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from sqlite3 import Connection

from advisord.channel_settings import ChannelSettings
from advisord.cycle.assess import Assessment
from advisord.cycle.due import due
from advisord.cycle.evidence import About, Sight
from advisord.cycle.plugs import Plugs
from advisord.model.finding import Finding
from advisord.model.notice import Told
from advisord.model.problem import SUSPECT, Problem
from advisord.notifying import health, news
from advisord.notifying.deliver import Delivered, Pace, deliver
from advisord.notifying.routes import Filter, addressed
from advisord.scope import listeners
from advisord.scope.compiled import CompiledPolicy
from advisord.settings import Settings
from advisord.store import feeds as feed_store
from advisord.store import health as health_store
from advisord.store import lockfiles as store
from advisord.store import notices, views
from advisord.store.database import transaction
from advisord.store.lease import Lease
from advisord.times import parse, seconds_between, stamp
from advisord.tracking.inputs import Cause, Deadline
from advisord.tracking.pairing import subject
from advisord.words import counted

UNKNOWN = "unknown-channel"
"""The code of a problem: the policy names a channel that the configuration does not have."""
UNTOLD = "notifications"
"""The code of a problem: a channel did not take what it was sent."""
_KEPT = timedelta(days=90)
"""How long a notice that was delivered or refused is remembered."""
_LEASE = 600.0
_CAUSES = {
    Cause.FIXED: "no affected version is locked any more.",
    Cause.REMOVED: "the package is not locked any more.",
    Cause.WITHDRAWN: "the advisory was withdrawn by everyone who had published it.",
    Cause.CORRECTED: "the advisory was corrected and does not cover the locked version any more.",
    Cause.UNTRACKED: "the branches and lockfiles that this was about are not tracked any more.",
}


def unknown(settings: Settings, policy: CompiledPolicy, repository: str) -> list[Problem]:
    """The channels that a policy names and the configuration does not have."""
    known = ", ".join(settings.notifications) or "none"
    return [
        Problem(UNKNOWN, repository, f"the policy names the channel {name!r}; configured in [notifications]: {known}")
        for name in listeners.named(policy)
        if name not in settings.notifications
    ]


def tell(
    db: Connection, settings: Settings, policy: CompiledPolicy, assessment: Assessment, now: datetime
) -> list[Problem]:
    """Put down for the channels what is news of a repository, in one transaction with what was told. Sends nothing."""
    name = assessment.repository
    if settings.notifications:
        number = store.repository_id(db, name)
        named = listeners.Listeners(policy)
        dates = due(policy, assessment.judged)
        seen = [
            news.Seen(
                judged.finding,
                judged.decision,
                _dates(dates.get(subject(judged.finding), ()), now, settings.tracking.remind),
                named.of(judged.finding, now, assessment.context),
            )
            for judged in assessment.judged
        ]
        sight = Sight(db, number, now, settings.run.max_age)
        with transaction(db):
            before = map(news.remembered, notices.told(db, name).values())
            found = news.findings(name, before, seen, _evidence(sight), _issues(db, number), stamp(now))
            told = {key: value._asdict() for key, value in found.told.items()}
            if told:
                notices.tell(db, name, told, _addressed(settings, found.items), stamp(now))
    return unknown(settings, policy, name)


def tell_health(db: Connection, settings: Settings, now: datetime) -> None:
    """Put down what is news of feeds and repositories themselves."""
    if not settings.notifications:
        return
    oldest = settings.run.max_age
    standings = [
        *(
            _standing("feed", one.name, one.attempted, one.as_of, one.error, oldest, suspect=one.error_code == SUSPECT)
            for one in feed_store.states(db)
        ),
        *(_repository(one, settings, now) for one in health_store.readings(db)),
    ]
    if not health.news(notices.told(db, ""), standings, stamp(now))[0]:
        return  # as nearly always: nothing is written, and nobody waits
    with transaction(db):
        told, items = health.news(notices.told(db, ""), standings, stamp(now))
        notices.tell(db, "", told, _addressed(settings, items), stamp(now))


def _repository(one: health_store.Reading, settings: Settings, now: datetime) -> health.Standing:
    """What stands in the way of a repository that can be read is told when a second step has not overcome it."""
    found = _standing("repository", one.name, one.attempted, one.read_at, one.error, settings.run.max_age)
    lasting = one.trouble and seconds_between(one.since, now) >= settings.run.repositories_every
    if found.state == health.WELL and lasting:
        return found._replace(state=one.trouble, since=one.since, error=one.why)
    return found


def _standing(
    kind: str, name: str, attempted: str, well: str, error: str, oldest: float, *, suspect: bool = False
) -> health.Standing:
    """How one is, by its attempts: one that nobody asks for any more does not get worse."""
    state = health.WELL
    tried = parse(attempted)
    if suspect:
        state = "suspect"
    elif error and not well:
        state = "unreadable"
    elif error and tried and seconds_between(well, tried) > oldest:
        state = "stale"
    return health.Standing(kind, name, state, well, error)


def _dates(deadlines: Sequence[Deadline], now: datetime, remind: float) -> tuple[news.Date, ...]:
    """Those that are near or past."""
    found = []
    for one in deadlines:
        at = parse(one.at)
        if at and (at - now).total_seconds() <= remind:
            found.append(news.Date(one.label, one.due, over=now >= at))
    return tuple(found)


def _evidence(sight: Sight) -> Callable[[Told], news.Evidence]:
    def evidence(told: Told) -> news.Evidence:
        known = sight.evidence(About(told.ecosystem, told.package, (told.key, *told.ids)))
        why = _CAUSES[known.cause] if known.cause else ""
        return news.Evidence(known.closable, why, known.cause is Cause.WITHDRAWN)

    return evidence


def _issues(db: Connection, repository: int) -> Callable[[Finding], list[str]]:
    def issues(finding: Finding) -> list[str]:
        names = (*finding.ids, *finding.elsewhere)
        found = views.issues(db, repository, finding.ecosystem, finding.package, names)
        return [issue.url for issue in found if issue.url and issue.state == "open"]

    return issues


def _filter(channel: ChannelSettings) -> Filter:
    return Filter(
        channel.repositories, channel.events, channel.scopes, channel.severity_from or "", channel.urgent_from or ""
    )


def _addressed(settings: Settings, items: Sequence[news.Item]) -> list[notices.Addressed]:
    filters = {name: _filter(channel) for name, channel in settings.notifications.items()}
    return [
        notices.Addressed(channel, notice, filters[channel].urgent(notice))
        for channel, notice in addressed(items, filters)
    ]


def send(
    db: Connection,
    settings: Settings,
    plugs: Plugs,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
    say: Callable[[str], object],
) -> list[Problem]:
    """Send every channel what is due. One that fails is a problem, and the others go on."""
    waiting = {line.channel for line in notices.lines(db) if line.waiting or line.dropped}
    due_now = {name: chosen for name, chosen in settings.notifications.items() if name in waiting}
    if not due_now:
        return []
    lease = Lease(db, "notify")
    problems = []
    try:
        for name, chosen in due_now.items():
            if not lease.claim(_LEASE):
                return []  # another process is sending
            done = deliver(plugs.channel(name, chosen), notices.Queue(db, name), clock, sleep, _pace(chosen))
            if done.notices:
                say(f"{name}: {_count(done)} delivered")
            problems += [Problem(UNTOLD, f"notifications.{name}", why) for why in done.problems]
        with transaction(db):
            notices.forget(db, stamp(clock() - _KEPT))
    finally:
        lease.release()
    return problems


def _pace(channel: ChannelSettings) -> Pace:
    """A webhook gets each notice by itself, in one go; a chat takes a post a second."""
    one_by_one = channel.kind == "webhook"
    return Pace(0.0 if one_by_one else 1.0, 500 if one_by_one else 20, channel.digest)


def _count(done: Delivered) -> str:
    notices_ = counted(done.notices, "notice")
    return notices_ if done.parcels == done.notices else f"{notices_} in {done.parcels}"
