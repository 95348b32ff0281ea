"""`advisord manual`: the pages that come with the program, so that an installation needs no checkout beside it."""

import os
import sys
from collections.abc import Sequence

import advisord
from advisord.cli.options import Parser
from advisord.errors import UsageError
from advisord.words import nearest

_FOLDERS = ("docs", "config", os.path.join("config", "policies"), "systemd")
_ENDINGS = (".md", ".toml", ".service", ".timer", ".conf")

_EPILOG = """\
Without a page: the list of them. `advisord manual advisord.toml > advisord.toml` writes an example configuration with
every key, `advisord manual policy` explains the policy file, `advisord manual advisord.service` is the systemd unit.
Exit status: 0; 2 there is no such page."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command."""
    parser = Parser("manual", epilog=_EPILOG)
    parser.add_argument("page", nargs="?", help="a page, an example, a unit")
    name = parser.parse_args(arguments).page

    pages = _pages()
    if name is None:
        width = max(map(len, pages))
        print("\n".join(f"{page:{width}}  {_title(path)}".rstrip() for page, path in pages.items()))
        return 0
    if name not in pages:
        near = nearest(name, pages)
        meant = f"did you mean {near}? " if near else ""
        raise UsageError(f"there is no page {name!r}", hint=f"{meant}`advisord manual` lists them")
    with open(pages[name], encoding="utf-8") as file:
        sys.stdout.write(file.read())
    return 0


def _pages() -> dict[str, str]:
    """Name → file, in the order of the folders. A page of the documentation is named without its ending."""
    package = os.path.dirname(advisord.__file__)
    shipped = os.path.join(package, "manual")
    root = shipped if os.path.isdir(shipped) else os.path.dirname(package)  # a checkout has them beside the package
    found = {}
    for folder in _FOLDERS:
        path = os.path.join(root, folder)
        for file in sorted(os.listdir(path)) if os.path.isdir(path) else ():
            if file.endswith(_ENDINGS):
                found[file.removesuffix(".md")] = os.path.join(path, file)
    if not found:
        raise UsageError("this installation came without its manual", hint=f"it should be in {shipped}")
    return found


def _title(path: str) -> str:
    """What the first lines say that it is."""
    if path.endswith(".cases.toml"):
        return "its cases, for `advisord policy test`"
    with open(path, encoding="utf-8") as file:
        for line in file:
            text = line.strip().lstrip("# ")
            if text.startswith("Description="):
                return text.removeprefix("Description=")
            if text and not text.startswith("["):
                return text if len(text) <= 90 else f"{text[:89]}…"
    return ""
