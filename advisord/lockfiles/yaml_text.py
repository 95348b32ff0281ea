"""YAML as lockfiles need it: every scalar stays the text that stands in the file, and every key knows its line.

The documents are built from libyaml's event stream (PyYAML's pure parser where libyaml is missing) into plain `dict`,
`list` and `str`. `1.10` stays `"1.10"`, `true` stays `"true"`. A plain (unquoted) `null`, `~` or empty *value* is None;
as a *key* it stays text, because packages of these names exist. Tags are ignored, `<<` is a key like any other.
PyYAML is imported by the first call, not by importing this module.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from advisord.errors import LockfileError

MAX_DEPTH = 100
MAX_ALIASED = 100_000
"""How many nodes all aliases of one file may stand for: a page of nested aliases can stand for billions."""
MAX_NODES = 4_000_000
"""Per document. The largest lockfiles that people commit have some hundred thousand."""
MAX_DOCUMENTS = 100

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Document(NamedTuple):
    """One document: its value, and for every mapping in it (by identity) the 1-based line of each key."""

    value: Any
    lines: dict[int, dict[str, int]]

    def line(self, mapping: Any, key: str | None = None) -> int:
        """The line of a key of a mapping of this document (without a key: of its first one), 0 when there is none."""
        lines = self.lines.get(id(mapping))
        if not lines:
            return 0
        return lines.get(key, 0) if key is not None else next(iter(lines.values()))


def load(text: str) -> Document:
    """The only document of a text (value None when it is empty). Raises LockfileError, also for a second document."""
    documents = load_all(text)
    if len(documents) > 1:
        raise LockfileError(f"holds {len(documents)} YAML documents where one is expected")
    return documents[0] if documents else Document(None, {})


def load_all(text: str) -> list[Document]:
    """All documents of a text, in order.

    Raises LockfileError for anything that is no YAML, for duplicate keys and keys that are not scalars, for nesting
    deeper than MAX_DEPTH, for more than MAX_NODES nodes, and for aliases that stand for more than MAX_ALIASED nodes or
    for a node that holds them.
    """
    import yaml  # 15 ms that only a lockfile in YAML has to pay

    try:
        return _documents(getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text).get_event, yaml)
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise LockfileError(f"is not YAML: {where}{error.problem or error.context or 'can not be read'}") from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise LockfileError(f"is not YAML: {str(error).splitlines()[0]}") from error


def _documents(next_event: Callable[[], Any], yaml: Any) -> list[Document]:
    documents: list[Document] = []
    while True:
        event = next_event()
        if type(event) is yaml.StreamEndEvent:
            return documents
        if type(event) is yaml.DocumentStartEvent:
            if len(documents) == MAX_DOCUMENTS:
                raise LockfileError(f"holds more than {MAX_DOCUMENTS} YAML documents")
            lines: dict[int, dict[str, int]] = {}
            documents.append(Document(_value(next_event, yaml, lines), lines))


def _value(next_event: Callable[[], Any], yaml: Any, lines: dict[int, dict[str, int]]) -> Any:
    """The next document's root. One loop without recursion: `node` is the open container, `outer` those around it."""
    scalar, alias, mapping, sequence = (
        yaml.ScalarEvent,
        yaml.AliasEvent,
        yaml.MappingStartEvent,
        yaml.SequenceStartEvent,
    )
    root: list[Any] = []
    node: Any = root
    key: str | None = None
    key_lines: dict[str, int] | None = None  # of the open container when it is a mapping
    outer: list[tuple[Any, str | None, dict[str, int] | None, str | None, int]] = []
    anchors: dict[str, tuple[Any, int]] = {}
    count = aliased = 0
    while True:
        event = next_event()
        kind = type(event)
        count += 1
        if count > MAX_NODES:
            raise LockfileError(f"holds more than {MAX_NODES} YAML nodes")
        if kind is scalar:
            value = event.value
            if value in _NULLS and event.implicit[0] and (key is not None or key_lines is None):
                value = None
            if event.anchor is not None:
                anchors[event.anchor] = (value, 1)
        elif kind is mapping or kind is sequence:
            if key_lines is not None and key is None:
                raise LockfileError(f"line {event.start_mark.line + 1}: a key of a mapping must be a text")
            if len(outer) == MAX_DEPTH:
                raise LockfileError(f"line {event.start_mark.line + 1}: nested deeper than {MAX_DEPTH} levels")
            outer.append((node, key, key_lines, event.anchor, count + aliased))
            anchors.pop(event.anchor, None)  # an alias to the node that it stands in must not find an older one
            key = None
            if kind is mapping:
                node = {}
                key_lines = lines[id(node)] = {}
            else:
                node = []
                key_lines = None
            continue
        elif kind is alias:
            if event.anchor not in anchors:
                raise LockfileError(f"line {event.start_mark.line + 1}: alias *{event.anchor} has no anchor before it")
            value, size = anchors[event.anchor]
            aliased += size
            if aliased > MAX_ALIASED:
                raise LockfileError(f"line {event.start_mark.line + 1}: aliases stand for over {MAX_ALIASED} nodes")
        elif outer:  # the end of a mapping or a sequence
            value = node
            node, key, key_lines, anchor, start = outer.pop()
            if anchor is not None:
                anchors[anchor] = (value, count + aliased - start)
        else:  # the end of the document
            return root[0] if root else None

        if key_lines is None:
            node.append(value)
        elif key is None:
            if type(value) is not str:
                raise LockfileError(f"line {event.start_mark.line + 1}: a key of a mapping must be a text")
            if value in key_lines:
                raise LockfileError(f"line {event.start_mark.line + 1}: key {value[:200]!r} stands twice")
            key = value
            key_lines[value] = event.start_mark.line + 1
        else:
            node[key] = value
            key = None
