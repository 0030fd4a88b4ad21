"""Rules: what a person wants done with new mail. Read from YAML, matched in one pass, rehearsed before they act."""
