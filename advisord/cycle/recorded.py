"""What the audit log remembers of the configuration: that a part of it changed, by its hash."""

import json
from datetime import datetime
from sqlite3 import Connection

from advisord.settings import Settings
from advisord.store import audit
from advisord.times import stamp


def configuration(db: Connection, settings: Settings, now: datetime) -> None:
    """Record each part of the configuration that is not as it was. It holds names of secrets, never a secret."""
    parts = settings.model_dump(mode="json")
    texts = {name: json.dumps(part, sort_keys=True, ensure_ascii=False) for name, part in parts.items()}
    audit.changed(db, stamp(now), "configuration", texts)
