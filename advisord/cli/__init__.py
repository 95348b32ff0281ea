"""The command line: one file per command. This is the one place that prints errors and sets the exit code."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

COMMANDS = {
    "scan": "find vulnerable dependencies in lockfiles, and say which are in scope",
    "explain": "say why a finding is, or is not, in scope: the rule, the facts, the path, the witnesses",
    "packages": "show what the lockfile readers read",
    "policy": "check a policy file, draft one from a SECURITY.md, run its table of cases",
    "acceptances": "list every accepted risk with its state, and what other tools' ignore files say",
    "sync": "bring the advisory feeds up to date",
    "status": "show how fresh the feeds and repositories are, and what is wrong with them",
    "db": "export, back up, restore, verify and prune the database",
    "plan": "show what would be done to the issue trackers",
    "apply": "do what the plan says",
    "audit": "show what was done and decided, and verify that nobody changed it since",
    "run": "poll feeds and repositories and keep the issues true: as a daemon, or once",
    "notify": "tell the channels of the configuration what is news, or try one",
    "doctor": "check what advisord needs: configuration, tokens, feeds, git, clock, disk and database",
    "serve": "show the findings as pages, JSON and metrics, and answer as osv.dev does from the mirror",
    "manual": "print a page of the manual, the example configuration, a systemd unit",
    "demo": "see the whole thing work, without network or token",
}
"""Every command with the line that `advisord --help` prints; `advisord.cli.NAME.run` carries it out."""

_READERS = frozenset({"scan", "packages"})
"""Commands that build values from files, print them and end."""

_EPILOG = """\
Exit status: 0 nothing to report; 1 findings in scope; 2 bad usage or configuration;
3 the answer can't be trusted (no data, stale data, an unreadable lockfile, a failed feed).

`advisord COMMAND --help` explains a command. Begin with `advisord demo`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Prints every error as one sentence, never a traceback."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(args)
    except BrokenPipeError:
        # The reader of our output is gone (`| head`); nothing is left to say, and the exit must not say it again.
        sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115
        return 0
    except KeyboardInterrupt:
        print("advisord: stopped", file=sys.stderr)
        return 130
    except Exception as exc:  # noqa: BLE001  (the boundary: whatever it is becomes a sentence and an exit status)
        return _report(exc)


def program() -> NoReturn:
    """The installed entry point: `main`, and the end of the process.

    Where a command only read, that is at once: taking down what it built takes an eighth of a scan's time.
    """
    status = main()
    if _READERS.intersection(sys.argv[1:2]):
        import os

        with suppress(OSError):  # such as a full disk: the ordinary end says so
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
            os._exit(status)
    sys.exit(status)


def _dispatch(args: list[str]) -> int:
    command = args[0] if args else "--help"
    if command in COMMANDS:
        import gc

        # What lockfiles become has no cycles. Looking for some takes 4 % of a scan's time, 8 % where there are many.
        pause = command in _READERS and gc.isenabled()
        if pause:
            gc.disable()
        try:
            return int(__import__(f"advisord.cli.{command}", fromlist=("run",)).run(args[1:]))
        finally:
            if pause:
                gc.enable()
    if command in {"-h", "--help", "help"}:
        print(usage())
        return 0
    if command in {"-V", "--version"}:
        from advisord import __version__

        print(f"advisord {__version__}")
        return 0
    from advisord.errors import UsageError

    raise UsageError(f"there is no command {command!r}", hint="`advisord --help` lists the commands")


def usage() -> str:
    """The text of `advisord --help`."""
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {line}" for name, line in COMMANDS.items())
    return (
        "Usage: advisord COMMAND [OPTION...]\n\n"
        "Keeps exactly one honest tracking issue for every vulnerable dependency that is in scope.\n\n"
        f"Commands:\n{commands}\n\n{_EPILOG}"
    )


def _report(exc: Exception) -> int:
    import os

    from advisord.errors import AdvisordError, SettingsError
    from advisord.reports.plain import printable

    if os.environ.get("ADVISORD_DEBUG"):
        import traceback

        traceback.print_exception(exc)
    if not isinstance(exc, AdvisordError):
        import sqlite3

        from advisord.store.database import store_error

        if isinstance(exc, sqlite3.Error):
            exc = store_error(exc)
        else:
            print(
                f"advisord: a defect in advisord: {type(exc).__name__}: {exc}\n"
                "  set ADVISORD_DEBUG=1 for the traceback, and please report it",
                file=sys.stderr,
            )
            return 3
    lines = [f"{exc.subject}: {exc.message}" if exc.subject else exc.message]
    if isinstance(exc, SettingsError):
        lines += [f"{where}: {what}" for where, what in exc.problems]
    if exc.hint:
        lines.append(exc.hint)
    # Names of files and words of servers may be in them, which are anybody's.
    print("advisord: " + "\n  ".join(map(printable, lines)), file=sys.stderr)
    return exc.exit_code
