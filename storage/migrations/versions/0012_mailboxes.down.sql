-- The way back.
DROP TABLE aliases;
ALTER TABLE accounts DROP COLUMN addresses_told_at;
ALTER TABLE accounts DROP COLUMN preferred;
