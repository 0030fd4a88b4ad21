-- The way back.

DROP TABLE manners, trust_cards, trust_words, trust_rungs;
ALTER TABLE corrections DROP COLUMN needs_me;
DROP INDEX ix_receipts_act;
ALTER TABLE receipts DROP COLUMN category, DROP COLUMN sender, DROP COLUMN act, DROP COLUMN rule;
