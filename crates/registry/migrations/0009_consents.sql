-- Consent in versions: which form, given by whom, over which channel; changes of mind apart from
-- withdrawals, numbered in the order in which they took effect.

CREATE TABLE consent_forms (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('consent', 'change')),
    title_ja TEXT NOT NULL,
    title_en TEXT NOT NULL,
    grants TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (id, version)
);

-- None of these is known of a version that came with a sample sheet.
ALTER TABLE consents ADD COLUMN form TEXT;
ALTER TABLE consents ADD COLUMN form_version BIGINT;
ALTER TABLE consents ADD COLUMN given_by TEXT;
ALTER TABLE consents ADD COLUMN relation TEXT;
ALTER TABLE consents ADD COLUMN assent BIGINT;
-- The day from which on a proxy no longer speaks for the person.
ALTER TABLE consents ADD COLUMN adult_on TEXT;
ALTER TABLE consents ADD COLUMN channel TEXT;
ALTER TABLE consents ADD COLUMN document TEXT;
ALTER TABLE consents ADD COLUMN signed_on TEXT;
ALTER TABLE consents ADD COLUMN recorded_at TEXT;
ALTER TABLE consents ADD COLUMN recorded_by TEXT;
CREATE INDEX consents_by_adult_on ON consents (adult_on);

-- `number` is 1 for the first change of the programme, without gaps: stored counts say by it what they
-- took to be allowed. `audit_seq` is the line of the log that it was committed with.
CREATE TABLE consent_changes (
    number BIGINT NOT NULL PRIMARY KEY,
    receipt TEXT NOT NULL UNIQUE,
    person_key BIGINT NOT NULL REFERENCES people (person_key),
    version BIGINT NOT NULL,
    scope_before TEXT NOT NULL,
    scope_after TEXT NOT NULL,
    at TEXT NOT NULL,
    audit_seq BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('masked', 'repaired')),
    document TEXT NOT NULL
);
CREATE INDEX consent_changes_by_person ON consent_changes (person_key);

-- What a repair has done for a change so far: its receipt lists all of it, also after a crash.
CREATE TABLE consent_change_steps (
    receipt TEXT NOT NULL REFERENCES consent_changes (receipt),
    step BIGINT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (receipt, step)
);

-- Extracts already written whose use a change no longer allows: their recipients are to remove a column.
CREATE TABLE consent_change_extracts (
    receipt TEXT NOT NULL REFERENCES consent_changes (receipt),
    extract_id TEXT NOT NULL REFERENCES extracts (id),
    PRIMARY KEY (receipt, extract_id)
);

-- Changes known when the release was frozen, and when the panel that answers for it now was counted.
ALTER TABLE freezes ADD COLUMN consents_frozen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE freezes ADD COLUMN consents_counted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE censuses ADD COLUMN consents_counted BIGINT NOT NULL DEFAULT 0;

CREATE INDEX audit_by_subject ON audit (subject, act);
