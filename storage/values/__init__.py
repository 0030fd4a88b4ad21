"""Plain values with no I/O: ids, time, errors, who may do what."""
