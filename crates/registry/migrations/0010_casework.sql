-- What an application's events add up to, stored with the last of them: lists read it instead of the events.
ALTER TABLE applications ADD COLUMN standing TEXT;

-- Results that could identify a person are reviewed a second time before publication.
INSERT INTO application_deadlines (what, days, remind_days, valid_from, valid_to, source) VALUES
    ('clear-publication', 21, 7, '2026-04-01', NULL, 'Genomics Japan operating rules (example, illustrative)');
