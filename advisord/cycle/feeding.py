"""Step one for the feeds of a configuration: which of them brings what, and whom that concerns."""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from advisord.cycle.plugs import Plugs
from advisord.cycle.poll import poll
from advisord.cycle.said import as_problem, polled_sentence
from advisord.errors import AdvisordError
from advisord.model.problem import Problem
from advisord.settings import FeedSettings
from advisord.store import changes
from advisord.store import feeds as store
from advisord.store.lockfiles import ecosystems
from advisord.times import stamp
from advisord.versions import is_known


class Feeding:
    """Brings feeds up to date, and remembers whom their changes concern. `say` is told each result as a sentence."""

    def __init__(
        self,
        db: Connection,
        plugs: Plugs,
        clock: Callable[[], datetime],
        say: Callable[[str], object],
        progress: Callable[[str, int], None] | None,
    ) -> None:
        self._db = db
        self._plugs = plugs
        self._clock = clock
        self._say = say
        self._progress = progress
        self._quiet: dict[str, str] = {}
        self.woken: dict[str, None] = {}
        """The repositories that changes concern, until somebody sees to them; in order, as no set is."""

    def feed(self, name: str, settings: FeedSettings) -> list[Problem]:
        """Bring one feed up to date."""
        if name == "osv" and settings.ecosystems is None:
            # OSV is large: without a wish only what the lockfiles hold is mirrored.
            locked = tuple(one for one in ecosystems(self._db) if is_known(one))
            settings = settings.model_copy(update={"ecosystems": locked or None})
        try:
            feed, source = self._plugs.feed(name, settings)
        except AdvisordError as exc:
            problem = as_problem(exc, name)
            store.attempt(self._db, name, settings.source, stamp(self._clock()))
            store.failed(self._db, name, exc.code, exc.message)
            self._say(f"error: {problem.subject}: {problem.message}")
            return [problem]
        before = changes.last(self._db)
        polled = poll(self._db, feed, source, stamp(self._clock()), self._progress)
        self.woken |= dict.fromkeys(changes.woken(self._db, before))
        self._say(f"{'error: ' if polled.problem else ''}{polled_sentence(polled, source)}")
        state = next(one for one in store.states(self._db) if one.name == name)
        if state.quiet(self._clock()) and self._quiet.get(name) != state.newest:
            self._quiet[name] = state.newest
            self._say(f"note: {name}: its newest record is of {state.newest[:10]}: is {source} still kept up?")
        return [polled.problem] if polled.problem else []
