-- An audit line is written once. The guard holds against mistakes and against statements of this
-- program; the owner of the tables could remove it, which the chain and its anchor betray.

CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit lines %', TG_ARGV[0]; END $$;

CREATE FUNCTION audit_refuses_below_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <= (SELECT COALESCE(MAX(seq), 0) FROM audit) THEN
        RAISE EXCEPTION 'audit lines can only be added at the end';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('cannot be changed');

CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('cannot be deleted');

CREATE TRIGGER audit_refuses_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('cannot be deleted');

CREATE TRIGGER audit_refuses_insert_below_end BEFORE INSERT ON audit
FOR EACH ROW EXECUTE FUNCTION audit_refuses_below_end();

-- How many finished withdrawals there were when the tables were last written anew without old rows.
CREATE TABLE tables_rewritten (
    withdrawals BIGINT NOT NULL
);
INSERT INTO tables_rewritten (withdrawals) VALUES (0);

-- No samples of what is forgotten with a person go into the planner's statistics, where rewriting a
-- table would leave them.
ALTER TABLE people ALTER COLUMN family SET STATISTICS 0;
ALTER TABLE samples ALTER COLUMN father SET STATISTICS 0;
ALTER TABLE samples ALTER COLUMN mother SET STATISTICS 0;
ALTER TABLE samples ALTER COLUMN stratum SET STATISTICS 0;
ALTER TABLE person_diseases ALTER COLUMN disease SET STATISTICS 0;
