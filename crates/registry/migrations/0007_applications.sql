-- Applications for use. An application is the list of its events, which are only ever added; its own row
-- holds where they led. Who acts names the version they saw, and the row changes only from that version.

CREATE TABLE applications (
    id TEXT NOT NULL PRIMARY KEY,
    applicant TEXT NOT NULL REFERENCES users (id),
    institution TEXT NOT NULL REFERENCES institutions (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 0),
    scope BIGINT NOT NULL,
    since TEXT NOT NULL,
    due TEXT,
    granted_scope BIGINT,
    granted_until TEXT
);
CREATE INDEX applications_by_applicant ON applications (applicant);
CREATE INDEX applications_by_state ON applications (state, due);

CREATE TABLE application_scopes (
    application TEXT NOT NULL REFERENCES applications (id),
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    purpose TEXT NOT NULL,
    tier TEXT NOT NULL,
    datasets TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    project_plan TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (application, number)
);

CREATE TABLE application_members (
    application TEXT NOT NULL REFERENCES applications (id),
    scope BIGINT NOT NULL,
    position BIGINT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    institution TEXT NOT NULL REFERENCES institutions (id),
    PRIMARY KEY (application, scope, position),
    UNIQUE (application, scope, user_id)
);
CREATE INDEX application_members_by_user ON application_members (user_id);

-- Reviews, declarations of conflict, opinions, decisions, signatures and reports are events: `act` says
-- which. Who may read which is decided in the casework crate.
CREATE TABLE application_events (
    application TEXT NOT NULL REFERENCES applications (id),
    number BIGINT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    act TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    scope BIGINT NOT NULL,
    subject TEXT,
    subject_institution TEXT,
    verdict TEXT,
    body TEXT,
    digest TEXT,
    valid_to TEXT,
    PRIMARY KEY (application, number)
);
CREATE INDEX application_events_by_actor ON application_events (actor, act);

CREATE TABLE application_obligations (
    application TEXT NOT NULL REFERENCES applications (id),
    act TEXT NOT NULL,
    due TEXT NOT NULL,
    done_at TEXT,
    PRIMARY KEY (application, act, due)
);
CREATE INDEX application_obligations_by_due ON application_obligations (due);

CREATE TABLE application_publications (
    application TEXT NOT NULL REFERENCES applications (id),
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('paper', 'patent')),
    reference TEXT NOT NULL,
    scope BIGINT NOT NULL,
    release TEXT,
    registered_at TEXT NOT NULL,
    PRIMARY KEY (application, number)
);

CREATE TABLE application_invoices (
    id TEXT NOT NULL PRIMARY KEY,
    application TEXT NOT NULL REFERENCES applications (id),
    scope BIGINT NOT NULL,
    institution TEXT NOT NULL REFERENCES institutions (id),
    amount_yen BIGINT NOT NULL CHECK (amount_yen >= 0),
    issued_on TEXT NOT NULL,
    paid_on TEXT,
    reference TEXT,
    source TEXT NOT NULL
);
CREATE INDEX application_invoices_by_application ON application_invoices (application);

CREATE TABLE application_sanctions (
    user_id TEXT NOT NULL REFERENCES users (id),
    application TEXT NOT NULL REFERENCES applications (id),
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (user_id, application, valid_from)
);

CREATE TABLE application_extracts (
    extract_id TEXT NOT NULL PRIMARY KEY REFERENCES extracts (id),
    application TEXT NOT NULL REFERENCES applications (id)
);

CREATE TABLE application_deadlines (
    what TEXT NOT NULL,
    days BIGINT NOT NULL CHECK (days >= 0),
    remind_days BIGINT NOT NULL CHECK (remind_days >= 0),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (what, valid_from)
);
INSERT INTO application_deadlines (what, days, remind_days, valid_from, valid_to, source) VALUES
    ('submitted', 7, 2, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('returned', 30, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('contributor', 14, 3, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('conflicts', 7, 2, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('review', 21, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('consolidation', 7, 2, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('committee', 28, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('decision', 14, 3, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('appeal', 30, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('agreement', 30, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('payment', 60, 14, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('suspended', 30, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('report-yearly', 365, 30, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('report-final', 60, 30, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('report-deletion', 90, 30, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)'),
    ('sanction', 1095, 0, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)');
