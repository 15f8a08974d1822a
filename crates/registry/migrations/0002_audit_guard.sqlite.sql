-- An audit line is written once. `INSERT OR REPLACE` deletes without firing delete triggers, so
-- inserting below the end of the chain is refused as well.

CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit lines cannot be changed'); END;

CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit lines cannot be deleted'); END;

CREATE TRIGGER audit_refuses_insert_below_end BEFORE INSERT ON audit
WHEN NEW.seq <= (SELECT COALESCE(MAX(seq), 0) FROM audit)
BEGIN SELECT RAISE(ABORT, 'audit lines can only be added at the end'); END;
