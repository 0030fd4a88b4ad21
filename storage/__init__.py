"""The memory: everything that must outlive a process. Nothing here knows of mail, models or chat platforms."""
