-- Datasets and what rules know of them and of those who use them. A dataset is the people of one
-- contributor, of one stratum or, where that is empty, of all. An empty `dataset` of an agreement: all.

CREATE TABLE datasets (
    id TEXT NOT NULL PRIMARY KEY,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    contributor TEXT NOT NULL REFERENCES institutions (id),
    stratum TEXT NOT NULL,
    tier TEXT NOT NULL CHECK (tier IN ('overview', 'detailed', 'public')),
    starting_point TEXT NOT NULL,
    restricted_months BIGINT NOT NULL CHECK (restricted_months BETWEEN 24 AND 30),
    source TEXT NOT NULL
);
CREATE INDEX datasets_by_contributor ON datasets (contributor, stratum);

CREATE TABLE dataset_terms (
    dataset TEXT NOT NULL REFERENCES datasets (id),
    duo TEXT NOT NULL,
    value TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (dataset, duo, value, valid_from)
);

CREATE TABLE priority_windows (
    dataset TEXT NOT NULL REFERENCES datasets (id),
    funder TEXT NOT NULL REFERENCES institutions (id),
    tier TEXT NOT NULL CHECK (tier IN ('in-kind', 'cash')),
    valid_from TEXT NOT NULL,
    hard_end TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (dataset, funder, valid_from)
);

CREATE TABLE trainings (
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (user_id, name, valid_from)
);

CREATE TABLE agreements (
    institution TEXT NOT NULL REFERENCES institutions (id),
    dataset TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (institution, dataset, valid_from)
);

CREATE TABLE sanctions (
    institution TEXT NOT NULL REFERENCES institutions (id),
    user_id TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (institution, user_id, valid_from)
);
