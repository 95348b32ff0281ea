"""The dependencies that a mix.exs states literally. It is an Elixir program; whatever has to run to be known is unknown."""

import re
from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from typing import Any, NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.elixir_terms import Atom, Braces, Pair, read
from advisord.lockfiles.interface import Manifests
from advisord.model.inventory import Reach

_FUNCTION = re.compile(
    r"^[ \t]*defp?[ \t]+deps\b(?:\([^)\n]*\))?[ \t\n]*(?:do\b|,[ \t\n]*do:)[ \t\n]*(?=\[)", re.MULTILINE
)
_HEADS = re.compile(r"^[ \t]*defp?[ \t]+deps\b", re.MULTILINE)
_INLINE = re.compile(r"\bdeps:[ \t\n]*(?=\[)")
_USED_ALONE = re.compile(r"\bdeps:[ \t\n]*deps(?:\(\))?[ \t]*[,\n\]]")
_NO_DEPS = re.compile(r"\bdeps:")
_APPS_PATH = re.compile(r'\bapps_path:[ \t\n]*"([^"\\#]+)"')
_APP = re.compile(r"\bapp:[ \t\n]*:(\w+)")
_END = re.compile(r"[ \t\n]*(?:end\b|$|defp?\b|,|\])")
_COMMENT = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_DEV = frozenset({"dev", "test", "docs"})
_MAX_PROJECTS = 200
_MAX_DEPS = 2000
"""A project with more dependencies, or a repository with more projects, is read in part and called incomplete."""


class Dep(NamedTuple):
    """One dependency: its name on Hex, and the environments that `only` restricts it to (none: all; None: unknown).

    `path` leads to another project of the repository ("" for a package that is fetched).
    """

    name: str
    requirement: str = ""
    groups: tuple[str, ...] | None = ()
    path: str = ""

    @property
    def reach(self) -> Reach:
        """Every environment but those of developers may run somewhere."""
        if self.groups is None:
            return Reach.UNKNOWN
        return Reach.DEV if self.groups and _DEV.issuperset(self.groups) else Reach.RUNTIME


class Project(NamedTuple):
    """One mix.exs. `complete` says that its dependencies are one literal list and nothing else.

    `apps` is the folder of an umbrella's apps.
    """

    name: str
    deps: tuple[Dep, ...]
    complete: bool
    apps: str = ""


def read_all(manifests: Manifests) -> dict[str, Project]:
    """The projects that share the lockfile by folder: the one beside it, an umbrella's apps, and projects used by path."""
    found: dict[str, Project] = {}
    queue = ["."]
    for path in queue:  # grows while it is walked
        if path in found:
            continue
        if len(found) == _MAX_PROJECTS:
            found["."] = found["."]._replace(complete=False)
            break
        data = manifests.read(normpath(f"{path}/mix.exs"))
        if data is None:
            continue
        project = found[path] = project_of(data.decode("utf-8", "replace"))
        queue += (normpath(join(path, dep.path)) for dep in project.deps if dep.path)
        if project.apps:
            ending = re.compile(rf"{re.escape(normpath(project.apps))}/[^/]+/mix\.exs")
            queue += (name[: -len("/mix.exs")] for name in manifests.find("mix.exs") if ending.fullmatch(name))
    return found


def flattened(path: str, projects: Mapping[str, Project]) -> Iterator[Dep]:
    """What is fetched for a project: its own dependencies, and those that the projects it uses have at runtime."""
    seen = {path}
    queue = [(path, dep) for dep in projects[path].deps]
    for folder, dep in queue:  # grows while it is walked
        if not dep.path:
            yield dep
            continue
        used = normpath(join(folder, dep.path))
        if used in projects and used not in seen:
            seen.add(used)
            inner = (own for own in projects[used].deps if own.reach is not Reach.DEV)
            queue += ((used, own._replace(groups=dep.groups) if dep.groups else own) for own in inner)


def project_of(text: str) -> Project:
    """What one mix.exs says literally."""
    text = _COMMENT.sub("", text)
    name = match.group(1) if (match := _APP.search(text)) else ""
    apps = match.group(1) if (match := _APPS_PATH.search(text)) else ""
    inline = _INLINE.search(text)
    start = inline or (_FUNCTION.search(text) if len(_HEADS.findall(text)) == 1 else None)
    if start is None:
        return Project(name, (), _NO_DEPS.search(text) is None, apps)
    try:
        listed, end = read(text, start.end(), program=True)
    except LockfileError:
        return Project(name, (), complete=False, apps=apps)
    deps = [_dep(item) for item in listed[:_MAX_DEPS]]
    alone = inline is not None or _USED_ALONE.search(text) is not None
    complete = alone and len(deps) == len(listed) and None not in deps and _END.match(text, end) is not None
    return Project(name, tuple(dep for dep in deps if dep), complete, apps)


def _dep(item: Any) -> Dep | None:
    """`{:app, "requirement", option: value}`, the requirement or the options left out; None for anything else."""
    if isinstance(item, Pair) and isinstance(item.value, str):  # `app: "requirement"`
        return Dep(item.key, str(item.value))
    if not isinstance(item, Braces) or not item or not isinstance(item[0], Atom):
        return None
    options = {pair.key: pair.value for pair in item[1:] if isinstance(pair, Pair)}
    listed = item[-1] if isinstance(item[-1], list) else []
    options.update({pair.key: pair.value for pair in listed if isinstance(pair, Pair)})
    requirement = item[1] if len(item) > 1 and type(item[1]) is str else ""
    hex_name, path = options.get("hex"), options.get("path")
    if options.get("in_umbrella") == "true":
        path = f"../{item[0]}"
    return Dep(
        str(hex_name) if isinstance(hex_name, str) else str(item[0]),
        requirement,
        _environments(options.get("only", [])),
        path if isinstance(path, str) else "",
    )


def _environments(only: Any) -> tuple[str, ...] | None:
    """`only: :dev` or `only: [:dev, :test]`; in production's set nothing is restricted."""
    names = [only] if isinstance(only, Atom) else only
    if not isinstance(names, list) or not all(isinstance(name, Atom) for name in names):
        return None
    return () if "prod" in names else tuple(sorted(str(name) for name in names))
