"""What an ignore file's format is: bytes in, entries out."""

from collections.abc import Callable
from typing import NamedTuple

MAX_BYTES = 1_000_000


class Entry(NamedTuple):
    """One ignored advisory or package, as the file states it.

    `expires` is a date that the format itself has a place for. `comment` is all prose around it, the stated reason
    included: nothing in it is assumed. `path` is a folder or file that it is limited to ("": none).
    """

    line: int
    advisory: str = ""
    package: str = ""
    version: str = ""
    ecosystem: str = ""
    reason: str = ""
    comment: str = ""
    expires: str = ""
    path: str = ""


class Format(NamedTuple):
    """One format. `matches` looks at the path; `read` raises ValueError, with a sentence, for a file that is not one.

    `ecosystem` is the one that the tool looks at ("": all): only files about the same can drift apart.
    """

    name: str
    ecosystem: str
    matches: Callable[[str], bool]
    read: Callable[[str], list[Entry]]


def place(text: str, needle: str, start: int = 0) -> tuple[int, str]:
    """(line, comment) of a value: where it first stands outside a comment, with the `#` comments above and beside it.

    `start` is a line before which it can't stand. (0, "") when it is nowhere.
    """
    lines = text.splitlines()
    for number, source in enumerate(lines):
        code, _, beside = (
            source.partition("#") if "#" in source and needle not in source.partition("#")[2] else (source, "", "")
        )
        if number + 1 < start or needle not in code or code.lstrip().startswith("#"):
            continue
        above: list[str] = []
        for earlier in reversed(lines[:number]):
            if not earlier.strip().startswith("#"):
                break
            above.insert(0, earlier.strip().lstrip("#").strip())
        return number + 1, " ".join([*above, beside.strip()]).strip()
    return 0, ""


def text_of(value: object) -> str:
    """A value of TOML, YAML or JSON as a text; dates as ISO dates; everything else that is no text is empty."""
    if isinstance(value, str):
        return value.strip()
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat())[:10] if isoformat else ""


def tables(value: object) -> list[dict[str, object]]:
    """The tables of a list, whatever else is in it."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def table(value: object) -> dict[str, object]:
    """A table, or an empty one."""
    return value if isinstance(value, dict) else {}
