"""The schema and its migrations, forward only. Each migration is one transaction (sqlite-utils `Migrations`)."""

import sqlite3

from sqlite_utils import Database, Migrations

migrations = Migrations("advisord")

# Conventions: times are RFC 3339 texts in UTC, "" when unknown. Keys are order-preserving bytes (advisord.versions):
# always BLOB, never TEXT, because SQLite compares the two kinds without an error and without a match.
_TABLES = (
    # --- feeds -----------------------------------------------------------------------------------------------------
    """CREATE TABLE feed (
        name TEXT PRIMARY KEY,
        cursor TEXT NOT NULL DEFAULT '',
        source TEXT NOT NULL DEFAULT '',
        as_of TEXT NOT NULL DEFAULT '',
        attempted TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        records INTEGER NOT NULL DEFAULT 0,
        newest TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
    # `as_of` is "" for what is as the feed is: that a feed was asked and nothing changed is one row.
    """CREATE TABLE coverage (
        feed TEXT NOT NULL,
        ecosystem TEXT NOT NULL,
        as_of TEXT NOT NULL,
        PRIMARY KEY (feed, ecosystem)
    ) STRICT, WITHOUT ROWID""",
    # What a feed lists, in blocks of lines; those that `came` since it was last listed completely override the others.
    """CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        feed TEXT NOT NULL,
        partition TEXT NOT NULL,
        came INTEGER NOT NULL,
        lines BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX entry_partition ON entry (feed, partition)",
    """CREATE TABLE rejected (
        feed TEXT NOT NULL,
        record TEXT NOT NULL,
        reason TEXT NOT NULL,
        since TEXT NOT NULL,
        PRIMARY KEY (feed, record)
    ) STRICT, WITHOUT ROWID""",
    # --- advisories ------------------------------------------------------------------------------------------------
    """CREATE TABLE advisory (
        id INTEGER PRIMARY KEY,
        feed TEXT NOT NULL,
        record TEXT NOT NULL,
        vulnerability TEXT NOT NULL,
        kind TEXT NOT NULL,
        severity TEXT NOT NULL,
        score REAL,
        vector TEXT NOT NULL,
        summary TEXT NOT NULL,
        published TEXT NOT NULL,
        modified TEXT NOT NULL,
        withdrawn TEXT NOT NULL,
        gone TEXT NOT NULL DEFAULT '',
        epss REAL,
        alternatives TEXT NOT NULL,
        digest BLOB NOT NULL,
        UNIQUE (feed, record)
    ) STRICT""",
    "CREATE INDEX advisory_vulnerability ON advisory (vulnerability)",
    "CREATE TABLE document (advisory_id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    """CREATE TABLE alias (
        name TEXT NOT NULL,
        advisory_id INTEGER NOT NULL,
        PRIMARY KEY (name, advisory_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX alias_advisory ON alias (advisory_id)",
    # --- what they affect ------------------------------------------------------------------------------------------
    """CREATE TABLE package (
        id INTEGER PRIMARY KEY,
        ecosystem TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (ecosystem, name)
    ) STRICT""",
    """CREATE TABLE affects (
        package_id INTEGER NOT NULL,
        advisory_id INTEGER NOT NULL,
        undecided TEXT NOT NULL,
        os TEXT NOT NULL,
        arch TEXT NOT NULL,
        functions TEXT NOT NULL,
        PRIMARY KEY (package_id, advisory_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX affects_advisory ON affects (advisory_id)",
    "CREATE INDEX affects_undecided ON affects (package_id) WHERE undecided <> ''",
    """CREATE TABLE interval (
        package_id INTEGER NOT NULL,
        lo BLOB NOT NULL,
        advisory_id INTEGER NOT NULL,
        hi BLOB NOT NULL,
        fixed TEXT NOT NULL,
        PRIMARY KEY (package_id, lo, advisory_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX interval_advisory ON interval (advisory_id)",
    """CREATE TABLE listed (
        package_id INTEGER NOT NULL,
        key BLOB NOT NULL,
        advisory_id INTEGER NOT NULL,
        PRIMARY KEY (package_id, key, advisory_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX listed_advisory ON listed (advisory_id)",
    """CREATE TABLE event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        feed TEXT NOT NULL,
        record TEXT NOT NULL,
        change TEXT NOT NULL,
        package_id INTEGER NOT NULL
    ) STRICT""",
    # --- lockfiles -------------------------------------------------------------------------------------------------
    """CREATE TABLE repository (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        attempted TEXT NOT NULL DEFAULT '',
        read_at TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        followed INTEGER NOT NULL DEFAULT -1
    ) STRICT""",
    # A repository that is well has no row.
    """CREATE TABLE trouble (
        repository_id INTEGER PRIMARY KEY,
        state TEXT NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        since TEXT NOT NULL
    ) STRICT""",
    # `findings` are those that the repository had when it was last watched.
    """CREATE TABLE unwatched (
        repository_id INTEGER PRIMARY KEY,
        since TEXT NOT NULL,
        findings BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE organisation (
        name TEXT PRIMARY KEY,
        source TEXT NOT NULL DEFAULT '',
        attempted TEXT NOT NULL DEFAULT '',
        listed_at TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE member (
        organisation TEXT NOT NULL,
        number TEXT NOT NULL,
        fields TEXT NOT NULL,
        missed TEXT NOT NULL DEFAULT '',
        gone TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (organisation, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reading (
        repository_id INTEGER NOT NULL,
        ref TEXT NOT NULL,
        commit_id TEXT NOT NULL,
        problems TEXT NOT NULL,
        excluded TEXT NOT NULL,
        PRIMARY KEY (repository_id, ref)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE blob (
        id INTEGER PRIMARY KEY,
        oid TEXT NOT NULL,
        format TEXT NOT NULL,
        error TEXT NOT NULL,
        packages INTEGER NOT NULL,
        ecosystems TEXT NOT NULL,
        problems TEXT NOT NULL,
        unpinned TEXT NOT NULL,
        UNIQUE (oid, format)
    ) STRICT""",
    """CREATE TABLE place (
        repository_id INTEGER NOT NULL,
        ref TEXT NOT NULL,
        path TEXT NOT NULL,
        blob_id INTEGER NOT NULL,
        PRIMARY KEY (repository_id, ref, path)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX place_blob ON place (blob_id)",
    """CREATE TABLE version (
        id INTEGER PRIMARY KEY,
        package_id INTEGER NOT NULL,
        text TEXT NOT NULL,
        key BLOB,
        invalid TEXT NOT NULL,
        UNIQUE (package_id, text)
    ) STRICT""",
    # A changed advisory finds the locked versions that it is about in here, without a look at their rows.
    "CREATE INDEX version_key ON version (package_id, key)",
    """CREATE TABLE locked (
        blob_id INTEGER NOT NULL,
        version_id INTEGER NOT NULL,
        PRIMARY KEY (blob_id, version_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX locked_version ON locked (version_id)",
    """CREATE TABLE hit (
        version_id INTEGER NOT NULL,
        advisory_id INTEGER NOT NULL,
        PRIMARY KEY (version_id, advisory_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX hit_advisory ON hit (advisory_id)",
    # --- tracking --------------------------------------------------------------------------------------------------
    """CREATE TABLE finding (
        repository_id INTEGER NOT NULL,
        ecosystem TEXT NOT NULL,
        package TEXT NOT NULL,
        vulnerability TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        places TEXT NOT NULL,
        PRIMARY KEY (repository_id, ecosystem, package, vulnerability)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE issue (
        repository_id INTEGER NOT NULL,
        tracker TEXT NOT NULL,
        key TEXT NOT NULL,
        number TEXT NOT NULL,
        ecosystem TEXT NOT NULL,
        package TEXT NOT NULL,
        ids TEXT NOT NULL,
        block TEXT NOT NULL,
        state TEXT NOT NULL,
        url TEXT NOT NULL,
        PRIMARY KEY (repository_id, tracker, key)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX issue_package ON issue (repository_id, ecosystem, package)",
    """CREATE TABLE intent (
        id INTEGER PRIMARY KEY,
        repository_id INTEGER NOT NULL,
        tracker TEXT NOT NULL,
        verb TEXT NOT NULL,
        action TEXT NOT NULL,
        at TEXT NOT NULL,
        outcome TEXT NOT NULL DEFAULT '',
        finished TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    "CREATE INDEX intent_pending ON intent (repository_id, tracker) WHERE outcome = ''",
    "CREATE INDEX intent_verb ON intent (tracker, verb, at)",
    """CREATE TABLE opening (
        intent_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        published_to_seen REAL,
        seen_to_opened REAL
    ) STRICT""",
    """CREATE TABLE lease (
        name TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        until REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE decision (
        repository_id INTEGER NOT NULL,
        ecosystem TEXT NOT NULL,
        package TEXT NOT NULL,
        vulnerability TEXT NOT NULL,
        scope TEXT NOT NULL,
        rule TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (repository_id, ecosystem, package, vulnerability)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE proposal (
        repository_id INTEGER NOT NULL,
        tracker TEXT NOT NULL,
        key TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (repository_id, tracker, key)
    ) STRICT, WITHOUT ROWID""",
    # --- what the pages show ---------------------------------------------------------------------------------------
    # `weight` orders by scope, then severity, the worst first; `words` is what a search looks through. `snapshot_due`
    # holds the deadlines of what is in scope.
    """CREATE TABLE snapshot (
        id INTEGER PRIMARY KEY,
        repository_id INTEGER NOT NULL,
        ecosystem TEXT NOT NULL,
        package TEXT NOT NULL,
        vulnerability TEXT NOT NULL,
        identifier TEXT NOT NULL,
        kind TEXT NOT NULL,
        scope TEXT NOT NULL,
        severity TEXT NOT NULL,
        weight INTEGER NOT NULL,
        undecided INTEGER NOT NULL,
        rule TEXT NOT NULL,
        version TEXT NOT NULL,
        places INTEGER NOT NULL,
        fixed TEXT NOT NULL,
        summary TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        words TEXT NOT NULL,
        UNIQUE (repository_id, ecosystem, package, vulnerability)
    ) STRICT""",
    "CREATE INDEX snapshot_worst ON snapshot (weight, first_seen, id)",
    "CREATE INDEX snapshot_counts ON snapshot (scope, severity, first_seen)",
    "CREATE INDEX snapshot_repository ON snapshot (repository_id, scope, severity)",
    "CREATE TABLE snapshot_body (snapshot_id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    """CREATE TABLE snapshot_due (
        snapshot_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        binding INTEGER NOT NULL,
        PRIMARY KEY (snapshot_id, kind)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX snapshot_due_at ON snapshot_due (at)",
    """CREATE TABLE snapshot_state (
        repository_id INTEGER PRIMARY KEY,
        changed TEXT NOT NULL,
        problems TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE history (
        day TEXT NOT NULL,
        repository_id INTEGER NOT NULL,
        scope TEXT NOT NULL,
        opened INTEGER NOT NULL,
        closed INTEGER NOT NULL,
        PRIMARY KEY (day, repository_id, scope)
    ) STRICT, WITHOUT ROWID""",
    # --- notices ---------------------------------------------------------------------------------------------------
    # `told` is what was last told, by subject; a notice without `outcome` waits. What is sent at once has one `parcel`.
    """CREATE TABLE told (
        about TEXT NOT NULL,
        subject TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (about, subject)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE notice (
        seq INTEGER PRIMARY KEY,
        channel TEXT NOT NULL,
        id TEXT NOT NULL,
        at TEXT NOT NULL,
        urgent INTEGER NOT NULL,
        body TEXT NOT NULL,
        parcel TEXT NOT NULL DEFAULT '',
        made TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        outcome TEXT NOT NULL DEFAULT '',
        ended TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        UNIQUE (channel, id)
    ) STRICT""",
    "CREATE INDEX notice_outcome ON notice (channel, outcome, parcel)",
    """CREATE TABLE channel (
        name TEXT PRIMARY KEY,
        failures INTEGER NOT NULL DEFAULT 0,
        not_before TEXT NOT NULL DEFAULT '',
        code TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        digest_at TEXT NOT NULL DEFAULT '',
        delivered INTEGER NOT NULL DEFAULT 0,
        delivered_at TEXT NOT NULL DEFAULT '',
        dropped INTEGER NOT NULL DEFAULT 0,
        dropped_from TEXT NOT NULL DEFAULT '',
        dropped_until TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
    # --- audit -----------------------------------------------------------------------------------------------------
    """CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        repository TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        link TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX audit_subject ON audit (kind, repository, subject)",
    "CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, link TEXT NOT NULL) STRICT",
    """CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
        BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_undeleted BEFORE DELETE ON audit
        BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END""",
)


@migrations()
def first(db: Database) -> None:
    """Make the tables of the first release."""
    for statement in _TABLES:
        db.execute(statement)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to this release's schema. Repeating it is harmless."""
    migrations.apply(Database(connection))
