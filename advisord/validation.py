"""TOML against a pydantic model: every mistake at once, each with its dotted key, its line and what to do."""

import tomllib
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from advisord.errors import SettingsError
from advisord.times import duration
from advisord.toml_lines import Path, key_lines, line_of
from advisord.words import counted, nearest

MAX_CHARACTERS = 1_000_000

_M = TypeVar("_M", bound=BaseModel)

Duration = Annotated[float, BeforeValidator(duration)]
"""Seconds, written as `90s`, `24h`, `30d`."""


_BOUNDS = {
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_pattern_mismatch": "does not have the form {pattern}",
    "string_too_short": "is too short: {min_length} or more characters",
    "string_too_long": "is too long: {max_length} or fewer characters",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "multiple_of": "must be a multiple of {multiple_of}",
}
_EXPECTED = (
    ("string", "a text"),
    ("int", "a whole number"),
    ("float", "a number"),
    ("finite", "a number that is not infinite"),
    ("decimal", "a number"),
    ("bool", "true or false"),
    ("list", "a list"),
    ("tuple", "a list"),
    ("set", "a list"),
    ("frozen_set", "a list"),
    ("dict", "a table"),
    ("mapping", "a table"),
    ("model", "a table"),
    ("dataclass", "a table"),
    ("datetime", "a date with a time, such as 2026-11-20T12:00:00Z"),
    ("date", "a date such as 2026-11-20"),
    ("timezone", "a date with a time zone"),
    ("time_delta", "a time such as 30 days"),
    ("time", "a time of day"),
    ("url", "an address"),
)
"""What each family of pydantic's error types misses, by the beginning of the type's name."""


class Table(BaseModel):
    """A table of a configuration: unknown keys are mistakes, and values stay as they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse(text: str, *, subject: str, what: str) -> dict[str, Any]:
    """The table of a TOML text; SettingsError when it is none. `what` names the kind of file in the message."""
    if len(text) > MAX_CHARACTERS:
        raise SettingsError(f"the {what} is larger than 1 MB", subject=subject)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise SettingsError(f"the {what} is not TOML: {error}", subject=subject) from error


def validate(
    text: str,
    model: type[_M],
    *,
    subject: str,
    what: str,
    manual: str,
    across: Callable[[dict[str, Any]], list[tuple[Path, str]]] = lambda _: [],
) -> _M:
    """The values that a TOML text states. Raises SettingsError with every problem.

    `across` finds mistakes between tables, in what was read: a model looks for those only when every table is right.
    """
    raw = parse(text, subject=subject, what=what)
    found = across(raw)
    try:
        values = model.model_validate(raw)
    except ValidationError as error:
        raise refusal([*mistakes(error, model, raw), *found], text, subject=subject, hint=manual) from error
    if found:
        raise refusal(found, text, subject=subject, hint=manual)
    return values


def mistakes(error: ValidationError, model: type[BaseModel], raw: Any) -> list[tuple[Path, str]]:
    """What pydantic found, in our words: (where, sentence)."""
    return [(_location(problem["loc"], raw), _sentence(problem, model)) for problem in error.errors()]


def refusal(found: Iterable[tuple[Path, str]], text: str, *, subject: str, hint: str) -> SettingsError:
    """The error that tells all mistakes of a file."""
    lines = key_lines(text)
    problems = []
    for path, sentence in dict.fromkeys(found):
        number = line_of(lines, path)
        problems.append((_dotted(path), f"line {number}: {sentence}" if number else sentence))
    return SettingsError(
        f"{counted(len(problems), 'problem')} in it", subject=subject, hint=hint, problems=tuple(problems)
    )


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(whole file)"


def _location(loc: tuple[str | int, ...], raw: Any) -> Path:
    """The part of pydantic's location that exists in the file (it adds names of its own for unions)."""
    path: list[str | int] = []
    here = raw
    for part in loc:
        if isinstance(here, dict) and isinstance(part, str):
            if part not in here:
                path.append(part)
                break
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            break
        path.append(part)
    return tuple(path)


def _sentence(problem: Any, model: type[BaseModel]) -> str:
    kind, loc = problem["type"], problem["loc"]
    if kind == "extra_forbidden":
        near = nearest(str(loc[-1]), _known_keys(loc, model))
        return f"unknown key {loc[-1]}" + (f"; did you mean {near}?" if near else "; take it out")
    if kind == "missing":
        return f"{loc[-1]} is missing; add it"
    context = problem.get("ctx", {})
    if kind in {"value_error", "assertion_error"}:
        return str(context["error"])
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind in {"too_short", "too_long"}:
        bound, word = ("min_length", "least") if kind == "too_short" else ("max_length", "most")
        number = context[bound]
        return f"needs at {word} {number} {'entry' if number == 1 else 'entries'}, not {context['actual_length']}"
    expected = next((words for start, words in _EXPECTED if kind.startswith(start)), "")
    if not expected:
        return f"{_named(problem['input'])} can't be used here"
    if expected == "a table" and (keys := _known_keys((*loc, ""), model)):
        expected = f"a table with any of {', '.join(keys)}"
    given = _named(problem["input"])
    return f"must be {expected}" + ("" if given == expected else f", not {given}")


def _named(value: Any) -> str:
    """The kind of a TOML value. The value itself is not told: it may be a secret in the wrong place."""
    for kind, name in ((dict, "a table"), (list, "a list"), (str, "a text"), (bool, "true or false")):
        if isinstance(value, kind):
            return name
    return "a number" if isinstance(value, int | float) else "a date or a time"


def _known_keys(loc: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    """The keys that the table at this place may have."""
    here: Any = model
    for part in loc[:-1]:
        field = getattr(here, "model_fields", {}).get(part)
        if field is not None:
            here = _model_in(field.annotation) or here
    return list(getattr(here, "model_fields", {}))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        inner = _model_in(argument)
        if inner:
            return inner
    return None
