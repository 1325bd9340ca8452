-- SQLite and PostgreSQL run this file alike. Keys of eight bytes are the head of a SHA-256: a row
-- has the same key wherever and whenever it is written.

-- Audits, by the id in audit.yaml; path is where the folder was last.
CREATE TABLE audit (
    audit INT8 NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL,
    path TEXT NOT NULL
);

-- Devices and sites; known is what the audit remembers of a device (JSON), never deleted.
CREATE TABLE device (
    device INT8 NOT NULL PRIMARY KEY,
    audit INT8 NOT NULL REFERENCES audit (audit),
    uuid TEXT NOT NULL,
    known TEXT,
    UNIQUE (audit, uuid)
);

-- Judged runs; stamp tells whether results.json was written since, checks are the ids that judged.
CREATE TABLE run (
    run INT8 NOT NULL PRIMARY KEY,
    audit INT8 NOT NULL REFERENCES audit (audit),
    name TEXT NOT NULL,
    stamp TEXT NOT NULL,
    as_of TEXT NOT NULL,
    complete INT8 NOT NULL,
    devices INT8 NOT NULL,
    failed INT8 NOT NULL,
    checks TEXT NOT NULL,
    UNIQUE (audit, name)
);

-- What a device looked like, once however many runs saw it so.
CREATE TABLE snapshot (
    device INT8 NOT NULL REFERENCES device (device),
    digest INT8 NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (device, digest)
);

-- Which run saw which device, and how it looked.
CREATE TABLE sighting (
    device INT8 NOT NULL,
    run INT8 NOT NULL REFERENCES run (run) ON DELETE CASCADE,
    digest INT8 NOT NULL,
    PRIMARY KEY (device, run),
    FOREIGN KEY (device, digest) REFERENCES snapshot (device, digest)
);
CREATE INDEX sighting_of_run ON sighting (run);

-- What devices are asked for by: names, addresses, serial numbers, past ones too.
CREATE TABLE word (
    audit INT8 NOT NULL REFERENCES audit (audit),
    word TEXT NOT NULL,
    device INT8 NOT NULL REFERENCES device (device),
    PRIMARY KEY (audit, word, device)
);
