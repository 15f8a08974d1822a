-- Money: the tariff, quotes, invoices, credit notes, money received, contributions, budgets, costs, and the
-- ledger they are booked in. Yen are whole; every fee, rate, incentive and window has its days and source.

CREATE TABLE issuers (
    registration_number TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    address TEXT NOT NULL,
    bank TEXT NOT NULL,
    due_days BIGINT NOT NULL CHECK (due_days >= 0),
    rounding TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (registration_number, valid_from)
);

CREATE TABLE tax_rates (
    class TEXT NOT NULL,
    percent BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (class, valid_from)
);

CREATE TABLE incentives (
    kind TEXT NOT NULL,
    discount_basis_points BIGINT NOT NULL,
    limit_basis_points BIGINT NOT NULL,
    discount_months BIGINT NOT NULL,
    head_start_months BIGINT NOT NULL,
    illustrative BIGINT NOT NULL CHECK (illustrative IN (0, 1)),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (kind, valid_from)
);

-- `classes` is a JSON list, empty for all; `currency` other than JPY is for comparison only.
CREATE TABLE fee_rules (
    id TEXT NOT NULL,
    book TEXT NOT NULL,
    item TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    unit_ja TEXT NOT NULL,
    unit_en TEXT NOT NULL,
    classes TEXT NOT NULL,
    purpose TEXT,
    tier TEXT,
    funding TEXT,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    tax TEXT NOT NULL,
    opens_use BIGINT NOT NULL CHECK (opens_use IN (0, 1)),
    illustrative BIGINT NOT NULL CHECK (illustrative IN (0, 1)),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (id, valid_from)
);

CREATE TABLE accounts (
    code TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL
);
INSERT INTO accounts (code, kind, name_ja, name_en) VALUES
    ('1100', 'asset', '現金預金', 'Cash at bank'),
    ('1200', 'asset', '未収利用料', 'Fees receivable'),
    ('2100', 'liability', '預り金（過入金）', 'Owed to institutions'),
    ('2200', 'liability', '仮受消費税', 'Consumption tax received'),
    ('4100', 'revenue', '利用料収入', 'Fees'),
    ('4200', 'revenue', '拠出金収入', 'Contributions in cash'),
    ('4300', 'revenue', '受贈収入（現物・人員・技術）', 'Contributions in kind, staff, technology'),
    ('4400', 'revenue', '国費収入', 'State funds'),
    ('5100', 'expense', '事業費', 'Cost'),
    ('5200', 'expense', '受贈物品・役務費', 'Contributions used'),
    ('5300', 'expense', '貸倒損失', 'Written off'),
    ('9100', 'memorandum', '予算残額', 'Budget left'),
    ('9200', 'memorandum', '予算配賦（未執行）', 'Budget allotted, not spent');

-- An entry is added and never changed; what was wrong is reversed, once.
CREATE TABLE entries (
    number BIGINT NOT NULL PRIMARY KEY,
    booked_on TEXT NOT NULL,
    booked_at TEXT NOT NULL,
    booked_by TEXT NOT NULL,
    act TEXT NOT NULL,
    ja TEXT NOT NULL,
    en TEXT NOT NULL,
    reverses BIGINT UNIQUE REFERENCES entries (number)
);

-- Above zero a debit, below zero a credit; those of one entry add up to zero.
CREATE TABLE postings (
    entry BIGINT NOT NULL REFERENCES entries (number),
    line BIGINT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (code),
    about TEXT NOT NULL,
    amount_yen BIGINT NOT NULL CHECK (amount_yen <> 0),
    PRIMARY KEY (entry, line)
);
CREATE INDEX postings_by_account ON postings (account, about);

CREATE TABLE quotes (
    number TEXT NOT NULL PRIMARY KEY,
    fiscal_year BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    institution TEXT NOT NULL REFERENCES institutions (id),
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    total_yen BIGINT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (fiscal_year, sequence)
);

CREATE TABLE invoices (
    number TEXT NOT NULL PRIMARY KEY,
    fiscal_year BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    quote TEXT NOT NULL UNIQUE REFERENCES quotes (number),
    institution TEXT NOT NULL REFERENCES institutions (id),
    issued_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    covers_from TEXT NOT NULL,
    covers_to TEXT NOT NULL,
    net_yen BIGINT NOT NULL CHECK (net_yen >= 0),
    tax_yen BIGINT NOT NULL CHECK (tax_yen >= 0),
    total_yen BIGINT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (fiscal_year, sequence),
    CHECK (total_yen = net_yen + tax_yen)
);
CREATE INDEX invoices_by_institution ON invoices (institution);

CREATE TABLE invoice_lines (
    invoice TEXT NOT NULL REFERENCES invoices (number),
    line BIGINT NOT NULL,
    item TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_valid_from TEXT NOT NULL,
    rule_source TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit_yen BIGINT NOT NULL,
    amount_yen BIGINT NOT NULL,
    net_yen BIGINT NOT NULL CHECK (net_yen >= 0),
    tax TEXT NOT NULL,
    percent BIGINT NOT NULL,
    PRIMARY KEY (invoice, line)
);

CREATE TABLE credit_notes (
    number TEXT NOT NULL PRIMARY KEY,
    fiscal_year BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    invoice TEXT NOT NULL REFERENCES invoices (number),
    issued_on TEXT NOT NULL,
    net_yen BIGINT NOT NULL CHECK (net_yen > 0),
    tax_yen BIGINT NOT NULL CHECK (tax_yen >= 0),
    total_yen BIGINT NOT NULL,
    leaves_net_yen BIGINT NOT NULL CHECK (leaves_net_yen >= 0),
    document TEXT NOT NULL,
    UNIQUE (fiscal_year, sequence),
    CHECK (total_yen = net_yen + tax_yen)
);
CREATE INDEX credit_notes_by_invoice ON credit_notes (invoice);

-- Money received; `reference` is the bank's, so that nothing is booked twice.
CREATE TABLE money_received (
    reference TEXT NOT NULL PRIMARY KEY,
    invoice TEXT NOT NULL REFERENCES invoices (number),
    received_on TEXT NOT NULL,
    amount_yen BIGINT NOT NULL CHECK (amount_yen > 0),
    applied_yen BIGINT NOT NULL,
    over_yen BIGINT NOT NULL,
    entry BIGINT NOT NULL REFERENCES entries (number),
    CHECK (amount_yen = applied_yen + over_yen)
);
CREATE INDEX money_received_by_invoice ON money_received (invoice);

CREATE TABLE contributions (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institutions (id),
    kind TEXT NOT NULL,
    value_yen BIGINT NOT NULL CHECK (value_yen > 0),
    given_on TEXT NOT NULL,
    datasets TEXT NOT NULL,
    discount_basis_points BIGINT NOT NULL,
    discount_limit_yen BIGINT NOT NULL,
    discount_to TEXT NOT NULL,
    priority_to TEXT,
    source TEXT NOT NULL
);
CREATE INDEX contributions_by_institution ON contributions (institution);

-- Every discount on an invoice comes from a contribution.
CREATE TABLE invoice_discounts (
    invoice TEXT NOT NULL,
    line BIGINT NOT NULL,
    contribution TEXT NOT NULL REFERENCES contributions (id),
    amount_yen BIGINT NOT NULL CHECK (amount_yen > 0),
    PRIMARY KEY (invoice, line, contribution),
    FOREIGN KEY (invoice, line) REFERENCES invoice_lines (invoice, line)
);
CREATE INDEX invoice_discounts_by_contribution ON invoice_discounts (contribution);

-- Head starts on datasets; `valid_to` is the hard end, so there is always one.
CREATE TABLE contribution_windows (
    contribution TEXT NOT NULL REFERENCES contributions (id),
    dataset TEXT NOT NULL,
    institution TEXT NOT NULL REFERENCES institutions (id),
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (contribution, dataset)
);
CREATE INDEX contribution_windows_by_dataset ON contribution_windows (dataset, institution);

CREATE TABLE budget_lines (
    id TEXT NOT NULL PRIMARY KEY,
    ministry TEXT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    source TEXT NOT NULL
);

CREATE TABLE costs (
    entry BIGINT NOT NULL PRIMARY KEY REFERENCES entries (number),
    budget_line TEXT NOT NULL REFERENCES budget_lines (id),
    category TEXT NOT NULL,
    amount_yen BIGINT NOT NULL CHECK (amount_yen > 0),
    spent_on TEXT NOT NULL,
    what TEXT NOT NULL,
    source TEXT NOT NULL
);
