"""OpenVEX documents: a statement `not_affected` accepts; `affected`, `fixed` and the rest do not (OpenVEX 0.2.0, status labels)."""

import json
from urllib.parse import unquote

from advisord.scope.ignores.interface import Entry, Format, place, table, tables, text_of


def _read(text: str) -> list[Entry]:
    document = table(json.loads(text))
    if "openvex" not in text_of(document.get("@context")):
        raise ValueError("its @context is not that of OpenVEX")
    found = []
    for statement in tables(document.get("statements")):
        if statement.get("status") != "not_affected":
            continue
        vulnerability = statement.get("vulnerability")
        advisory = text_of(vulnerability) or text_of(table(vulnerability).get("name"))
        reason = text_of(statement.get("impact_statement")) or text_of(statement.get("justification"))
        line, _comment = place(text, f'"{advisory}"')
        purls = [text_of(part.get("@id")) for part in _parts(statement)]
        names = [_name(purl) for purl in purls if purl.startswith("pkg:")]
        if advisory:
            found += [Entry(line, advisory, package, "", "", reason, reason) for package in names or [""]]
    return found


def _parts(statement: dict[str, object]) -> list[dict[str, object]]:
    """The subcomponents that a statement is about; a product itself is what we build, not what is locked."""
    return [part for product in tables(statement.get("products")) for part in tables(product.get("subcomponents"))]


def _name(purl: str) -> str:
    """`pkg:npm/%40scope/name@1.0?x=y` → `@scope/name`."""
    path = purl.partition("?")[0].partition("#")[0].removeprefix("pkg:").partition("/")[2]
    head, at, _version = path.rpartition("@")
    return unquote(head if at and head else path)


FORMAT = Format("openvex", "", lambda path: path.endswith((".vex.json", "openvex.json")), _read)
