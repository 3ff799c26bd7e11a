-- `seal` is a CRC64NVME over the row's own facts: SQLite finds a broken page, a seal finds a wrong value in a sound one.
-- Unsigned numbers of 64 bits stand here as signed ones of the same bits.

CREATE TABLE settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE destinations (
    id INTEGER PRIMARY KEY,
    same TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    used INTEGER NOT NULL,
    remembered INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    destination INTEGER NOT NULL,
    body TEXT NOT NULL,
    account TEXT NOT NULL,
    who TEXT NOT NULL,
    session TEXT NOT NULL,
    app TEXT NOT NULL,
    began INTEGER NOT NULL,
    ended INTEGER,
    -- Whether its walks were over and every upload had ended: what is not settled goes on in the next run.
    settled INTEGER NOT NULL DEFAULT 0,
    seal INTEGER NOT NULL
) STRICT;

CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    dir BLOB NOT NULL,
    key TEXT NOT NULL,
    seal INTEGER NOT NULL
) STRICT;

CREATE TABLE uploads (
    id INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL,
    folder INTEGER NOT NULL,
    name TEXT NOT NULL,
    key_name TEXT,
    size INTEGER NOT NULL,
    seal INTEGER NOT NULL,

    state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 7, 25, 30, 42, 45)),
    completing INTEGER NOT NULL DEFAULT 0,

    -- The multipart upload, once it has begun.
    upload_id TEXT,
    part INTEGER,
    abort_at INTEGER,
    fingerprint BLOB,
    multipart_seal INTEGER,

    -- How it ended.
    ended INTEGER,
    sent INTEGER,
    crc INTEGER,
    proof INTEGER,
    etag TEXT,
    version_id TEXT,
    request_id TEXT,
    answered INTEGER,
    sha256 BLOB,
    problem TEXT,
    end_seal INTEGER
) STRICT;

CREATE INDEX uploads_by_state ON uploads (state, delivery, size);

CREATE TABLE parts (
    upload INTEGER NOT NULL,
    number INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    etag TEXT NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;
