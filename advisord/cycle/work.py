"""The steps put together for one feed or one repository of a configuration, and for all of them once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from sqlite3 import Connection
from threading import Event

from advisord import policies
from advisord.cycle import looks, notify, track
from advisord.cycle.assess import Assessment, assess
from advisord.cycle.feeding import Feeding
from advisord.cycle.fetching import ABREAST
from advisord.cycle.listing import Organisations
from advisord.cycle.plugs import Plugs, keeping
from advisord.cycle.reading import Reading
from advisord.cycle.refs import refs_of
from advisord.cycle.said import (
    NO_TRACKER,
    TRACKING,
    UNFINISHED,
    applied_problems,
    applied_sentences,
    as_problem,
    stopped,
    summary,
    trouble,
)
from advisord.cycle.shown import show
from advisord.errors import AdvisordError, SettingsError
from advisord.model.plan import Plan, Proposal
from advisord.model.problem import Problem
from advisord.scope.compiled import DEFAULT_POLICY, CompiledPolicy
from advisord.settings import FeedSettings, Settings
from advisord.source_settings import OrganisationSettings, RepositorySettings
from advisord.store import changes, latency, watching
from advisord.store import feeds as feed_store
from advisord.store import organisations as organisation_store
from advisord.store.lockfiles import attempted, repository_id
from advisord.store.trouble import Trouble, settle
from advisord.times import stamp
from advisord.tracking.apply import Applied, Limits
from advisord.tracking.interface import Tracker
from advisord.tracking.templates import Templates

_PATIENCE = 60.0
Say = Callable[[str], object]
During = Callable[[str, str], object]


class Work:
    """A configuration at work on an open database. `say` is told each result as a sentence."""

    def __init__(
        self,
        settings: Settings,
        db: Connection,
        plugs: Plugs,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], object],
        say: Say,
        progress: Callable[[str, int], None] | None = None,
    ) -> None:
        self._db = db
        self._plugs = plugs
        self._clock = clock
        self._sleep = sleep
        self._say = say
        self._looks: dict[str, looks.Look] = {}
        self._concerned = looks.Concerned(db)
        self._lasting: set[Problem] = set()
        self._policies: dict[str, CompiledPolicy] = {}
        self.failed: set[str] = set()
        """The repositories whose last step could not be carried out, whatever their content says."""
        self._reading = Reading(db, plugs, clock, say)
        self._feeding = Feeding(db, plugs, clock, say, progress)
        self._organisations = Organisations(settings, db, plugs, clock, say)

    @property
    def settings(self) -> Settings:
        """The configuration, with the repositories that its organisations were last seen to have."""
        return self._organisations.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._organisations.configure(settings)
        self._followed()

    def _followed(self) -> None:
        """The repositories are others now."""
        names = {one.name for one in self.settings.repositories}
        self._looks = {name: look for name, look in self._looks.items() if name in names}
        self._reading.keep(names)
        self.watch()

    def begin(self) -> None:
        """In a new store: read the lockfiles, so that only their ecosystems of OSV are fetched and not all of it.

        Whoever has not answered when nobody else did for a minute is waited for no longer; its own step comes.
        """
        if any(attempted(self._db).values()):
            return
        for organisation in self.settings.organisations:
            self.organisation(organisation)
        waiting, answered = list(self.settings.repositories), Event()
        while waiting:
            ready = [one for one in waiting[:ABREAST] if self.ready(one, answered.set)]
            for one in ready:
                waiting.remove(one)
                self._safely(self.collect, one)
            if not ready and not answered.wait(_PATIENCE):
                break
            answered.clear()

    def close(self) -> None:
        """End what is still being asked of git."""
        self._reading.close()

    def watch(self) -> None:
        """Note which repositories are watched, and say of which that is no longer so."""
        names = [one.name for one in self.settings.repositories]
        for name in watching.watch(self._db, names, stamp(self._clock())):
            self._say(f"note: {name}: is no longer watched; its issues stay as they are")

    def organisation(self, organisation: OrganisationSettings) -> list[Problem]:
        """List one organisation's repositories; `settings` has them then. Silence takes none away."""
        before = self.settings
        problems = self._organisations.look(organisation)
        if self.settings is not before:
            self._followed()
        return problems

    def feed(self, name: str, settings: FeedSettings) -> list[Problem]:
        """Bring one feed up to date."""
        return self._feeding.feed(name, settings)

    def ready(self, repository: RepositorySettings, told: Callable[[], object] = lambda: None) -> bool:
        """Whether a repository's step can be carried out without waiting for git; else git is asked about it.

        `told` is called then, by another thread, once it can.
        """
        if self._reading.has_to_wait(repository.name):
            return False
        self._policies.clear()
        try:
            return self._reading.ready(repository, self.policy(repository), told)
        except AdvisordError:
            return True  # the step itself will say so

    def collect(self, repository: RepositorySettings) -> list[Problem]:
        """Read one repository's lockfiles, of every ref that is configured or that its policy supports."""
        problems = self._reading.collect(repository, self.policy(repository))
        if any(problem.blocking for problem in problems):
            self.failed.add(repository.name)
        return problems

    def _read(self, during: During) -> Iterator[tuple[str, list[Problem]]]:
        """Read every repository, in order; git is asked about the next ones meanwhile."""
        ones = self.settings.repositories
        for soon in ones[:ABREAST]:
            self.ready(soon)
        for place, one in enumerate(ones):
            during("track-repository", one.name)
            yield one.name, self._safely(self.collect, one)
            for soon in ones[place + ABREAST : place + ABREAST + 1]:
                self.ready(soon)

    def track(self, repository: RepositorySettings) -> list[Problem]:
        """Keep one repository's issues true, by what is stored."""
        event = changes.last(self._db)
        problems: list[Problem] = []
        done: list[Applied] = []
        try:
            assessment, plans = self.plans(repository)
            problems += assessment.problems
            try:
                for plan in plans:
                    applied = self.apply(plan)
                    done.append(applied)
                    problems += applied_problems(plan, applied)
            finally:
                problems += self.tell(repository, assessment)
        except AdvisordError as exc:
            self.failed.add(repository.name)
            self._settle(repository, stopped(repository.name, exc))
            return [*problems, as_problem(exc, repository.name)]
        self._settle(repository, trouble(assessment, problems))
        left = [problem for problem in problems if problem.code in TRACKING]
        if any(problem.blocking for problem in left):
            self.failed.add(repository.name)
        if not left:
            latency.follow(self._db, repository.name, event)
        self._say(summary(assessment, done))
        for plan in plans:
            for note in plan.notes:
                self._say(f"note: {repository.name}: {note}")
        for applied in done:
            for sentence in applied_sentences(repository.name, applied):
                self._say(sentence)
        return problems

    def _settle(self, repository: RepositorySettings, found: Trouble | None) -> None:
        settle(self._db, repository_id(self._db, repository.name), found, stamp(self._clock()))

    def repository(self, repository: RepositorySettings) -> list[Problem]:
        """Read one repository and keep its issues true; what can't be done is a problem, and the rest is done.

        When nothing has changed since the last time, only git is asked: no lockfile is parsed, nothing is matched.
        The tracker and what the clock brings (deadlines, acceptances that end) are seen to every `review_every`.
        """
        self._begin(repository)
        return self._kept(repository, self._safely(self.collect, repository))

    def _begin(self, repository: RepositorySettings) -> None:
        self.failed.discard(repository.name)
        self._policies.clear()
        self._feeding.woken.pop(repository.name, None)

    def woken(self) -> list[str]:
        """The repositories that the feeds' changes concern since this was last asked.

        One that git is being asked about is not among them: its step comes anyway, and while files are fetched is no
        time to read them.
        """
        names = [name for name in self._feeding.woken if not self._reading.is_asking(name)]
        for name in names:
            del self._feeding.woken[name]
        return names

    def wake(self, repository: RepositorySettings) -> list[Problem]:
        """Keep one repository's issues true after a change of a feed: what it locks is known, git is not asked."""
        self._begin(repository)
        return self._kept(repository, [])

    def _kept(self, repository: RepositorySettings, problems: Sequence[Problem]) -> list[Problem]:
        """Track a repository unless nothing has changed since the last look; `problems` are those of reading it."""
        now = self._look(repository)
        before = self._looks.pop(repository.name, None)
        if before and now and not any(problem.blocking for problem in problems):
            every = self.settings.run.review_every
            if looks.same(repository.name, before, now, every, self._concerned):
                self._looks[repository.name] = before._replace(event=now.event)
                return []
        problems = self._told(_joined(problems, self.track(repository)))
        if now and not any(problem.blocking or problem.code == UNFINISHED for problem in problems):
            self._looks[repository.name] = now
        return problems

    def tell(self, repository: RepositorySettings, assessment: Assessment) -> Sequence[Problem]:
        """Put down for the channels what is news of a repository; nothing is sent yet."""
        policy = self.policy(repository)
        return notify.tell(self._db, self.settings, policy, assessment, self._clock())

    def notify(self) -> list[Problem]:
        """Send the channels what is due."""
        now = self._clock()
        notify.tell_health(self._db, self.settings, now)
        return self._told(notify.send(self._db, self.settings, self._plugs, self._clock, self._sleep, self._say))

    def attempts(self) -> dict[str, str]:
        """When each step was last tried: `feed NAME`, `organisation NAME` or `repository NAME` → a time."""
        feeds = {f"feed {state.name}": state.attempted for state in feed_store.states(self._db)}
        organisations = organisation_store.attempted(self._db)
        return (
            feeds
            | {f"organisation {name}": at for name, at in organisations.items()}
            | {f"repository {name}": at for name, at in attempted(self._db).items()}
        )

    def _look(self, repository: RepositorySettings) -> looks.Look | None:
        """How things stand, None when the policy can't be read."""
        try:
            policy = self.policy(repository)
        except AdvisordError:
            return None
        chosen = (repository, self.settings.trackers, self.settings.authority)
        return looks.look(self._db, repository.name, policy, chosen, self._clock(), self.settings.run.max_age)

    def _safely(
        self, step: Callable[[RepositorySettings], list[Problem]], repository: RepositorySettings
    ) -> list[Problem]:
        try:
            return step(repository)
        except AdvisordError as exc:
            self.failed.add(repository.name)
            return [as_problem(exc, repository.name)]

    def _told(self, problems: Sequence[Problem]) -> list[Problem]:
        unique = list(dict.fromkeys(problems))
        for problem in unique:
            if problem in self._lasting:
                continue
            if problem.code == "no-manifest":  # it stays so for as long as the repository is built that way
                self._lasting.add(problem)
            self._say(f"{'error' if problem.blocking else 'note'}: {problem.subject}: {problem.message}")
        return unique

    def policy(self, repository: RepositorySettings) -> CompiledPolicy:
        """The server's policy for a repository, the same throughout a step. Raises SettingsError."""
        if repository.policy and repository.policy not in self._policies:
            self._policies[repository.policy] = policies.read(repository.policy)
        return self._policies.get(repository.policy, DEFAULT_POLICY)

    def accepted(self, repository: RepositorySettings) -> Sequence[Proposal]:
        """The risks that people accepted in the repository's trackers, by closing an issue as not planned."""
        return track.accepted(self._db, repository.name)

    def assess(self, repository: RepositorySettings) -> Assessment:
        """What the repository's lockfiles mean, from what is stored."""
        git = self._plugs.mirror(repository)
        now = self._clock()
        policy = self.policy(repository)
        lines = refs_of(repository.name, git.kept, repository.refs, policy, now).lines
        proposals = self.accepted(repository)
        max_age, authorities = self.settings.run.max_age, self.settings.authority
        assessment = assess(self._db, repository.name, git, policy, now, max_age, lines, proposals, authorities)
        show(self._db, assessment, policy, now)
        return assessment

    def plans(self, repository: RepositorySettings) -> tuple[Assessment, tuple[Plan, ...]]:
        """What would be done to each of the repository's trackers, from what is stored. Writes nothing to them."""
        policy = self.policy(repository)
        now = self._clock()
        desks, problems = [], []
        for name in track.names(self._db, repository.name, repository.tracker, policy):
            try:
                desks.append(track.look(self._db, repository.name, self._tracker(name), now))
            except AdvisordError as exc:
                problems.append(as_problem(exc, f"{repository.name} ({name})")._replace(code=NO_TRACKER))
        assessment = self.assess(repository)
        templates = self.settings.tracking.templates
        texts = Templates(templates) if templates else None
        settings = keeping(self.settings, repository, policy, texts)
        plans = []
        for desk in desks:
            plan, problem = track.plan(self._db, assessment, policy, desk, settings, now, self.settings.run.max_age)
            plans.append(plan)
            if problem:
                problems.append(problem)
        problems += texts.problems if texts else []
        return assessment._replace(problems=(*assessment.problems, *problems)), tuple(plans)

    def apply(self, plan: Plan, only: Sequence[str] = ()) -> Applied:
        """Carry a plan out, or what `only` names of it: keys and numbers of issues, verbs."""
        tracker = self._tracker(plan.tracker)
        limits = Limits(pause=0.0 if tracker.kind == "local" else self.settings.run.pause)
        return track.apply(self._db, plan, tracker, self._clock, self._sleep, limits, only)

    def _tracker(self, name: str) -> Tracker:
        if name not in self.settings.trackers:
            known = ", ".join(sorted(self.settings.trackers)) or "none"
            raise SettingsError(f"there is no tracker {name!r} (any more); configured: {known}", subject=name)
        return self._plugs.tracker(name, self.settings)

    def once(self, during: During = lambda *_: None) -> list[Problem]:
        """One whole cycle: the organisations, the lockfiles, the feeds for their ecosystems, then the issues.

        `during` is told which of the daemon's steps what is said next belongs to, and its source.
        """
        problems = []
        self._policies.clear()
        for organisation in self.settings.organisations:
            during("list-organisation", organisation.name)
            problems += self.organisation(organisation)
        self.watch()
        collected = dict(self._read(during))
        for name, feed in self.settings.feeds.items():
            if feed.enabled:
                during("poll-feed", name)
                problems += self.feed(name, feed)
        for repository in self.settings.repositories:
            during("track-repository", repository.name)
            problems += self._told(_joined(collected[repository.name], self.track(repository)))
        during("notify", "")
        return [*problems, *self.notify()]


def _joined(reading: Sequence[Problem], tracking: Sequence[Problem]) -> list[Problem]:
    """Both, without what judging says again of a repository that could not be read just now."""
    told = {(problem.code, problem.subject) for problem in reading if problem.blocking}
    return [*reading, *(problem for problem in tracking if (problem.code, problem.subject) not in told)]
