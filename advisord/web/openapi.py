"""The description of the JSON API (OpenAPI 3.1)."""

from typing import Any

from advisord import __version__
from advisord.feeds.registry import FEEDS
from advisord.store import latency
from advisord.store.trouble import FAILED, State
from advisord.web import content

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_WHOLE: Schema = {"type": "integer"}
_TRUTH: Schema = {"type": "boolean"}
_MAYBE: Schema = {"type": ["string", "null"]}
_MAYBE_NUMBER: Schema = {"type": ["number", "null"]}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}


def _object(**properties: Schema) -> Schema:
    """An object that has these properties, and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _enum(values: tuple[str, ...]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _counts(names: tuple[str, ...]) -> Schema:
    return _object(**dict.fromkeys(names, _COUNT))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_SCOPE, _SEVERITY = _enum(content.SCOPES), _enum(content.SEVERITIES)
_PAGING = {"total": _COUNT, "page": _COUNT, "pages": _COUNT, "per_page": _COUNT}
_FAILURE: Schema = {"oneOf": [_object(code=_TEXT, message=_TEXT), {"type": "null"}]}
_ACCEPTANCE: Schema = {
    "oneOf": [
        _object(name=_TEXT, origin=_TEXT, who=_TEXT, since=_TEXT, until=_TEXT, date=_TEXT),
        {"type": "null"},
    ]
}
_SMALLER = {"to": _MAYBE, "step": _MAYBE, "fixes": _TEXTS, "unfixed": _TEXTS}
_UPDATE: Schema = {
    "oneOf": [
        _object(
            **dict.fromkeys(("ecosystem", "package", "version"), _TEXT),
            **_SMALLER,
            lockfiles=_TEXTS,
            allowed={"type": ["boolean", "null"]},
            hindered_by=_list(_object(name=_TEXT, requirement=_TEXT)),
            update_first=_TEXTS,
            affected_by=_TEXTS,
            prerelease=_TRUTH,
            unknown_requirements=_TRUTH,
            smaller=_list(_object(**_SMALLER)),
        ),
        {"type": "null"},
    ]
}
_STANDING = {
    "number": _COUNT,
    "name": _TEXT,
    "state": _enum(("ok", "stale", "never", FAILED, *State, "unwatched")),
    "read_at": _MAYBE,
    "changed": _MAYBE,
    "error": _FAILURE,
    "blocking_problems": _COUNT,
    "findings": _counts(content.SCOPES),
    "by_severity": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _COUNT}},
}

_SCHEMAS: dict[str, Schema] = {
    "Error": _object(error=_TEXT),
    "Row": _object(
        number=_COUNT,
        repository_id=_COUNT,
        repository=_TEXT,
        ecosystem=_TEXT,
        package=_TEXT,
        version=_TEXT,
        places=_COUNT,
        id=_TEXT,
        kind=_TEXT,
        scope=_SCOPE,
        severity=_SEVERITY,
        undecided=_TRUTH,
        rule=_TEXT,
        fixed=_MAYBE,
        summary=_TEXT,
        first_seen=_MAYBE,
        due=_MAYBE,
    ),
    "Promise": _object(
        at=_TEXT,
        kind=_TEXT,
        binding=_TRUTH,
        number=_COUNT,
        repository_id=_COUNT,
        repository=_TEXT,
        package=_TEXT,
        id=_TEXT,
        severity=_SEVERITY,
    ),
    "Feed": _object(
        name=_TEXT,
        enabled=_TRUTH,
        fresh=_TRUTH,
        as_of=_MAYBE,
        age_seconds={"type": ["integer", "null"]},
        attempted=_MAYBE,
        records=_COUNT,
        rejected=_COUNT,
        newest=_MAYBE,
        error=_FAILURE,
        ecosystems=_TEXTS,
    ),
    "Day": _object(day=_DAY, opened=_COUNT, closed=_COUNT, open=_WHOLE),
    "Repository": _object(**_STANDING),
    "Summary": _object(
        as_of=_TEXT,
        findings=_object(
            total=_COUNT,
            by_severity=_object(**dict.fromkeys(content.SCOPES, _counts(content.SEVERITIES))),
            by_age=_object(**dict.fromkeys(content.SCOPES, _counts(content.AGES))),
        ),
        deadlines=_object(
            breached=_COUNT, ahead=_COUNT, longest_breached=_list(_ref("Promise")), next=_list(_ref("Promise"))
        ),
        feeds=_list(_ref("Feed")),
        repositories=_counts(("total", "unreadable", "unjudged", "untracked", "with_problems")),
        history=_list(_ref("Day")),
        delays=_object(**dict.fromkeys(latency.STAGES, _ref("Delay"))),
    ),
    "Delay": _object(issues=_COUNT, median_seconds=_MAYBE_NUMBER, worst_seconds=_MAYBE_NUMBER),
    "Findings": _object(
        **_PAGING,
        filter=_object(
            **dict.fromkeys(("q", "scope", "severity", "ecosystem", "due", "age", "sort", "repository_name"), _TEXT),
            repository=_COUNT,
        ),
        findings=_list(_ref("Row")),
    ),
    "Finding": _object(
        number=_COUNT,
        repository_id=_COUNT,
        repository=_MAYBE,
        ecosystem=_TEXT,
        package=_TEXT,
        id=_TEXT,
        ids=_TEXTS,
        elsewhere=_TEXTS,
        kind=_TEXT,
        severity=_SEVERITY,
        score={"type": ["number", "null"]},
        summary=_TEXT,
        published=_MAYBE,
        first_seen=_MAYBE,
        decision=_object(
            scope=_SCOPE,
            rule=_TEXT,
            reason=_TEXT,
            acceptance=_ACCEPTANCE,
            facts=_list(_object(name=_TEXT, value=_MAYBE)),
            unknown=_TEXTS,
        ),
        deadlines=_list(_object(kind=_TEXT, due=_MAYBE, milestone=_MAYBE, unknown=_TEXTS, binding=_TRUTH, text=_TEXT)),
        places=_list(
            _object(
                ref=_MAYBE,
                commit=_MAYBE,
                lockfile=_TEXT,
                line={"type": ["integer", "null"]},
                version=_TEXT,
                verdict=_TEXT,
                undecided=_MAYBE,
                fixed=_TEXTS,
                what_to_do=_TEXTS,
                update=_UPDATE,
                paths=_list(_object(component=_TEXT, reach=_TEXT, path=_TEXTS)),
            )
        ),
        witnesses=_list(
            _object(
                feed=_enum(tuple(FEEDS)),
                id=_TEXT,
                verdict=_TEXT,
                kind=_TEXT,
                severity=_SEVERITY,
                score={"type": ["number", "null"]},
                fixed=_TEXTS,
                reason=_MAYBE,
                withdrawn=_MAYBE,
            )
        ),
        issues=_list(_object(tracker=_TEXT, number=_TEXT, state=_TEXT, url=_TEXT)),
    ),
    "Repositories": _object(
        **_PAGING, filter=_object(q=_TEXT, state=_TEXT, sort=_TEXT), repositories=_list(_ref("Repository"))
    ),
    "RepositoryDetail": _object(
        **_STANDING,
        problems=_list(_object(code=_TEXT, subject=_TEXT, message=_TEXT, blocking=_TRUTH)),
        worst=_list(_ref("Row")),
        history=_list(_ref("Day")),
    ),
    "Deadlines": _object(state=_enum(content.DUE), **_PAGING, deadlines=_list(_ref("Promise"))),
    "Feeds": _object(max_age_seconds={"type": "number"}, feeds=_list(_ref("Feed"))),
    "History": _object(scope=_SCOPE, days=_list(_ref("Day"))),
}

_PAGE = ("page", {"type": "integer", "minimum": 1})
_FILTERS = (
    ("q", _TEXT),
    ("scope", _SCOPE),
    ("severity", _SEVERITY),
    ("ecosystem", _TEXT),
    ("repository", _COUNT),
    ("due", _enum(content.DUE)),
    ("age", _enum(content.AGES)),
    ("sort", _enum(tuple(content.ORDERS))),
    _PAGE,
)
_PATHS: tuple[tuple[str, str, str, tuple[tuple[str, Schema], ...]], ...] = (
    ("/api/summary", "Summary", "The whole at one glance.", ()),
    ("/api/findings", "Findings", "Findings, filtered, sorted, a page at a time.", _FILTERS),
    ("/api/findings/{number}", "Finding", "One finding with everything that was looked at.", ()),
    (
        "/api/repositories",
        "Repositories",
        "Repositories, filtered, sorted, a page at a time.",
        (
            ("q", _TEXT),
            ("state", _enum(tuple(content.STATES))),
            ("sort", _enum(tuple(content.REPOSITORY_ORDERS))),
            _PAGE,
        ),
    ),
    ("/api/repositories/{number}", "RepositoryDetail", "One repository.", ()),
    (
        "/api/deadlines",
        "Deadlines",
        "Deadlines of findings in scope, the most pressing first.",
        (("state", _enum(content.DUE)), _PAGE),
    ),
    ("/api/feeds", "Feeds", "How every feed is.", ()),
    (
        "/api/history",
        "History",
        "What came and went each day, and how much was open at its end.",
        (("scope", _SCOPE), ("repository", _COUNT), ("days", _COUNT)),
    ),
)


def description() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "advisord",
            "version": __version__,
            "description": "Read-only. Times are RFC 3339 in UTC. Unknown is null, never a guess.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {one[0]: {"get": _operation(*one)} for one in _PATHS},
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


def _operation(path: str, schema: str, summary: str, parameters: tuple[tuple[str, Schema], ...]) -> Schema:
    numbered = [{"name": "number", "in": "path", "required": True, "schema": _COUNT}] if "{number}" in path else []
    return {
        "operationId": schema[0].lower() + schema[1:],
        "summary": summary,
        "parameters": numbered + [{"name": name, "in": "query", "schema": kind} for name, kind in parameters],
        "responses": {
            "200": _answer("The answer.", schema),
            "400": _answer("A parameter makes no sense.", "Error"),
            "401": _answer("A token is needed.", "Error"),
            "404": _answer("It is not there.", "Error"),
            "503": _answer("The database can't answer now.", "Error"),
        },
    }


def _answer(words: str, schema: str) -> Schema:
    return {"description": words, "content": {"application/json": {"schema": _ref(schema)}}}
