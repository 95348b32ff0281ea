"""What a Gemfile says about groups, read without running it: it is a Ruby program, so only its usual forms are read."""

import re
from typing import NamedTuple

_CODE = re.compile(r"""(?:[^#'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|['"])*""")
"""A line up to its comment."""
_GEM = re.compile(r"""\s*gem[\s(]+(?:'([^']+)'|"([^"]+)")(.*)""", re.DOTALL)
_GEMSPEC = re.compile(r"\s*gemspec\b")
_DEVELOPMENT_GROUP = re.compile(r"development_group(?::|\s*=>)\s*:(\w+)")
_GROUP = re.compile(r"\s*group[\s(]+(.*?)(?:,\s*:?optional\b[^)]*)?\)?\s*do\s*$")
_OPTION = re.compile(r"(?::groups?\s*=>|\bgroups?:|\*\*)\s*(\[[^\]]*\]|%[iw]\[[^\]]*\]|[^\s,)]*)")
_NAME = r"""(?::\w+|:?"\w+"|:?'\w+')"""
_NAMES = re.compile(rf"\[?\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\]?|%[iw]\[[\w\s]+\]")
_WORD = re.compile(r"(?<!%)\w+")
_OPAQUE = re.compile(r"\b(?:gem|eval|eval_gemfile|instance_eval|send|public_send|load|require_relative)\b")
_OPENS = re.compile(r"\s*(?:if|unless|case|while|until|begin|def|class|module|for)\b|.*\bdo\s*(?:\|[^|]*\|)?\s*$")
_ENDS = re.compile(r"\s*end\b")
_MAX_LINES = 50
_MAX_LENGTH = 1000
"""What one statement may take before it is no statement that a person wrote."""


class Gemfile(NamedTuple):
    """`groups` are those of each gem that stands there literally, sorted; `default` is bundler's word for no group.

    `development` is the group of the development dependencies of the gemspec that the Gemfile includes ("" when it
    includes none). `opaque` says that there is code which may put any gem into any group.
    """

    groups: dict[str, tuple[str, ...]]
    development: str = ""
    opaque: bool = False


def read(text: str) -> Gemfile:
    """What stands there literally. A text whose blocks don't end where this reader sees them end tells nothing."""
    found: dict[str, set[str] | None] = {}
    blocks: list[tuple[str, ...] | None] = [()]
    development, opaque = "", False
    for statement in _statements(text):
        if len(statement) > _MAX_LENGTH:
            opaque = True
        elif _ENDS.match(statement):
            blocks.pop()
            if not blocks:
                break
        elif gem := _GEM.match(statement):
            _note(found, gem.group(1) or gem.group(2), _of_gem(gem.group(3), blocks[-1]))
        elif _GEMSPEC.match(statement):
            named = _DEVELOPMENT_GROUP.search(statement)
            development = named.group(1) if named else "development"
        elif group := _GROUP.match(statement):
            names, outer = _literal(group.group(1)), blocks[-1]
            blocks.append(None if names is None or outer is None else (*outer, *names))
        else:
            opaque = opaque or _OPAQUE.search(statement) is not None
            if _OPENS.match(statement):
                blocks.append(blocks[-1])
    if len(blocks) != 1:
        return Gemfile({}, opaque=True)
    return Gemfile({name: tuple(sorted(own)) for name, own in found.items() if own is not None}, development, opaque)


def _note(found: dict[str, set[str] | None], name: str, own: tuple[str, ...] | None) -> None:
    """A gem that stands several times is in all those groups; once unknown, it stays so."""
    before = found.setdefault(name, set())
    if own is None or before is None:
        found[name] = None
    else:
        before.update(own or ("default",))


def _of_gem(options: str, outer: tuple[str, ...] | None) -> tuple[str, ...] | None:
    match = _OPTION.search(options)
    if outer is None or match is None:
        return outer
    names = _literal(match.group(1))
    return None if names is None else (*outer, *names)


def _literal(text: str) -> tuple[str, ...] | None:
    """`:a, :b`, `[:a, "b"]` or `%i[a b]` as names; None for anything else."""
    return tuple(_WORD.findall(text)) if _NAMES.fullmatch(text.strip()) else None


def _statements(text: str) -> list[str]:
    """The lines without comments; one that ends in a comma, an opening bracket or a backslash goes on in the next."""
    statements: list[str] = []
    pending: list[str] = []
    for line in text.splitlines():
        code = " ".join(match.group().split()) if (match := _CODE.match(line)) else ""
        if not code:
            continue
        pending.append(code)
        if code[-1] in ",([{\\" and len(pending) < _MAX_LINES:
            continue
        statements.append(" ".join(pending))
        pending = []
    if pending:
        statements.append(" ".join(pending))
    return statements
