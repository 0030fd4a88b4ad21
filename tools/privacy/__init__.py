"""Privacy: what is kept about a person, in their hands."""
