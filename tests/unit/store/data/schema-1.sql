BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'advisord','first','2026-01-01 00:00:00.000000+00:00');
CREATE TABLE advisory (
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
    ) STRICT;
INSERT INTO "advisory" VALUES(1,'osv','GHSA-1','GHSA-1','vulnerability','unknown',NULL,'','About GHSA-1','2026-01-01T00:00:00Z','2026-01-01T00:00:00Z','','',NULL,'[]',X'421E946BDCDC1140908CFB23');
CREATE TABLE affects (
        package_id INTEGER NOT NULL,
        advisory_id INTEGER NOT NULL,
        undecided TEXT NOT NULL,
        os TEXT NOT NULL,
        arch TEXT NOT NULL,
        functions TEXT NOT NULL,
        PRIMARY KEY (package_id, advisory_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "affects" VALUES(1,1,'','','','');
CREATE TABLE alias (
        name TEXT NOT NULL,
        advisory_id INTEGER NOT NULL,
        PRIMARY KEY (name, advisory_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "alias" VALUES('GHSA-1',1);
CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        repository TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        link TEXT NOT NULL
    ) STRICT;
CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, link TEXT NOT NULL) STRICT;
CREATE TABLE blob (
        id INTEGER PRIMARY KEY,
        oid TEXT NOT NULL,
        format TEXT NOT NULL,
        error TEXT NOT NULL,
        packages INTEGER NOT NULL,
        ecosystems TEXT NOT NULL,
        problems TEXT NOT NULL,
        unpinned TEXT NOT NULL,
        UNIQUE (oid, format)
    ) STRICT;
INSERT INTO "blob" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','npm','',1,'npm','[]','[]');
CREATE TABLE channel (
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
    ) STRICT, WITHOUT ROWID;
CREATE TABLE coverage (
        feed TEXT NOT NULL,
        ecosystem TEXT NOT NULL,
        as_of TEXT NOT NULL,
        PRIMARY KEY (feed, ecosystem)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE decision (
        repository_id INTEGER NOT NULL,
        ecosystem TEXT NOT NULL,
        package TEXT NOT NULL,
        vulnerability TEXT NOT NULL,
        scope TEXT NOT NULL,
        rule TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (repository_id, ecosystem, package, vulnerability)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE document (advisory_id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
INSERT INTO "document" VALUES(1,X'7B226964223A2022474853412D31222C20226D6F646966696564223A2022323032362D30312D30315430303A30303A30305A227D');
CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        feed TEXT NOT NULL,
        partition TEXT NOT NULL,
        came INTEGER NOT NULL,
        lines BLOB NOT NULL
    ) STRICT;
INSERT INTO "entry" VALUES(1,'osv','',1,X'323032362D30312D30315430303A30303A30305A2C474853412D310A');
CREATE TABLE event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        feed TEXT NOT NULL,
        record TEXT NOT NULL,
        change TEXT NOT NULL,
        package_id INTEGER NOT NULL
    ) STRICT;
CREATE TABLE feed (
        name TEXT PRIMARY KEY,
        cursor TEXT NOT NULL DEFAULT '',
        source TEXT NOT NULL DEFAULT '',
        as_of TEXT NOT NULL DEFAULT '',
        attempted TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        records INTEGER NOT NULL DEFAULT 0,
        newest TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID;
INSERT INTO "feed" VALUES('osv','','','','','','',1,'2026-01-01T00:00:00Z');
CREATE TABLE finding (
        repository_id INTEGER NOT NULL,
        ecosystem TEXT NOT NULL,
        package TEXT NOT NULL,
        vulnerability TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        places TEXT NOT NULL,
        PRIMARY KEY (repository_id, ecosystem, package, vulnerability)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE history (
        day TEXT NOT NULL,
        repository_id INTEGER NOT NULL,
        scope TEXT NOT NULL,
        opened INTEGER NOT NULL,
        closed INTEGER NOT NULL,
        PRIMARY KEY (day, repository_id, scope)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE hit (
        version_id INTEGER NOT NULL,
        advisory_id INTEGER NOT NULL,
        PRIMARY KEY (version_id, advisory_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "hit" VALUES(1,1);
CREATE TABLE intent (
        id INTEGER PRIMARY KEY,
        repository_id INTEGER NOT NULL,
        tracker TEXT NOT NULL,
        verb TEXT NOT NULL,
        action TEXT NOT NULL,
        at TEXT NOT NULL,
        outcome TEXT NOT NULL DEFAULT '',
        finished TEXT NOT NULL DEFAULT ''
    ) STRICT;
CREATE TABLE interval (
        package_id INTEGER NOT NULL,
        lo BLOB NOT NULL,
        advisory_id INTEGER NOT NULL,
        hi BLOB NOT NULL,
        fixed TEXT NOT NULL,
        PRIMARY KEY (package_id, lo, advisory_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "interval" VALUES(1,X'212020FE',1,X'222020FE','2.0.0');
CREATE TABLE issue (
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
    ) STRICT, WITHOUT ROWID;
CREATE TABLE lease (
        name TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        until REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE listed (
        package_id INTEGER NOT NULL,
        key BLOB NOT NULL,
        advisory_id INTEGER NOT NULL,
        PRIMARY KEY (package_id, key, advisory_id)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE locked (
        blob_id INTEGER NOT NULL,
        version_id INTEGER NOT NULL,
        PRIMARY KEY (blob_id, version_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "locked" VALUES(1,1);
CREATE TABLE member (
        organisation TEXT NOT NULL,
        number TEXT NOT NULL,
        fields TEXT NOT NULL,
        missed TEXT NOT NULL DEFAULT '',
        gone TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (organisation, number)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE notice (
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
    ) STRICT;
CREATE TABLE opening (
        intent_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        published_to_seen REAL,
        seen_to_opened REAL
    ) STRICT;
CREATE TABLE organisation (
        name TEXT PRIMARY KEY,
        source TEXT NOT NULL DEFAULT '',
        attempted TEXT NOT NULL DEFAULT '',
        listed_at TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID;
CREATE TABLE package (
        id INTEGER PRIMARY KEY,
        ecosystem TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (ecosystem, name)
    ) STRICT;
INSERT INTO "package" VALUES(1,'npm','p');
CREATE TABLE place (
        repository_id INTEGER NOT NULL,
        ref TEXT NOT NULL,
        path TEXT NOT NULL,
        blob_id INTEGER NOT NULL,
        PRIMARY KEY (repository_id, ref, path)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE proposal (
        repository_id INTEGER NOT NULL,
        tracker TEXT NOT NULL,
        key TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (repository_id, tracker, key)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE reading (
        repository_id INTEGER NOT NULL,
        ref TEXT NOT NULL,
        commit_id TEXT NOT NULL,
        problems TEXT NOT NULL,
        excluded TEXT NOT NULL,
        PRIMARY KEY (repository_id, ref)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE rejected (
        feed TEXT NOT NULL,
        record TEXT NOT NULL,
        reason TEXT NOT NULL,
        since TEXT NOT NULL,
        PRIMARY KEY (feed, record)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE repository (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        attempted TEXT NOT NULL DEFAULT '',
        read_at TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        followed INTEGER NOT NULL DEFAULT -1
    ) STRICT;
CREATE TABLE snapshot (
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
    ) STRICT;
CREATE TABLE snapshot_body (snapshot_id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE snapshot_due (
        snapshot_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        binding INTEGER NOT NULL,
        PRIMARY KEY (snapshot_id, kind)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot_state (
        repository_id INTEGER PRIMARY KEY,
        changed TEXT NOT NULL,
        problems TEXT NOT NULL
    ) STRICT;
CREATE TABLE told (
        about TEXT NOT NULL,
        subject TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (about, subject)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE trouble (
        repository_id INTEGER PRIMARY KEY,
        state TEXT NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        since TEXT NOT NULL
    ) STRICT;
CREATE TABLE unwatched (
        repository_id INTEGER PRIMARY KEY,
        since TEXT NOT NULL,
        findings BLOB NOT NULL
    ) STRICT;
CREATE TABLE version (
        id INTEGER PRIMARY KEY,
        package_id INTEGER NOT NULL,
        text TEXT NOT NULL,
        key BLOB,
        invalid TEXT NOT NULL,
        UNIQUE (package_id, text)
    ) STRICT;
INSERT INTO "version" VALUES(1,1,'1.5.0',X'212520FE','');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX entry_partition ON entry (feed, partition);
CREATE INDEX advisory_vulnerability ON advisory (vulnerability);
CREATE INDEX alias_advisory ON alias (advisory_id);
CREATE INDEX affects_advisory ON affects (advisory_id);
CREATE INDEX affects_undecided ON affects (package_id) WHERE undecided <> '';
CREATE INDEX interval_advisory ON interval (advisory_id);
CREATE INDEX listed_advisory ON listed (advisory_id);
CREATE INDEX place_blob ON place (blob_id);
CREATE INDEX version_key ON version (package_id, key);
CREATE INDEX locked_version ON locked (version_id);
CREATE INDEX hit_advisory ON hit (advisory_id);
CREATE INDEX issue_package ON issue (repository_id, ecosystem, package);
CREATE INDEX intent_pending ON intent (repository_id, tracker) WHERE outcome = '';
CREATE INDEX intent_verb ON intent (tracker, verb, at);
CREATE INDEX snapshot_worst ON snapshot (weight, first_seen, id);
CREATE INDEX snapshot_counts ON snapshot (scope, severity, first_seen);
CREATE INDEX snapshot_repository ON snapshot (repository_id, scope, severity);
CREATE INDEX snapshot_due_at ON snapshot_due (at);
CREATE INDEX notice_outcome ON notice (channel, outcome, parcel);
CREATE INDEX audit_subject ON audit (kind, repository, subject);
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
        BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_undeleted BEFORE DELETE ON audit
        BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
DELETE FROM "sqlite_sequence";
COMMIT;
PRAGMA user_version = 1;
