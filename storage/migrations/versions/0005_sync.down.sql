-- The way back.

DROP TABLE listeners, set_aside;
ALTER TABLE emails DROP COLUMN flagged;
