"""What every format needs to read untrusted bytes: decoding, JSON, TOML, line numbers, and the guard around a parser."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from advisord.errors import LockfileError
from advisord.lockfiles.interface import Format, Manifests
from advisord.model.inventory import Inventory
from advisord.model.problem import Problem

MAX_BYTES = 64 * 1024 * 1024
"""The largest lockfile that is read; the largest known real ones have about 5 MB."""

_T = TypeVar("_T")
_CONFLICT = r"(?m)^<{7} "
_LONG_KEY = r"""(?<![\w-])(?:(?:[\w-]{1,200}|"[^"\n]{0,200}"|'[^'\n]{0,200}')[ \t]*\.[ \t]*){64}"""
_ESCAPED_HALF = rb"\\u[dD][89a-fA-F]"
_HALF = "[\ud800-\udfff]"
_KINDS = {dict: "a table", list: "a list", str: "a text", int: "a number", bool: "true or false", type(None): "nothing"}


def decode(data: bytes) -> str:
    r"""The lockfile's text with `\n` line ends and without a byte order mark.

    Raises LockfileError for what can't be a lockfile: too large, binary, not UTF-8, a Git LFS pointer, or a file with
    an unresolved merge conflict.
    """
    if len(data) > MAX_BYTES:
        raise LockfileError(f"has {len(data)} bytes; lockfiles of more than {MAX_BYTES} bytes are not read")
    data = data.removeprefix(b"\xef\xbb\xbf")  # the codec that does this is a module of its own
    try:
        text = data.decode()
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise LockfileError(f"line {line}: byte 0x{data[exc.start]:02x} is not UTF-8 text") from exc
    if b"\0" in data:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise LockfileError(f"line {line}: a NUL byte stands in it; this is not a text file")
    if b"\r" in data:
        text = text.replace("\r\n", "\n")
    if text.startswith("version https://git-lfs.github.com/"):
        raise LockfileError("is a Git LFS pointer; commit the lockfile itself")
    if "<" in text and "<<<<<<<" in text and (conflict := re.search(_CONFLICT, text)):
        line = text.count("\n", 0, conflict.start()) + 1
        raise LockfileError(f"line {line}: an unresolved merge conflict stands in it")
    return text


def load_json(text: str, *, unique: bool = True) -> Any:
    """The value of a JSON text (RFC 8259). A key that stands twice in one object is an error: readers disagree on it.

    `unique=False`, where it is known that the lockfile's own tool takes the last one (JSON.parse does), saves a third.
    """
    import json  # only here: most lockfiles are of another notation

    try:
        return json.loads(text, object_pairs_hook=_unique if unique else None, parse_constant=_no_constant)
    except json.JSONDecodeError as exc:
        raise LockfileError(f"line {exc.lineno}: is not JSON: {exc.msg}") from exc
    except RecursionError as exc:
        raise LockfileError("is nested too deep for a lockfile") from exc


def load_toml(text: str) -> dict[str, Any]:
    """The table of a TOML 1.0 text."""
    import tomllib  # costs 5 ms, and Cargo.lock seldom needs it

    # tomllib needs quadratic time for such a key; counting is what keeps this cheap for all other files
    if any(line.count(".") >= 64 for line in text.split("\n")) and re.search(_LONG_KEY, text):
        raise LockfileError("a key of more than 64 parts stands in it; that is no lockfile")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise LockfileError(f"is not TOML: {exc}") from exc
    except RecursionError as exc:
        raise LockfileError("is nested too deep for a lockfile") from exc


def lines_of(text: str, pattern: re.Pattern[str]) -> list[int]:
    """The 1-based lines of all matches, in their order."""
    lines: list[int] = []
    line, position = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        lines.append(line)
    return lines


def expect(kind: type[_T], value: object, what: str) -> _T:
    """The value if it is of that kind; else a LockfileError that names `what` it should have been."""
    if isinstance(value, kind):
        return value
    found = _KINDS.get(type(value), f"a {type(value).__name__}")
    raise LockfileError(f"{what} should be {_KINDS.get(kind, kind.__name__)}, but is {found}")


def refuse_halves(data: bytes, read: object) -> None:
    r"""Raise LockfileError when half of a surrogate pair stands in what was read from the bytes.

    JSON's grammar lets `"\ud800"` pass (RFC 8259, section 8.2); no database, no name of a package and no output does.
    """
    # One byte is found fifteen times as fast as two, and few lockfiles hold it.
    if b"\\" in data and b"\\u" in data and re.search(_ESCAPED_HALF, data) and _holds_half(read):
        raise LockfileError("half of a surrogate pair stands in it (\\ud800 to \\udfff): that is no text")


def _holds_half(value: object) -> bool:
    if isinstance(value, str):
        return not value.isascii() and re.search(_HALF, value) is not None
    if isinstance(value, Inventory):
        value = tuple(value.whole())
    if isinstance(value, Mapping):
        return any(_holds_half(item) for pair in value.items() for item in pair)
    return isinstance(value, tuple | list) and any(map(_holds_half, value))


def guarded(format_: Format) -> Format:
    """The same format, of which nothing but LockfileError can escape. The registry puts it around every format."""
    return Format(format_.name, _guard_parse(format_), _guard_annotate(format_) if format_.annotate else None)


def _guard_parse(format_: Format) -> Callable[[bytes], Inventory]:
    def parse(data: bytes) -> Inventory:
        try:
            inventory = format_.parse(data)
            refuse_halves(data, inventory)
            return inventory._replace(rest=_guard_rest(inventory)) if inventory.rest else inventory
        except LockfileError:
            raise
        except RecursionError as exc:
            raise LockfileError(f"is nested too deep for a {format_.name} lockfile") from exc
        except Exception as exc:  # the bytes are untrusted: whatever a parser stumbles over, the file is the cause
            raise LockfileError(f"does not have the layout of a {format_.name} lockfile ({_sentence(exc)})") from exc

    return parse


def _guard_rest(inventory: Inventory) -> Callable[[Iterable[int] | None], Inventory]:
    def rest(wanted: Iterable[int] | None) -> Inventory:
        try:
            return inventory.whole(wanted)
        except Exception as exc:  # noqa: BLE001  (as above; the packages were read, and they were matched)
            reason = exc.message if isinstance(exc, LockfileError) else _sentence(exc)
            message = f"who requires whom, and the lines, can't be read ({reason}): reach is unknown"
            problem = Problem("broken-graph", "", message, blocking=False)
            return inventory._replace(problems=(*inventory.problems, problem), rest=None)

    return rest


def _guard_annotate(format_: Format) -> Callable[[Inventory, Manifests], Inventory]:
    inner = format_.annotate

    def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
        try:
            return inner(inventory, manifests) if inner else inventory
        except Exception as exc:  # noqa: BLE001  (as above; a manifest never costs us the lockfile's own facts)
            message = f"the manifests beside the lockfile can't be read ({_sentence(exc)}): reach is unknown"
            problem = Problem("unreadable-manifest", "", message, blocking=False)
            return inventory._replace(problems=(*inventory.problems, problem))

    return annotate


def _sentence(exc: Exception) -> str:
    return f"{type(exc).__name__}: {exc}"[:200]


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise LockfileError(f"the key {twice!r} stands twice in one object")
    return table


def _no_constant(name: str) -> NoReturn:
    raise LockfileError(f"is not JSON: {name} is no JSON value")
