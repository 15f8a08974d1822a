-- What an application's events add up to, stored with the last of them: lists read it instead of the events.
ALTER TABLE applications ADD COLUMN standing TEXT;

-- Results that could identify a person are reviewed a second time before publication.
INSERT INTO application_deadlines (what, days, remind_days, valid_from, valid_to, source) VALUES
    ('clear-publication', 21, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)');

-- Of batches of the same second, which came first.
ALTER TABLE batches ADD COLUMN arrival BIGINT;
UPDATE batches SET arrival = (SELECT COUNT(*) FROM batches b
    WHERE b.created_at < batches.created_at OR b.created_at = batches.created_at AND b.id <= batches.id);
