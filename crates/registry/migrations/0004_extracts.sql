-- Extracts of genotypes: approvals, what was written under each, and who was in it. Who was in it stays
-- after a withdrawal, because the receipt names the extracts that cannot be called back.

CREATE TABLE extracts (
    id TEXT NOT NULL PRIMARY KEY,
    freeze_name TEXT NOT NULL REFERENCES freezes (name),
    recipient TEXT NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL,
    regions TEXT NOT NULL,
    strata TEXT NOT NULL,
    institutions TEXT NOT NULL,
    tells_sex BIGINT NOT NULL CHECK (tells_sex IN (0, 1)),
    valid_to TEXT NOT NULL,
    reference TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    secret TEXT NOT NULL,
    revoked_by TEXT,
    revoked_at TEXT
);
CREATE INDEX extracts_by_recipient ON extracts (recipient);

CREATE TABLE extract_writings (
    extract_id TEXT NOT NULL REFERENCES extracts (id),
    number BIGINT NOT NULL,
    written_at TEXT NOT NULL,
    format TEXT NOT NULL,
    people_count BIGINT NOT NULL,
    site_count BIGINT NOT NULL,
    files TEXT NOT NULL,
    PRIMARY KEY (extract_id, number)
);

CREATE TABLE extract_people (
    extract_id TEXT NOT NULL REFERENCES extracts (id),
    person_key BIGINT NOT NULL REFERENCES people (person_key),
    PRIMARY KEY (extract_id, person_key)
);
CREATE INDEX extract_people_by_person ON extract_people (person_key);
