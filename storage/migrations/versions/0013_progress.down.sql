-- The way back.

DROP TABLE verdicts, model_calls;
ALTER TABLE jobs DROP COLUMN done, DROP COLUMN total, DROP COLUMN phase;
