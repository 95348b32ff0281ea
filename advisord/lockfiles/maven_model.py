"""Maven's project model, as far as versions go: properties, managed versions and parents that are at hand."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from advisord.errors import LockfileError
from advisord.lockfiles.xml_text import Element

_PROPERTY = re.compile(r"\$\{([^{}$]+)\}")
_MAX_STEPS = 50
_MAX_LENGTH = 1000
_MAX_NAME = 100
_MAX_ALL_STEPS = 100_000
"""Properties can hold properties: a page of them could stand for gigabytes of text."""


class Declared(NamedTuple):
    """One dependency with everything filled in that is known. `written` is the version as it stands there."""

    group: str
    artifact: str
    version: str
    written: str
    scope: str
    profile: str
    path: str
    line: int


class Model:
    """One project, with its parents (nearest first) as far as they are known."""

    def __init__(self, project: Element, parents: Sequence["Model"] = ()) -> None:
        self.project = project
        self._chain = [project, *(parent.project for parent in parents)]
        self._properties: dict[str, str] = {}
        self._steps = 0
        for element in reversed(self._chain):
            for own in element.all("properties"):
                self._properties.update((child.tag, child.text) for child in own.children)
        self._managed: dict[tuple[str, ...], Element] = {}
        for element in reversed(self._chain):
            for managed in element.all("dependencyManagement", "dependencies", "dependency"):
                self._managed[self._key(managed)] = managed

    def name(self) -> str:
        """The project's artifact id."""
        return self._filled(self.project.value("artifactId"))

    def parent_path(self) -> str:
        """Where the parent's pom.xml stands, relative to this one; "" where there is none in the repository."""
        parent = self.project.child("parent")
        if parent is None:
            return ""
        place = parent.child("relativePath")
        return "../pom.xml" if place is None else place.text

    def parent_name(self) -> str:
        """Group, artifact and version of the parent, "" where there is none."""
        parent = self.project.child("parent")
        return "" if parent is None else _named(parent, self._filled)

    def imports(self) -> list[str]:
        """The projects whose managed versions are imported (`<scope>import</scope>`)."""
        return [
            _named(managed, self._filled)
            for managed in self.project.all("dependencyManagement", "dependencies", "dependency")
            if managed.value("scope") == "import"
        ]

    def is_child_of(self, other: "Model") -> bool:
        """Whether that project is the one that this one names as its parent (what stands there may be another)."""
        parent = self.project.child("parent")
        return parent is not None and all(
            parent.value(key) == (other.project.value(key) or _inherited(other.project, key))
            for key in ("groupId", "artifactId")
        )

    def dependencies(self) -> list[Declared]:
        """The project's own dependencies, then those of its profiles. Of a repeated one Maven takes the last."""
        found = self._of(self.project, "")
        for profile in self.project.all("profiles", "profile"):
            found += self._of(profile, profile.value("id") or "profile")
        return found

    def _of(self, element: Element, profile: str) -> list[Declared]:
        last = {self._key(declared): declared for declared in element.all("dependencies", "dependency")}
        local = {child.tag: child.text for own in element.all("properties") for child in own.children}
        return [self._declared(declared, key, profile, local) for key, declared in last.items()]

    def _declared(self, element: Element, key: tuple[str, ...], profile: str, local: dict[str, str]) -> Declared:
        managed = self._managed.get(key)
        written = element.value("version") or (managed.value("version") if managed else "")
        scope = element.value("scope") or (managed.value("scope") if managed else "")
        path = element.value("systemPath")
        return Declared(
            key[0],
            key[1],
            self._filled(written, local),
            written,
            self._filled(scope, local),
            profile,
            path,
            element.line,
        )

    def _key(self, element: Element) -> tuple[str, ...]:
        group, artifact, kind, classifier = (
            self._filled(element.value(tag)) for tag in ("groupId", "artifactId", "type", "classifier")
        )
        return group, artifact, kind or "jar", classifier

    def _filled(self, text: str, local: dict[str, str] | None = None) -> str:
        """The text with its properties replaced, from the inside out; an unknown one stays as it stands."""
        steps, position = 0, 0
        while (match := _PROPERTY.search(text, position)) and steps < _MAX_STEPS and len(text) < _MAX_LENGTH:
            steps += 1
            self._steps += 1
            if self._steps > _MAX_ALL_STEPS:
                raise LockfileError(f"its properties refer to each other more than {_MAX_ALL_STEPS} times")
            value = self._value(match.group(1), local or {})
            if value is None:
                position = match.end()
            else:
                text = f"{text[: match.start()]}{value}{text[match.end() :]}"
                position = 0
        return text

    def _value(self, name: str, local: dict[str, str]) -> str | None:
        """A property, or a field of the project: `project.version`, or as Maven 2 had it `pom.version`, `version`."""
        if name in local:
            return local[name]
        if name in self._properties:
            return self._properties[name]
        field = name.removeprefix("project.").removeprefix("pom.")
        element: Element | None = self.project
        if field.startswith("parent."):
            element, field = self.project.child("parent"), field.removeprefix("parent.")
        if element is None or field not in {"version", "groupId", "artifactId"}:
            return None
        return element.value(field) or _inherited(element, field) or None


def _named(project: Element, filled: Callable[[str], str]) -> str:
    group, artifact, version = (filled(project.value(key))[:_MAX_NAME] for key in ("groupId", "artifactId", "version"))
    return f"{group}:{artifact} {version}".rstrip()


def _inherited(project: Element, field: str) -> str:
    """Group and version of a project that leaves them to its parent."""
    parent = project.child("parent")
    return parent.value(field) if parent is not None and field != "artifactId" else ""
