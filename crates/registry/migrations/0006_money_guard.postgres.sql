-- The books are added to and never changed: what 0006_money_guard.sqlite.sql does, for PostgreSQL. Here the
-- database also refuses to commit an entry whose postings do not add up to zero.

CREATE FUNCTION books_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the books cannot be %: %', TG_ARGV[0], TG_TABLE_NAME; END $$;

CREATE FUNCTION entries_refuse_below_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM entries) THEN
        RAISE EXCEPTION 'entries can only be added at the end';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION postings_refuse_below_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.entry <> (SELECT MAX(number) FROM entries)
        OR NEW.line <> (SELECT COUNT(*) + 1 FROM postings WHERE entry = NEW.entry) THEN
        RAISE EXCEPTION 'postings can only be added to the last entry';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT SUM(amount_yen) FROM postings WHERE entry = NEW.entry) <> 0 THEN
        RAISE EXCEPTION 'the postings of entry % do not add up to zero', NEW.entry;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION papers_refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last BIGINT;
BEGIN
    EXECUTE format('SELECT COALESCE(MAX(sequence), 0) FROM %I WHERE fiscal_year = $1', TG_TABLE_NAME)
        INTO last USING NEW.fiscal_year;
    IF NEW.sequence <> last + 1 THEN
        RAISE EXCEPTION 'numbers have no gaps: %', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER entries_refuses_insert_below_end BEFORE INSERT ON entries
FOR EACH ROW EXECUTE FUNCTION entries_refuse_below_end();

CREATE TRIGGER postings_refuses_insert_below_end BEFORE INSERT ON postings
FOR EACH ROW EXECUTE FUNCTION postings_refuse_below_end();

CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT ON postings
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION postings_balance();

CREATE TRIGGER invoices_refuses_gap BEFORE INSERT ON invoices
FOR EACH ROW EXECUTE FUNCTION papers_refuse_gap();

CREATE TRIGGER credit_notes_refuses_gap BEFORE INSERT ON credit_notes
FOR EACH ROW EXECUTE FUNCTION papers_refuse_gap();

CREATE TRIGGER entries_refuses_update BEFORE UPDATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER entries_refuses_delete BEFORE DELETE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER entries_refuses_truncate BEFORE TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER postings_refuses_update BEFORE UPDATE ON postings
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER postings_refuses_delete BEFORE DELETE ON postings
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER postings_refuses_truncate BEFORE TRUNCATE ON postings
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER invoices_refuses_update BEFORE UPDATE ON invoices
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER invoices_refuses_delete BEFORE DELETE ON invoices
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER invoices_refuses_truncate BEFORE TRUNCATE ON invoices
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER invoice_lines_refuses_update BEFORE UPDATE ON invoice_lines
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER invoice_lines_refuses_delete BEFORE DELETE ON invoice_lines
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER invoice_lines_refuses_truncate BEFORE TRUNCATE ON invoice_lines
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER invoice_discounts_refuses_update BEFORE UPDATE ON invoice_discounts
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER invoice_discounts_refuses_delete BEFORE DELETE ON invoice_discounts
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER invoice_discounts_refuses_truncate BEFORE TRUNCATE ON invoice_discounts
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER credit_notes_refuses_update BEFORE UPDATE ON credit_notes
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER credit_notes_refuses_delete BEFORE DELETE ON credit_notes
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER credit_notes_refuses_truncate BEFORE TRUNCATE ON credit_notes
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER money_received_refuses_update BEFORE UPDATE ON money_received
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER money_received_refuses_delete BEFORE DELETE ON money_received
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER money_received_refuses_truncate BEFORE TRUNCATE ON money_received
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER contributions_refuses_update BEFORE UPDATE ON contributions
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER contributions_refuses_delete BEFORE DELETE ON contributions
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER contributions_refuses_truncate BEFORE TRUNCATE ON contributions
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER contribution_windows_refuses_update BEFORE UPDATE ON contribution_windows
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER contribution_windows_refuses_delete BEFORE DELETE ON contribution_windows
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER contribution_windows_refuses_truncate BEFORE TRUNCATE ON contribution_windows
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER costs_refuses_update BEFORE UPDATE ON costs
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('changed');

CREATE TRIGGER costs_refuses_delete BEFORE DELETE ON costs
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');

CREATE TRIGGER costs_refuses_truncate BEFORE TRUNCATE ON costs
FOR EACH STATEMENT EXECUTE FUNCTION books_refuse('deleted');
