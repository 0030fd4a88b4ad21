-- The way back.

DROP TABLE telegram_dialogs;
DROP TABLE telegram_forms;
