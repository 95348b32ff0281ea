"""Feeds, mirrors and trackers, made from the configuration."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from advisord.channel_settings import ChannelSettings
from advisord.cycle.forges import headers, path_of, server
from advisord.cycle.mirrors import place
from advisord.cycle.organisations import MemberSettings
from advisord.feeds import registry as feeds
from advisord.feeds.github import API as GITHUB
from advisord.feeds.interface import Feed
from advisord.model.advisory import Severity
from advisord.model.decision import Scope
from advisord.net.http import Http
from advisord.net.mirror import Mirror
from advisord.net.objects import HttpObjects
from advisord.net.urls import origin
from advisord.notifying.interface import Channel
from advisord.scope.compiled import CompiledPolicy
from advisord.scope.compiled import Route as PolicyRoute
from advisord.settings import FeedSettings, Settings, TrackerSettings, Tracking, secret
from advisord.source_settings import OrganisationSettings, RepositorySettings
from advisord.tracking.inputs import Group, Route, Texts
from advisord.tracking.inputs import Settings as Keeping
from advisord.tracking.interface import Look, Tracker
from advisord.tracking.trackers import registry as trackers
from advisord.tracking.trackers.github_app import CONTENTS, ISSUES, AppTokens, signed_by
from advisord.tracking.trackers.rest import Rest


class Plugs:
    """Makes what the steps need. `folder` is where mirrors are kept; one HTTP client serves all."""

    def __init__(self, folder: str, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._folder = folder
        self._http = Http()
        self._apps: dict[tuple[object, ...], AppTokens] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def feed(self, name: str, settings: FeedSettings) -> tuple[Feed, str]:
        """The feed of that name, and the address that it comes from."""
        address = settings.source or feeds.DEFAULT_ADDRESS[name]
        links = feeds.Links(
            objects=lambda base: HttpObjects(base, self._http),
            client=lambda: self._http,
            repository=lambda url: Mirror(url, place(self._folder, name, url)),
            token=lambda: secret(settings.token_env, settings.token_file, f"feeds.{name}"),
            scratch=settings.scratch or None,
        )
        return feeds.make(name, feeds.Wish(address, settings.ecosystems, settings.accept_losses), links), address

    def mirror(self, repository: RepositorySettings, stopped: Callable[[], bool] | None = None) -> Mirror:
        """The bare mirror of a repository, whose git ends once `stopped` says so.

        Raises SettingsError when its token is not where the configuration says.
        """
        folder = place(self._folder, repository.name, repository.git)
        return Mirror(repository.git, folder, token=self._reading(repository), partial=True, stopped=stopped)

    def _reading(self, repository: RepositorySettings) -> Callable[[], str]:
        """What gives the token for git; an organisation's repositories share one, so that one an hour is asked for."""
        if not repository.app:
            token = secret(repository.token_env, repository.token_file, f"repository {repository.name}")
            return lambda: token
        if isinstance(repository, MemberSettings):
            return self._app(repository.app, repository.app_key_file, repository.owner, repository.api, CONTENTS)
        _, host, _ = origin(repository.git)
        api = GITHUB if host == "github.com" else f"https://{host}/api/v3"
        name = urlsplit(repository.git).path.strip("/").removesuffix(".git")
        return self._app(repository.app, repository.app_key_file, name, api, CONTENTS)

    def _app(self, app: str, key_file: str, whose: str, url: str, permissions: Mapping[str, str]) -> AppTokens:
        """An app's tokens for a repository or an owner, kept as long as this lives."""
        known = (app, key_file, whose, url, tuple(permissions))
        if known not in self._apps:
            self._apps[known] = AppTokens(
                app, whose, self._http, signed_by(key_file), self._clock, url=url, permissions=permissions
            )
        return self._apps[known]

    def rest(self, asked: OrganisationSettings | TrackerSettings) -> Rest:
        """Questions to an organisation's or a tracker's server. Raises SettingsError when its token is not there."""
        url = server(asked)
        if isinstance(asked, OrganisationSettings):
            subject, whose, permissions = f"organisation {asked.name}", path_of(asked), CONTENTS
            needs = "to list and read repositories (docs/repositories.md: contents and metadata, GitLab read_api)"
        else:
            subject, whose, permissions = f"tracker of {asked.repository}", asked.repository, ISSUES
            needs = "to read and write issues"
        if asked.app:
            app = self._app(asked.app, asked.app_key_file, whose, url, permissions)
            return Rest(self._http, url, lambda: headers(asked.kind, app()), needs=needs)
        token = secret(asked.token_env, asked.token_file, subject)
        return Rest(self._http, url, lambda: headers(asked.kind, token), needs=needs)

    def granted(self, asked: OrganisationSettings | TrackerSettings, whose: str) -> dict[str, str]:
        """What an app may do at an owner."""
        return self._app(asked.app, asked.app_key_file, whose, server(asked), CONTENTS).granted()

    def tracker(self, name: str, settings: Settings) -> Tracker:
        """The tracker of that name. Raises SettingsError when its token is not where the configuration says."""
        chosen = settings.trackers[name]
        if chosen.kind == "local":
            return trackers.make("local", name, folder=chosen.folder, clock=self._clock)
        options: dict[str, Any] = {"client": self._http}
        if chosen.kind == "github":
            options |= {"label": settings.tracking.labels[0], "issue_type": chosen.issue_type}
        if chosen.kind in {"github", "forgejo"}:
            options["looks"] = _looks(settings.tracking)
        options["project" if chosen.kind == "gitlab" else "repository"] = chosen.repository
        if chosen.url:
            options["url"] = chosen.url
        if chosen.app:
            app = self._app(chosen.app, chosen.app_key_file, chosen.repository, chosen.url or GITHUB, ISSUES)
            options |= {"token": app, "login": app.login()}
        else:
            options["token"] = lambda: secret(chosen.token_env, chosen.token_file, f"trackers.{name}")
        return trackers.make(chosen.kind, name, **options)

    def channel(self, name: str, settings: ChannelSettings) -> Channel:
        """The channel of that name. Its secrets are asked for when something is sent."""
        about = f"notifications.{name}"

        def held(env: str, file: str) -> Callable[[], str]:
            return lambda: secret(env, file, about)

        # Only here: they load OpenSSL, and what mail is made of.
        if settings.kind == "email":
            from advisord.net.smtp import PORTS, Smtp
            from advisord.notifying.channels.mail import Mail

            port = settings.port or PORTS[settings.security]
            password = held(settings.password_env, settings.password_file)
            server = Smtp(settings.host, port, settings.security, settings.user, password)
            return Mail(server, settings.sender or "", settings.recipients)
        from advisord.net.posting import Post

        address = held(settings.url_env, settings.url_file)
        key = held(settings.secret_env, settings.secret_file)
        post = Post(self._http, lambda: settings.url or address(), clear=settings.kind == "webhook", secrets=key)
        if settings.kind == "chat":
            from advisord.notifying.channels.chat import Chat

            return Chat(post)
        from advisord.notifying.channels.webhook import Webhook

        return Webhook(about, post, key, self._clock)


def keeping(
    settings: Settings, repository: RepositorySettings, policy: CompiledPolicy, texts: Texts | None = None
) -> Keeping:
    """How a repository's issues are kept, from the configuration and the routes of its policy."""
    keys = settings.tracking
    return Keeping(
        labels=keys.labels,
        scope_labels={Scope.IN: keys.labels_in, Scope.REGULAR: keys.labels_regular},
        routes={route.name: _route(route, private=repository.private) for route in policy.routes},
        tracker=repository.tracker,
        creates=settings.run.issues_per_run,
        open_limit=keys.open_limit,
        baseline_above=keys.baseline_above,
        baseline_from=Severity(keys.baseline_from),
        reopen_within=timedelta(seconds=settings.run.reopen_within),
        grace=timedelta(seconds=keys.grace),
        overrule=keys.overrule,
        acceptance=timedelta(seconds=keys.acceptance),
        settle=timedelta(seconds=keys.settle),
        remind=timedelta(seconds=keys.remind),
        overdue_label=keys.overdue_label,
        formerly=repository.formerly,
        private=repository.private,
        texts=texts,
    )


def _looks(keys: Tracking) -> dict[str, Look]:
    """How our labels look, where they are made on demand."""
    looks = dict.fromkeys(keys.labels, Look("1d76db", "Kept up to date by advisord"))
    looks |= dict.fromkeys(keys.labels_in, Look("b60205", "In scope of the security policy"))
    looks |= dict.fromkeys(
        keys.labels_regular, Look("fbca04", "A dependency to see to; no security matter by the policy")
    )
    return looks | {keys.overdue_label: Look("d93f0b", "A deadline of the policy is past")}


def _route(route: PolicyRoute, *, private: bool) -> Route:
    return Route(
        route.tracker,
        route.labels,
        route.assignees,
        route.milestone,
        Group(route.group or Group.FINDING),
        private or route.visibility == "private",
    )
