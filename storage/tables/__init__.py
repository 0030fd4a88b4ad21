"""One noun per file: its columns, and the questions that are asked of it."""
