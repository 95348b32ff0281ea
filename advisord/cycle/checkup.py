"""What `advisord doctor` looks at: what a daemon needs around its data (of the data tells `advisord status`)."""

import errno
import os
import re
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from advisord import policies
from advisord.cycle import notify, permissions
from advisord.cycle.plugs import Plugs
from advisord.cycle.tree import Tree
from advisord.errors import AdvisordError, RepositoryError, SettingsError
from advisord.feeds.registry import DEFAULT_ADDRESS
from advisord.net import gitrun
from advisord.net.http import Http
from advisord.net.mirror import Mirror
from advisord.net.urls import shown
from advisord.scope.compiled import DEFAULT_POLICY
from advisord.settings import FeedSettings, Settings, Web, lacking, secret, web_token
from advisord.source_settings import OrganisationSettings, RepositorySettings
from advisord.store.database import open_reader
from advisord.store.health import damage
from advisord.store.upkeep import open_issues
from advisord.words import counted

_GIT = (2, 31)
"""Since 2.31 git takes configuration from the environment, where no process list shows a token."""
_FULL = 200 << 20
_TIGHT = 2 << 30
_CLOCK_WRONG = 300.0
_CLOCK_OFF = 30.0
_PATIENCE = 30.0
_HERE = 3.0
"""Seconds within which a program on this machine answers."""
_AT_ONCE = 8


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    ERROR = "error"


class Check(NamedTuple):
    """One thing that was looked at; `todo` says what to do about it ("" when nothing)."""

    level: Level
    subject: str
    message: str
    todo: str = ""


def checkup(settings: Settings, plugs: Plugs, http: Http, clock: Callable[[], datetime]) -> Iterator[Check]:
    """Look at everything; nothing is left behind, and nothing is raised.

    What has to be asked for elsewhere is asked for by a few at a time, and told in a fixed order.
    """
    yield _git()
    yield from _store(settings.store.path)
    yield from _token_files(settings)
    yield from _web(settings)
    looks = list(_looks(settings, plugs, http, clock))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for found in pool.map(lambda one: _safely(*one), looks):
            yield from found


def _looks(
    settings: Settings, plugs: Plugs, http: Http, clock: Callable[[], datetime]
) -> Iterator[tuple[str, Callable[[], Iterator[Check]]]]:
    """What is looked at, each with its subject."""
    for name, feed in settings.feeds.items():
        if feed.enabled:
            address = feed.source or DEFAULT_ADDRESS[name]
            yield f"feed {name}", partial(_feed, name, address, http, clock)
    for name, feed in settings.feeds.items():
        if feed.enabled and (feed.token_env or feed.token_file):
            yield f"feed {name}", partial(_token, name, feed)
    for name in settings.trackers:
        yield f"tracker {name}", partial(_tracker, name, settings, plugs)
    for name in settings.notifications:
        yield f"notifications.{name}", partial(_channel, name, settings, plugs)
    yield "policies", partial(_named_channels, settings)
    for organisation in settings.organisations:
        yield f"organisation {organisation.name}", partial(_organisation, organisation, plugs)
    for repository in settings.repositories:
        yield f"repository {repository.name}", partial(_repository, repository, plugs)


def _safely(subject: str, look: Callable[[], Iterator[Check]]) -> list[Check]:
    """What a look finds; its errors are findings too."""
    found: list[Check] = []
    try:
        found.extend(look())
    except AdvisordError as exc:
        found.append(_wrong(subject, exc))
    return found


def _wrong(subject: str, exc: AdvisordError) -> Check:
    mistakes = "; ".join(f"{where}: {what}" for where, what in exc.problems) if isinstance(exc, SettingsError) else ""
    return Check(Level.ERROR, subject, f"{exc.message}{': ' if mistakes else ''}{mistakes}", exc.hint)


def _git() -> Check:
    try:
        said = gitrun.run(["--version"], subject="git", timeout=_PATIENCE).decode("utf-8", "replace").strip()
    except AdvisordError as exc:
        return _wrong("git", exc)
    found = re.search(r"(\d+)\.(\d+)", said)
    if found and (int(found[1]), int(found[2])) >= _GIT:
        return Check(Level.OK, "git", said)
    return Check(Level.ERROR, "git", f"{said} is too old", "install git 2.31 or later")


def _store(path: str) -> Iterator[Check]:
    folder = os.path.dirname(path) or "."
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder) or "."
    if not os.access(folder, os.W_OK):
        yield Check(Level.ERROR, "store", f"{folder} can't be written", "give it to the user that advisord runs as")
    free = shutil.disk_usage(folder).free
    level = Level.ERROR if free < _FULL else Level.WARN if free < _TIGHT else Level.OK
    yield Check(level, "disk", f"{free / (1 << 30):.1f} GiB free at {folder}", "" if level is Level.OK else "make room")
    if not os.path.exists(path):
        yield Check(
            Level.WARN, "store", f"there is no database at {path} yet", "`advisord run` or `advisord sync` makes it"
        )
        return
    try:
        db = open_reader(path)
    except AdvisordError as exc:
        yield _wrong("store", exc)
        return
    try:
        mistakes = damage(db)
    finally:
        db.close()
    if mistakes:
        todo = "stop it and put a backup back (advisord db restore FILE --replace), or move the file away: all is read anew"
        yield Check(Level.ERROR, "store", f"{path} is damaged: {mistakes[0]}", todo)
    else:
        yield Check(Level.OK, "store", f"{path} is sound, its schema is this release's")


def _token_files(settings: Settings) -> Iterator[Check]:
    files = {
        *(feed.token_file for feed in settings.feeds.values()),
        *(tracker.token_file for tracker in settings.trackers.values()),
        *(tracker.app_key_file for tracker in settings.trackers.values()),
        *(repository.token_file for repository in settings.repositories),
        *(repository.app_key_file for repository in settings.repositories),
        *(organisation.token_file for organisation in settings.organisations),
        *(organisation.app_key_file for organisation in settings.organisations),
        *([settings.web.token_file] if settings.web else ()),
        *(channel.url_file for channel in settings.notifications.values()),
        *(channel.secret_file for channel in settings.notifications.values()),
        *(channel.password_file for channel in settings.notifications.values()),
    }
    for file in sorted(files - {""}):
        try:
            mode = os.stat(file).st_mode
        except OSError:
            continue  # whoever needs it says so below
        if mode & 0o077:
            yield Check(
                Level.WARN, "token", f"{file} can be read by others (mode {mode & 0o777:03o})", f"chmod 600 {file}"
            )


def _web(settings: Settings) -> Iterator[Check]:
    if settings.web is None:
        return
    yield from _safely("web", partial(_web_token, settings.web))
    yield from _safely("web", partial(_web_address, settings.web))
    missing = lacking()
    if missing:
        todo = "install advisord with the extra `web`, `pip install 'advisord[web]'`, or take [web] out"
        yield Check(Level.ERROR, "web", f"{' and '.join(missing)} can't be found, which the pages need", todo)
    else:
        yield Check(Level.OK, "web", "what the pages need is installed")


def _web_token(web: Web) -> Iterator[Check]:
    if web_token(web):
        yield Check(Level.OK, "web", "its token is there")


def _web_address(web: Web) -> Iterator[Check]:
    """Whether the pages can listen, or already do."""
    host, port = web.address
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE and _answers(web):
            yield Check(Level.OK, "web", f"pages answer on {web.listen}")
            return
        why = "another program listens there" if exc.errno == errno.EADDRINUSE else exc.strerror or str(exc)
        yield Check(Level.ERROR, "web", f"the pages can't listen on {web.listen}: {why}", "choose another `listen`")
    else:
        yield Check(Level.OK, "web", f"the pages can listen on {web.listen}")


def _answers(web: Web) -> bool:
    """Whether an advisord answers where the pages are to listen."""
    host, port = web.address
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (everywhere is here too)
    with suppress(AdvisordError), closing(Http(read=_HERE, attempts=1)) as http:
        answer = http.request("GET", f"http://{f'[{host}]' if ':' in host else host}:{port}/healthz", headers={})
        return answer.status == 200 and answer.content == b"ok\n"
    return False


def _token(name: str, feed: FeedSettings) -> Iterator[Check]:
    secret(feed.token_env, feed.token_file, f"feeds.{name}")
    yield Check(Level.OK, f"feed {name}", "its token is there")


def _feed(name: str, address: str, http: Http, clock: Callable[[], datetime]) -> Iterator[Check]:
    subject = f"feed {name}"
    if "://" not in address and os.path.exists(address):
        yield Check(Level.OK, subject, f"{address} is there")
        return
    if os.path.isabs(address):  # of the configuration's paths every one is
        yield Check(Level.ERROR, subject, f"there is no {address}", "check `source`, or fetch the mirror")
        return
    if name == "rustsec" or not address.startswith(("https:", "http:")):
        branches = Mirror(address, "/nonexistent", timeout=_PATIENCE).ls_remote()
        yield Check(
            Level.OK,
            subject,
            f"{shown(address)} answers with {counted(len(branches), 'branch or tag', 'branches and tags')}",
        )
        return
    answer = http.request("HEAD", address, headers={})
    if answer.status >= 500:
        yield Check(Level.WARN, subject, f"{shown(address)} answers with status {answer.status}", "try again later")
    else:
        yield Check(Level.OK, subject, f"{shown(address)} answers")
    yield from _clock(answer.headers.get("date", ""), clock())


def _clock(date: str, now: datetime) -> Iterator[Check]:
    """Our clock beside a server's (RFC 9110, section 6.6.1)."""
    try:
        off = abs((now - parsedate_to_datetime(date)).total_seconds())
    except (TypeError, ValueError):
        return
    todo = "" if off < _CLOCK_OFF else "set the clock (timedatectl set-ntp true): ages and tokens depend on it"
    level = Level.OK if off < _CLOCK_OFF else Level.WARN if off < _CLOCK_WRONG else Level.ERROR
    yield Check(level, "clock", f"{off:.0f} s away from the feed's", todo)


def _channel(name: str, settings: Settings, plugs: Plugs) -> Iterator[Check]:
    """Nothing is sent: `advisord notify --test` does that."""
    yield Check(Level.OK, f"notifications.{name}", plugs.channel(name, settings.notifications[name]).check())


def _named_channels(settings: Settings) -> Iterator[Check]:
    """The channels that policies name are there."""
    for repository in settings.repositories:
        if repository.policy:
            for problem in notify.unknown(settings, policies.read(repository.policy), repository.name):
                todo = "name one that is configured, or configure it"
                yield Check(Level.ERROR, f"repository {repository.name}", problem.message, todo)


def _tracker(name: str, settings: Settings, plugs: Plugs) -> Iterator[Check]:
    chosen = settings.trackers[name]
    if chosen.kind == "local":
        yield from _folder(name, chosen.folder, settings.store.path)
        return
    visibility = plugs.tracker(name, settings).visibility()
    yield Check(Level.OK, f"tracker {name}", f"{chosen.repository} answers to the token; it is {visibility.value}")
    yield from _permissions(f"tracker {name}", permissions.of_tracker(plugs, chosen))


def _folder(name: str, folder: str, store: str) -> Iterator[Check]:
    """Whether a local tracker's issues can be written: a file without a name is, and is gone when it is closed."""
    subject = f"tracker {name}"
    if not os.path.isdir(folder) and (issues := _issues(name, store)):
        todo = "put the folder back; or make an empty one to begin anew"
        yield Check(Level.ERROR, subject, f"{folder} is gone, with {counted(issues, 'issue')} in it", todo)
        return
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder) or "."
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(4096))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as exc:
        full = exc.errno in {errno.ENOSPC, errno.EDQUOT}
        todo = "make room" if full else "give it to the user that advisord runs as"
        yield Check(Level.ERROR, subject, f"{folder} can't be written: {exc.strerror}", todo)
    else:
        yield Check(Level.OK, subject, f"{folder} can be written")


def _issues(tracker: str, store: str) -> int:
    """How many issues of a tracker the database knows; none where it can't be read, which is told elsewhere."""
    try:
        with closing(open_reader(store)) as db:
            return open_issues(db, tracker)
    except (AdvisordError, sqlite3.Error):
        return 0


def _organisation(organisation: OrganisationSettings, plugs: Plugs) -> Iterator[Check]:
    yield from _permissions(f"organisation {organisation.name}", permissions.of_organisation(plugs, organisation))


def _permissions(subject: str, said: permissions.Said) -> Iterator[Check]:
    if said.may:
        yield Check(Level.OK, subject, f"its token may: {said.may}")
    for lack in said.lacks:
        yield Check(Level.WARN, subject, lack, "see docs/repositories.md for what a token needs")


def _repository(repository: RepositorySettings, plugs: Plugs) -> Iterator[Check]:
    mirror = plugs.mirror(repository)
    subject, address = f"repository {repository.name}", shown(mirror.url)
    branches = [ref for ref in mirror.ls_remote() if ref.startswith("refs/heads/")]
    if branches:
        yield Check(Level.OK, subject, f"{address} answers with {counted(len(branches), 'branch', 'branches')}")
    else:
        yield Check(Level.ERROR, subject, f"{address} has no branch", "check the address, or push a first commit")
    yield from _own_policy(repository, mirror, subject)


def _own_policy(repository: RepositorySettings, mirror: Mirror, subject: str) -> Iterator[Check]:
    """What does not count of the repository's own policy, as it was read last; nothing where nothing was read."""
    ours = policies.read(repository.policy) if repository.policy else DEFAULT_POLICY
    with suppress(RepositoryError):
        kept = mirror.kept()
        commit = kept.refs.get(kept.head)
        data = Tree(mirror, commit).read(policies.FILE_NAME) if commit else None
        theirs, problems = policies.own(data, policies.FILE_NAME)
        for problem in (*problems, *policies.not_delegated(ours, theirs, policies.FILE_NAME)):
            yield Check(Level.WARN, subject, f"{problem.subject}: {problem.message}")
