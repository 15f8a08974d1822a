-- Vocabularies of diseases and phenotypes, each version with all its terms. The highest `number` of a
-- vocabulary is the one in use; older ones stay.

CREATE TABLE ontologies (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    terms BIGINT NOT NULL,
    files TEXT NOT NULL,
    loaded_at TEXT NOT NULL,
    UNIQUE (name, version)
);

-- `document`: names, parents, matches and successors as JSON.
CREATE TABLE ontology_terms (
    ontology BIGINT NOT NULL REFERENCES ontologies (number),
    term TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (ontology, term)
);

-- Which account is a participant's own, or of somebody who speaks for them. `handle` stands for the person
-- in forms: a participant's id is in no page.
CREATE TABLE participant_accounts (
    user_id TEXT NOT NULL REFERENCES users (id),
    person_key BIGINT NOT NULL REFERENCES people (person_key),
    relation TEXT,
    handle TEXT NOT NULL UNIQUE,
    linked_at TEXT NOT NULL,
    linked_by TEXT NOT NULL,
    PRIMARY KEY (user_id, person_key)
);
