"""Mail: reading messages, and the mailboxes they live in."""
