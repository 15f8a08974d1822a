-- What is known of participants as terms of vocabularies: phenotypes and diagnoses, observed or excluded.
-- One row a person and term; what a later import says of a person stands for all that was said before.

CREATE TABLE phenotype_imports (
    number BIGINT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institutions (id),
    digest TEXT NOT NULL,
    at TEXT NOT NULL
);

-- `onset`: an age as ISO 8601 duration, or a term. `noted_on`: the day of the observation.
CREATE TABLE person_terms (
    person_key BIGINT NOT NULL REFERENCES people (person_key),
    term TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('observed', 'excluded')),
    onset TEXT,
    noted_on TEXT,
    PRIMARY KEY (person_key, term)
);

-- The secret that counts of people are rounded with: a row at most.
CREATE TABLE people_rounding (
    number BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
    secret TEXT NOT NULL
);
