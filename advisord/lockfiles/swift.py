"""SwiftPM's Package.resolved, versions 1 to 3 (also inside Xcode projects and workspaces)."""

import re
from typing import Any

from advisord.errors import LockfileError
from advisord.lockfiles import json_text, unreadable
from advisord.lockfiles.address import public
from advisord.lockfiles.interface import Format
from advisord.lockfiles.text import decode, expect
from advisord.model.inventory import Inventory, Package, Source
from advisord.model.problem import Problem

_SCHEME = re.compile(r"[A-Za-z][\w+.-]*://(?:[^/@]*@)?([^/:]+)(?::\d+)?/+(.*)", re.DOTALL)
_SCP = re.compile(r"(?:[^/@:]+@)?([^/:@]+):/*(.*)", re.DOTALL)


def parse(data: bytes) -> Inventory:
    """Pinned packages, named as OSV's SwiftURL names them. The format has neither edges nor direct dependencies."""
    text = decode(data)
    document = json_text.load(text, 3 if '"object"' in text else 2)
    top = expect(dict, document.value, "a Package.resolved")
    if "pins" not in top and "object" not in top:
        raise LockfileError("has neither `pins` (versions 2 and 3) nor `object` (version 1)")
    pins = expect(list, (top if "pins" in top else expect(dict, top["object"], "`object`")).get("pins"), "`pins`")
    packages: list[Package] = []
    problems: list[Problem] = []
    for index, pin in enumerate(pins):
        line = document.line(pins, index)
        package = _package(pin, line) if isinstance(pin, dict) else None
        if package is None:
            unreadable.entry(problems, line, "a pin needs a location, and a version or a revision")
        else:
            packages.append(package)
    return Inventory("swift", tuple(packages), problems=tuple(problems))


def _package(pin: dict[str, Any], line: int) -> Package | None:
    """A pin to a version is a release of the repository; one to a branch or a revision has no version.

    A package of a Swift package registry has an identity (`scope.name`) and no location.
    """
    state = pin.get("state")
    state = state if isinstance(state, dict) else {}
    location = _text(pin, "location") or _text(pin, "repositoryURL")
    version, revision = _text(state, "version"), _text(state, "revision")
    if pin.get("kind") == "registry":
        name = _text(pin, "identity")
        return Package("SwiftURL", name, version, Source.OTHER_REGISTRY, line=line) if name and version else None
    name = url_name(location)
    if not name or not (version or revision):
        return None
    local = pin.get("kind") == "localSourceControl" or location.startswith(("/", "./", "../", "file:"))
    source = Source.PATH if local else Source.REGISTRY if version else Source.GIT
    locator = "" if source is Source.REGISTRY else public(location)
    return Package("SwiftURL", name, version, source, locator, revision, line)


def url_name(location: str) -> str:
    """The repository's address as OSV writes it: host and path, without scheme, user, port and `.git`."""
    match = _SCHEME.fullmatch(location) or _SCP.fullmatch(location)
    name = f"{match.group(1).lower()}/{match.group(2)}" if match else location
    return name.rstrip("/").removesuffix(".git")


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


FORMAT = Format("swift", parse)
