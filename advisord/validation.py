"""TOML against a pydantic model: every mistake at once, each with its dotted key, its line and what to do."""

import difflib
import tomllib
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from advisord.errors import SettingsError
from advisord.times import duration
from advisord.toml_lines import Path, key_lines, line_of

MAX_CHARACTERS = 1_000_000

_M = TypeVar("_M", bound=BaseModel)

Duration = Annotated[float, BeforeValidator(duration)]
"""Seconds, written as `90s`, `24h`, `30d`."""


class Table(BaseModel):
    """A table of a configuration: unknown keys are mistakes, and values stay as they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse(text: str, *, subject: str, what: str) -> dict[str, Any]:
    """The table of a TOML text; SettingsError when it is none. `what` names the kind of file in the message."""
    if len(text) > MAX_CHARACTERS:
        raise SettingsError(f"the {what} is larger than 1 MB", subject=subject)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"the {what} is not TOML: {error}", subject=subject) from error


def validate(text: str, model: type[_M], *, subject: str, what: str, manual: str) -> _M:
    """The values that a TOML text states. Raises SettingsError with every problem."""
    raw = parse(text, subject=subject, what=what)
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise refusal(mistakes(error, model, raw), text, subject=subject, hint=manual) from error


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
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    return SettingsError(f"{count} in it", subject=subject, hint=hint, problems=tuple(problems))


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
        near = difflib.get_close_matches(str(loc[-1]), _known_keys(loc, model), n=1, cutoff=0.6)
        return f"unknown key {loc[-1]}" + (f"; did you mean {near[0]}?" if near else "; take it out")
    if kind == "missing":
        return f"{loc[-1]} is missing; add it"
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    if kind == "literal_error":
        return f"must be {problem['ctx']['expected']}"
    if kind == "string_pattern_mismatch":
        return f"does not have the form {problem['ctx']['pattern']}"
    message = str(problem["msg"])
    return message[0].lower() + message[1:]


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
