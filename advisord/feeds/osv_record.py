"""One record in OSV form (https://ossf.github.io/osv-schema/): bytes in, an Advisory out.

Read leniently: what is unknown or malformed in one part is no reason to lose the other parts. A part that says which
versions are affected and can't be understood is kept as unreadable, so that it makes the verdict undecided.
"""

import re
from typing import Any

from advisord.feeds.interface import Rejected
from advisord.feeds.json_text import loads, texts
from advisord.feeds.rating import UNKNOWN, of_vectors, of_word
from advisord.feeds.times import moment, withdrawal
from advisord.model.advisory import Advisory, Affected, Event, Kind, Range, Rating
from advisord.versions import normalise_name
from advisord.versions.purl import parsed

_EVENTS = {"introduced", "fixed", "last_affected", "limit"}
_GIT = Range("GIT", ())
_VULNERABILITY = Kind.VULNERABILITY
_MALWARE = Kind.MALWARE
_INFORMATIONAL = {"unmaintained": Kind.UNMAINTAINED, "unsound": Kind.UNSOUND}
_UNRESTRICTED: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] = ((), (), ())


def decode(document: bytes, *, feed: str, name: str) -> Advisory | Rejected:
    """The advisory that a record says; `name` is what to call the record when it can't be read."""
    try:
        record = loads(document)
    except ValueError as exc:
        return Rejected(name, str(exc))
    if not isinstance(record, dict):
        return Rejected(name, "it is not a JSON object")
    record_id = record.get("id")
    if not isinstance(record_id, str) or not record_id:
        return Rejected(name, "it has no id")
    entries = record.get("affected")
    if not isinstance(entries, list):
        if entries is not None:
            return Rejected(record_id, "`affected` is not a list")
        entries = []
    modified = moment(record.get("modified"))
    summary = record.get("summary")
    if not isinstance(summary, str) or not summary:
        summary = _headline(record.get("details"))
    return Advisory(
        feed,
        record_id,
        tuple([alias for alias in dict.fromkeys(texts(record.get("aliases"))) if alias != record_id]),
        _MALWARE if record_id.startswith("MAL-") else _kind(entries),
        _rating(record, entries),
        summary,
        moment(record.get("published")),
        modified,
        withdrawal(record.get("withdrawn"), modified),
        _affected(entries),
        document,
    )


_LONGEST = 200
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'`(]?[A-Z])")
_CLAUSE = re.compile(r"[,;]? (?:which|allow(?:s|ing)|because|when|via|and|leading|resulting)\b|[,;] ")
# For a text in lower case: to ignore case takes six times as long.
_FLAW = re.compile(
    r"vulnerab|attack|allow|bypass|inject|overflow|out.of.bounds|denial|disclos|leak|travers|execut|forge|exploit|malicious"
    r"|crash|scripting|unsafe|insecure|improper|incorrect|does not|do not|fail|missing|exhaust|caus|trigger|unauthori"
)


def _headline(details: Any) -> str:
    """What stands for a summary: the first sentence of the first line that tells of a flaw, cut behind a clause or a word."""
    lines = details[:2000].splitlines() if isinstance(details, str) else []
    line = next((text for line in lines if (text := line.strip(" \t#*"))), "")
    sentences = _SENTENCE.split(line)
    text = next((sentence for sentence in sentences if _FLAW.search(sentence.lower())), sentences[0])
    if len(text) <= _LONGEST:
        return text
    ends = [found.start() for found in _CLAUSE.finditer(text, _LONGEST // 3, _LONGEST)]
    return (text[: ends[-1]] if ends else text[: _LONGEST - 1].rsplit(" ", 1)[0]) + "…"


def _kind(entries: list[Any]) -> Kind:
    """RustSec names what is not a vulnerability in `affected[].database_specific.informational`."""
    for entry in entries:
        specific = entry.get("database_specific") if isinstance(entry, dict) else None
        word = specific.get("informational") if isinstance(specific, dict) else None
        if isinstance(word, str):
            return informational(word)
    return _VULNERABILITY


def informational(word: str) -> Kind:
    """RustSec's word for an advisory that is informational; one that is not known yet is a notice."""
    return _INFORMATIONAL.get(word, Kind.NOTICE)


def _rating(record: dict[str, Any], entries: list[Any]) -> Rating:
    """Vectors of the record, else of its packages, else the feed's word."""
    found = of_vectors(_scores(record.get("severity")))
    if found is not None:
        return found
    vectors: list[str] = []
    words: list[Any] = []
    for holder in (record, *entries):
        if not isinstance(holder, dict):
            continue
        if holder is not record and "severity" in holder:
            vectors += _scores(holder["severity"])
        for part in ("database_specific", "ecosystem_specific"):
            specific = holder.get(part)
            if isinstance(specific, dict):
                words.append(specific.get("severity"))
                vector = specific.get("cvss")
                if isinstance(vector, dict):
                    vector = vector.get("vectorString")
                if isinstance(vector, str):
                    vectors.append(vector)
    if vectors:
        found = of_vectors(vectors)
        if found is not None:
            return found
    words += _scores(record.get("severity"))
    for word in words:
        found = of_word(word)
        if found is not None:
            return found
    return UNKNOWN


def _scores(severity: Any) -> list[str]:
    if not isinstance(severity, list):
        return []
    return [s["score"] for s in severity if isinstance(s, dict) and isinstance(s.get("score"), str)]


def _affected(entries: list[Any]) -> tuple[Affected, ...]:
    found = []
    for entry in entries:
        package = entry.get("package") if isinstance(entry, dict) else None
        if not isinstance(package, dict):
            continue  # commits of a repository that is no package
        ecosystem, name = package.get("ecosystem"), package.get("name")
        if not (isinstance(ecosystem, str) and isinstance(name, str) and ecosystem and name):
            ecosystem, name = _by_purl(package.get("purl"))
            if not name:
                continue
        ranges, versions = _ranges(entry.get("ranges")), entry.get("versions")
        listed: tuple[str, ...] = ()
        if versions:
            listed = texts(versions)
            if not isinstance(versions, list) or len(listed) != len(versions):
                ranges += (Range("ECOSYSTEM", (), "a listed version is not a text"),)
        specific = entry.get("ecosystem_specific")
        functions, os, arch = _restrictions(specific) if specific and isinstance(specific, dict) else _UNRESTRICTED
        found.append(Affected(ecosystem, normalise_name(ecosystem, name), ranges, listed, functions, os, arch))
    return tuple(found)


def _by_purl(purl: Any) -> tuple[str, str]:
    """Ecosystem and name of a package that is named by its package URL alone; "" where that names none of ours."""
    try:
        return parsed(purl)[:2] if isinstance(purl, str) else ("", "")
    except ValueError:
        return "", ""


def _ranges(value: Any) -> tuple[Range, ...]:
    if not value:
        return ()
    if not isinstance(value, list):
        return (Range("ECOSYSTEM", (), "`ranges` is not a list"),)
    return tuple([_range(item) for item in value])


def _range(item: Any) -> Range:
    if not isinstance(item, dict):
        return Range("ECOSYSTEM", (), "a range is not an object")
    kind, events = item.get("type"), item.get("events")
    if kind == "GIT":
        return _GIT  # its commits can't be judged from a lockfile
    if not isinstance(kind, str) or not isinstance(events, list) or not events:
        return Range(kind if isinstance(kind, str) else "", (), "a range has no type or no events")
    found: list[Event] = []
    for event in events:
        before = len(found)
        if isinstance(event, dict):
            for name, value in event.items():
                version = str(value) if type(value) is int else value  # which a truth value is not
                if name in _EVENTS and isinstance(version, str) and version:
                    found.append(Event(name, version))
        if len(found) == before:
            return Range(kind, (), "an event of a range can't be read")
    return Range(kind, tuple(found))


def _restrictions(specific: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Affected functions, operating systems and architectures (each empty: all).

    RustSec: `affects`; GitHub: `affected_functions`; Go: `imports`, where an import without symbols means all of it.
    """
    affects = specific.get("affects")
    if isinstance(affects, dict):
        functions = affects.get("functions")
        if isinstance(functions, dict):
            functions = list(functions)
        return texts(functions), texts(affects.get("os")), texts(affects.get("arch"))
    imports = specific.get("imports")
    if isinstance(imports, list) and imports:
        return _imports([i for i in imports if isinstance(i, dict)])
    return texts(specific.get("affected_functions")), (), ()


def _imports(imports: list[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    functions, systems, machines = (
        [texts(one.get(field)) for one in imports] for field in ("symbols", "goos", "goarch")
    )
    paths = [path if isinstance(path := one.get("path"), str) else "" for one in imports]
    named = [f"{path}.{name}" for path, names in zip(paths, functions, strict=True) for name in names]
    return tuple(named) if all(functions) else (), _union(systems), _union(machines)


def _union(restrictions: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({value for values in restrictions for value in values})) if all(restrictions) else ()
