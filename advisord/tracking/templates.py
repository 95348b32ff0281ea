"""Texts of issues by the user's own templates (Jinja2, in its sandbox): `title.txt`, `body.md`, `comment.md`.

Whatever a template prints goes through `advisord.defuse`, but what is defused already: our own sections, and what the
functions `code` and `link` give. A template that is missing, or fails, leaves the built-in text in place; the failure is
a problem with file and line. The same values give the same text: templates know neither the time nor chance.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from advisord import defuse
from advisord.model.decision import Decision
from advisord.model.finding import Finding, Place, start
from advisord.model.problem import Problem
from advisord.tracking.inputs import Deadline, Sections

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

TITLE, BODY, COMMENT = "title.txt", "body.md", "comment.md"
_LARGEST = 100_000
_TITLE_LIMIT = 200
_OURS = ("<!-- advisord:", "<!--advisord:")
_FORBIDDEN_FILTERS = ("random", "safe", "pprint", "forceescape", "urlize")


class _Done(str):
    """A text that is Markdown on purpose."""

    __slots__ = ()


class Templates:
    """The templates of a folder; `problems` are what is wrong with them, found so far."""

    def __init__(self, folder: str) -> None:
        self.problems: list[Problem] = []
        self._folder = folder
        self._rendering: dict[str, Callable[[Mapping[str, Any]], str]] = {}
        for name in (TITLE, BODY, COMMENT):
            self._load(name)
        if not self._rendering and not self.problems:
            self._problem(folder, f"there is none of {TITLE}, {BODY} and {COMMENT} in it")

    def title(self, finding: Finding, decision: Decision, built_in: str) -> str:
        """One line."""
        return defuse.plain(self._rendered(TITLE, {**_values(finding, decision), "built_in": built_in}), _TITLE_LIMIT)

    def body(self, finding: Finding, decision: Decision, deadlines: Sequence[Deadline], sections: Sections) -> str:
        """What stands between our border lines, as Markdown."""
        ready = {name: _Done(text) for name, text in sections._asdict().items()}
        due = [{"what": one.label, "by": one.due} for one in deadlines]
        return self._rendered(BODY, {**_values(finding, decision), "sections": ready, "deadlines": due}).strip()

    def comment(self, verb: str, reason: str, built_in: str) -> str:
        """A comment, as Markdown."""
        return self._rendered(COMMENT, {"verb": verb, "reason": reason, "built_in": _Done(built_in)}).strip()

    def _rendered(self, name: str, values: Mapping[str, Any]) -> str:
        """The text; "" when there is no such template, or when it can't be used."""
        rendering = self._rendering.get(name)
        if rendering is None:
            return ""
        try:
            text = rendering(values)
        except Exception as exc:  # noqa: BLE001  (a template may fail in any way that Python can)
            line = _line(exc, os.path.join(self._folder, name))
            return self._problem(name, f"{f'line {line}: ' if line else ''}{exc}")
        if any(mark in text for mark in _OURS):
            return self._problem(name, "it writes a line of ours (<!-- advisord: …); leave those to advisord")
        return text if len(text) <= _LARGEST else self._problem(name, f"it gives more than {_LARGEST:,} characters")

    def _load(self, name: str) -> None:
        path = os.path.join(self._folder, name)
        try:
            with open(path, encoding="utf-8") as file:
                source = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as exc:
            self._problem(name, f"it can't be read: {exc}")
            return
        try:
            from jinja2 import TemplateSyntaxError
        except ImportError:
            self._problem(name, "templates need Jinja2: pip install 'advisord[templates]'")
            return
        try:
            environment = _environment(_title_text if name == TITLE else _markdown)
            code = environment.compile(source, name, path)
            template = environment.template_class.from_code(environment, code, environment.make_globals(None))
            self._rendering[name] = template.render
        except TemplateSyntaxError as exc:
            self._problem(name, f"line {exc.lineno}: {exc.message}")

    def _problem(self, name: str, why: str) -> str:
        message = f"the built-in text is used: {' '.join(why.split())[:300]}"
        problem = Problem("template", os.path.join(self._folder, name), message, blocking=False)
        if problem not in self.problems:
            self.problems.append(problem)
        return ""


def _environment(finalize: Callable[[Any], str]) -> "ImmutableSandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    for name in _FORBIDDEN_FILTERS:
        made.filters.pop(name, None)
    made.globals.pop("lipsum", None)
    made.globals.update(
        code=lambda text: _Done(defuse.code(str(text))), link=lambda name: _Done(defuse.advisory(str(name)))
    )
    return made


def _markdown(value: Any) -> str:
    return value if isinstance(value, _Done) else defuse.prose("" if value is None else str(value))


def _title_text(value: Any) -> str:
    return defuse.plain("" if value is None else str(value), _TITLE_LIMIT)


def _values(finding: Finding, decision: Decision) -> dict[str, Any]:
    """What a template may look at: docs/tracking.md lists it."""
    return {
        "repository": finding.repository,
        "ecosystem": finding.ecosystem,
        "package": finding.package,
        "id": finding.id,
        "ids": list(finding.ids),
        "kind": finding.kind.value,
        "severity": finding.rating.severity.value,
        "score": finding.rating.score,
        "summary": finding.summary,
        "verdict": finding.verdict.value,
        "exploited": finding.known_exploited,
        "alternatives": list(finding.alternatives),
        "places": [_place(place) for place in sorted(finding.places, key=lambda p: (p.ref, p.lockfile, p.version))],
        "scope": decision.scope.value,
        "rule": decision.rule,
        "reason": decision.reason,
        "route": decision.route,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "branch": place.ref,
        "lockfile": place.lockfile,
        "version": place.version,
        "verdict": place.verdict.value,
        "fixed": place.to or None,
        "direct": place.direct,
        "paths": [[start(via), *via.path] for via in place.via or ()],
        "reach": sorted({via.reach.value for via in place.via or ()}),
    }


def _line(exc: BaseException, path: str) -> int:
    """The template's line that an error came from: the innermost frame of its file."""
    trace, line = exc.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
