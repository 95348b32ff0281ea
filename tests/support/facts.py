"""Facts about an interface whose whole description we don't keep: a table of ours, made into a description to check with.

A table has `base`, `shapes` (the objects, by their names) and `operations` (`METHOD /path`, with `query`, `body` and an
answer for each status). A type is `string`, `integer`, `boolean`, `time`, `any`, `nothing` (null, or no body at all) or the
name of a shape; `a|b` is a choice of words, `integer<=100` has a maximum, `[x]` is a list, a mapping an object, `one of` a
choice of types. `name!` is always there, `x or null` may be null. Nothing else may be there.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openapi import Description

_PLAIN: dict[str, Any] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
    "any": {},
    "nothing": {"type": "null"},
}


@cache
def facts(kind: str) -> Description:
    """The description that the table of a kind of server makes."""
    return Description(described(yaml.safe_load(_table(kind).read_text(encoding="utf-8"))))


def operations(kind: str) -> set[str]:
    """The operations in a table: `METHOD /path`."""
    return set(yaml.safe_load(_table(kind).read_text(encoding="utf-8"))["operations"])


def described(table: Any) -> dict[str, Any]:
    """The table as an OpenAPI description."""
    paths: dict[str, dict[str, Any]] = {}
    for name, said in table["operations"].items():
        method, _, path = name.partition(" ")
        paths.setdefault(f"{table['base']}{path}", {})[method.lower()] = _operation(said)
    shapes = {name: _schema(shape) for name, shape in table["shapes"].items()}
    return {"paths": paths, "components": {"schemas": shapes}}


def _table(kind: str) -> Path:
    return Path(__file__).with_name(f"rest_{kind}.yaml")


def _operation(said: Any) -> dict[str, Any]:
    query = said.get("query", {})
    made: dict[str, Any] = {
        "parameters": [
            {"name": name.rstrip("!"), "in": "query", "required": name.endswith("!"), "schema": _schema(query[name])}
            for name in query
        ],
        "responses": {str(status): _answer(said[status]) for status in said if isinstance(status, int)},
    }
    if "body" in said:
        made["requestBody"] = _content(_schema(said["body"]))
    return made


def _answer(part: Any) -> dict[str, Any]:
    return {} if part == "nothing" else _content(_schema(part))


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _schema(part: Any) -> dict[str, Any]:
    if isinstance(part, list):
        return {"type": "array", "items": _schema(part[0])}
    if isinstance(part, dict):
        if "one of" in part:
            return {"anyOf": [_schema(choice) for choice in part["one of"]]}
        return {
            "type": "object",
            "properties": {name.rstrip("!"): _schema(part[name]) for name in part},
            "required": [name.rstrip("!") for name in part if name.endswith("!")],
            "additionalProperties": False,
        }
    if part.endswith(" or null"):
        return {**_schema(part.removesuffix(" or null")), "nullable": True}
    if "|" in part:
        return {"type": "string", "enum": part.split("|")}
    if limited := re.fullmatch(r"integer<=(\d+)", part):
        return {"type": "integer", "maximum": int(limited[1])}
    return dict(_PLAIN[part]) if part in _PLAIN else {"$ref": f"#/components/schemas/{part}"}
