-- The books are added to and never changed. `INSERT OR REPLACE` deletes without firing delete triggers, so
-- an entry below the end of the book, and a posting to an entry before the last, are refused as well.

CREATE TRIGGER entries_refuses_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: entries'); END;

CREATE TRIGGER entries_refuses_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: entries'); END;

CREATE TRIGGER postings_refuses_update BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: postings'); END;

CREATE TRIGGER postings_refuses_delete BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: postings'); END;

CREATE TRIGGER invoices_refuses_update BEFORE UPDATE ON invoices
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: invoices'); END;

CREATE TRIGGER invoices_refuses_delete BEFORE DELETE ON invoices
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: invoices'); END;

CREATE TRIGGER invoice_lines_refuses_update BEFORE UPDATE ON invoice_lines
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: invoice_lines'); END;

CREATE TRIGGER invoice_lines_refuses_delete BEFORE DELETE ON invoice_lines
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: invoice_lines'); END;

CREATE TRIGGER invoice_discounts_refuses_update BEFORE UPDATE ON invoice_discounts
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: invoice_discounts'); END;

CREATE TRIGGER invoice_discounts_refuses_delete BEFORE DELETE ON invoice_discounts
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: invoice_discounts'); END;

CREATE TRIGGER credit_notes_refuses_update BEFORE UPDATE ON credit_notes
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: credit_notes'); END;

CREATE TRIGGER credit_notes_refuses_delete BEFORE DELETE ON credit_notes
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: credit_notes'); END;

CREATE TRIGGER money_received_refuses_update BEFORE UPDATE ON money_received
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: money_received'); END;

CREATE TRIGGER money_received_refuses_delete BEFORE DELETE ON money_received
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: money_received'); END;

CREATE TRIGGER contributions_refuses_update BEFORE UPDATE ON contributions
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: contributions'); END;

CREATE TRIGGER contributions_refuses_delete BEFORE DELETE ON contributions
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: contributions'); END;

CREATE TRIGGER contribution_windows_refuses_update BEFORE UPDATE ON contribution_windows
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: contribution_windows'); END;

CREATE TRIGGER contribution_windows_refuses_delete BEFORE DELETE ON contribution_windows
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: contribution_windows'); END;

CREATE TRIGGER costs_refuses_update BEFORE UPDATE ON costs
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: costs'); END;

CREATE TRIGGER costs_refuses_delete BEFORE DELETE ON costs
BEGIN SELECT RAISE(ABORT, 'the books cannot be deleted: costs'); END;

CREATE TRIGGER entries_refuses_insert_below_end BEFORE INSERT ON entries
WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM entries)
BEGIN SELECT RAISE(ABORT, 'entries can only be added at the end'); END;

CREATE TRIGGER postings_refuses_insert_below_end BEFORE INSERT ON postings
WHEN NEW.entry <> (SELECT MAX(number) FROM entries)
    OR NEW.line <> (SELECT COUNT(*) + 1 FROM postings WHERE entry = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'postings can only be added to the last entry'); END;

CREATE TRIGGER invoices_refuses_gap BEFORE INSERT ON invoices
WHEN NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 FROM invoices WHERE fiscal_year = NEW.fiscal_year)
BEGIN SELECT RAISE(ABORT, 'numbers have no gaps: invoices'); END;

CREATE TRIGGER credit_notes_refuses_gap BEFORE INSERT ON credit_notes
WHEN NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 FROM credit_notes WHERE fiscal_year = NEW.fiscal_year)
BEGIN SELECT RAISE(ABORT, 'numbers have no gaps: credit_notes'); END;

CREATE TRIGGER invoice_lines_refuses_replace BEFORE INSERT ON invoice_lines
WHEN EXISTS (SELECT 1 FROM invoice_lines WHERE invoice = NEW.invoice AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: invoice_lines'); END;

CREATE TRIGGER invoice_discounts_refuses_replace BEFORE INSERT ON invoice_discounts
WHEN EXISTS (SELECT 1 FROM invoice_discounts WHERE invoice = NEW.invoice AND line = NEW.line AND contribution = NEW.contribution)
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: invoice_discounts'); END;

CREATE TRIGGER money_received_refuses_replace BEFORE INSERT ON money_received
WHEN EXISTS (SELECT 1 FROM money_received WHERE reference = NEW.reference)
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: money_received'); END;

CREATE TRIGGER contributions_refuses_replace BEFORE INSERT ON contributions
WHEN EXISTS (SELECT 1 FROM contributions WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: contributions'); END;

CREATE TRIGGER contribution_windows_refuses_replace BEFORE INSERT ON contribution_windows
WHEN EXISTS (SELECT 1 FROM contribution_windows WHERE contribution = NEW.contribution AND dataset = NEW.dataset)
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: contribution_windows'); END;

CREATE TRIGGER costs_refuses_replace BEFORE INSERT ON costs
WHEN EXISTS (SELECT 1 FROM costs WHERE entry = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'the books cannot be changed: costs'); END;
