"""The read API of osv.dev, answered from the local mirror (google.github.io/osv.dev/api): for tools in a closed network.

An empty answer means that nothing is known against a version. So a question that the mirror can't answer (an ecosystem
without a feed, data older than `max_age`, a commit) is refused, and never answered with nothing.
"""

import json
from typing import Any

from advisord import scan
from advisord.feeds.github_record import decode
from advisord.model.advisory import Advisory, Affected, Event
from advisord.store import mirror
from advisord.times import seconds_between
from advisord.versions import normalise_name
from advisord.versions.purl import parsed
from advisord.web.look import Look, Refused

_MOST_QUERIES = 1000

Data = dict[str, Any]


def query(look: Look, body: bytes) -> Data:
    """`POST /v1/query`."""
    found = mirror.documents(look.db, _affecting(look, _object(body)))
    return {"vulns": [_record(document) for document in found]} if found else {}


def batch(look: Look, body: bytes) -> Data:
    """`POST /v1/querybatch`: ids only."""
    queries = _object(body).get("queries")
    if not isinstance(queries, list) or len(queries) > _MOST_QUERIES:
        raise Refused(400, f"`queries` must be a list of at most {_MOST_QUERIES} queries")
    results: list[Data] = []
    for one in queries:
        if not isinstance(one, dict):
            raise Refused(400, "a query must be a JSON object")
        found = mirror.stamps(look.db, _affecting(look, one))
        stamped = [{"id": record, "modified": modified} for record, modified in found.items()]
        results.append({"vulns": stamped} if stamped else {})
    return {"results": results}


def vulnerability(look: Look) -> Data:
    """`GET /v1/vulns/{id}`."""
    found = mirror.document(look.db, look.record)
    if found is None:
        raise Refused(404, "no feed here has a record of this id")
    return _record(found)


def _object(body: bytes) -> Data:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise Refused(400, "the body is not JSON") from exc
    if not isinstance(data, dict):
        raise Refused(400, "the body must be a JSON object")
    return data


def _affecting(look: Look, asked: Data) -> list[int]:
    """The numbers of the records that answer one query. A version that can't be understood meets every record."""
    ecosystem, name, version, purl = _wanted(asked)
    doubts, _ = scan.trust(look.db, [ecosystem], lambda at: seconds_between(at, look.now), look.settings.run.max_age)
    for doubt in doubts:
        raise Refused(503 if doubt.blocking else 400, f"{doubt.subject}: {doubt.message}")
    key = scan.locked_version(ecosystem, version)[0] if version else None
    name = normalise_name(ecosystem, name)
    # A package URL of Go has lost the letters' case (purl-spec, type golang): every spelling of it may be meant.
    names = mirror.spellings(look.db, ecosystem, name) if purl and ecosystem == "Go" else [name]
    return [number for one in names for number in mirror.affecting(look.db, ecosystem, one, key)]


def _wanted(asked: Data) -> tuple[str, str, str, str]:
    """Ecosystem, name, version ("" for every version), and the package URL where it was named by one."""
    package = asked.get("package") or {}
    if asked.get("commit"):
        raise Refused(400, "this mirror does not know commits; ask by package and version")
    if not isinstance(package, dict):
        raise Refused(400, "`package` must be a JSON object")
    ecosystem, name, purl = (_text(package, key) for key in ("ecosystem", "name", "purl"))
    version = _text(asked, "version")
    if purl:
        if ecosystem or name:
            raise Refused(400, "a package is named by `purl`, or by `name` and `ecosystem`, not by both")
        try:
            ecosystem, name, inside = parsed(purl)
        except ValueError as exc:
            raise Refused(400, str(exc)) from exc
        if inside and version:
            raise Refused(400, "the version stands in `purl` or in `version`, not in both")
        version = version or inside
    if not ecosystem or not name:
        raise Refused(400, "`package` needs `name` and `ecosystem`, or `purl`")
    return ecosystem, name, version, purl


def _text(asked: Data, key: str) -> str:
    """A text of a query; null is the same as nothing (protobuf's JSON mapping, in which OSV's API is described)."""
    value = asked.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isprintable():  # half a surrogate pair can't even be looked up
        raise Refused(400, f"`{key}` must be a text without control characters")
    return value


def _record(document: mirror.Document) -> Data:
    """A record in OSV's form; GitHub's own form is turned into it."""
    data: Data = json.loads(document.body)
    if "ghsa_id" not in data:
        return data
    advisory = decode(data, feed=document.feed, name=document.record)
    if not isinstance(advisory, Advisory):
        raise Refused(503, f"{document.record} can't be read: {advisory.reason}")
    return _converted(advisory, data)


def _converted(advisory: Advisory, data: Data) -> Data:
    details = data.get("description")
    vector = advisory.rating.vector
    said = {
        "schema_version": "1.6.0",
        "id": advisory.id,
        "modified": advisory.modified,
        "published": advisory.published,
        "withdrawn": advisory.withdrawn,
        "aliases": list(advisory.aliases),
        "summary": advisory.summary,
        "details": details if isinstance(details, str) else "",
        "severity": [{"type": f"CVSS_V{vector[5:6]}", "score": vector}] if vector.startswith("CVSS:") else [],
        "affected": [_affected(one) for one in advisory.affected],
        "references": [{"type": "ADVISORY", "url": f"https://github.com/advisories/{advisory.id}"}],
    }
    return {name: value for name, value in said.items() if value or name in {"id", "modified", "affected"}}


def _affected(one: Affected) -> Data:
    return {
        "package": {"ecosystem": one.ecosystem, "name": one.name},
        "ranges": [
            {"type": "ECOSYSTEM", "events": [_event(event) for event in range_.events]}
            for range_ in one.ranges
            if range_.events
        ],
    }


def _event(event: Event) -> Data:
    # OSV has no "after": the version itself is then said to be affected too, which errs on the safe side.
    return {"introduced" if event.kind == "introduced_after" else event.kind: event.version}
