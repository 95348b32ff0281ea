"""Step two for the repositories of a configuration: what they lock, kept up to date."""

from collections.abc import Callable, Iterable
from datetime import datetime
from sqlite3 import Connection

from advisord.cycle.collect import collect
from advisord.cycle.fetching import Fetchers, Question, fetch
from advisord.cycle.organisations import MemberSettings
from advisord.cycle.plugs import Plugs
from advisord.cycle.refs import refs_of
from advisord.cycle.said import collected_sentence
from advisord.model.problem import Problem
from advisord.net.mirror import Listing, Mirror, is_near
from advisord.scope.compiled import CompiledPolicy
from advisord.source_settings import RepositorySettings
from advisord.store import lockfiles as store
from advisord.times import stamp


class Reading:
    """Reads repositories; git can be asked about the next ones meanwhile. `say` is told each result as a sentence."""

    def __init__(
        self, db: Connection, plugs: Plugs, clock: Callable[[], datetime], say: Callable[[str], object]
    ) -> None:
        self._db = db
        self._plugs = plugs
        self._clock = clock
        self._say = say
        self._listings: dict[str, Listing] = {}
        self._fetchers = Fetchers()

    def ready(self, repository: RepositorySettings, policy: CompiledPolicy, told: Callable[[], object]) -> bool:
        """Whether git has answered for a repository; else it is asked, and `told` called by another thread then.

        Asking is all that other threads do: everything else is done here, one step after the other. One on this machine
        that was read before has most likely not changed: handing that question over would cost more than the answer.
        """
        if repository.name in self._listings and is_near(repository.git):
            return True

        def question() -> Question:
            return self._question(repository, policy, self._mirror(repository))

        return self._fetchers.ready(repository.name, (repository, policy), question, told)

    def has_to_wait(self, name: str) -> bool:
        """Whether nothing is to be done about a repository but to wait: until git answers, or has answered others."""
        return self._fetchers.has_to_wait(name)

    def is_asking(self, name: str) -> bool:
        """Whether git is being asked about a repository, or has answered, and nobody looked at the answer."""
        return self._fetchers.is_asking(name)

    def collect(self, repository: RepositorySettings, policy: CompiledPolicy) -> list[Problem]:
        """Store what a repository locks, at every ref that is configured or that its policy supports."""
        name, mirror = repository.name, self._mirror(repository)
        fetched = self._fetchers.take(name, (repository, policy)) or fetch(self._question(repository, policy, mirror))
        self._listings.pop(name, None)
        may_be_empty = isinstance(repository, MemberSettings)
        collected = collect(self._db, name, mirror, fetched, repository.exclude, may_be_empty=may_be_empty)
        if collected.listing:
            self._listings[name] = collected.listing
        if collected.problem:
            return [*collected.notes, collected.problem]
        self._say(collected_sentence(collected))
        return [*collected.notes]

    def _mirror(self, repository: RepositorySettings) -> Mirror:
        return self._plugs.mirror(repository, self._fetchers.stopped)

    def _question(self, repository: RepositorySettings, policy: CompiledPolicy, mirror: Mirror) -> Question:
        now = self._clock()
        return Question(
            mirror,
            lambda listing: refs_of(repository.name, lambda: listing, repository.refs, policy, now),
            repository.exclude,
            self._listings.get(repository.name),
            store.commits_without(self._db, store.repository_id(self._db, repository.name), repository.exclude),
            stamp(now),
        )

    def keep(self, names: Iterable[str]) -> None:
        """Wait for no other repositories any more than these."""
        self._fetchers.keep(names)

    def close(self) -> None:
        """End what git is being asked."""
        self._fetchers.close()
