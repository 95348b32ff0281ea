"""The configuration file (TOML): unknown keys are mistakes, and all mistakes are told at once."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from advisord.channel_settings import ChannelSettings
from advisord.errors import SettingsError
from advisord.feeds.registry import FEEDS
from advisord.source_settings import Name, OrganisationSettings, RepositorySettings, without_secret
from advisord.toml_lines import Path as KeyPath
from advisord.validation import Duration, validate
from advisord.validation import Table as _Table
from advisord.versions.registry import strange

CREDENTIALS = "${CREDENTIALS_DIRECTORY}/"
"""What a path to a token begins with that systemd hands over."""


TOKEN_CHARACTERS = 16
"""What the token of the pages has at least: nothing slows down who guesses."""


class Store(_Table):
    """`[store]`: where the database is; relative to the configuration file."""

    path: str = "advisord.db"


class FeedSettings(_Table):
    """`[feeds.NAME]`: where a feed comes from: a base URL, a folder, a zip, a git repository or bundle.

    `ecosystems` limits OSV to those (default: those of the repositories' lockfiles; without repositories all that
    advisord has a version order for). `token_env` and `token_file` say where GitHub's token is; without one GitHub
    allows 60 requests an hour. `accept_losses` takes a feed that shrank for true. `scratch` is a folder for archives
    while they are read.
    """

    enabled: bool = True
    source: str = ""
    ecosystems: tuple[str, ...] | None = None
    token_env: str = ""
    token_file: str = ""
    accept_losses: bool = False
    scratch: str = ""

    @field_validator("ecosystems")
    @classmethod
    def _known(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if found := [why for why in map(strange, names or ()) if why]:
            raise ValueError("; ".join(found))
        return names


class TrackerSettings(_Table):
    """`[trackers.NAME]`: where issues go: a folder of Markdown files, or a repository's issues on a server.

    `repository` is owner/name (of GitLab the project's path), `url` the server (default: github.com, gitlab.com). A
    GitHub App has `app` (its number or client id) and `app_key_file` (its private key, PEM) instead of a token.
    `issue_type` is given to new issues on GitHub, where the repository's owner has that type.
    """

    kind: Literal["local", "github", "gitlab", "forgejo"]
    folder: str = ""
    repository: str = ""
    url: str = ""
    token_env: str = ""
    token_file: str = ""
    app: str = ""
    app_key_file: str = ""
    issue_type: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "local":
            if not self.folder:
                raise ValueError("a local tracker needs `folder`")
            return self
        if not self.repository:
            raise ValueError(f"a {self.kind} tracker needs `repository`")
        if self.kind == "forgejo" and not self.url:
            raise ValueError("a forgejo tracker needs `url`, the address of the server")
        if self.issue_type and self.kind != "github":
            raise ValueError("`issue_type` belongs to github")
        if (self.app or self.app_key_file) and not (self.kind == "github" and self.app and self.app_key_file):
            raise ValueError("`app` and `app_key_file` belong together, and to github")
        if not (self.token_env or self.token_file or self.app):
            raise ValueError(f"a {self.kind} tracker needs `token_env` or `token_file`")
        return self


class Tracking(_Table):
    """`[tracking]`: how issues are kept; docs/tracking.md says what follows from each key.

    `labels` go on every issue, `labels_in` on one in scope, `labels_regular` on a regular one. `templates` is a folder
    with texts of the user's own.
    """

    labels: tuple[Name, ...] = Field(default=("advisord",), min_length=1)
    labels_in: tuple[Name, ...] = ("security",)
    labels_regular: tuple[Name, ...] = ("dependencies",)
    overdue_label: Name = "overdue"
    open_limit: int = Field(default=100, ge=0)
    baseline_above: int = Field(default=50, ge=0)
    baseline_from: Literal["unknown", "none", "low", "medium", "high", "critical"] = "critical"
    settle: Duration = 3600.0
    grace: Duration = 7 * 86400.0
    overrule: bool = True
    acceptance: Duration = 90 * 86400.0
    remind: Duration = 7 * 86400.0
    templates: str = ""


class Run(_Table):
    """`[run]`: how often, how much at a time, and how the daemon ends.

    `drain` is how long the step under way has after SIGTERM, `step_limit` how long a step may show no progress.
    """

    feeds_every: Duration = 3600.0
    organisations_every: Duration = 3600.0
    repositories_every: Duration = 900.0
    review_every: Duration = 3600.0
    max_age: Duration = 86400.0
    pause: Duration = 3.0
    issues_per_run: int = Field(default=20, ge=0, le=1000)
    reopen_within: Duration = 30 * 86400.0
    drain: Duration = 60.0
    step_limit: Duration = 7200.0
    log: Literal["text", "json"] = "text"


class Web(_Table):
    """`[web]`: where the pages and the API listen, and who may read them. With this table `advisord run` serves them too.

    Beyond loopback a token of 16 or more characters is needed (`token_env` or `token_file`). `hosts` are further names that a browser may call
    us by, such as a proxy's: without a token all others are refused, so that no strange page can read ours.
    """

    listen: str = "127.0.0.1:8080"
    hosts: tuple[str, ...] = ()
    token_env: str = ""
    token_file: str = ""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        host, colon, port = self.listen.rpartition(":")
        if not (colon and host and port.isascii() and port.isdecimal() and int(port) < 65536):
            raise ValueError(f"listen is {self.listen!r}; write an address and a port, such as 127.0.0.1:8080")
        local = host.strip("[]") in {"::1", "localhost"} or host.startswith("127.")
        if not local and not (self.token_env or self.token_file):
            raise ValueError(f"listen is {self.listen!r}: beyond loopback it needs `token_env` or `token_file`")
        return self


def lacking() -> list[str]:
    """What of the extra `web`, which the pages need, is not installed."""
    return [name for name in ("starlette", "uvicorn") if find_spec(name) is None]


class Settings(_Table):
    """The whole file. Paths in it are relative to the folder that it stands in.

    `authority` names, by ecosystem, the database whose denial overrules the others; without one a version is affected if
    any live record says so.
    """

    store: Store = Store()
    feeds: dict[str, FeedSettings] = Field(default_factory=lambda: {name: FeedSettings() for name in FEEDS})
    authority: dict[Name, Name] = Field(default_factory=dict)
    trackers: dict[Name, TrackerSettings] = Field(default_factory=dict)
    repositories: tuple[RepositorySettings, ...] = ()
    organisations: tuple[OrganisationSettings, ...] = ()
    notifications: dict[Name, ChannelSettings] = Field(default_factory=dict)
    tracking: Tracking = Tracking()
    run: Run = Run()
    web: Web | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if "rustsec" in self.feeds:
            without_secret(self.feeds["rustsec"].source)  # the feed that git fetches
        if unknown := self.feeds.keys() - FEEDS.keys():
            raise ValueError(f"there is no feed {min(unknown)!r}; the feeds are {', '.join(FEEDS)}")
        names = [repository.name for repository in self.repositories]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two repositories are called {min(twice)!r}; every name is its own")
        self._organisations_consistent()
        return self

    def _organisations_consistent(self) -> None:
        names = [one.name for one in self.organisations]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two organisations are called {min(twice)!r}; every name is its own")
        for one in self.organisations:
            if mine := [name for name in self.trackers if name.startswith(f"{one.name}/")]:
                raise ValueError(f"a tracker can't be called {mine[0]!r}: {one.name}/… are its repositories' own")


def _unknown_trackers(raw: dict[str, Any]) -> list[tuple[KeyPath, str]]:
    """Trackers that are named and not configured."""
    trackers = raw.get("trackers", {})
    if not isinstance(trackers, dict):
        return []
    known = ", ".join(sorted(trackers)) or "none"
    found: list[tuple[KeyPath, str]] = []
    for kind, table in (("repository", "repositories"), ("organisation", "organisations")):
        entries = raw.get(table, [])
        for number, one in enumerate(entries if isinstance(entries, list) else []):
            tracker = one.get("tracker") if isinstance(one, dict) else None
            if tracker and isinstance(tracker, str) and tracker not in trackers:
                sentence = f"{kind} {one.get('name')!r} names the tracker {tracker!r}; configured: {known}"
                found.append(((table, number, "tracker"), sentence))
    return found


def load(path: str) -> Settings:
    """Read and validate a configuration; its paths come back absolute. Raises SettingsError with every problem."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"the configuration can't be read: {exc}", subject=path) from exc
    settings = validate(
        text,
        Settings,
        subject=path,
        what="configuration",
        manual="`advisord manual advisord.toml` shows every key",
        across=_unknown_trackers,
    )
    return _absolute(settings, os.path.dirname(os.path.abspath(path)))


def _absolute(settings: Settings, folder: str) -> Settings:
    def at(path: str) -> str:
        # A service's tokens are where systemd puts them (systemd.exec(5), LoadCredential=): another folder every time.
        if path.startswith(CREDENTIALS) and (given := os.environ.get("CREDENTIALS_DIRECTORY")):
            return os.path.join(given, path.removeprefix(CREDENTIALS))
        return os.path.join(folder, path) if path and not path.startswith(CREDENTIALS) else path

    def source(text: str) -> str:
        return text if not text or "://" in text or _is_scp(text) else at(text)

    return settings.model_copy(
        update={
            "store": Store(path=at(settings.store.path)),
            "web": settings.web and settings.web.model_copy(update={"token_file": at(settings.web.token_file)}),
            "tracking": settings.tracking.model_copy(update={"templates": at(settings.tracking.templates)}),
            "feeds": {
                name: feed.model_copy(
                    update={
                        "source": source(feed.source),
                        "token_file": at(feed.token_file),
                        "scratch": at(feed.scratch),
                    }
                )
                for name, feed in settings.feeds.items()
            },
            "trackers": {
                name: tracker.model_copy(
                    update={
                        "folder": at(tracker.folder),
                        "token_file": at(tracker.token_file),
                        "app_key_file": at(tracker.app_key_file),
                    }
                )
                for name, tracker in settings.trackers.items()
            },
            "notifications": {
                name: channel.model_copy(
                    update={
                        "url_file": at(channel.url_file),
                        "secret_file": at(channel.secret_file),
                        "password_file": at(channel.password_file),
                    }
                )
                for name, channel in settings.notifications.items()
            },
            "repositories": tuple(
                repository.model_copy(
                    update={
                        "git": source(repository.git),
                        "policy": at(repository.policy),
                        "token_file": at(repository.token_file),
                        "app_key_file": at(repository.app_key_file),
                    }
                )
                for repository in settings.repositories
            ),
            "organisations": tuple(
                organisation.model_copy(
                    update={
                        "policy": at(organisation.policy),
                        "token_file": at(organisation.token_file),
                        "app_key_file": at(organisation.app_key_file),
                    }
                )
                for organisation in settings.organisations
            ),
        }
    )


def _is_scp(text: str) -> bool:
    """Whether this is git's `user@host:path` form."""
    head, colon, _ = text.partition(":")
    return bool(colon) and "/" not in head


def web_token(web: Web) -> str:
    """The token of the pages, "" when none is configured. Raises SettingsError also for one that could be guessed."""
    token = secret(web.token_env, web.token_file, "web")
    if token and len(token) < TOKEN_CHARACTERS:
        raise SettingsError(
            f"the token of the pages is shorter than {TOKEN_CHARACTERS} characters",
            subject=web.token_file or web.token_env,
            hint="`head -c 24 /dev/urandom | base64` makes one",
        )
    return token


def secret(env: str, file: str, subject: str) -> str:
    """A token from the environment or a file, "" when neither is configured.

    Raises SettingsError when the named place holds none; the message never shows a token.
    """
    if env:
        value = os.environ.get(env, "").strip()
        if not value:
            raise SettingsError(f"the environment variable {env} is empty or not set", subject=subject)
        return value
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as exc:
            hint = "only a service of systemd has that folder" if file.startswith(CREDENTIALS) else ""
            raise SettingsError(f"the token file can't be read: {exc}", subject=subject, hint=hint) from exc
        if not value:
            raise SettingsError("the token file is empty", subject=file)
        return value
    return ""
