-- How many transactions changed what anybody was shown: rows of `exposure_places` and `exposure_sites` that a program
-- keeps in memory are those of the registry as long as this number is.
ALTER TABLE revisions ADD COLUMN shown BIGINT NOT NULL DEFAULT 0;
