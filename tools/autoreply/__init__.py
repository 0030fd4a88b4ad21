"""Auto-reply: the one thing that is sent without a click. Gates in order, each with its reason, asked again when it leaves."""
