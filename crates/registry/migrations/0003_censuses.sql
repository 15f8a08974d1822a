-- Counts of single batches, kept so that a release need not decode a genotype twice. `assignment` is a
-- digest of which sample was counted in which class.

CREATE TABLE censuses (
    batch_id TEXT NOT NULL PRIMARY KEY REFERENCES batches (id),
    id TEXT NOT NULL UNIQUE,
    manifest_digest TEXT NOT NULL,
    assignment TEXT NOT NULL
);

-- Of the panel that answers for the release now; none where an older program counted it.
ALTER TABLE freezes ADD COLUMN assignment TEXT;

-- What a repair has done for a withdrawal so far: its receipt lists all of it, also after a crash.
CREATE TABLE repair_steps (
    receipt TEXT NOT NULL REFERENCES withdrawals (receipt),
    step BIGINT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (receipt, step)
);
