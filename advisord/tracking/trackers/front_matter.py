"""An issue as a Markdown file: fields between two `---` lines, the body, and comments behind a hidden line."""

import re
from typing import Any, NamedTuple

import yaml

_COMMENTS = "<!-- advisord:comments -->"
_FLOWS = 200
_MOST = 2000
"""PyYAML's time grows with the square of what is left open."""
_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.{0,60000}?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


class Document(NamedTuple):
    """`fields` are the front matter as written: texts, lists, mappings; people's own fields too, in their order."""

    fields: dict[str, Any]
    body: str
    comments: str


def parse(text: str) -> Document:
    """Read a file. Raises ValueError with a sentence."""
    match = _HEAD.match(text)
    if not match:
        raise ValueError("it does not begin with fields between two lines of ---")
    if match[1].count("[") + match[1].count("{") > _FLOWS or sum(match[1].count(sign) for sign in "-?:") > _MOST:
        raise ValueError("its fields are nested too deeply, or too many")
    try:
        fields = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506  (makes texts, lists and mappings only)
    except (yaml.YAMLError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"line {mark.line + 2}" if mark else "the fields"
        raise ValueError(f"{where} can't be read: {getattr(exc, 'problem', None) or 'nested too deeply'}") from exc
    if not isinstance(fields, dict):
        raise ValueError("its fields are not `name: value` lines")  # noqa: TRY004  (one kind of error for a bad file)
    body, _, comments = text[match.end() :].replace("\r\n", "\n").partition(_COMMENTS)
    return Document(fields, body.strip("\n"), comments.strip("\n"))


def write(document: Document) -> str:
    """The file."""
    head = yaml.safe_dump(
        {name: _plain(value) for name, value in document.fields.items()},
        sort_keys=False,
        allow_unicode=True,
        width=1_000_000,
    )
    comments = f"\n{_COMMENTS}\n\n{document.comments}\n" if document.comments else ""
    return f"---\n{head}---\n\n{document.body}\n{comments}"


def _plain(value: Any) -> Any:
    """A whole number without the quotes that its text would get: a file that is written again stays as it was."""
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdecimal()
        and len(value) < 10
        and str(int(value)) == value
    ):
        return int(value)
    return value
