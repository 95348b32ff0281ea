"""Running the `git` program so that no repository, URL or configuration can make it do anything but read.

Hooks, the file system monitor, prompts, pagers, credential helpers and the machine's own configuration are off; only the
protocol that the URL names is allowed; the repository's owner does not matter, because nothing of it is executed.
"""

import errno
import os
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING

from advisord.errors import RepositoryError
from advisord.net.gitwords import PASSING, meant, told
from advisord.net.urls import shown

if TYPE_CHECKING:
    import subprocess

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "credential.helper=",
    "safe.directory=*",
    "gc.autoDetach=false",
    "submodule.recurse=false",
    "fetch.unpackLimit=1",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "log.showSignature=false",
)
_CONFIG = os.path.join(os.path.dirname(__file__), "gitconfig")
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30 -o ServerAliveCountMax=4"
_LOOK = 0.05
_KEPT = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSH_COMMAND", "GIT_SSH")
_URL = re.compile(r"[A-Za-z+]+://[^\s'\"]+")
_ROOM = "the machine, or the service (TasksMax=), has no room for more processes"
UNABLE = "unable"
"""The code of an error: the server can't give a part of a repository."""
STOPPED = "stopped"
"""The code of an error: git was told to end, whatever it was doing."""
TOO_LARGE = "too-large"
"""The code of an error: there is more than is taken."""
_UNABLE = re.compile(r"unadvertised object|want \S+ not valid|shallow capabilities|not support shallow")
_SPOKEN = frozenset({"file", "git", "http", "https", "ssh"})
"""The protocols that run no program of the address's choice, as `ext` would."""


def environment(protocols: str = "", settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for git. `settings` (a token's header) are handed over here, where no process list shows them.

    `protocols` are the only ones that git may speak, with colons between them: no configuration can widen this.
    """
    if not set(protocols.split(":")) <= _SPOKEN | {""}:
        raise RepositoryError(f"{protocols} is not spoken here", hint="use https or ssh", code="url")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    extra = dict(settings or {})
    return (
        {"GIT_SSH_COMMAND": _SSH}
        | kept
        | {
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_CONFIG_GLOBAL": _CONFIG,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "SSH_ASKPASS": "",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_ALLOW_PROTOCOL": protocols or "none",
            "GIT_CONFIG_COUNT": str(len(extra)),
        }
        | {f"GIT_CONFIG_KEY_{n}": key for n, key in enumerate(extra)}
        | {f"GIT_CONFIG_VALUE_{n}": value for n, value in enumerate(extra.values())}
    )


def start(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    stderr: "IO[bytes] | int",
    stdin: "IO[bytes] | int | None" = None,
    keep: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start git in a process group of its own, with its output in a pipe. Raises RepositoryError without git."""
    import subprocess

    command = ["git", "--no-pager", *(f for setting in _SETTINGS for f in ("-c", setting)), *arguments]
    try:
        return subprocess.Popen(  # noqa: S603  (no shell; callers keep options and operands apart)
            command,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=dict(env),
            start_new_session=True,
            pass_fds=keep,
        )
    except OSError as exc:
        full = exc.errno in {errno.EAGAIN, errno.ENOMEM}
        raise RepositoryError(
            f"git can't be started: {exc.strerror}",
            hint=_ROOM if full else "install git",
            code="no-git",
            retryable=full,
        ) from exc


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End git and whatever it started."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    process.wait()


def run(
    arguments: Sequence[str],
    *,
    subject: str,
    timeout: float,
    limit: int = 1 << 28,
    protocols: str = "",
    settings: Mapping[str, str] | None = None,
    keep: Sequence[int] = (),
    data: bytes = b"",
    interrupt: Callable[[], str] | None = None,
) -> bytes:
    """Run git on `data` to its end and give back its output.

    `interrupt` is asked now and then whether git has to end: TOO_LARGE, STOPPED, or "" when it has not. Raises
    RepositoryError: it failed, took too long, said or fetched too much, or was stopped.
    """
    import tempfile
    from threading import Event, Thread
    from time import monotonic

    ended = Event()
    why = interrupt() if interrupt else ""
    if why == STOPPED:
        raise _stopped(subject)

    def guard() -> None:
        nonlocal why
        end = monotonic() + timeout
        while (left := end - monotonic()) > 0:
            if ended.wait(min(left, _LOOK) if interrupt else left):
                return
            if why := interrupt() if interrupt else "":
                break
        why = why or "timeout"
        stop(process)

    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as questions:
        questions.write(data)
        questions.seek(0)
        process = start(
            arguments,
            env=environment(protocols, settings),
            stderr=errors,
            stdin=questions if data else None,
            keep=keep,
        )
        guarding = Thread(target=guard, daemon=True)
        try:
            guarding.start()
            assert process.stdout is not None  # noqa: S101  (for the type checker: it is a pipe)
            with process.stdout as pipe:
                output = pipe.read(limit + 1)
            if len(output) <= limit:
                process.wait()
        except RuntimeError as exc:
            raise RepositoryError(f"git can't be guarded: {exc}", hint=_ROOM, code="no-git", retryable=True) from exc
        finally:
            ended.set()
            stop(process)
        guarding.join()
        if why == "timeout":
            raise RepositoryError(
                f"git took more than {timeout:.0f} s", subject=subject, code="timeout", retryable=True
            )
        if why == STOPPED:
            raise _stopped(subject)
        if why:
            raise RepositoryError("it is larger than what is fetched at once", subject=subject, code=TOO_LARGE)
        if len(output) > limit:
            raise RepositoryError(f"git sent more than {limit:,} bytes", subject=subject, code=TOO_LARGE)
        if process.returncode:
            errors.seek(0)
            raise failed(errors.read(20_000), subject)
    return output


def _stopped(subject: str) -> RepositoryError:
    return RepositoryError("git was stopped", subject=subject, code=STOPPED, retryable=True)


def failed(stderr: bytes, subject: str) -> RepositoryError:
    """The error that git's own words mean."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    meaning = meant(lines)
    line = told(lines, meaning)
    text = line.partition(": ")[2] or line or "it ended without a word"
    text = "".join(c if c.isprintable() else " " for c in _URL.sub(lambda url: shown(url[0]), text))[:300]
    if any(_UNABLE.search(line) for line in lines):
        return RepositoryError(f"git: {text}", subject=subject, code=UNABLE)
    if meaning:
        _, code, hint = meaning
        return RepositoryError(f"git: {text}", subject=subject, hint=hint, code=code, retryable=code in PASSING)
    return RepositoryError(f"git: {text}", subject=subject, retryable=True)
