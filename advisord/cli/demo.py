"""`advisord demo`: the whole thing at work in a small world, without network or token."""

import os
import shlex
import shutil
from collections.abc import Sequence

from advisord.cli import main
from advisord.cli.options import Parser
from advisord.demo import CONFIGURATION, feeds, repository
from advisord.errors import UsageError

_MARK = ".advisord-demo"
_NEXT = {
    "explain GHSA-5h46-h7hh-c6x9": "why it is in scope: rule, facts, path, deadlines",
    "status": "how fresh feeds and repositories are",
    "plan": "what would be done to the issues (now: nothing)",
    "serve": "the same as pages, JSON and metrics",
}


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("demo")
    parser.add_argument("folder", nargs="?", default="demo", help="where to make the small world (default: ./demo)")
    folder = parser.parse_args(arguments).folder
    _clear(folder)
    shop_folder = os.path.join(folder, "shop")
    config = os.path.join(folder, "advisord.toml")

    _say(f"A small world in {folder}/: three feeds in their real layouts, and a git repository with lockfiles.")
    feeds.write(os.path.join(folder, "feeds"))
    shop = repository.make(shop_folder)
    with open(config, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    print(f"  feeds          {folder}/feeds/osv, rustsec, github")
    print(f"  repository     {shop_folder}, branches main and release-1.0")
    print(f"  policy         {shop_folder}/advisord-policy.toml")
    print(f"  configuration  {config}")

    _say("Read the feeds into the database. A record of several feeds is one vulnerability with several witnesses.")
    status = _run("sync", "--config", config)

    _say("Scan the repository's work tree, as CI would. Findings in scope give exit status 1.")
    _run("scan", shop_folder, "--db", os.path.join(folder, "advisord.db"))

    _say("Run one cycle: read both branches, match, decide, and open an issue for every finding that is tracked.")
    status = status or _run("run", "--once", "--config", config)
    _list_issues(folder)

    _say("Run it again. Nothing has changed, so nothing is done.")
    status = status or _run("run", "--once", "--config", config)

    _say("Fix: main moves to hyper 0.14.28, h2 0.3.26 and regex 1.5.6; release-1.0 stays as it is.")
    print(f"  new commit {repository.fix(shop)[:12]} on main")
    status = status or _run("run", "--once", "--config", config)
    print(
        "\n  regex was vulnerable on main only: its issue is closed, with the commit that fixed it.\n"
        "  hyper and h2 still are on release-1.0: their issues stay open and say so."
    )
    _list_issues(folder)
    _say(f"Look around: the issues are Markdown files in {folder}/issues/. Try, in {folder}/:")
    for command, meaning in _NEXT.items():
        print(f"  advisord {command:30}{meaning}")
    print(
        "  Every command above can be repeated; `advisord demo` makes the folder anew and forgets what you changed in it."
    )
    return status


def _clear(folder: str) -> None:
    """Make the folder, or empty one that an earlier demonstration made; nothing else is ever touched."""
    if os.path.lexists(folder):
        if not os.path.isfile(os.path.join(folder, _MARK)):
            raise UsageError(
                f"{folder} exists and is not a demonstration's folder", hint="name another: advisord demo DIR"
            )
        shutil.rmtree(folder)
    os.makedirs(folder)
    with open(os.path.join(folder, _MARK), "w", encoding="utf-8") as file:
        file.write("`advisord demo` made this folder and may empty it.\n")


def _say(text: str) -> None:
    print(f"\n== {text}")


def _run(*arguments: str) -> int:
    print(f"$ advisord {shlex.join(arguments)}", flush=True)
    return main(arguments)


def _list_issues(folder: str) -> None:
    issues = os.path.join(folder, "issues")
    print(f"\n  {issues}/")
    for name in sorted(os.listdir(issues)) if os.path.isdir(issues) else ():
        if name.endswith(".md"):
            print(f"    {name}")
