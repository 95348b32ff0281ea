"""Step two, first half: ask git what a repository has now, several at a time. Nothing here touches the database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import NamedTuple

from advisord.cycle.refs import Refs
from advisord.cycle.tree import Tree
from advisord.errors import RepositoryError
from advisord.lockfiles.registry import recognise
from advisord.lockfiles.uncovered import is_manifest
from advisord.net.mirror import Listing, Mirror
from advisord.policies import FILE_NAME

ABREAST = 8
"""So many repositories are asked at a time, or have answered and wait for their turn."""


class Fetched(NamedTuple):
    """What git said of a repository, asked at `asked`; an `error` says why there is nothing, or not all.

    `commits` and `trees` are those of the refs to read, None where every ref is known to stand where it stood.
    """

    asked: str
    listing: Listing | None = None
    refs: Refs = Refs({})
    commits: Mapping[str, str] | None = None
    trees: Sequence[Tree] = ()
    error: RepositoryError | None = None


class Question(NamedTuple):
    """What there is to ask: the refs that are `wanted` of a listing, and what was known before."""

    mirror: Mirror
    wanted: Callable[[Listing], Refs]
    exclude: Sequence[str]
    known: Listing | None
    before: Mapping[str, str]
    asked: str


def fetch(question: Question) -> Fetched:
    """Bring the mirror up to date. Whatever git can't or won't is in the answer.

    While a repository lists what is `known`, and the same refs are wanted, git is asked for nothing else.
    """
    mirror, wanted, exclude, known, before, asked = question
    listing, refs = None, Refs({})
    try:
        listing = mirror.update(known)
        refs = wanted(listing)
        if listing == known and refs.lines.keys() == before.keys():
            return Fetched(asked, listing, refs)
        commits = {ref: mirror.resolve(ref) for ref in refs.lines}
        trees = [Tree(mirror, commit) for commit in commits.values()]
        if listing != known:
            # Everything that may be read at once: each request to a server costs as much as all of them together.
            mirror.need(oid for tree in trees for oid in _files(tree, exclude))
    except RepositoryError as error:
        return Fetched(asked, listing, refs, error=error)
    return Fetched(asked, listing, refs, None if commits == before else commits, trees)


def _files(tree: Tree, exclude: Sequence[str]) -> Iterator[str]:
    """The files that reading and judging a commit may ask for."""
    from advisord.scope.ignores.registry import format_of  # here: it reads YAML

    excluded = frozenset(exclude)
    for path, oid in tree.oids.items():
        wanted = recognise(path) or is_manifest(path) or path == FILE_NAME or format_of(path)
        if wanted and not excluded.intersection(path.split("/")[:-1]):
            yield oid


class Fetchers:
    """Asks for a few repositories at a time, each in a thread: one whose server hangs holds up no other.

    All methods but `stopped` are for one thread. A question's `basis` is what it depends on: an answer to another one
    is dropped.
    """

    def __init__(self) -> None:
        self._answers: dict[str, tuple[object, Future[Fetched]]] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._stop = Event()

    def stopped(self) -> bool:
        """Whether nobody waits for answers any more: then git has to end."""
        return self._stop.is_set()

    def ready(
        self,
        name: str,
        basis: object,
        question: Callable[[], Question],
        told: Callable[[], object] = lambda: None,
    ) -> bool:
        """Whether the answer for a repository is there; else it is asked for, when there is room.

        `told` is called, by another thread, once it is there.
        """
        if self.has_to_wait(name):  # never twice at a time: they would be in each other's way
            return False
        if name in self._answers and self._answers[name][0] == basis:
            return True
        self._answers.pop(name, None)
        self._pool = self._pool or ThreadPoolExecutor(ABREAST, "git")
        answer = self._pool.submit(fetch, question())
        answer.add_done_callback(lambda _: told())
        self._answers[name] = basis, answer
        return False

    def has_to_wait(self, name: str) -> bool:
        """Whether there is no answer yet, or no room to ask for one."""
        return not self._answers[name][1].done() if name in self._answers else len(self._answers) >= ABREAST

    def is_asking(self, name: str) -> bool:
        """Whether a repository was asked for, and its answer not taken."""
        return name in self._answers

    def take(self, name: str, basis: object) -> Fetched | None:
        """The answer for a repository, waited for; None when there is none to this question."""
        if name not in self._answers:
            return None
        asked, answer = self._answers.pop(name)
        fetched = answer.result()
        return fetched if asked == basis else None

    def keep(self, names: Iterable[str]) -> None:
        """Take no more answers of other repositories than these."""
        for name in self._answers.keys() - set(names):
            self._answers.pop(name)[1].cancel()

    def close(self) -> None:
        """End what is under way. Afterwards one can begin anew."""
        if self._pool:
            self._stop.set()
            self._pool.shutdown(cancel_futures=True)
            self._pool, self._stop = None, Event()
        self._answers.clear()
