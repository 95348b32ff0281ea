"""Requests and answers held to a published OpenAPI 3.0 description, so that a fake can't drift from the truth."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jsonschema import Draft202012Validator

_ALWAYS = {401, 403, 408, 429, 500, 502, 503, 504}
"""Statuses that a server may answer with whatever the description says."""


@cache
def described(path: Path) -> "Description | None":
    """The description in a file; None where there is none."""
    return Description(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


class Description:
    """A description of an interface."""

    def __init__(self, document: Any) -> None:
        self._document = _modern(document)
        self._validators: dict[int, Draft202012Validator] = {}
        self._paths = [
            (re.compile(re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(template))), str(template))
            for template in self._document["paths"]
        ]

    def check_request(self, method: str, target: str, data: Any) -> None:
        """Raise AssertionError when the request is not one that the description allows."""
        operation = self._operation(method, target)
        allowed = {p["name"]: p for p in map(self._resolved, operation.get("parameters", ())) if p["in"] == "query"}
        asked = parse_qsl(urlsplit(target).query, keep_blank_values=True)
        for name, value in asked:
            assert name in allowed, f"{method} {target}: there is no parameter {name}"
            schema = self._resolved(allowed[name].get("schema", {}))
            assert value in schema.get("enum", [value]), f"{method} {target}: {name} can't be {value}"
            self._validate(schema, _typed(value, schema), f"{method} {target}: {name}")
        missing = {name for name, said in allowed.items() if said.get("required")} - {name for name, _ in asked}
        assert not missing, f"{method} {target} lacks {missing}"
        if "requestBody" not in operation:
            assert data is None, f"{method} {target} takes no body"
            return
        schema = self._resolved(operation["requestBody"])["content"]["application/json"]["schema"]
        if data is not None:
            shapes = [self._resolved(shape) for shape in schema.get("oneOf", [schema])]
            assert any(set(data) <= set(shape.get("properties", ())) for shape in shapes), f"{method} {target}: {data}"
        self._validate(schema, {} if data is None else data, f"{method} {target}")

    def check_answer(self, method: str, target: str, status: int, data: Any) -> None:
        """Raise AssertionError when the description knows no such answer."""
        responses = self._operation(method, target)["responses"]
        if str(status) not in responses:
            assert status in _ALWAYS, f"{method} {target} can't be answered with {status}"
            return
        content = self._resolved(responses[str(status)]).get("content", {})
        assert content or data is None, f"{method} {target} → {status} has no body"
        if "application/json" in content:
            self._validate(content["application/json"]["schema"], data, f"{method} {target} → {status}")

    def sample(self, name: str, /, **given: Any) -> Any:
        """The smallest value of a named schema that holds what is given."""
        made = self._made(self._document["components"]["schemas"][name])
        return {**made, **given}

    def template(self, method: str, target: str) -> str:
        """The path of the operation that this is, with its parameters' names."""
        path = unquote(urlsplit(target).path) if "%2F" not in target else urlsplit(target).path
        for pattern, template in self._paths:
            if pattern.fullmatch(path) and method.lower() in self._document["paths"][template]:
                return template
        raise AssertionError(f"{method} {path} is not in the description")

    def _operation(self, method: str, target: str) -> Any:
        return self._document["paths"][self.template(method, target)][method.lower()]

    def _resolved(self, part: Any) -> Any:
        while "$ref" in part:
            value = self._document
            for step in part["$ref"].removeprefix("#/").split("/"):
                value = value[step]
            part = value
        return part

    def _validate(self, schema: Any, data: Any, where: str) -> None:
        if id(schema) not in self._validators:
            whole = {"components": self._document["components"], "allOf": [schema]}
            self._validators[id(schema)] = Draft202012Validator(whole)
        errors = list(self._validators[id(schema)].iter_errors(data))
        assert not errors, f"{where}: {errors[0].json_path} {errors[0].message[:300]}"

    def _made(self, schema: Any, depth: int = 0) -> Any:
        schema = self._resolved(schema)
        for way in ("oneOf", "anyOf"):
            if way in schema:
                return self._made(schema[way][-1], depth + 1)
        if "allOf" in schema:
            return {key: value for part in schema["allOf"] for key, value in self._made(part, depth + 1).items()}
        if "enum" in schema:
            return schema["enum"][0]
        kinds = schema.get("type", "object")
        kind = kinds if isinstance(kinds, str) else "null" if "null" in kinds else kinds[0]
        if kind == "object":
            properties = schema.get("properties", {})
            return {name: self._made(properties[name], depth + 1) for name in schema.get("required", ())}
        text = {"date-time": "2026-03-01T12:00:00Z", "uri": "https://example.org/x"}.get(schema.get("format", ""), "x")
        return {"array": [], "string": text, "integer": 1, "number": 1.0, "boolean": False, "null": None}[kind]


def _typed(value: str, schema: Any) -> Any:
    """A value of a query as what it stands for."""
    kind = schema.get("type")
    if kind == "integer" and value.isdecimal():
        return int(value)
    return {"true": True, "false": False}.get(value, value) if kind == "boolean" else value


def _modern(part: Any) -> Any:
    """`nullable` of OpenAPI 3.0 in the words of JSON Schema."""
    if isinstance(part, list):
        return [_modern(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {name: _modern(value) for name, value in part.items() if name != "discriminator"}
    if made.pop("nullable", False) is not True:
        return made
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made
    return {"anyOf": [{"type": "null"}, made]}
