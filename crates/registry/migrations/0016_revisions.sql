-- One row: how many transactions may have changed what a decision rests on. Lines of the audit log that an
-- answer or a refusal adds do not count. What was decided at one revision holds for as long as it stays.
CREATE TABLE revisions (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    number BIGINT NOT NULL
);
INSERT INTO revisions (one, number) VALUES (1, 0);
