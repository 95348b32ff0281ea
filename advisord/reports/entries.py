"""Parts of JSON documents that several of them hold."""

from typing import Any

from advisord.model.finding import Witness
from advisord.model.problem import Problem


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
