"""Snyk's `.snyk` policy: `ignore`, by id, then by path, with `reason` and `expires`."""

import yaml

from advisord.scope.ignores.interface import Entry, Format, place, table, tables, text_of


def _read(text: str) -> list[Entry]:
    found = []
    for advisory, ways in table(table(yaml.safe_load(text)).get("ignore")).items():
        line, comment = place(text, str(advisory))
        for way in tables(ways):
            for path, detail in way.items():
                told = table(detail)
                reason = text_of(told.get("reason"))
                last = str(path).split(">")[-1].strip()
                package = "" if last == "*" else _name(last)
                prose = " ".join(part for part in (comment, reason) if part)
                expires = text_of(told.get("expires"))[:10]
                found.append(Entry(line, str(advisory), package, "", "", reason or comment, prose, expires))
    return found


def _name(text: str) -> str:
    """`lodash@4.17.4` → `lodash`, `@scope/name@1` → `@scope/name`."""
    head, at, _version = text.rpartition("@")
    return head if at and head else text


FORMAT = Format("snyk", "", lambda path: path.rpartition("/")[2] == ".snyk", _read)
