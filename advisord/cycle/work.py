"""The steps put together for one feed or one repository of a configuration, and for all of them once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from sqlite3 import Connection

from advisord import policies
from advisord.cycle import looks, notify, track
from advisord.cycle.assess import Assessment, assess
from advisord.cycle.collect import collect
from advisord.cycle.organisations import MemberSettings, bring_up_to_date, expanded, listed_sentence
from advisord.cycle.plugs import Plugs, keeping
from advisord.cycle.poll import poll
from advisord.cycle.refs import Refs, refs_of
from advisord.cycle.said import (
    NO_TRACKER,
    TRACKING,
    UNFINISHED,
    applied_problems,
    applied_sentences,
    as_problem,
    collected_sentence,
    polled_sentence,
    stopped,
    summary,
    trouble,
)
from advisord.cycle.shown import show
from advisord.errors import AdvisordError, SettingsError
from advisord.model.plan import Plan, Proposal
from advisord.model.problem import Problem
from advisord.net.mirror import Listing
from advisord.scope.compiled import DEFAULT_POLICY, CompiledPolicy
from advisord.settings import FeedSettings, Settings
from advisord.source_settings import OrganisationSettings, RepositorySettings
from advisord.store import changes, latency, watching
from advisord.store import feeds as feed_store
from advisord.store import organisations as organisation_store
from advisord.store.lockfiles import attempted, ecosystems, repository_id
from advisord.store.trouble import Trouble, settle
from advisord.times import stamp
from advisord.tracking.apply import Applied, Limits
from advisord.tracking.interface import Tracker
from advisord.tracking.templates import Templates
from advisord.versions import is_known

Say = Callable[[str], object]


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
        self._progress = progress
        self._looks: dict[str, looks.Look] = {}
        self._concerned = looks.Concerned(db)
        self._listings: dict[str, Listing] = {}
        self._patience: dict[str, float] = {}
        self._quiet: dict[str, str] = {}
        self._lasting: set[Problem] = set()
        self._woken: dict[str, None] = {}
        self._policies: dict[str, CompiledPolicy] = {}
        self.failed: set[str] = set()
        """The repositories whose last step could not be carried out, whatever their content says."""
        self._configured = settings
        self._expanded = expanded(settings, db)

    @property
    def settings(self) -> Settings:
        """The configuration, with the repositories that its organisations were last seen to have."""
        return self._expanded

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._configured = settings
        self._expanded = expanded(settings, self._db)
        names = {one.name for one in self._expanded.repositories}
        self._looks = {name: look for name, look in self._looks.items() if name in names}
        self.watch()

    def begin(self) -> None:
        """In a new store: read the lockfiles, so that only their ecosystems of OSV are fetched and not all of it."""
        if any(attempted(self._db).values()):
            return
        for organisation in self.settings.organisations:
            self.organisation(organisation)
        for repository in self.settings.repositories:
            self._safely(self.collect, repository)

    def watch(self) -> None:
        """Note which repositories are watched, and say of which that is no longer so."""
        names = [one.name for one in self.settings.repositories]
        for name in watching.watch(self._db, names, stamp(self._clock())):
            self._say(f"note: {name}: is no longer watched; its issues stay as they are")

    def organisation(self, organisation: OrganisationSettings) -> list[Problem]:
        """List one organisation's repositories; `settings` has them then. Silence takes none away."""
        name, now = organisation.name, self._clock()
        left = self._patience.get(name, 0.0) - now.timestamp()
        if left > 0:
            return [Problem("rate-limited", name, f"its server asked for patience: {left:.0f} s are left")]
        try:
            rest = self._plugs.rest(organisation)
        except AdvisordError as exc:
            problem = as_problem(exc, name)
            organisation_store.attempt(self._db, name, stamp(now))
            organisation_store.failed(self._db, name, stamp(now), exc.code, exc.message)
            return self._told([problem])
        listed = bring_up_to_date(self._db, organisation, rest, stamp(now))
        self._patience[name] = now.timestamp() + listed.wait
        if listed.problem:
            return self._told([listed.problem])
        self._say(listed_sentence(self._db, organisation, listed.change))
        fresh = expanded(self._configured, self._db)
        if fresh != self._expanded:
            self.settings = self._configured
        return []

    def feed(self, name: str, settings: FeedSettings) -> list[Problem]:
        """Bring one feed up to date."""
        if name == "osv" and settings.ecosystems is None:
            # OSV is large: without a wish only what the lockfiles hold is mirrored.
            settings = settings.model_copy(update={"ecosystems": self._locked_ecosystems() or None})
        try:
            feed, source = self._plugs.feed(name, settings)
        except AdvisordError as exc:
            problem = as_problem(exc, name)
            feed_store.attempt(self._db, name, settings.source, stamp(self._clock()))
            feed_store.failed(self._db, name, exc.code, exc.message)
            self._say(f"error: {problem.subject}: {problem.message}")
            return [problem]
        before = changes.last(self._db)
        polled = poll(self._db, feed, source, stamp(self._clock()), self._progress)
        self._woken |= dict.fromkeys(changes.woken(self._db, before))
        self._say(f"{'error: ' if polled.problem else ''}{polled_sentence(polled, source)}")
        state = next(one for one in feed_store.states(self._db) if one.name == name)
        if state.quiet(self._clock()) and self._quiet.get(name) != state.newest:
            self._quiet[name] = state.newest
            self._say(f"note: {name}: its newest record is of {state.newest[:10]}: is {source} still kept up?")
        return [polled.problem] if polled.problem else []

    def _locked_ecosystems(self) -> tuple[str, ...]:
        return tuple(name for name in ecosystems(self._db) if is_known(name))

    def collect(self, repository: RepositorySettings) -> list[Problem]:
        """Read one repository's lockfiles, of every ref that is configured or that its policy supports."""
        mirror = self._plugs.mirror(repository)
        now = self._clock()

        def wanted(listing: Listing) -> Refs:
            return refs_of(repository.name, lambda: listing, repository.refs, self.policy(repository), now)

        known = self._listings.pop(repository.name, None)
        collected = collect(
            self._db,
            repository.name,
            mirror,
            wanted,
            repository.exclude,
            stamp(now),
            known,
            may_be_empty=isinstance(repository, MemberSettings),
        )
        if collected.listing:
            self._listings[repository.name] = collected.listing
        if not collected.problem:
            self._say(collected_sentence(collected))
        else:
            self.failed.add(repository.name)
        return [*collected.notes, *([collected.problem] if collected.problem else [])]

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

    def woken(self) -> list[str]:
        """The repositories that the feeds' changes concern since this was last asked."""
        names, self._woken = self._woken, {}
        return list(names)

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

    def once(self, during: Callable[[str, str], object] = lambda *_: None) -> list[Problem]:
        """One whole cycle: the organisations, the lockfiles, the feeds for their ecosystems, then the issues.

        `during` is told which of the daemon's steps what is said next belongs to, and its source.
        """
        problems = []
        self._policies.clear()
        for organisation in self.settings.organisations:
            during("list-organisation", organisation.name)
            problems += self.organisation(organisation)
        self.watch()
        collected = {}
        for one in self.settings.repositories:
            during("track-repository", one.name)
            collected[one.name] = self._safely(self.collect, one)
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
