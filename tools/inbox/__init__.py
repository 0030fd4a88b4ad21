"""The inbox: taking in mail, sorting it, finding it, and the way of an answer from a draft to its sending."""
