"""What was found, put down for those who look: the pages and the API."""

import json
from datetime import datetime
from sqlite3 import Connection

from advisord.cycle.assess import Assessment
from advisord.cycle.due import promises
from advisord.reports import explanation
from advisord.scope.compiled import CompiledPolicy
from advisord.store import lockfiles as store
from advisord.store import snapshots
from advisord.times import stamp


def show(db: Connection, assessment: Assessment, policy: CompiledPolicy, now: datetime) -> int:
    """Put down an assessment with its deadlines; how much of it is not as it was. Writes nothing when that is nothing."""
    entries = []
    for judged in assessment.judged:
        found = promises(policy, judged)
        dated = tuple(snapshots.Due(one.kind, stamp(one.due), one.binding) for one in found if one.due)
        text = json.dumps(explanation.as_json(judged, found), ensure_ascii=False)
        entries.append(snapshots.Entry(judged, dated, text))
    repository = store.repository_id(db, assessment.repository)
    return snapshots.write(db, repository, assessment.repository, entries, assessment.problems, stamp(now))
