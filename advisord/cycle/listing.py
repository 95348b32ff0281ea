"""The configuration, with the repositories that its organisations were last seen to have."""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from advisord.cycle.organisations import bring_up_to_date, expanded, listed_sentence
from advisord.cycle.plugs import Plugs
from advisord.cycle.said import as_problem
from advisord.errors import AdvisordError
from advisord.model.problem import Problem
from advisord.settings import Settings
from advisord.source_settings import OrganisationSettings
from advisord.store import organisations as store
from advisord.times import stamp


class Organisations:
    """Lists organisations. `settings` is always what the last listings make of `configured`."""

    def __init__(
        self,
        configured: Settings,
        db: Connection,
        plugs: Plugs,
        clock: Callable[[], datetime],
        say: Callable[[str], object],
    ) -> None:
        self._db = db
        self._plugs = plugs
        self._clock = clock
        self._say = say
        self._patience: dict[str, float] = {}
        self.configure(configured)

    def configure(self, configured: Settings) -> None:
        """Go by another configuration from now on."""
        self._configured = configured
        self.settings = expanded(configured, self._db)

    def look(self, organisation: OrganisationSettings) -> list[Problem]:
        """List one organisation's repositories. Silence takes none away."""
        name, now = organisation.name, self._clock()
        left = self._patience.get(name, 0.0) - now.timestamp()
        if left > 0:
            return [Problem("rate-limited", name, f"its server asked for patience: {left:.0f} s are left")]
        try:
            rest = self._plugs.rest(organisation)
        except AdvisordError as exc:
            problem = as_problem(exc, name)
            store.attempt(self._db, name, stamp(now))
            store.failed(self._db, name, stamp(now), exc.code, exc.message)
            return self._told(problem)
        listed = bring_up_to_date(self._db, organisation, rest, stamp(now))
        self._patience[name] = now.timestamp() + listed.wait
        if listed.problem:
            return self._told(listed.problem)
        self._say(listed_sentence(self._db, organisation, listed.change))
        fresh = expanded(self._configured, self._db)
        if fresh != self.settings:  # else it stays the same object, by which others know that nothing has changed
            self.settings = fresh
        return []

    def _told(self, problem: Problem) -> list[Problem]:
        self._say(f"error: {problem.subject}: {problem.message}")
        return [problem]
