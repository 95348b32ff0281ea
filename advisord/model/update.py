"""What to do about an affected package."""

from typing import NamedTuple


class Update(NamedTuple):
    """The smallest update of one locked version of a package that removes findings of it, in all lockfiles that need it.

    `to` is the version ("" where no version is known that removes any), `step` how large the update is (`patch`, `minor`,
    `major`), `early` whether the version is a pre-release. `removes` and `leaves` are the ids of its findings; `affected`
    are ids that the version to update to has of its own, where no version is known that has none.

    `allowed` says whether everyone who requires the package admits that version (None: the files don't tell); `hindered`
    are those who don't: (who, requirement as written). `breaking` says that nobody knows whether they do, and that the
    update is one which requirements usually don't admit. In both cases `through` are the project's own dependencies that
    pull the package in, nearest first (none where the lockfile has no graph): what has to be moved first.

    `smaller` are updates of a lesser step that remove a part of it already, the smallest first.
    """

    ecosystem: str
    package: str
    version: str
    to: str
    step: str
    removes: tuple[str, ...]
    leaves: tuple[str, ...]
    lockfiles: tuple[str, ...]
    allowed: bool | None = None
    hindered: tuple[tuple[str, str], ...] = ()
    through: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    early: bool = False
    breaking: bool = False
    smaller: tuple["Update", ...] = ()

    def of(self, identifier: str) -> "Update":
        """The smallest update that removes one finding; itself where none does."""
        return next((one for one in (*self.smaller, self) if identifier in one.removes), self)
