-- The way back.

DROP TABLE card_forms;
DROP TABLE installations;
