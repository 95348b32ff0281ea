"""Where reports go: `--output FILE`, `--output FORMAT=FILE`, any number of them, each written whole or not at all."""

import os
from collections.abc import Iterable, Sequence

from advisord.errors import UsageError
from advisord.words import nearest

_ENDINGS = {".sarif": "sarif", ".json": "json", ".html": "html", ".md": "markdown"}
"""What a file's ending says of its format where nothing else does."""


def destinations(outputs: Iterable[str], format_: str, formats: Sequence[str]) -> tuple[list[tuple[str, str]], bool]:
    """(format, file) of every `--output`, and whether the terminal gets a report too. Raises UsageError.

    A plain FILE takes the report that would go to the terminal; where that is the text for people and the file's
    ending names another format, it takes that one.
    """
    found: list[tuple[str, str]] = []
    plain = 0
    for output in outputs:
        name, equals, path = output.partition("=")
        if not (equals and name in formats):
            if equals and name.isalnum():
                raise _no_format(name, output, formats)
            ending = os.path.splitext(output)[1].lower()
            name, path = _ENDINGS.get(ending, format_) if format_ == "text" else format_, output
            plain += 1
        if not path:
            raise UsageError(f"--output {output!r} names no file")
        if path == "-":
            raise UsageError(f"--output {output}: the terminal is no file", hint=f"write --format {name}")
        if path in {other for _, other in found}:
            raise UsageError(f"--output {output}: another report goes to that file", hint="name a file for each")
        found.append((name, path))
    if plain > 1:
        raise UsageError("--output FILE can be given once", hint="write --output FORMAT=FILE for further reports")
    return found, not plain


def _no_format(name: str, output: str, formats: Sequence[str]) -> UsageError:
    near = nearest(name, formats)
    meant = f"did you mean {near}={output.partition('=')[2]}?" if near else f"formats: {', '.join(formats)}"
    return UsageError(
        f"--output {output}: no format is called {name!r}", hint=f"{meant} (a file of this name: ./{output})"
    )


def write(path: str, text: str) -> None:
    """Write a report so that a reader sees the old file or the new one. Raises UsageError when it can't be written."""
    # What a lockfile's name holds of bytes that are no text is written as an escape.
    data = text.encode("utf-8", "backslashreplace")
    target = os.path.realpath(path)
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # a pipe, a terminal, /dev/stdout
            with open(path, "wb") as file:
                file.write(data)
            return
        fresh = f"{target}.{os.getpid()}.tmp"
        try:
            with open(fresh, "xb") as file:
                file.write(data)
            os.replace(fresh, target)
        except OSError:
            if os.path.exists(fresh):
                os.unlink(fresh)
            raise
    except OSError as exc:
        hint = "check the folder, and who may write there"
        raise UsageError(f"the report can't be written: {exc.strerror}", subject=path, hint=hint) from exc
