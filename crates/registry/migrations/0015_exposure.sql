-- The ledger of privacy: its dated rows, and what anybody was ever shown of whom. Nothing here is ever deleted.

-- Budgets in billionths of squared shift, the floor in millionths of frequency.
CREATE TABLE exposure_rules (
    name TEXT NOT NULL,
    regime TEXT NOT NULL CHECK (regime IN ('guarded', 'agreed')),
    budget_user BIGINT NOT NULL,
    budget_organisation BIGINT NOT NULL,
    floor BIGINT NOT NULL,
    block_bases BIGINT NOT NULL,
    finest TEXT NOT NULL CHECK (finest IN ('broad', 'fine', 'exact')),
    sites_user BIGINT,
    after_change TEXT NOT NULL CHECK (after_change IN ('withhold', 'show')),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source_ja TEXT NOT NULL,
    source_en TEXT NOT NULL,
    PRIMARY KEY (name, valid_from)
);

-- Who was counted in an answer: `members` are numbers of people, by the groups they were shown in.
CREATE TABLE exposure_crowds (
    crowd BIGINT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    people BIGINT NOT NULL,
    members TEXT NOT NULL
);

-- What users of the guarded regime were shown, cell by cell. `form` 0 is a broad band, 1 a fine one, 2 the count.
CREATE TABLE exposure_cells (
    user_id TEXT NOT NULL,
    institution TEXT NOT NULL,
    crowd BIGINT NOT NULL REFERENCES exposure_crowds (crowd),
    contig BIGINT NOT NULL,
    position BIGINT NOT NULL,
    variant TEXT NOT NULL,
    form BIGINT NOT NULL,
    charge BIGINT NOT NULL,
    audit_seq BIGINT NOT NULL,
    PRIMARY KEY (user_id, crowd, variant, form)
);
CREATE INDEX exposure_cells_by_institution ON exposure_cells (institution);
CREATE INDEX exposure_cells_by_place ON exposure_cells (contig, position);

-- Places shown, a million bases a row. `payer_kind` is user, institution or anybody; `splits` says which groups.
CREATE TABLE exposure_places (
    payer_kind TEXT NOT NULL,
    payer TEXT NOT NULL,
    crowd BIGINT NOT NULL REFERENCES exposure_crowds (crowd),
    splits BIGINT NOT NULL,
    contig BIGINT NOT NULL,
    bin BIGINT NOT NULL,
    places TEXT NOT NULL,
    PRIMARY KEY (payer_kind, payer, contig, bin, crowd, splits)
);

-- Distinct sites of each release that a payer was shown, and the sum over them of one by the people counted.
CREATE TABLE exposure_sites (
    payer_kind TEXT NOT NULL,
    payer TEXT NOT NULL,
    freeze_name TEXT NOT NULL,
    sites BIGINT NOT NULL,
    shift BIGINT NOT NULL,
    PRIMARY KEY (payer_kind, payer, freeze_name)
);

-- Digest of the secret that bands are cut by: another secret would cut them elsewhere.
CREATE TABLE exposure_secret (
    digest TEXT NOT NULL PRIMARY KEY
);
