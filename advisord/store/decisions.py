"""The decision about each finding as it was last made: what is new goes into the audit log, in one transaction."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from advisord.model.decision import Decision
from advisord.model.finding import Finding
from advisord.store import audit
from advisord.store.database import transaction

Key = tuple[str, str, str]
"""Ecosystem, package, canonical id of the alias group."""
Said = tuple[str, str, str]
"""Scope, rule (of what is accepted: the acceptance), reason."""


def record(
    db: sqlite3.Connection, repository: int, name: str, decided: Iterable[tuple[Finding, Decision]], now: str
) -> int:
    """Put down what is decided of all findings of a repository; how many decisions changed, came or went."""
    before = _known(db, repository)
    after: dict[Key, Said] = {}
    for finding, decision in decided:
        key = (finding.ecosystem, finding.package, finding.vulnerability or finding.id)
        by = decision.by if decision.acceptance else decision.rule
        after[key] = (decision.scope.value, by, decision.reason)
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if not changed:
        return 0
    entries = [_entry(name, key, before.get(key), after.get(key)) for key in changed]
    with transaction(db):
        db.executemany(
            "DELETE FROM decision WHERE repository_id = ? AND ecosystem = ? AND package = ? AND vulnerability = ?",
            [(repository, *key) for key in changed],
        )
        db.executemany(
            "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(repository, *key, *after[key]) for key in changed if key in after],
        )
        audit.append(db, now, entries)
    return len(changed)


class Gone(NamedTuple):
    """A finding that a repository has no more: which (`ID in package`), and since when that was seen."""

    repository: str
    subject: str
    at: str


def gone(db: sqlite3.Connection, name: str, package: str | None) -> list[Gone]:
    """The findings that are known by `name`, in whatever case, and that are not there any more."""
    groups = {
        group
        for (group,) in db.execute(
            "SELECT DISTINCT vulnerability FROM advisory JOIN alias ON advisory_id = id WHERE upper(name) = upper(?)",
            (name,),
        )
    }
    latest: dict[tuple[str, str], audit.Written] = {}
    for one in audit.written(db):
        told = one.entry.detail
        if (
            one.entry.kind == "decision"
            and (told["vulnerability"] in groups or told["vulnerability"].upper() == name.upper())
            and package in {None, told["package"]}
        ):
            latest[one.entry.repository, one.entry.subject] = one
    return [Gone(*key, one.at) for key, one in sorted(latest.items()) if not one.entry.detail["to_scope"]]


def _known(db: sqlite3.Connection, repository: int) -> dict[Key, Said]:
    rows = db.execute(
        "SELECT ecosystem, package, vulnerability, scope, rule, reason FROM decision WHERE repository_id = ?",
        (repository,),
    )
    return {
        (ecosystem, package, group): (scope, rule, reason) for ecosystem, package, group, scope, rule, reason in rows
    }


def _entry(name: str, key: Key, before: Said | None, after: Said | None) -> audit.Entry:
    ecosystem, package, group = key
    detail = {"ecosystem": ecosystem, "package": package, "vulnerability": group}
    for when, said in (("from", before), ("to", after)):
        scope, rule, reason = said or ("", "", "")
        detail |= {f"{when}_scope": scope, f"{when}_rule": rule, f"{when}_reason": reason}
    return audit.Entry("decision", f"{group} in {package}", detail, name)
