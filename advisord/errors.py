"""Every error that advisord raises on purpose, as one tree.

    AdvisordError
    ├── UsageError              the command line asks for something that can't be done      (exit 2)
    ├── SettingsError           the configuration or the policy is wrong: all problems at once (exit 2)
    ├── InvalidVersion          a text is not a version of its ecosystem
    ├── LockfileError           a lockfile can't be read; the only error a parser may raise  (exit 3)
    ├── TransportError          a server or a program did not answer as it should            (exit 3)
    ├── FeedError               a feed answered, but not with a feed                         (exit 3)
    ├── RepositoryError         a repository or a ref can't be read                          (exit 3)
    ├── StoreError              the database is missing, damaged, locked, or of another version (exit 3)
    └── TrackerError            an issue tracker refused or broke an agreement               (exit 3)

Each carries a `code` (a slug that stays the same between releases), the `subject` it is about (a file, a feed, a
repository), a `hint` that says what to do, and whether trying again later can help (`retryable`).
"""


class AdvisordError(Exception):
    """Base of the tree. `str(error)` is one clear sentence without the subject in front of it."""

    code = "error"
    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        subject: str = "",
        hint: str = "",
        code: str = "",
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.hint = hint
        self.retryable = retryable
        if code:
            self.code = code


class UsageError(AdvisordError):
    """The command line asks for something that can't be done."""

    code = "usage"
    exit_code = 2


class SettingsError(AdvisordError):
    """The configuration or a policy is wrong. `problems` holds every (dotted key, sentence) that was found."""

    code = "settings"
    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        subject: str = "",
        hint: str = "",
        problems: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message, subject=subject, hint=hint)
        self.problems = problems


class InvalidVersion(AdvisordError):  # noqa: N818  (named as `packaging` names it)
    """A text is not a version of its ecosystem; whatever depends on it is undecided, never safe."""

    code = "invalid-version"


class LockfileError(AdvisordError):
    """A lockfile can't be read. No parser raises anything else, whatever the bytes."""

    code = "unreadable-lockfile"


class TransportError(AdvisordError):
    """A server or a program did not answer as it should. `retry_after` is in seconds, when the server named it."""

    code = "transport"

    def __init__(
        self,
        message: str,
        *,
        subject: str = "",
        hint: str = "",
        code: str = "",
        retryable: bool = False,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, subject=subject, hint=hint, code=code, retryable=retryable)
        self.status = status
        self.retry_after = retry_after


class FeedError(AdvisordError):
    """A feed answered, but what it sent is not a feed."""

    code = "feed"


class RepositoryError(AdvisordError):
    """A git repository or a ref in it can't be read."""

    code = "repository"


class StoreError(AdvisordError):
    """The database is missing, damaged, locked, or of another version."""

    code = "store"


class TrackerError(AdvisordError):
    """An issue tracker refused, or broke an agreement."""

    code = "tracker"
