-- The registry's tables, in SQL that SQLite and PostgreSQL read alike: TEXT for words, JSON and times
-- (RFC 3339 in UTC, or ISO dates), BIGINT for numbers and for yes (1) and no (0).

CREATE TABLE programme (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE institutions (
    id TEXT NOT NULL PRIMARY KEY,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    class TEXT NOT NULL,
    country TEXT NOT NULL
);

CREATE TABLE roles (
    id TEXT NOT NULL PRIMARY KEY,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL
);

CREATE TABLE role_acts (
    role TEXT NOT NULL REFERENCES roles (id),
    act TEXT NOT NULL,
    PRIMARY KEY (role, act)
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    institution TEXT NOT NULL REFERENCES institutions (id),
    token_hash TEXT UNIQUE,
    active BIGINT NOT NULL CHECK (active IN (0, 1))
);
CREATE INDEX users_by_institution ON users (institution);

CREATE TABLE user_roles (
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL REFERENCES roles (id),
    PRIMARY KEY (user_id, role)
);

CREATE TABLE purposes (
    code TEXT NOT NULL,
    duo TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    needs_disease BIGINT NOT NULL CHECK (needs_disease IN (0, 1)),
    needs_scope TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (code, valid_from)
);

CREATE TABLE rules (
    code TEXT NOT NULL,
    profile TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    ja TEXT NOT NULL,
    en TEXT NOT NULL,
    source TEXT NOT NULL,
    parameters TEXT NOT NULL,
    PRIMARY KEY (code, profile, valid_from)
);

CREATE TABLE payments (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institutions (id),
    paid_on TEXT NOT NULL,
    covers_from TEXT NOT NULL,
    covers_to TEXT NOT NULL,
    amount_yen BIGINT NOT NULL CHECK (amount_yen >= 0),
    what TEXT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX payments_by_institution ON payments (institution, covers_from);

CREATE TABLE people (
    person_key BIGINT NOT NULL PRIMARY KEY,
    participant TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL REFERENCES institutions (id),
    sex TEXT NOT NULL,
    family TEXT,
    withdrawn_at TEXT
);
CREATE INDEX people_by_institution ON people (institution);

CREATE TABLE consents (
    person_key BIGINT NOT NULL REFERENCES people (person_key),
    version BIGINT NOT NULL,
    scope TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (person_key, version)
);

CREATE TABLE person_diseases (
    person_key BIGINT NOT NULL REFERENCES people (person_key),
    disease TEXT NOT NULL,
    PRIMARY KEY (person_key, disease)
);

CREATE TABLE samples (
    sample_key BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    person_key BIGINT NOT NULL REFERENCES people (person_key),
    institution TEXT NOT NULL REFERENCES institutions (id),
    stratum TEXT NOT NULL,
    father TEXT,
    mother TEXT
);
CREATE INDEX samples_by_person ON samples (person_key);
CREATE INDEX samples_by_institution ON samples (institution, stratum);

CREATE TABLE batches (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institutions (id),
    manifest_digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    sample_count BIGINT NOT NULL,
    row_count BIGINT NOT NULL
);

CREATE TABLE batch_samples (
    batch_id TEXT NOT NULL REFERENCES batches (id),
    position BIGINT NOT NULL,
    sample_key BIGINT NOT NULL REFERENCES samples (sample_key),
    PRIMARY KEY (batch_id, position),
    UNIQUE (batch_id, sample_key)
);
CREATE INDEX batch_samples_by_sample ON batch_samples (sample_key);

CREATE TABLE batch_sources (
    digest TEXT NOT NULL PRIMARY KEY,
    batch_id TEXT NOT NULL REFERENCES batches (id)
);

CREATE TABLE freezes (
    name TEXT NOT NULL PRIMARY KEY,
    panel_id TEXT NOT NULL,
    first_panel_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    people_count BIGINT NOT NULL,
    variant_count BIGINT NOT NULL,
    stale BIGINT NOT NULL CHECK (stale IN (0, 1))
);

CREATE TABLE freeze_batches (
    freeze_name TEXT NOT NULL REFERENCES freezes (name),
    batch_id TEXT NOT NULL REFERENCES batches (id),
    PRIMARY KEY (freeze_name, batch_id)
);
CREATE INDEX freeze_batches_by_batch ON freeze_batches (batch_id);

CREATE TABLE withdrawals (
    receipt TEXT NOT NULL PRIMARY KEY,
    person_key BIGINT NOT NULL UNIQUE REFERENCES people (person_key),
    at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('masked', 'repaired')),
    document TEXT NOT NULL
);

CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_by_actor ON audit (actor);
