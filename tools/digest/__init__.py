"""The digest: twice a day what waits, what was done and what was left out, in one message; nothing when there is nothing."""
