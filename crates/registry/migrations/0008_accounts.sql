-- Accounts of this machine: passwords, who may not sign in, whom another identity provider vouches for.
-- A hash is a PHC string (`$argon2id$…`), a token or password never stands here.

CREATE TABLE user_passwords (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    hash TEXT NOT NULL,
    changed_at TEXT NOT NULL
);

CREATE TABLE user_locks (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    locked_at TEXT NOT NULL,
    locked_by TEXT NOT NULL
);

CREATE TABLE user_emails (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    email TEXT NOT NULL UNIQUE
);

-- Who a provider of OpenID Connect says somebody is: its `iss` and `sub`.
CREATE TABLE user_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    linked_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, user_id)
);

-- Domains of the e-mail addresses an institution gives its people.
CREATE TABLE institution_domains (
    institution TEXT NOT NULL REFERENCES institutions (id),
    domain TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (institution, domain, valid_from)
);

-- Failed attempts to sign in, by account and by address. Names are kept as digests: a name nobody has
-- may be a password in the wrong field.
CREATE TABLE sign_in_attempts (
    kind TEXT NOT NULL CHECK (kind IN ('account', 'address')),
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at);
