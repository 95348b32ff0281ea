"""Parts of JSON documents that several of them hold."""

from typing import Any

from advisord.model.finding import Witness
from advisord.model.problem import Problem
from advisord.model.update import Update


def problem(item: Problem) -> dict[str, Any]:
    """One problem; a blocking one makes the answer untrustworthy."""
    return {"code": item.code, "subject": item.subject, "message": item.message, "blocking": item.blocking}


def witness(item: Witness) -> dict[str, Any]:
    """What one record of one feed says."""
    return {
        "feed": item.feed,
        "id": item.id,
        "verdict": item.verdict,
        "kind": item.kind,
        "severity": item.rating.severity,
        "score": item.rating.score,
        "fixed": list(item.fixed),
        "reason": item.reason or None,
        "withdrawn": item.withdrawn or None,
    }


def update(item: Update) -> dict[str, Any]:
    """What to do about a locked package."""
    return {
        "ecosystem": item.ecosystem,
        "package": item.package,
        "version": item.version,
        "to": item.to or None,
        "step": item.step or None,
        "fixes": list(item.removes),
        "unfixed": list(item.leaves),
        "lockfiles": list(item.lockfiles),
        "allowed": item.allowed,
        "hindered_by": [{"name": who, "requirement": requirement} for who, requirement in item.hindered],
        "update_first": list(item.through),
        "affected_by": list(item.affected),
        "prerelease": item.early,
        "unknown_requirements": item.breaking,
        "smaller": [
            {"to": one.to, "step": one.step, "fixes": list(one.removes), "unfixed": list(one.leaves)}
            for one in item.smaller
        ],
    }
