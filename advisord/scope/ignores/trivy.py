"""Trivy's `.trivyignore` (an id a line, maybe `exp:DATE`) and `.trivyignore.yaml` (`vulnerabilities`)."""

import re

import yaml

from advisord.scope.ignores.interface import Entry, Format, place, table, tables, text_of

_ID = re.compile(r"[A-Z][A-Za-z]*-[\w-]+")
_EXPIRES = re.compile(r"\bexp:(\d{4}-\d{2}-\d{2})")


def _read_plain(text: str) -> list[Entry]:
    found = []
    for number, source in enumerate(text.splitlines(), 1):
        words = source.partition("#")[0].split()
        if words and _ID.fullmatch(words[0]):
            _line, comment = place(text, words[0], number)
            expires = _EXPIRES.search(source)
            found.append(
                Entry(number, words[0], reason=comment, comment=comment, expires=expires[1] if expires else "")
            )
    return found


def _read_yaml(text: str) -> list[Entry]:
    found = []
    for item in tables(table(yaml.safe_load(text)).get("vulnerabilities")):
        advisory, reason = text_of(item.get("id")), text_of(item.get("statement"))
        paths = item.get("paths")
        line, comment = place(text, advisory)
        if advisory:
            found.append(
                Entry(
                    line,
                    advisory,
                    reason=reason or comment,
                    comment=" ".join(part for part in (comment, reason) if part),
                    expires=text_of(item.get("expired_at"))[:10],
                    path=text_of(paths[0]) if isinstance(paths, list) and len(paths) == 1 else "",
                )
            )
    return found


PLAIN = Format("trivy", "", lambda path: path.rpartition("/")[2] == ".trivyignore", _read_plain)
YAML = Format(
    "trivy", "", lambda path: path.rpartition("/")[2] in {".trivyignore.yaml", ".trivyignore.yml"}, _read_yaml
)
